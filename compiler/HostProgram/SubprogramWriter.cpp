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

/// Writes the trips of one loop: a frame for its subprogram, and a call of it with other buffers
/// for every trip.
class LoopWriter {
public:
  LoopWriter(HostModule &module, HostBuilder &run, nn::DimensionAnalysis &sizes,
             kernel::LoopOp loop)
      : run(run), sizes(sizes), loop(loop), location(loop.getLoc()),
        frame(module, run, sizes, loop, loop.getBody()) {
    Places places(module, run, *loop.getPlaces());
    auto take = [&](size_t count) { return places.take(count); };
    size_t carried = loop.getInits().size();
    initial = take(carried);
    stacks = take(loop.getStacks().size());
    captures = take(loop.getCaptures().size());
    last = take(carried);
    stackedResults = take(loop.getNumResults() - carried);
    arena = take(1).front();
    other = take(carried);
  }

  void write() {
    fillFrame();
    Value trips = run.evaluate(sizes.index(loop.getTrips())), one = run.constant(1);
    SmallVector<Value> stackBytes, resultBytes;
    for (Value stack : loop.getStacks())
      stackBytes.push_back(run.evaluate(sliceBytes(stack)));
    for (Value stack : loop->getResults().drop_front(loop.getInits().size()))
      resultBytes.push_back(run.evaluate(sliceBytes(stack)));
    copyInitial(trips);

    OpBuilder &builder = run.builder();
    Value zero = run.constant(0);
    Block *before = builder.getBlock(), *head = run.startBlock();
    Value trip = head->addArgument(run.i64(), location);
    builder.setInsertionPointToEnd(before);
    LLVM::BrOp::create(builder, location, ValueRange{zero}, head);
    Block *body = run.startBlock();
    Value left = LLVM::SubOp::create(builder, location,
                                     LLVM::SubOp::create(builder, location, trips, trip), one);
    Value position = loop.getReverse() ? left : trip;
    bindCarried(trip, left);
    size_t carried = loop.getInits().size();
    for (auto [number, stack] : llvm::enumerate(stacks))
      run.store(slice(stack, position, stackBytes[number]), inputs, carried + number);
    for (auto [number, stack] : llvm::enumerate(stackedResults))
      run.store(slice(stack, position, resultBytes[number]), results, carried + number);
    frame.call();
    Value next = LLVM::AddOp::create(builder, location, trip, one);
    LLVM::BrOp::create(builder, location, ValueRange{next}, head);

    Block *after = run.startBlock();
    builder.setInsertionPointToEnd(head);
    Value isIn = LLVM::ICmpOp::create(builder, location, LLVM::ICmpPredicate::slt, trip, trips);
    LLVM::CondBrOp::create(builder, location, isIn, body, after);
    builder.setInsertionPointToEnd(after);
  }

private:
  /// What is the same in every trip.
  void fillFrame() {
    size_t carried = loop.getInits().size();
    frame.make(carried + stacks.size() + captures.size(), loop.getNumResults(), loop.getDims(),
               arena);
    inputs = frame.inputs, results = frame.results;
    for (auto [number, capture] : llvm::enumerate(captures))
      run.store(capture, inputs, carried + stacks.size() + number);
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

  /// Where there is no trip, the results are the initial values.
  void copyInitial(Value trips) {
    if (initial.empty())
      return;
    OpBuilder &builder = run.builder();
    Value isEmpty =
        LLVM::ICmpOp::create(builder, location, LLVM::ICmpPredicate::sle, trips, run.constant(0));
    Block *before = builder.getBlock(), *copy = run.startBlock();
    for (auto [init, from, to] : llvm::zip_equal(loop.getInits(), initial, last))
      LLVM::MemcpyOp::create(builder, location, to, from,
                             run.evaluate(bytesOf(init, sizes.shape(init))), /*isVolatile=*/false);
    Block *after = run.startBlock();
    builder.setInsertionPointToEnd(copy);
    LLVM::BrOp::create(builder, location, after);
    builder.setInsertionPointToEnd(before);
    LLVM::CondBrOp::create(builder, location, isEmpty, copy, after);
    builder.setInsertionPointToEnd(after);
  }

  /// The last trip writes the results, the one before it the other buffers, and so on; the first
  /// one reads the initial values.
  void bindCarried(Value trip, Value left) {
    OpBuilder &builder = run.builder();
    Value odd = LLVM::TruncOp::create(builder, location, builder.getI1Type(), left);
    Value isFirst =
        LLVM::ICmpOp::create(builder, location, LLVM::ICmpPredicate::eq, trip, run.constant(0));
    for (size_t i = 0; i < initial.size(); ++i) {
      Value written = LLVM::SelectOp::create(builder, location, odd, other[i], last[i]);
      Value before = LLVM::SelectOp::create(builder, location, odd, last[i], other[i]);
      run.store(LLVM::SelectOp::create(builder, location, isFirst, initial[i], before), inputs, i);
      run.store(written, results, i);
    }
  }

  Value slice(Value base, Value position, Value bytes) {
    Value offset = LLVM::MulOp::create(run.builder(), location, position, bytes);
    return LLVM::GEPOp::create(run.builder(), location, run.pointer(), run.builder().getI8Type(),
                               base, ArrayRef<LLVM::GEPArg>{offset});
  }

  HostBuilder &run;
  nn::DimensionAnalysis &sizes;
  kernel::LoopOp loop;
  Location location;
  Frame frame;
  SmallVector<Value> initial, stacks, captures, last, stackedResults, other; ///< pointers
  Value arena, inputs, results;
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
