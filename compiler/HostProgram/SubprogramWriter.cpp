#include "compiler/HostProgram/SubprogramWriter.h"
#include "compiler/MemoryPlanning/Buffers.h"

using namespace mlir;

namespace mlc {

Value HostModule::pointerTo(HostBuilder &run, Attribute attribute) {
  auto place = cast<kernel::PlaceAttr>(attribute);
  Type pointer = run.pointer();
  Value base;
  auto element = [&](FrameSlot array, int64_t index) {
    return run.loadOnce(run.loadOnce(run.argument(0), array, pointer), index, pointer);
  };
  switch (place.getKind()) {
  case kernel::PlaceKind::arena:
    base = run.loadOnce(run.argument(0), kArena, pointer);
    break;
  case kernel::PlaceKind::input:
    base = element(kInputs, place.getIndex());
    break;
  case kernel::PlaceKind::result:
    base = element(kResults, place.getIndex());
    break;
  case kernel::PlaceKind::storage:
    base = element(kStorages, place.getIndex());
    break;
  case kernel::PlaceKind::constant: // the storages after those of the model
    base = element(kStorages, storageCount + place.getIndex());
    break;
  }
  return run.offset(base, place.getOffset().getResult(0));
}

namespace {
/// Pointers for the places of an op, in order.
class Places {
public:
  Places(HostModule &module, HostBuilder &run, ArrayAttr places)
      : module(module), run(run), rest(places.getValue()) {}

  SmallVector<Value> take(size_t count) {
    SmallVector<Value> pointers = llvm::map_to_vector(
        rest.take_front(count), [&](Attribute place) { return module.pointerTo(run, place); });
    rest = rest.drop_front(count);
    return pointers;
  }

private:
  HostModule &module;
  HostBuilder &run;
  ArrayRef<Attribute> rest;
};

/// The mlc_frame of a subprogram.
class Frame {
public:
  Frame(HostModule &module, HostBuilder &run, nn::DimensionAnalysis &sizes, Operation *op,
        StringRef subprogram)
      : module(module), run(run), sizes(sizes), location(op->getLoc()),
        function((subprogram + ".run").str()) {}

  /// All but what `inputs` and `results` hold.
  void make(size_t inputCount, size_t resultCount, ValueRange dims, Value arena) {
    auto array = [&](size_t slots) { return run.allocate(std::max<size_t>(slots, 1)); };
    frame = array(kFrameSlots);
    inputs = array(inputCount);
    results = array(resultCount);
    Value numbers = array(dims.size());
    for (auto [number, dim] : llvm::enumerate(dims))
      run.store(run.evaluate(sizes.index(dim)), numbers, number);
    run.store(numbers, frame, kDims);
    run.store(inputs, frame, kInputs);
    run.store(results, frame, kResults);
    run.store(arena, frame, kArena);
    for (FrameSlot slot : {kStorages, kPool})
      run.store(run.loadOnce(run.argument(0), slot, run.pointer()), frame, slot);
  }

  /// Runs the subprogram, and leaves `run` with its status where it fails.
  void call() {
    auto callee = module.host.lookupSymbol<LLVM::LLVMFuncOp>(function);
    auto call = LLVM::CallOp::create(run.builder(), location, callee, ValueRange{frame});
    Value isRefusal = LLVM::ICmpOp::create(run.builder(), location, LLVM::ICmpPredicate::ne,
                                           call.getResult(), run.constant32(0));
    run.returnIf(isRefusal, call.getResult());
  }

  Value inputs, results;

private:
  HostModule &module;
  HostBuilder &run;
  nn::DimensionAnalysis &sizes;
  Location location;
  std::string function;
  Value frame;
};

/// Writes the trips of one loop: a frame for every subprogram, and calls with other buffers for
/// every trip.
class LoopWriter {
public:
  LoopWriter(HostModule &module, HostBuilder &run, nn::DimensionAnalysis &sizes,
             kernel::LoopOp loop)
      : run(run), sizes(sizes), loop(loop), location(loop.getLoc()),
        frame(module, run, sizes, loop, loop.getBody()) {
    Places places(module, run, *loop.getPlaces());
    auto take = [&](size_t count) { return places.take(count); };
    size_t carried = loop.getInits().size();
    limit = take(loop.getLimit() ? 1 : 0);
    initial = take(carried);
    stacks = take(loop.getStacks().size());
    captures = take(loop.getCaptures().size());
    conditionCaptures = take(loop.getConditionCaptures().size());
    last = take(carried);
    stackedResults = take(loop.getNumResults() - carried);
    arenas = take(loop.getCondition() ? 2 : 1);
    other = take(carried);
    if (loop.getCondition()) {
      answer = take(1).front();
      test.emplace(module, run, sizes, loop, *loop.getCondition());
    }
  }

  void write() {
    fillFrames();
    measure();
    OpBuilder &builder = run.builder();
    Value zero = run.constant(0);
    Block *before = builder.getBlock(), *head = run.startBlock();
    Value trip = head->addArgument(run.i64(), location);
    builder.setInsertionPointToEnd(before);
    LLVM::BrOp::create(builder, location, ValueRange{zero}, head);

    Block *tested = run.startBlock();
    phase = test ? trip : subtract(subtract(count, trip), run.constant(1));
    bindCarried(trip);
    Value goesOn = test ? writeTest() : Value();
    Block *testEnd = builder.getBlock(), *body = run.startBlock();
    writeTrip(trip);
    Value next = LLVM::AddOp::create(builder, location, trip, run.constant(1));
    LLVM::BrOp::create(builder, location, ValueRange{next}, head);

    Block *after = run.startBlock();
    builder.setInsertionPointToEnd(head);
    if (count) {
      Value isIn = compare(LLVM::ICmpPredicate::slt, trip, count);
      LLVM::CondBrOp::create(builder, location, isIn, tested, after);
    } else {
      LLVM::BrOp::create(builder, location, tested);
    }
    builder.setInsertionPointToEnd(testEnd);
    if (goesOn)
      LLVM::CondBrOp::create(builder, location, goesOn, body, after);
    else
      LLVM::BrOp::create(builder, location, body);
    builder.setInsertionPointToEnd(after);
    finishCarried(trip);
    clearRest(trip);
  }

private:
  Value compare(LLVM::ICmpPredicate predicate, Value a, Value b) {
    return LLVM::ICmpOp::create(run.builder(), location, predicate, a, b);
  }
  Value subtract(Value a, Value b) { return LLVM::SubOp::create(run.builder(), location, a, b); }
  Value select(Value condition, Value a, Value b) {
    return LLVM::SelectOp::create(run.builder(), location, condition, a, b);
  }

  /// What is the same in every trip.
  void fillFrames() {
    size_t carried = loop.getInits().size();
    frame.make(carried + stacks.size() + captures.size(), loop.getNumResults(), loop.getDims(),
               arenas[0]);
    for (auto [number, capture] : llvm::enumerate(captures))
      run.store(capture, frame.inputs, carried + stacks.size() + number);
    if (!test)
      return;
    test->make(carried + conditionCaptures.size(), 1, loop.getConditionDims(), arenas[1]);
    for (auto [number, capture] : llvm::enumerate(conditionCaptures))
      run.store(capture, test->inputs, carried + number);
    run.store(answer, test->results, 0);
  }

  /// How many trips there are, as far as that is known before the first, and the bytes of slices.
  void measure() {
    if (loop.getTrips())
      count = trips = run.evaluate(sizes.index(loop.getTrips()));
    if (!limit.empty()) {
      OpBuilder &builder = run.builder();
      Value given = LLVM::LoadOp::create(builder, location, run.i64(), limit[0]);
      given = LLVM::SMaxOp::create(builder, location, given, run.constant(0));
      count = LLVM::SMinOp::create(builder, location, given, trips);
    }
    for (Value stack : loop.getStacks())
      stackBytes.push_back(run.evaluate(sliceBytes(stack)));
    for (Value stack : loop->getResults().drop_front(loop.getInits().size()))
      resultBytes.push_back(run.evaluate(sliceBytes(stack)));
  }

  AffineExpr bytesOf(Value tensor, ArrayRef<AffineExpr> shape) {
    AffineExpr bytes = sizes.constant(elementBytes(getElementTypeOrSelf(tensor.getType())));
    for (AffineExpr size : shape)
      bytes = bytes * size;
    return bytes;
  }
  AffineExpr sliceBytes(Value stack) {
    return bytesOf(stack, ArrayRef(sizes.shape(stack)).drop_front());
  }

  /// The first trip reads the initial values; after it trips write the results and the other
  /// buffers in turn, the results where `phase` is even. It counts the trips that are left, if
  /// these are known, so that the last one writes the results.
  void bindCarried(Value trip) {
    OpBuilder &builder = run.builder();
    isOdd = LLVM::TruncOp::create(builder, location, builder.getI1Type(), phase);
    Value isFirst = compare(LLVM::ICmpPredicate::eq, trip, run.constant(0));
    for (size_t i = 0; i < initial.size(); ++i) {
      Value read = select(isFirst, initial[i], select(isOdd, last[i], other[i]));
      run.store(read, frame.inputs, i);
      if (test)
        run.store(read, test->inputs, i);
    }
  }

  /// Whether there is another trip.
  Value writeTest() {
    test->call();
    OpBuilder &builder = run.builder();
    Value holds = LLVM::LoadOp::create(builder, location, builder.getI8Type(), answer);
    Value zero = LLVM::ConstantOp::create(builder, location, builder.getI8IntegerAttr(0));
    return compare(LLVM::ICmpPredicate::ne, holds, zero);
  }

  void writeTrip(Value trip) {
    size_t carried = loop.getInits().size();
    for (size_t i = 0; i < carried; ++i)
      run.store(select(isOdd, other[i], last[i]), frame.results, i);
    Value position = loop.getReverse() ? subtract(subtract(count, trip), run.constant(1)) : trip;
    for (auto [number, stack] : llvm::enumerate(stacks))
      run.store(slice(stack, position, stackBytes[number]), frame.inputs, carried + number);
    for (auto [number, stack] : llvm::enumerate(stackedResults))
      run.store(slice(stack, position, resultBytes[number]), frame.results, carried + number);
    frame.call();
  }

  Value product(Value a, Value b) { return LLVM::MulOp::create(run.builder(), location, a, b); }
  Value slice(Value base, Value position, Value bytes) {
    return LLVM::GEPOp::create(run.builder(), location, run.pointer(), run.builder().getI8Type(),
                               base, ArrayRef<LLVM::GEPArg>{product(position, bytes)});
  }

  /// After `trip` trips: where none was, the results are the initial values; where a condition
  /// ended the loop, the last trip may have written the other buffers.
  void finishCarried(Value trip) {
    if (initial.empty())
      return;
    OpBuilder &builder = run.builder();
    Value isEmpty = compare(LLVM::ICmpPredicate::eq, trip, run.constant(0)), isElsewhere = isEmpty;
    if (test) {
      Value odd = LLVM::TruncOp::create(builder, location, builder.getI1Type(), trip);
      Value yes = LLVM::ConstantOp::create(builder, location, builder.getBoolAttr(true));
      isElsewhere = LLVM::XOrOp::create(builder, location, odd, yes);
    }
    Block *before = builder.getBlock(), *copy = run.startBlock();
    for (auto [number, init] : llvm::enumerate(loop.getInits()))
      LLVM::MemcpyOp::create(builder, location, last[number],
                             select(isEmpty, initial[number], other[number]),
                             run.evaluate(bytesOf(init, sizes.shape(init))), /*isVolatile=*/false);
    Block *after = run.startBlock();
    builder.setInsertionPointToEnd(copy);
    LLVM::BrOp::create(builder, location, after);
    builder.setInsertionPointToEnd(before);
    LLVM::CondBrOp::create(builder, location, isElsewhere, copy, after);
    builder.setInsertionPointToEnd(after);
  }

  /// Slices without a trip are zeros.
  void clearRest(Value trip) {
    if (limit.empty() && !test)
      return;
    OpBuilder &builder = run.builder();
    Value zero = LLVM::ConstantOp::create(builder, location, builder.getI8IntegerAttr(0));
    for (auto [stack, bytes] : llvm::zip_equal(stackedResults, resultBytes))
      LLVM::MemsetOp::create(builder, location, slice(stack, trip, bytes), zero,
                             product(subtract(trips, trip), bytes), /*isVolatile=*/false);
  }

  HostBuilder &run;
  nn::DimensionAnalysis &sizes;
  kernel::LoopOp loop;
  Location location;
  Frame frame;
  std::optional<Frame> test; ///< of the condition
  SmallVector<Value> limit, initial, stacks, captures, conditionCaptures, last, stackedResults,
      arenas, other; ///< pointers
  Value answer;      ///< pointer to what the condition returns
  Value trips, count, phase, isOdd;
  SmallVector<Value> stackBytes, resultBytes;
};

/// Writes a call of one subprogram, or of one of two.
class CallWriter {
public:
  CallWriter(HostModule &module, HostBuilder &run, nn::DimensionAnalysis &sizes,
             kernel::CallOp call)
      : module(module), run(run), sizes(sizes), call(call), location(call.getLoc()) {
    Places places(module, run, *call.getPlaces());
    captures = places.take(call.getCaptures().size());
    condition = places.take(call.getCondition() ? 1 : 0);
    otherCaptures = places.take(call.getOtherCaptures().size());
    results = places.take(call.getNumResults());
    arenas = places.take(call.getOtherwise() ? 2 : 1);
  }

  void write() {
    if (condition.empty())
      return writeCall(call.getBody(), captures, call.getDims(), arenas[0]);
    OpBuilder &builder = run.builder();
    Value holds = LLVM::LoadOp::create(builder, location, builder.getI8Type(), condition[0]);
    Value zero = LLVM::ConstantOp::create(builder, location, builder.getI8IntegerAttr(0));
    Value isTrue = LLVM::ICmpOp::create(builder, location, LLVM::ICmpPredicate::ne, holds, zero);
    Block *before = builder.getBlock(), *first = run.startBlock();
    writeCall(call.getBody(), captures, call.getDims(), arenas[0]);
    Block *firstEnd = builder.getBlock(), *second = run.startBlock();
    writeCall(*call.getOtherwise(), otherCaptures, call.getOtherDims(), arenas[1]);
    Block *secondEnd = builder.getBlock(), *after = run.startBlock();
    builder.setInsertionPointToEnd(before);
    LLVM::CondBrOp::create(builder, location, isTrue, first, second);
    for (Block *end : {firstEnd, secondEnd}) {
      builder.setInsertionPointToEnd(end);
      LLVM::BrOp::create(builder, location, after);
    }
    builder.setInsertionPointToEnd(after);
  }

private:
  void writeCall(StringRef name, ArrayRef<Value> inputs, ValueRange dims, Value arena) {
    Frame frame(module, run, sizes, call, name);
    frame.make(inputs.size(), results.size(), dims, arena);
    for (auto [number, input] : llvm::enumerate(inputs))
      run.store(input, frame.inputs, number);
    for (auto [number, result] : llvm::enumerate(results))
      run.store(result, frame.results, number);
    frame.call();
  }

  HostModule &module;
  HostBuilder &run;
  nn::DimensionAnalysis &sizes;
  kernel::CallOp call;
  Location location;
  SmallVector<Value> captures, condition, otherCaptures, results, arenas; ///< pointers
};
} // namespace

void writeSubprograms(HostModule &module, HostBuilder &run, nn::DimensionAnalysis &sizes,
                      Operation *op) {
  if (auto loop = dyn_cast<kernel::LoopOp>(op))
    LoopWriter(module, run, sizes, loop).write();
  else
    CallWriter(module, run, sizes, cast<kernel::CallOp>(op)).write();
}

} // namespace mlc
