// lower-precision: products of f32 on operands that are rounded to 16 bits.
#include "compiler/GraphTransforms/Passes.h"
#include "dialects/NN/TensorExpr.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_LOWERPRECISIONPASS
#include "compiler/GraphTransforms/Passes.h.inc"

namespace {
struct LowerPrecisionPass : impl::LowerPrecisionPassBase<LowerPrecisionPass> {
  using LowerPrecisionPassBase::LowerPrecisionPassBase;

  void runOnOperation() override {
    narrowed.clear();
    Builder builder(&getContext());
    element = dtype == "f16" ? Type(builder.getF16Type()) : builder.getBF16Type();
    SmallVector<nn::ProductOpInterface> products;
    getOperation().walk([&](nn::ProductOpInterface product) {
      if (isOfF32(product) && pays(product))
        products.push_back(product);
    });
    for (nn::ProductOpInterface product : products)
      for (unsigned operand : {0U, 1U})
        lower(product->getOpOperand(operand));
    productCount += products.size();
  }

private:
  static bool isOfF32(nn::ProductOpInterface product) {
    return llvm::all_of(ValueRange{product.getLhs(), product.getRhs(), product->getResult(0)},
                        [](Value value) { return getElementTypeOrSelf(value.getType()).isF32(); });
  }

  /// Whether no memory holds it: its reader computes it, or multiplies its parts.
  static bool isMadeByReader(Value tensor) {
    auto op = tensor.getDefiningOp<nn::KernelOpInterface>();
    return op && op.role() == nn::Role::inlined;
  }

  /// Batched products are those of attention, whose operands and results are never stored; those of
  /// one column have no tiles.
  static bool pays(nn::ProductOpInterface product) {
    SmallVector<int64_t> columns = product.rhsFreeDims();
    auto rhs = cast<RankedTensorType>(product.getRhs().getType());
    bool isVector = llvm::all_of(columns, [&](int64_t dim) { return rhs.getDimSize(dim) == 1; });
    return product.dims().lhsBatch.empty() && !product.narrowElement() && !isVector &&
           !isMadeByReader(product.getLhs()) && !isMadeByReader(product.getRhs());
  }

  /// x => cast(cast(x) to 16 bits) to f32
  void lower(OpOperand &operand) {
    Value narrow = narrowedOf(operand.get());
    OpBuilder builder(operand.getOwner());
    nn::TensorExpr tensor(builder, operand.getOwner()->getLoc(), narrow);
    operand.set(nn::cast(tensor, builder.getF32Type()).value());
  }

  /// Whether `value` is another shape of what a kernel computes.
  static bool isViewOfComputed(Value value) {
    nn::View view = nn::viewOf(value);
    if (!view.isWhole)
      return false;
    while (view.isWhole) {
      value = view.tensor;
      view = nn::viewOf(value);
    }
    return !view && value.getDefiningOp<nn::KernelOpInterface>();
  }

  /// `value` in 16 bits: once, where it is computed, so that all products read the same numbers,
  /// and the kernel that computes it can store them.
  Value narrowedOf(Value value) {
    if (Value known = narrowed.lookup(value))
      return known;
    OpBuilder builder(&getContext());
    builder.setInsertionPointAfterValue(value);
    Value narrow;
    if (isViewOfComputed(value)) {
      Value computed = nn::viewOf(value).tensor;
      IRMapping mapping;
      mapping.map(computed, narrowedOf(computed));
      Operation *view = builder.clone(*value.getDefiningOp(), mapping);
      narrow = view->getResult(cast<OpResult>(value).getResultNumber());
      narrow.setType(cast<RankedTensorType>(value.getType()).clone(element));
    } else {
      narrow = nn::cast(nn::TensorExpr(builder, value.getLoc(), value), element).value();
      ++tensorCount;
    }
    return narrowed[value] = narrow;
  }

  Type element;
  DenseMap<Value, Value> narrowed; ///< tensors in 16 bits
};
} // namespace
} // namespace mlc
