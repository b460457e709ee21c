#include "compiler/GraphTransforms/Passes.h"
#include "compiler/Target/DotInstruction.h"
#include "compiler/Target/RegisterTile.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_PACKPARAMETERSPASS
#include "compiler/GraphTransforms/Passes.h.inc"

namespace {
/// A matrix in a storage, of parameters or a state that no entry writes, and which of its
/// dimensions the contraction sums over.
struct Weight {
  nn::StorageOp storage;
  int64_t offset = 0; ///< in elements
  RankedTensorType type;
  int64_t depthDim = 0;
  int64_t products = 1; ///< of neighbours along the depth that a lane takes at once
  bool operator==(const Weight &other) const {
    return storage == other.storage && offset == other.offset && type == other.type &&
           depthDim == other.depthDim && products == other.products;
  }
};

struct PackParametersPass : impl::PackParametersPassBase<PackParametersPass> {
  using PackParametersPassBase::PackParametersPassBase;

  void runOnOperation() override {
    if (vectorBytes == 0)
      return;
    weights.clear();
    written.clear();
    for (func::FuncOp entry : kernel::entries(getOperation()))
      collectWritten(entry);
    for (func::FuncOp entry : kernel::entries(getOperation()))
      if (!writesParameters(entry))
        for (auto contraction : llvm::to_vector(entry.getOps<nn::ContractOp>()))
          pack(entry, contraction);
    if (!weights.empty())
      writeRefresh();
    packedCount += weights.size();
  }

private:
  /// The storage of an argument or result of an entry, from its attribute.
  nn::StorageOp storageOf(FlatSymbolRefAttr name) {
    return name ? getOperation().lookupSymbol<nn::StorageOp>(name) : nn::StorageOp();
  }

  nn::StorageOp storageOfResult(func::FuncOp entry, unsigned result) {
    return storageOf(entry.getResultAttrOfType<FlatSymbolRefAttr>(result, "nn.storage"));
  }
  void collectWritten(func::FuncOp entry) {
    for (unsigned result = 0; result < entry.getNumResults(); ++result)
      if (auto storage = storageOfResult(entry, result))
        written.insert(storage);
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

  /// Looks through reshapes and parts of the flat storage.
  std::optional<Weight> weightOf(func::FuncOp entry, Value value) {
    Weight weight;
    weight.type = cast<RankedTensorType>(value.getType());
    while (Operation *op = value.getDefiningOp()) {
      if (auto slice = dyn_cast<nn::SliceOp>(op)) {
        if (!slice.getOffsets().empty() || slice.getStrides() != ArrayRef<int64_t>{1})
          return std::nullopt;
        weight.offset += slice.getStaticOffsets()[0];
        if (cast<RankedTensorType>(slice.getX().getType()).getRank() != 1)
          return std::nullopt;
        value = slice.getX();
      } else if (auto reshape = dyn_cast<nn::ReshapeOp>(op)) {
        value = reshape.getX();
      } else {
        return std::nullopt;
      }
    }
    unsigned argument = cast<BlockArgument>(value).getArgNumber();
    weight.storage = storageOf(entry.getArgAttrOfType<FlatSymbolRefAttr>(argument, "nn.storage"));
    return holdsWeights(weight.storage) ? std::optional(weight) : std::nullopt;
  }

  /// Columns of a panel: those of a register tile.
  int64_t panelColumns(const Weight &weight) {
    int64_t lanes = lanesOf(weight), columns = weight.type.getDimSize(1 - weight.depthDim);
    return vectorsOfTile(columns, lanes, vectorRegisters) * lanes;
  }
  /// Of the sums.
  int64_t lanesOf(const Weight &weight) {
    return vectorBytes * 8 / std::max(32u, weight.type.getElementTypeBitWidth());
  }

  /// The products that a lane takes at once; 0 where the dtype is not packed.
  int64_t productsOf(nn::ContractOp contraction) {
    if (Type narrow = contraction.narrowElement()) {
      const DotInstruction *instruction =
          findDotInstruction(narrow.isBF16() ? bf16Dot : i8Dot, narrow.isBF16());
      return instruction ? instruction->products : narrow.isBF16();
    }
    Type element = getElementTypeOrSelf(contraction.getType());
    return element.isF32() || element.isF64();
  }

  bool pays(nn::ContractOp contraction, const Weight &weight) {
    if (contraction.narrowElement()) // no tile reads them as they are
      return weight.type.getNumElements() > 0;
    int64_t rows = 1, fewRows = 1;
    for (int64_t dim : contraction.lhsFreeDims()) {
      int64_t size = cast<RankedTensorType>(contraction.getLhs().getType()).getDimSize(dim);
      rows = ShapedType::isDynamic(size) ? fewRows + 1 : std::min(rows * size, fewRows + 1);
    }
    bool isReadInOrder =
        weight.depthDim == 0 && (rows <= fewRows || weight.type.getDimSize(1) <= lanesOf(weight));
    return weight.type.getNumElements() > 0 && !isReadInOrder;
  }

  void pack(func::FuncOp entry, nn::ContractOp contraction) {
    auto type = cast<RankedTensorType>(contraction.getRhs().getType());
    if (type.getRank() != 2 || !contraction.getRhsBatch().empty() ||
        contraction.getRhsContract().size() != 1)
      return;
    Value narrow = contraction.narrowOperand(contraction.getRhs());
    std::optional<Weight> weight = weightOf(entry, narrow);
    if (!weight)
      return;
    weight->depthDim = contraction.getRhsContract()[0];
    weight->products = productsOf(contraction);
    // What is computed in another dtype than the weights' is not their product.
    if (weight->products == 0 || !pays(contraction, *weight))
      return;
    OpBuilder builder(contraction);
    Value packed = packedArgument(entry, packedStorage(*weight));
    Value matrix = kernel::UnpackOp::create(builder, contraction.getLoc(), weight->type, packed,
                                            weight->depthDim);
    auto widening = contraction.getRhs().getDefiningOp<nn::CastOp>();
    if (widening && narrow == widening.getX())
      matrix = nn::CastOp::create(builder, contraction.getLoc(), matrix, type.getElementType());
    contraction->setOperand(1, matrix);
    if (widening && widening->use_empty())
      widening->erase();
  }

  nn::StorageOp packedStorage(Weight weight) {
    for (auto &[known, storage] : weights)
      if (known == weight)
        return storage;
    int64_t width = panelColumns(weight), columns = weight.type.getDimSize(1 - weight.depthDim);
    int64_t panels = llvm::divideCeil(columns, width),
            steps = llvm::divideCeil(weight.type.getDimSize(weight.depthDim), weight.products);
    SmallVector<int64_t> shape = {panels, steps, width};
    if (weight.products > 1)
      shape.push_back(weight.products);
    auto type = RankedTensorType::get(shape, weight.type.getElementType());
    OpBuilder builder = OpBuilder::atBlockEnd(getOperation().getBody());
    auto storage = nn::StorageOp::create(
        builder, weight.storage.getLoc(), "packed", nn::StorageKind::packed, type, nullptr, nullptr,
        nullptr, nullptr, nullptr,
        nn::PanelsAttr::get(&getContext(), FlatSymbolRefAttr::get(weight.storage), weight.offset,
                            weight.type, weight.depthDim, weight.products));
    SymbolTable(getOperation()).insert(storage); // appends a number to the symbol if it is taken
    weights.push_back({weight, storage});
    return storage;
  }

  /// The argument of `function` that holds `storage`, added if there is none.
  Value packedArgument(func::FuncOp function, nn::StorageOp storage) {
    auto name = FlatSymbolRefAttr::get(storage);
    unsigned count = function.getNumArguments();
    for (unsigned argument = 0; argument < count; ++argument)
      if (function.getArgAttr(argument, "nn.storage") == name)
        return function.getArgument(argument);
    Builder builder(&getContext());
    (void)function.insertArgument(
        count, storage.getType(),
        builder.getDictionaryAttr(builder.getNamedAttr("nn.storage", name)), storage.getLoc());
    return function.getArgument(count);
  }

  void writeRefresh() {
    ModuleOp module = getOperation();
    OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
    auto refresh = func::FuncOp::create(builder, module.getLoc(), "mlc.refresh",
                                        builder.getFunctionType({}, {}));
    refresh->setAttr(kernel::kRefreshAttr, builder.getUnitAttr());
    builder.setInsertionPointToStart(refresh.addEntryBlock());
    SmallVector<Value> results;
    for (auto &[weight, storage] : weights)
      results.push_back(panels(builder, weight, storage, packedArgument(refresh, weight.storage)));
    func::ReturnOp::create(builder, module.getLoc(), results);
    SmallVector<Type> types(ValueRange(results).getTypes());
    refresh.setFunctionType(builder.getFunctionType(refresh.getArgumentTypes(), types));
    for (auto [number, entry] : llvm::enumerate(weights))
      refresh.setResultAttr(number, "nn.storage", FlatSymbolRefAttr::get(entry.second));
  }

  /// [depth, columns] => zeros up to whole panels => [depth, panels, width] => [panels, depth,
  /// width], or from [columns, depth] alike; with the depth in words of products, which come last.
  Value panels(OpBuilder &builder, const Weight &weight, nn::StorageOp storage, Value flat) {
    Location location = storage.getLoc();
    auto type = cast<RankedTensorType>(storage.getType());
    int64_t count = type.getDimSize(0), steps = type.getDimSize(1), width = type.getDimSize(2);
    int64_t products = weight.products, columnDim = 1 - weight.depthDim;
    Value value = flat;
    if (cast<RankedTensorType>(flat.getType()).getRank() == 1) {
      OpFoldResult start = builder.getIndexAttr(weight.offset),
                   elements = builder.getIndexAttr(weight.type.getNumElements());
      value = nn::SliceOp::create(builder, location, flat, ArrayRef(start), ArrayRef(elements),
                                  ArrayRef<int64_t>{1});
    }
    if (value.getType() != weight.type)
      value = nn::ReshapeOp::create(builder, location, weight.type, value, ValueRange());
    SmallVector<int64_t> none(2, 0), high(2, 0);
    high[columnDim] = count * width - weight.type.getDimSize(columnDim);
    high[weight.depthDim] = steps * products - weight.type.getDimSize(weight.depthDim);
    if (high != none) {
      Value zero = nn::ConstantOp::create(
          builder, location,
          DenseElementsAttr::get(RankedTensorType::get({}, type.getElementType()),
                                 builder.getZeroAttr(type.getElementType())));
      value = nn::PadOp::create(builder, location, value, zero, none, high, none);
    }
    bool isDepthFirst = weight.depthDim == 0;
    SmallVector<int64_t> split = {count, width}, permutation;
    if (products > 1) {
      split.insert(split.begin() + 2 * weight.depthDim, {steps, products});
      permutation =
          isDepthFirst ? SmallVector<int64_t>{2, 0, 3, 1} : SmallVector<int64_t>{0, 2, 1, 3};
    } else {
      split.insert(split.begin() + 2 * weight.depthDim, steps);
      permutation = isDepthFirst ? SmallVector<int64_t>{1, 0, 2} : SmallVector<int64_t>{0, 2, 1};
    }
    value = nn::ReshapeOp::create(builder, location,
                                  RankedTensorType::get(split, type.getElementType()), value,
                                  ValueRange());
    return nn::TransposeOp::create(builder, location, value, permutation);
  }

  SmallVector<std::pair<Weight, nn::StorageOp>> weights;
  DenseSet<Operation *> written; ///< storages that an entry changes
};
} // namespace
} // namespace mlc
