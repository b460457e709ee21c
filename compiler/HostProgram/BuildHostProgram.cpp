#include "compiler/HostProgram/HostBuilder.h"
#include "compiler/HostProgram/HostProgram.h"
#include "compiler/HostProgram/Passes.h"
#include "compiler/MemoryPlanning/Buffers.h"
#include "compiler/MemoryPlanning/Passes.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_BUILDHOSTPROGRAMPASS
#include "compiler/HostProgram/Passes.h.inc"

namespace {
/// Slots of mlc_frame, 8 bytes each.
enum FrameSlot { kDims, kInputs, kResults, kStorages, kArena, kPool, kFrameSlots };

/// What all entries of a module share.
struct HostModule {
  ModuleOp model, host;
  std::optional<SymbolTable> symbols; ///< of the model
  SmallVector<Attribute> checks;
  SmallVector<int32_t> statuses;                            ///< of the checks that fail: mlc_status
  DenseMap<std::pair<Attribute, int32_t>, int64_t> numbers; ///< of the checks
  llvm::StringMap<LLVM::LLVMFuncOp> declared;
  int64_t storageCount = 0;
  bool poison = false;

  int64_t numberOf(const Twine &message, mlc_status status) {
    Attribute text = StringAttr::get(model.getContext(), message);
    auto [known, isNew] = numbers.try_emplace({text, status}, checks.size());
    if (isNew) {
      checks.push_back(text);
      statuses.push_back(status);
    }
    return known->second;
  }
  func::FuncOp kernel(kernel::LaunchOp launch) {
    return symbols->lookup<func::FuncOp>(launch.getKernel());
  }
  Value pointerTo(HostBuilder &run, Attribute attribute) {
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
};

/// Writes the trips of one loop: a frame for its subprogram, and a call of it with other buffers
/// for every trip.
class LoopWriter {
public:
  LoopWriter(HostModule &module, HostBuilder &run, nn::DimensionAnalysis &sizes,
             kernel::LoopOp loop)
      : module(module), run(run), sizes(sizes), loop(loop), location(loop.getLoc()) {
    ArrayRef<Attribute> rest = loop.getPlacesAttr().getValue();
    auto take = [&](size_t count) {
      SmallVector<Value> pointers = llvm::map_to_vector(
          rest.take_front(count), [&](Attribute place) { return module.pointerTo(run, place); });
      rest = rest.drop_front(count);
      return pointers;
    };
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
    auto call = LLVM::CallOp::create(
        builder, location,
        module.host.lookupSymbol<LLVM::LLVMFuncOp>((loop.getBody() + ".run").str()),
        ValueRange{frame});
    Value isRefusal = LLVM::ICmpOp::create(builder, location, LLVM::ICmpPredicate::ne,
                                           call.getResult(), run.constant32(0));
    run.returnIf(isRefusal, call.getResult());
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
    auto array = [&](size_t slots) { return run.allocate(std::max<size_t>(slots, 1)); };
    frame = array(kFrameSlots);
    inputs = array(carried + stacks.size() + captures.size());
    results = array(carried + stackedResults.size());
    Value dims = array(loop.getDims().size());
    for (auto [number, dim] : llvm::enumerate(loop.getDims()))
      run.store(run.evaluate(sizes.index(dim)), dims, number);
    for (auto [number, capture] : llvm::enumerate(captures))
      run.store(capture, inputs, carried + stacks.size() + number);
    run.store(dims, frame, kDims);
    run.store(inputs, frame, kInputs);
    run.store(results, frame, kResults);
    run.store(arena, frame, kArena);
    for (FrameSlot slot : {kStorages, kPool})
      run.store(run.loadOnce(run.argument(0), slot, run.pointer()), frame, slot);
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

  HostModule &module;
  HostBuilder &run;
  nn::DimensionAnalysis &sizes;
  kernel::LoopOp loop;
  Location location;
  SmallVector<Value> initial, stacks, captures, last, stackedResults, other; ///< pointers
  Value arena, frame, inputs, results;
};

/// Writes the functions of one entry.
class EntryWriter {
public:
  EntryWriter(HostModule &module, func::FuncOp entry)
      : module(module), entry(entry), sizes(entry),
        builder(OpBuilder::atBlockEnd(module.host.getBody())) {}

  LogicalResult write() {
    for (auto launch : entry.front().getOps<kernel::LaunchOp>())
      if (!module.kernel(launch)->hasAttr(kernel::kGridAttr))
        return launch.emitError("expects kernel.grid on @") << launch.getKernel();
    if (kernel::isSubprogram(entry)) {
      writeRun();
      return success();
    }
    writeSizeChecks();
    writeRun();
    writeArenaBytes();
    writeScratchBytes();
    writeResultShape();
    writeCost();
    return success();
  }

private:
  std::string name(StringRef function) { return (entry.getSymName() + "." + function).str(); }

  AffineExpr arenaBytes() {
    return entry->getAttrOfType<AffineMapAttr>(kArenaAttr).getValue().getResult(0);
  }

  /// A function from the frame to a status.
  HostBuilder startRun(const Twine &function) {
    Type pointer = LLVM::LLVMPointerType::get(builder.getContext());
    HostBuilder run(builder, entry.getLoc(), name(function.str()), builder.getI32Type(), {pointer});
    run.setDims(run.loadOnce(run.argument(0), kDims, pointer));
    return run;
  }

  /// The checks and what the ops do, in order. A long entry is a row of functions, and these are
  /// not optimised: allocating registers and scheduling instructions take time that grows with the
  /// square of a function.
  void writeRun() {
    Type pointer = LLVM::LLVMPointerType::get(builder.getContext());
    HostBuilder run = startRun("run");
    if (module.poison)
      LLVM::MemsetOp::create(
          run.builder(), run.location(), run.loadOnce(run.argument(0), kArena, pointer),
          LLVM::ConstantOp::create(run.builder(), run.location(), builder.getI8IntegerAttr(-1)),
          run.evaluate(arenaBytes()), /*isVolatile=*/false);
    SmallVector<SmallVector<Operation *>> parts = partsOf(entry.front());
    if (parts.size() == 1)
      writeOps(run, parts.front());
    else
      for (auto [number, part] : llvm::enumerate(parts))
        writePart(run, "run." + Twine(number), part);
    run.finish(run.constant32(0));
  }

  /// The ops that do something, in parts of about so many operands; at least one part.
  static SmallVector<SmallVector<Operation *>> partsOf(Block &block) {
    constexpr size_t kOperandsOfPart = 256;
    SmallVector<SmallVector<Operation *>> parts(1);
    size_t operands = 0;
    for (Operation &op : block) {
      if (!isa<kernel::LaunchOp, kernel::CopyOp, kernel::LoopOp, nn::AssertOp>(op))
        continue;
      if (operands > kOperandsOfPart) {
        parts.emplace_back();
        operands = 0;
      }
      parts.back().push_back(&op);
      operands += op.getNumOperands() + op.getNumResults();
    }
    return parts;
  }

  void writePart(HostBuilder &run, const Twine &function, ArrayRef<Operation *> ops) {
    HostBuilder part = startRun(function);
    writeOps(part, ops);
    part.finish(part.constant32(0));
    part.function().setOptimizeNone(true);
    part.function().setNoInline(true); // as the attribute demands
    auto call = LLVM::CallOp::create(run.builder(), run.location(), part.function(),
                                     ValueRange{run.argument(0)});
    Value isRefusal = LLVM::ICmpOp::create(run.builder(), run.location(), LLVM::ICmpPredicate::ne,
                                           call.getResult(), run.constant32(0));
    run.returnIf(isRefusal, call.getResult());
  }

  void writeOps(HostBuilder &run, ArrayRef<Operation *> ops) {
    int64_t slots = 0;
    for (Operation *op : ops)
      if (auto launch = dyn_cast<kernel::LaunchOp>(op))
        slots = std::max<int64_t>(slots, launch->getNumOperands() + launch->getNumResults());
    Value arguments = slots ? run.allocate(slots) : Value();
    for (Operation *op : ops) {
      if (auto launch = dyn_cast<kernel::LaunchOp>(op))
        writeLaunch(run, launch, arguments);
      else if (auto copy = dyn_cast<kernel::CopyOp>(op))
        writeCopy(run, copy);
      else if (auto loop = dyn_cast<kernel::LoopOp>(op))
        LoopWriter(module, run, sizes, loop).write();
      else
        writeCheck(run, cast<nn::AssertOp>(op));
    }
  }

  /// Everything that the dimensions must fulfil: nothing else in the program may be evaluated for
  /// dimensions that do not.
  void writeSizeChecks() {
    HostBuilder check(builder, entry.getLoc(), name("check_sizes"), builder.getI32Type(),
                      {LLVM::LLVMPointerType::get(builder.getContext())});
    check.setDims(check.argument(0));
    checkMaxDims(check);
    if (auto requirements = entry->getAttrOfType<ArrayAttr>(nn::kRequirementsAttr))
      for (auto requirement : requirements.getAsRange<nn::RequirementAttr>())
        checkRequirement(check, requirement);
    checkArena(check);
    check.finish(check.constant32(0));
  }

  void refuseIf(HostBuilder &check, Value fails, const Twine &message, mlc_status status) {
    if (fails)
      check.returnIf(fails, check.constant32(1 + module.numberOf(message, status)));
  }

  static constexpr StringLiteral kBeyond = "a number that sizes are computed from is beyond 64 "
                                           "bits";

  void checkRequirement(HostBuilder &check, nn::RequirementAttr requirement) {
    ArrayRef<AffineExpr> sizes = requirement.getSizes().getResults();
    StringRef message = requirement.getMessage();
    if (requirement.getRelation() == nn::SizeRelation::countable) {
      refuseIf(check, isUncountable(check, sizes), message, MLC_OUT_OF_MEMORY);
      return;
    }
    Value overflow;
    Value left = check.evaluate(sizes[0], overflow), right = check.evaluate(sizes[1], overflow);
    refuseIf(check, overflow, kBeyond, MLC_OUT_OF_MEMORY);
    auto predicate = requirement.getRelation() == nn::SizeRelation::equal
                         ? LLVM::ICmpPredicate::ne
                         : LLVM::ICmpPredicate::sgt;
    refuseIf(check, LLVM::ICmpOp::create(check.builder(), check.location(), predicate, left, right),
             message, MLC_INVALID_ARGUMENT);
  }

  /// Whether the product of the sizes that are not 0 is larger than kMostElements.
  Value isUncountable(HostBuilder &check, ArrayRef<AffineExpr> sizes) {
    int64_t most = nn::kMostElements;
    Value product, overflow;
    for (AffineExpr size : sizes) {
      if (auto number = dyn_cast<AffineConstantExpr>(size)) {
        most /= std::max<int64_t>(number.getValue(), 1);
        continue;
      }
      Value factor = LLVM::SMaxOp::create(check.builder(), check.location(),
                                          check.evaluate(size, overflow), check.constant(1));
      product = product ? check.multiply(product, factor, overflow) : factor;
    }
    Value isLarge = LLVM::ICmpOp::create(check.builder(), check.location(),
                                         LLVM::ICmpPredicate::sgt, product, check.constant(most));
    if (!overflow)
      return isLarge;
    return LLVM::OrOp::create(check.builder(), check.location(), isLarge, overflow);
  }

  void checkArena(HostBuilder &check) {
    AffineExpr bytes = arenaBytes();
    if (nn::magnitude(bytes, nn::kMostElements) <= kMostArenaBytes)
      return;
    Value overflow, size = check.evaluate(bytes, overflow);
    StringRef message = "these dimensions need more memory than can be addressed";
    refuseIf(check, overflow, message, MLC_OUT_OF_MEMORY);
    refuseIf(check,
             LLVM::ICmpOp::create(check.builder(), check.location(), LLVM::ICmpPredicate::ugt, size,
                                  check.constant(kMostArenaBytes)),
             message, MLC_OUT_OF_MEMORY);
  }

  /// A library planned for --max-dims refuses larger dimensions.
  void checkMaxDims(HostBuilder &check) {
    auto maxima = entry->getAttrOfType<DenseI64ArrayAttr>(kMaxDimsAttr);
    for (auto [symbol, dimension] : llvm::enumerate(sizes.freeDimensions())) {
      if (!maxima || maxima[symbol] < 0)
        continue;
      Value size = check.evaluate(getAffineSymbolExpr(symbol, builder.getContext()));
      refuseIf(check,
               LLVM::ICmpOp::create(check.builder(), check.location(), LLVM::ICmpPredicate::sgt,
                                    size, check.constant(maxima[symbol])),
               "dimension " + dimension.name + " is larger than " + Twine(maxima[symbol]) +
                   ", for which the library was compiled",
               MLC_INVALID_ARGUMENT);
    }
  }

  Value pointerTo(HostBuilder &run, Attribute place) { return module.pointerTo(run, place); }

  /// The results of an affine map of a kernel, at the dims of its launch.
  static SmallVector<AffineExpr> atLaunch(AffineMapAttr map, kernel::LaunchOp launch,
                                          nn::DimensionAnalysis &sizes) {
    SmallVector<AffineExpr> symbols, results;
    for (Value dim : launch.getDims())
      symbols.push_back(sizes.index(dim));
    for (AffineExpr result : map.getValue().getResults())
      results.push_back(result.replaceDimsAndSymbols({}, symbols));
    return results;
  }

  /// A number for a decision: one beyond 64 bits is as good as 2^62.
  Value roughly(HostBuilder &run, AffineExpr expr) {
    if (nn::magnitude(expr, nn::kMostElements) < nn::kLargestDividend)
      return run.evaluate(expr);
    Value most =
        LLVM::ConstantOp::create(run.builder(), run.location(), builder.getF64FloatAttr(0x1p62));
    Value real =
        LLVM::MinNumOp::create(run.builder(), run.location(), run.evaluateReal(expr), most);
    return LLVM::FPToSIOp::create(run.builder(), run.location(), run.i64(), real);
  }

  void writeLaunch(HostBuilder &run, kernel::LaunchOp launch, Value arguments) {
    int64_t slot = 0;
    ArrayAttr places = *launch.getPlaces();
    for (Attribute place : places)
      run.store(pointerTo(run, place), arguments, slot++);
    for (Value dim : launch.getDims())
      run.store(run.evaluate(sizes.index(dim)), arguments, slot++);
    func::FuncOp kernel = module.kernel(launch);
    Value grid = run.evaluate(
        atLaunch(kernel->getAttrOfType<AffineMapAttr>(kernel::kGridAttr), launch, sizes).front());
    auto workMap = kernel->getAttrOfType<AffineMapAttr>(kernel::kWorkAttr);
    Value work = workMap ? roughly(run, atLaunch(workMap, launch, sizes).front()) : grid;
    LLVM::LLVMFuncOp task =
        declare(kernel.getSymName(), {run.pointer(), run.i64(), run.i64(), run.pointer()});
    LLVM::LLVMFuncOp rtLaunch = declare(
        "mlc_rt_launch", {run.pointer(), run.pointer(), run.pointer(), run.i64(), run.i64()});
    Value address = LLVM::AddressOfOp::create(run.builder(), launch.getLoc(), task);
    LLVM::CallOp::create(run.builder(), launch.getLoc(), rtLaunch,
                         ValueRange{run.argument(0), address, arguments, grid, work});
  }

  void writeCopy(HostBuilder &run, kernel::CopyOp copy) {
    Value source = pointerTo(run, (*copy.getPlaces())[0]),
          destination = pointerTo(run, (*copy.getPlaces())[1]);
    AffineExpr bytes = sizes.constant(elementBytes(getElementTypeOrSelf(copy.getType())));
    for (AffineExpr size : sizes.shape(copy))
      bytes = bytes * size;
    LLVM::MemcpyOp::create(run.builder(), copy.getLoc(), destination, source, run.evaluate(bytes),
                           /*isVolatile=*/false);
  }

  void writeCheck(HostBuilder &run, nn::AssertOp check) {
    Value pointer = pointerTo(run, cast<ArrayAttr>(check->getAttr(kPlacesAttr))[0]);
    Value holds = LLVM::LoadOp::create(run.builder(), check.getLoc(), builder.getI8Type(), pointer);
    Value zero =
        LLVM::ConstantOp::create(run.builder(), check.getLoc(), builder.getI8IntegerAttr(0));
    Value fails =
        LLVM::ICmpOp::create(run.builder(), check.getLoc(), LLVM::ICmpPredicate::eq, holds, zero);
    refuseIf(run, fails, check.getMessage(), MLC_INDEX_OUT_OF_RANGE);
  }

  LLVM::LLVMFuncOp declare(StringRef function, ArrayRef<Type> arguments) {
    LLVM::LLVMFuncOp &known = module.declared[function];
    if (known)
      return known;
    OpBuilder top = OpBuilder::atBlockBegin(module.host.getBody());
    return known = LLVM::LLVMFuncOp::create(
               top, module.host.getLoc(), function,
               LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(top.getContext()), arguments));
  }

  void writeArenaBytes() {
    HostBuilder bytes(builder, entry.getLoc(), name("arena_bytes"), builder.getI64Type(),
                      {LLVM::LLVMPointerType::get(builder.getContext())});
    bytes.setDims(bytes.argument(0));
    bytes.finish(bytes.evaluate(arenaBytes()));
  }

  /// What the launch that needs most needs.
  void writeScratchBytes() {
    HostBuilder bytes(builder, entry.getLoc(), name("scratch_bytes"), builder.getI64Type(),
                      {LLVM::LLVMPointerType::get(builder.getContext())});
    bytes.setDims(bytes.argument(0));
    llvm::SetVector<AffineExpr> needs;
    int64_t known = 0;
    collectScratch(
        entry, sizes, [](AffineExpr expr) { return expr; },
        [&](AffineExpr need) {
          if (auto constant = dyn_cast<AffineConstantExpr>(need))
            known = std::max(known, constant.getValue());
          else
            needs.insert(need);
        });
    Value most = bytes.constant(known);
    for (AffineExpr need : needs)
      most = LLVM::SMaxOp::create(bytes.builder(), bytes.location(), most, roughly(bytes, need));
    bytes.finish(most);
  }

  /// The scratch of all launches of a program and of its subprograms. `here` turns expressions over
  /// the program's free dimensions into ones over the entry's.
  void collectScratch(func::FuncOp program, nn::DimensionAnalysis &local,
                      function_ref<AffineExpr(AffineExpr)> here,
                      function_ref<void(AffineExpr)> visit) {
    for (Operation &op : program.front()) {
      if (auto launch = dyn_cast<kernel::LaunchOp>(op)) {
        if (auto map = module.kernel(launch)->getAttrOfType<AffineMapAttr>(kernel::kScratchAttr))
          visit(here(atLaunch(map, launch, local).front()));
      } else if (auto loop = dyn_cast<kernel::LoopOp>(op)) {
        nn::DimensionAnalysis inner(loop.subprogram());
        collectScratch(
            loop.subprogram(), inner,
            [&](AffineExpr expr) { return here(loop.atCall(expr, local)); }, visit);
      }
    }
  }

  void writeResultShape() {
    Type pointer = LLVM::LLVMPointerType::get(builder.getContext());
    HostBuilder shape(builder, entry.getLoc(), name("result_shape"),
                      LLVM::LLVMVoidType::get(builder.getContext()),
                      {pointer, builder.getI32Type(), pointer});
    shape.setDims(shape.argument(0));
    int32_t result = 0;
    for (auto [number, tensor] : llvm::enumerate(entry.front().getTerminator()->getOperands())) {
      if (entry.getResultAttr(number, "nn.storage"))
        continue;
      Value isOther =
          LLVM::ICmpOp::create(shape.builder(), shape.location(), LLVM::ICmpPredicate::ne,
                               shape.argument(1), shape.constant32(result++));
      Block *before = shape.builder().getBlock(), *store = shape.startBlock();
      for (auto [dim, size] : llvm::enumerate(sizes.shape(tensor)))
        shape.store(shape.evaluate(size), shape.argument(2), dim);
      LLVM::ReturnOp::create(shape.builder(), shape.location(), ValueRange());
      Block *next = shape.startBlock();
      shape.builder().setInsertionPointToEnd(before);
      LLVM::CondBrOp::create(shape.builder(), shape.location(), isOther, next, store);
      shape.builder().setInsertionPointToEnd(next);
    }
    shape.finish();
  }

  void writeCost() {
    Type pointer = LLVM::LLVMPointerType::get(builder.getContext());
    HostBuilder cost(builder, entry.getLoc(), name("cost"),
                     LLVM::LLVMVoidType::get(builder.getContext()), {pointer, pointer});
    cost.setDims(cost.argument(0));
    for (unsigned figure : {0u, 1u}) {
      Value total = costOf(cost, entry, sizes, figure, [](AffineExpr expr) { return expr; });
      cost.store(total, cost.argument(1), figure);
    }
    cost.finish();
  }

  /// A figure of all launches of a program, those of its subprograms as often as they run. `here`
  /// turns expressions over the program's free dimensions into ones over the entry's.
  Value costOf(HostBuilder &cost, func::FuncOp program, nn::DimensionAnalysis &local,
               unsigned figure, function_ref<AffineExpr(AffineExpr)> here) {
    Value total =
        LLVM::ConstantOp::create(cost.builder(), cost.location(), builder.getF64FloatAttr(0));
    for (Operation &op : program.front()) {
      Value amount;
      if (auto launch = dyn_cast<kernel::LaunchOp>(op)) {
        if (auto map = module.kernel(launch)->getAttrOfType<AffineMapAttr>(kernel::kCostAttr))
          amount = cost.evaluateReal(here(atLaunch(map, launch, local)[figure]));
      } else if (auto loop = dyn_cast<kernel::LoopOp>(op)) {
        nn::DimensionAnalysis inner(loop.subprogram());
        Value once = costOf(cost, loop.subprogram(), inner, figure,
                            [&](AffineExpr expr) { return here(loop.atCall(expr, local)); });
        Value trips = cost.evaluateReal(here(local.index(loop.getTrips())));
        amount = LLVM::FMulOp::create(cost.builder(), cost.location(), once, trips);
      }
      if (amount)
        total = LLVM::FAddOp::create(cost.builder(), cost.location(), total, amount);
    }
    return total;
  }

  HostModule &module;
  func::FuncOp entry;
  nn::DimensionAnalysis sizes;
  OpBuilder builder;
};

struct BuildHostProgramPass : impl::BuildHostProgramPassBase<BuildHostProgramPass> {
  using BuildHostProgramPassBase::BuildHostProgramPassBase;

  void runOnOperation() override {
    ModuleOp model = getOperation();
    OpBuilder builder = OpBuilder::atBlockEnd(model.getBody());
    HostModule module;
    module.model = model;
    module.host = ModuleOp::create(builder, model.getLoc(), kHostModuleName);
    module.symbols.emplace(model);
    module.poison = poison;
    module.storageCount = llvm::range_size(model.getOps<nn::StorageOp>());
    for (func::FuncOp entry : kernel::programs(model))
      if (failed(EntryWriter(module, entry).write()))
        return signalPassFailure();
    model->setAttr(kChecksAttr, builder.getArrayAttr(module.checks));
    model->setAttr(kCheckStatusesAttr, builder.getDenseI32ArrayAttr(module.statuses));
  }
};
} // namespace
} // namespace mlc
