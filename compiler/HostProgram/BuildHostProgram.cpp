#include "compiler/HostProgram/HostModule.h"
#include "compiler/HostProgram/HostProgram.h"
#include "compiler/HostProgram/Passes.h"
#include "compiler/HostProgram/SubprogramWriter.h"
#include "compiler/MemoryPlanning/Buffers.h"
#include "compiler/MemoryPlanning/Passes.h"
#include "dialects/NN/AttributeNames.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_BUILDHOSTPROGRAMPASS
#include "compiler/HostProgram/Passes.h.inc"

namespace {
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
      if (!kernel::isStep(&op))
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
      else if (kernel::writesMemory(op))
        writeSubprograms(module, run, sizes, op);
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

  void refuseIf(HostBuilder &check, Value fails, const Twine &message, mlc_status status,
                ArrayRef<NamedAttribute> more = {}) {
    if (fails)
      check.returnIf(fails, check.constant32(1 + module.numberOf(message, status, more)));
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

  /// Where the kernel's first element would be: a launch of a part passes the elements of the part.
  Value firstElement(HostBuilder &run, kernel::LaunchOp launch, unsigned tensor) {
    Value pointer = pointerTo(run, (*launch.getPlaces())[tensor]);
    kernel::PartAttr part = kernel::partOf(launch);
    unsigned inputs = launch.getInputs().size();
    if (!part || !part.shiftOf(tensor, inputs))
      return pointer;
    Value value = tensor < inputs ? launch.getInputs()[tensor] : launch.getResult(tensor - inputs);
    int64_t bytes = elementBytes(getElementTypeOrSelf(value.getType()));
    return run.offset(pointer, sizes.constant(-bytes * part.shiftOf(tensor, inputs)));
  }

  void writeLaunch(HostBuilder &run, kernel::LaunchOp launch, Value arguments) {
    int64_t slot = 0;
    for (unsigned tensor = 0; tensor < launch.getPlaces()->size(); ++tensor)
      run.store(firstElement(run, launch, tensor), arguments, slot++);
    for (Value dim : launch.getDims())
      run.store(run.evaluate(sizes.index(dim)), arguments, slot++);
    func::FuncOp kernel = module.kernel(launch);
    kernel::PartAttr part = kernel::partOf(launch);
    SmallVector<Value, 2> tiles; // how many, or the first and the end
    if (part)
      tiles = {run.constant(part.getTiles()[0]), run.constant(part.getTiles()[1])};
    else
      tiles = {run.evaluate(
          atLaunch(kernel->getAttrOfType<AffineMapAttr>(kernel::kGridAttr), launch, sizes)
              .front())};
    auto workMap = kernel->getAttrOfType<AffineMapAttr>(kernel::kWorkAttr);
    Value work = workMap ? roughly(run, shareOf(launch, atLaunch(workMap, launch, sizes).front()))
                         : tiles.back();
    LLVM::LLVMFuncOp task =
        declare(kernel.getSymName(), {run.pointer(), run.i64(), run.i64(), run.pointer()});
    Value address = LLVM::AddressOfOp::create(run.builder(), launch.getLoc(), task);
    SmallVector<Value> values = {run.argument(0), address, arguments};
    llvm::append_range(values, tiles);
    values.push_back(work);
    LLVM::LLVMFuncOp rtLaunch =
        declare(part ? "mlc_rt_launch_part" : "mlc_rt_launch",
                llvm::map_to_vector(values, [](Value value) { return value.getType(); }));
    LLVM::CallOp::create(run.builder(), launch.getLoc(), rtLaunch, values);
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

  /// Which input of the entry the indices are, so that the runtime finds the one that is wrong. The
  /// inputs of a body are not the entry's.
  SmallVector<NamedAttribute> describeIndices(nn::AssertOp check, ArrayAttr places) {
    if (!check.getIndices() || !entry.isPublic())
      return {};
    auto place = cast<kernel::PlaceAttr>(places[1]);
    if (place.getKind() != kernel::PlaceKind::input)
      return {};
    auto number = [&](StringRef name, int64_t value) {
      return builder.getNamedAttr(name, builder.getI64IntegerAttr(value));
    };
    constexpr int64_t kNone = std::numeric_limits<int64_t>::min();
    return {number("input", place.getIndex()), number("size", *check.getSize()),
            number("ignored", check.getIgnored().value_or(kNone))};
  }

  void writeCheck(HostBuilder &run, nn::AssertOp check) {
    auto places = cast<ArrayAttr>(check->getAttr(kPlacesAttr));
    Value pointer = pointerTo(run, places[0]);
    Value holds = LLVM::LoadOp::create(run.builder(), check.getLoc(), builder.getI8Type(), pointer);
    Value zero =
        LLVM::ConstantOp::create(run.builder(), check.getLoc(), builder.getI8IntegerAttr(0));
    Value fails =
        LLVM::ICmpOp::create(run.builder(), check.getLoc(), LLVM::ICmpPredicate::eq, holds, zero);
    refuseIf(run, fails, check.getMessage(), static_cast<mlc_status>(check.getStatus()),
             describeIndices(check, places));
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
    if (needs.empty())
      entry->setAttr(kStaticScratchAttr, builder.getI64IntegerAttr(known));
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
    auto ofCall = [&](func::FuncOp callee, ValueRange dims) {
      nn::DimensionAnalysis inner(callee);
      collectScratch(
          callee, inner, [&](AffineExpr expr) { return here(kernel::atCall(expr, dims, local)); },
          visit);
    };
    for (Operation &op : program.front()) {
      if (auto launch = dyn_cast<kernel::LaunchOp>(op)) {
        if (auto map = module.kernel(launch)->getAttrOfType<AffineMapAttr>(kernel::kScratchAttr))
          visit(here(atLaunch(map, launch, local).front()));
      }
      for (kernel::Run run : kernel::runsOf(&op))
        ofCall(run.subprogram, run.dims);
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
      if (entry.getResultAttr(number, nn::kStorageAttr))
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

  /// What a launch has of a figure of its kernel.
  static AffineExpr shareOf(kernel::LaunchOp launch, AffineExpr figure) {
    auto [tiles, grid] = kernel::shareOf(launch);
    return tiles == grid ? figure : (figure * tiles).floorDiv(grid);
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

  /// A figure of a program's own launches. Those that cost the same are evaluated once: a deep
  /// model has thousands, and the compiler's time grows with the square of a function.
  Value costOfLaunches(HostBuilder &cost, func::FuncOp program, nn::DimensionAnalysis &local,
                       unsigned figure, function_ref<AffineExpr(AffineExpr)> here) {
    llvm::MapVector<AffineExpr, int64_t> launches; // that cost so much
    for (auto launch : program.front().getOps<kernel::LaunchOp>())
      if (auto map = module.kernel(launch)->getAttrOfType<AffineMapAttr>(kernel::kCostAttr))
        ++launches[here(shareOf(launch, atLaunch(map, launch, local)[figure]))];
    auto real = [&](double value) -> Value {
      return LLVM::ConstantOp::create(cost.builder(), cost.location(),
                                      builder.getF64FloatAttr(value));
    };
    Value total = real(0);
    for (auto [each, count] : launches) {
      Value all = LLVM::FMulOp::create(cost.builder(), cost.location(), cost.evaluateReal(each),
                                       real(static_cast<double>(count)));
      total = LLVM::FAddOp::create(cost.builder(), cost.location(), total, all);
    }
    return total;
  }

  /// A figure of all launches of a program, those of its subprograms as often as they run. `here`
  /// turns expressions over the program's free dimensions into ones over the entry's.
  Value costOf(HostBuilder &cost, func::FuncOp program, nn::DimensionAnalysis &local,
               unsigned figure, function_ref<AffineExpr(AffineExpr)> here) {
    Value total = costOfLaunches(cost, program, local, figure, here);
    auto costOfCall = [&](func::FuncOp callee, ValueRange dims) {
      nn::DimensionAnalysis inner(callee);
      return costOf(cost, callee, inner, figure,
                    [&](AffineExpr expr) { return here(kernel::atCall(expr, dims, local)); });
    };
    for (Operation &op : program.front()) {
      Value amount;
      // All that a loop runs, as often as there may be trips, or once; of two branches the dearer.
      auto loop = dyn_cast<kernel::LoopOp>(op);
      auto combine = [&](Value a, Value b) -> Value {
        if (loop)
          return LLVM::FAddOp::create(cost.builder(), cost.location(), a, b);
        return LLVM::MaxNumOp::create(cost.builder(), cost.location(), a, b);
      };
      for (kernel::Run run : kernel::runsOf(&op)) {
        Value part = costOfCall(run.subprogram, run.dims);
        amount = amount ? combine(amount, part) : part;
      }
      if (loop && loop.getTrips())
        amount =
            LLVM::FMulOp::create(cost.builder(), cost.location(),
                                 cost.evaluateReal(here(local.index(loop.getTrips()))), amount);
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
  }
};
} // namespace
} // namespace mlc
