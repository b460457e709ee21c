#include "compiler/GraphTransforms/PanelLayout.h"
#include "compiler/GraphTransforms/Passes.h"
#include "compiler/Target/DotInstruction.h"
#include "compiler/Target/RegisterTile.h"
#include "dialects/Kernel/Subprogram.h"
#include "dialects/NN/AttributeNames.h"
#include "dialects/NN/TensorExpr.h"
#include "llvm/ADT/SetVector.h"
#include <map>

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_PACKPARAMETERSPASS
#include "compiler/GraphTransforms/Passes.h.inc"

namespace {
/// A matrix in a storage, of parameters or a state that no entry writes; or what an entry computes
/// of it alone.
struct Weight {
  nn::StorageOp storage;
  int64_t offset = 0; ///< in elements
  PanelLayout layout;
  SmallVector<Operation *> maps; ///< what computes it from all of the storage; empty: it lies there
  bool operator==(const Weight &other) const {
    return storage == other.storage && offset == other.offset && layout == other.layout &&
           llvm::equal(maps, other.maps, [](Operation *a, Operation *b) {
             return OperationEquivalence::isEquivalentTo(
                 a, b, OperationEquivalence::ignoreValueEquivalence, nullptr,
                 OperationEquivalence::IgnoreLocations);
           });
  }
  /// Whether an attribute can say how the compiler packs it.
  bool isDescribed() const { return maps.empty() && layout.batchDims == 0; }
};

/// A matrix that is packed in a program, for what its loops run.
struct PackedValue {
  Value matrix;
  PanelLayout layout;
  Operation *runner; ///< before which it is packed; null: it is passed to the program
  Value packed;
};

struct PackParametersPass : impl::PackParametersPassBase<PackParametersPass> {
  using PackParametersPassBase::PackParametersPassBase;

  void runOnOperation() override {
    if (vectorBytes == 0)
      return;
    SymbolTable symbolsOfModule(getOperation());
    symbols = &symbolsOfModule;
    weights.clear();
    packedArguments.clear();
    written.clear();
    runners.clear();
    packedValues.clear();
    sizes.clear();
    unread.clear();
    for (func::FuncOp program : kernel::programs(getOperation())) {
      collectWritten(program);
      collectRunners(program);
    }
    for (func::FuncOp program : kernel::programs(getOperation()))
      for (auto product : llvm::to_vector(program.getOps<nn::ProductOpInterface>()))
        pack(program, product);
    if (!weights.empty())
      writeRefresh();
    for (Operation *op : unread)
      eraseUnread(op);
    packedCount += weights.size();
  }

private:
  /// The storage of an argument or result of an entry, from its attribute.
  nn::StorageOp storageOf(FlatSymbolRefAttr name) {
    return name ? symbols->lookup<nn::StorageOp>(name.getAttr()) : nn::StorageOp();
  }

  nn::StorageOp storageOfResult(func::FuncOp entry, unsigned result) {
    return storageOf(entry.getResultAttrOfType<FlatSymbolRefAttr>(result, nn::kStorageAttr));
  }
  void collectWritten(func::FuncOp entry) {
    for (unsigned result = 0; result < entry.getNumResults(); ++result)
      if (auto storage = storageOfResult(entry, result))
        written.insert(storage);
  }
  /// What runs each subprogram; null where several ops do.
  void collectRunners(func::FuncOp program) {
    for (Operation &op : program.front())
      for (kernel::Run run : kernel::runsOf(&op)) {
        auto [found, isNew] = runners.insert({run.subprogram, &op});
        if (!isNew)
          found->second = nullptr;
      }
  }
  bool writesParameters(func::FuncOp entry) {
    for (unsigned result = 0; result < entry.getNumResults(); ++result) {
      auto storage = storageOfResult(entry, result);
      if (storage && storage.getKind() == nn::StorageKind::parameter)
        return true;
    }
    return false;
  }
  /// Whether the storage holds weights that do not change in an entry that reads packed ones.
  bool holdsWeights(nn::StorageOp storage) {
    return storage && (storage.getKind() == nn::StorageKind::parameter ||
                       (storage.getKind() == nn::StorageKind::state && !written.contains(storage)));
  }

  /// Looks through the rounding of a matrix, and through views: of the whole, and of parts of the
  /// flat storage. Where something else is computed, all of that is a map.
  std::optional<Weight> weightOf(func::FuncOp entry, Value value, const PanelLayout &layout) {
    Weight weight;
    weight.layout = layout;
    value = nn::ProductOpInterface::unrounded(value);
    bool isView = true;
    while (Operation *op = value.getDefiningOp()) {
      std::optional<int64_t> offset = offsetInView(entry, value);
      isView &= offset.has_value();
      weight.offset += offset.value_or(0);
      if (!offset && !isMapOfOne(op))
        return std::nullopt;
      weight.maps.insert(weight.maps.begin(), op);
      value = offset ? nn::viewOf(value).tensor : op->getOperand(0);
    }
    if (isView)
      weight.maps.clear();
    else
      weight.offset = 0;
    unsigned argument = cast<BlockArgument>(value).getArgNumber();
    weight.storage =
        storageOf(entry.getArgAttrOfType<FlatSymbolRefAttr>(argument, nn::kStorageAttr));
    return holdsWeights(weight.storage) ? std::optional(weight) : std::nullopt;
  }

  /// Whether an op computes its result of one tensor alone, and both sizes are known. What readers
  /// compute for themselves takes no memory as it is, and may be many copies.
  static bool isMapOfOne(Operation *op) {
    auto isKnown = [](Type type) {
      auto tensor = dyn_cast<RankedTensorType>(type);
      return tensor && tensor.hasStaticShape();
    };
    auto kernelOp = dyn_cast<nn::KernelOpInterface>(op);
    return kernelOp && kernelOp.role() != nn::Role::inlined && isPure(op) &&
           op->getNumOperands() == 1 && op->getNumResults() == 1 &&
           isKnown(op->getOperand(0).getType()) && isKnown(op->getResult(0).getType());
  }

  /// The element at which `value` starts in what it is a view of; none where that is not known, or
  /// is no flat storage.
  std::optional<int64_t> offsetInView(func::FuncOp program, Value value) {
    nn::View view = nn::viewOf(value);
    if (!view || !(view.isWhole || cast<RankedTensorType>(view.tensor.getType()).getRank() == 1))
      return std::nullopt;
    auto op = value.getDefiningOp<nn::KernelOpInterface>();
    nn::DimensionAnalysis &known = sizes.try_emplace(program, program).first->second;
    if (!op.isView(known))
      return std::nullopt;
    auto offset =
        dyn_cast<AffineConstantExpr>(op.viewOffset(cast<OpResult>(value).getResultNumber(), known));
    return offset ? std::optional(offset.getValue()) : std::nullopt;
  }

  /// Columns of a panel: those of a register tile.
  int64_t panelColumns(nn::ProductOpInterface product, const PanelLayout &layout) {
    if (const DotInstruction *dot = dotOf(product); dot && dot->takesMatrices)
      return columnsOfMatrixTile(layout.columns());
    int64_t lanes = lanesOf(layout.weight);
    return vectorsOfTile(layout.columns(), lanes, vectorRegisters) * lanes;
  }
  /// Of the sums.
  int64_t lanesOf(RankedTensorType type) {
    return vectorBytes * 8 / std::max(32u, type.getElementTypeBitWidth());
  }

  /// What multiplies the product's narrow numbers; null: nothing does.
  const DotInstruction *dotOf(nn::ProductOpInterface product) {
    Type narrow = product.narrowElement();
    if (!narrow || narrow.isF16())
      return nullptr;
    return findDotInstruction(narrow.isBF16() ? bf16Dot : i8Dot, narrow.isBF16());
  }

  /// The products that a lane takes at once; 0 where the dtype is not packed.
  int64_t productsOf(nn::ProductOpInterface product) {
    if (Type narrow = product.narrowElement()) {
      if (narrow.isF16())
        return 1; // widened in the tile
      const DotInstruction *instruction = dotOf(product);
      return instruction ? instruction->products : narrow.isBF16();
    }
    Type element = getElementTypeOrSelf(product->getResult(0).getType());
    return element.isF32() || element.isF64();
  }

  bool pays(nn::ProductOpInterface product, const PanelLayout &layout) {
    std::optional<int64_t> rows = rowsOf(product);
    if (product.narrowElement() || isHalf(layout.weight)) // no tile reads them as they are
      return layout.weight.getNumElements() > 0 &&
             !(widensSlowly(product, layout) && rows && *rows > kManyRows);
    bool isReadInOrder =
        llvm::equal(layout.depthDims, llvm::seq<int64_t>(0, layout.depthDims.size())) &&
        ((rows && *rows <= 1) || layout.columns() <= lanesOf(layout.weight));
    return layout.weight.getNumElements() > 0 && !isReadInOrder;
  }

  /// Whether every tile would widen panels of f16 again, which takes many instructions.
  static bool widensSlowly(nn::ProductOpInterface product, const PanelLayout &layout) {
    return layout.weight.getElementType().isF16() && !product.narrowElement();
  }

  /// Of a product's left operand; none where they are known at run time.
  static std::optional<int64_t> rowsOf(nn::ProductOpInterface product) {
    int64_t rows = 1;
    for (int64_t dim : product.lhsFreeDims()) {
      int64_t size = cast<RankedTensorType>(product.getLhs().getType()).getDimSize(dim);
      if (ShapedType::isDynamic(size))
        return std::nullopt;
      rows = std::min(rows * size, kManyRows + 1);
    }
    return rows;
  }

  /// From so many rows on a product's own packing is hidden behind it: panels that a loop would
  /// keep are not worth their memory.
  static constexpr int64_t kManyRows = 128;

  static bool isHalf(RankedTensorType type) {
    return type.getElementType().isBF16() || type.getElementType().isF16();
  }
  /// rhs as memory has it; 16-bit floats also where rhs alone is widened from them.
  static Value narrowOf(nn::ProductOpInterface product) {
    Value rhs = product.getRhs(), narrow = product.narrowOperand(rhs);
    auto widening = rhs.getDefiningOp<nn::CastOp>();
    bool isWidened = widening && isHalf(cast<RankedTensorType>(widening.getX().getType())) &&
                     getElementTypeOrSelf(rhs.getType()).isF32();
    return isWidened ? widening.getX() : narrow;
  }

  void pack(func::FuncOp program, nn::ProductOpInterface product) {
    auto type = cast<RankedTensorType>(product.getRhs().getType());
    nn::ProductDims dims = product.dims();
    size_t others = dims.rhsBatch.size() + dims.rhsContract.size();
    if (type.getRank() < 2 || !type.hasStaticShape() || dims.rhsContract.empty() ||
        others == size_t(type.getRank()) ||
        !llvm::equal(dims.rhsBatch, llvm::seq<int64_t>(0, dims.rhsBatch.size())))
      return;
    Value narrow = narrowOf(product);
    auto weightType = cast<RankedTensorType>(narrow.getType());
    PanelLayout layout{weightType, dims.rhsContract, productsOf(product)};
    layout.batchDims = static_cast<int64_t>(dims.rhsBatch.size());
    layout.width = panelColumns(product, layout);
    // What is computed in another dtype than the weights' is not their product.
    if (layout.products == 0 || !pays(product, layout))
      return;
    std::optional<int64_t> rows = rowsOf(product);
    packsForLoops = product.narrowElement() || !rows || *rows <= kManyRows;
    Value packed = packedValue(program, narrow, layout, nullptr);
    if (!packed)
      return;
    OpBuilder builder(product);
    Value matrix = kernel::UnpackOp::create(builder, product.getLoc(), weightType, packed,
                                            layout.depthDims, layout.batchDims);
    auto widening = product.getRhs().getDefiningOp<nn::CastOp>();
    if (widening && narrow == widening.getX())
      matrix = nn::CastOp::create(builder, product.getLoc(), matrix, type.getElementType());
    product->setOperand(1, matrix);
    for (Operation *op : {widening ? widening.getOperation() : nullptr, narrow.getDefiningOp()})
      if (op && isOpTriviallyDead(op))
        unread.insert(op);
  }

  /// Erases an op that nobody reads, and what only that reads.
  static void eraseUnread(Operation *op) {
    while (op && isOpTriviallyDead(op)) {
      Operation *before = op->getNumOperands() ? op->getOperand(0).getDefiningOp() : nullptr;
      op->erase();
      op = before;
    }
  }

  /// The panels of `matrix` in `program`: of a weight the packed storage; of what a subprogram
  /// captures the panels that it gets passed; else, where a loop runs the product, what packs them
  /// before `runner`, which runs that loop. Null where each product would pack its own.
  Value packedValue(func::FuncOp program, Value matrix, const PanelLayout &layout,
                    Operation *runner) {
    if (!kernel::isSubprogram(program) && !writesParameters(program))
      if (std::optional<Weight> weight = weightOf(program, matrix, layout))
        return packedArgument(program, packedStorage(*weight));
    for (const PackedValue &known : packedValues)
      if (known.matrix == matrix && known.layout == layout &&
          (!known.runner || (runner && !runner->isBeforeInBlock(known.runner))))
        return known.packed;
    if (Value captured = capturedBy(program, matrix)) {
      Operation *outer = runners.lookup(program);
      bool isRepeated = runner || isa<kernel::LoopOp>(outer);
      Value packed = packedValue(outer->getParentOfType<func::FuncOp>(), captured, layout,
                                 isRepeated ? outer : nullptr);
      if (!packed)
        return {};
      Value passed = passTo(program, packed);
      packedValues.push_back({matrix, layout, nullptr, passed});
      return passed;
    }
    if (!runner || !packsForLoops)
      return {};
    OpBuilder builder(runner);
    Value packed = layout.pack(builder, matrix.getLoc(), matrix);
    packedValues.push_back({matrix, layout, runner, packed});
    return packed;
  }

  /// What is passed to the subprogram as the argument `value`, the same whenever it runs; null if
  /// that is none.
  Value capturedBy(func::FuncOp subprogram, Value value) {
    Operation *runner = runners.lookup(subprogram);
    auto argument = dyn_cast<BlockArgument>(value);
    if (!runner || !argument)
      return {};
    kernel::Captures captures = kernel::capturesOf(runner, subprogram);
    unsigned number = argument.getArgNumber() - captures.firstArgument;
    return argument.getArgNumber() >= captures.firstArgument && number < captures.values.size()
               ? captures.values[number].get()
               : Value();
  }

  /// The argument of the subprogram that gets `value`, one more than it had.
  Value passTo(func::FuncOp subprogram, Value value) {
    kernel::Captures captures = kernel::capturesOf(runners.lookup(subprogram), subprogram);
    unsigned position = captures.firstArgument + captures.values.size();
    captures.values.append(value);
    (void)subprogram.insertArgument(position, value.getType(), {}, value.getLoc());
    return subprogram.getArgument(position);
  }

  nn::StorageOp packedStorage(const Weight &weight) {
    for (auto &[known, storage] : weights)
      if (known == weight)
        return storage;
    OpBuilder builder = OpBuilder::atBlockEnd(getOperation().getBody());
    nn::StorageOp source = weight.storage;
    const PanelLayout &layout = weight.layout;
    nn::PanelsAttr panels;
    if (weight.isDescribed())
      panels = nn::PanelsAttr::get(&getContext(), FlatSymbolRefAttr::get(source), weight.offset,
                                   layout.weight, builder.getDenseI64ArrayAttr(layout.depthDims),
                                   layout.products);
    auto storage = nn::StorageOp::create(builder, source.getLoc(), "packed",
                                         nn::StorageKind::packed, layout.packedType(), nullptr,
                                         nullptr, nullptr, nullptr, nullptr, panels);
    symbols->insert(storage); // appends a number to the symbol if it is taken
    weights.push_back({weight, storage});
    return storage;
  }

  /// The argument of `function` that holds `storage`, added if there is none.
  Value packedArgument(func::FuncOp function, nn::StorageOp storage) {
    auto name = FlatSymbolRefAttr::get(storage);
    Value &argument = packedArguments[{function.getOperation(), name}];
    if (argument)
      return argument;
    Builder builder(&getContext());
    unsigned count = function.getNumArguments();
    (void)function.insertArgument(
        count, storage.getType(),
        builder.getDictionaryAttr(builder.getNamedAttr(nn::kStorageAttr, name)), storage.getLoc());
    return argument = function.getArgument(count);
  }

  void writeRefresh() {
    ModuleOp module = getOperation();
    OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
    // Beside the others, so that their kernels come right after all of them.
    for (auto function : module.getOps<func::FuncOp>())
      builder.setInsertionPointAfter(function);
    auto refresh = func::FuncOp::create(builder, module.getLoc(), "mlc.refresh",
                                        builder.getFunctionType({}, {}));
    refresh->setAttr(kernel::kRefreshAttr, builder.getUnitAttr());
    builder.setInsertionPointToStart(refresh.addEntryBlock());
    SmallVector<Value> results;
    for (auto &[weight, storage] : weights) {
      Value matrix = matrixIn(builder, weight, packedArgument(refresh, weight.storage));
      results.push_back(weight.layout.pack(builder, matrix.getLoc(), matrix));
    }
    func::ReturnOp::create(builder, module.getLoc(), results);
    SmallVector<Type> types(ValueRange(results).getTypes());
    refresh.setFunctionType(builder.getFunctionType(refresh.getArgumentTypes(), types));
    for (auto [number, entry] : llvm::enumerate(weights))
      refresh.setResultAttr(number, nn::kStorageAttr, FlatSymbolRefAttr::get(entry.second));
  }

  /// The weight inside of the storage `flat`, or computed of it.
  Value matrixIn(OpBuilder &builder, const Weight &weight, Value flat) {
    RankedTensorType type = weight.layout.weight;
    Value mapped = flat;
    for (Operation *map : weight.maps) {
      IRMapping mapping;
      mapping.map(map->getOperand(0), mapped);
      mapped = builder.clone(*map, mapping)->getResult(0);
    }
    nn::TensorExpr value(builder, flat.getLoc(), mapped);
    if (!weight.maps.empty())
      return nn::cast(value, type.getElementType()).value();
    if (value.rank() == 1)
      value = value.sliceAlong(0, weight.offset, type.getNumElements());
    return nn::cast(value.reshape(type.getShape()), type.getElementType()).value();
  }

  SymbolTable *symbols = nullptr; ///< of the module
  SmallVector<std::pair<Weight, nn::StorageOp>> weights;
  DenseMap<std::pair<Operation *, Attribute>, Value> packedArguments; ///< by function and storage
  DenseSet<Operation *> written;                      ///< storages that an entry changes
  DenseMap<Operation *, Operation *> runners;         ///< of subprograms
  std::map<Operation *, nn::DimensionAnalysis> sizes; ///< of programs, where they were asked for
  SmallVector<PackedValue> packedValues;
  llvm::SetVector<Operation *> unread; ///< maps of weights, of which the packing has copies
  bool packsForLoops = true;           ///< for the product in work
};
} // namespace
} // namespace mlc
