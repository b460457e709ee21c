// lower-precision: products of f32 on operands that are rounded to 16 bits.
#include "compiler/GraphTransforms/NarrowViews.h"
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
    rounded.clear();
    Builder builder(&getContext());
    element = dtype == "f16" ? Type(builder.getF16Type()) : builder.getBF16Type();
    SmallVector<nn::ProductOpInterface> products;
    getOperation().walk([&](nn::ProductOpInterface product) {
      if (isOfF32(product) && pays(product))
        products.push_back(product);
    });
    for (nn::ProductOpInterface product : products)
      for (bool isConvolution = isOfWindows(product.getLhs()); unsigned operand : {0U, 1U})
        lower(product->getOpOperand(operand), isConvolution);
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

  /// What `value` is a view of, itself if it is none.
  static Value baseOf(Value value) {
    while (Value tensor = viewedTensor(value))
      value = tensor;
    return value;
  }

  /// Batched products are those of attention, whose operands and results are never stored, or of
  /// groups of channels; those of one column have no tiles.
  static bool pays(nn::ProductOpInterface product) {
    SmallVector<int64_t> columns = product.rhsFreeDims();
    auto matrix = cast<RankedTensorType>(product.getRhs().getType());
    bool isVector = llvm::all_of(columns, [&](int64_t dim) { return matrix.getDimSize(dim) == 1; });
    Value lhs = product.getLhs(), rhs = product.getRhs();
    bool isConvolution = isOfWindows(lhs);
    if (isConvolution) {
      lhs = baseOf(lhs);
      rhs = baseOf(rhs);
    }
    return (isConvolution || product.dims().lhsBatch.empty()) && !product.narrowElement() &&
           !isVector && !isMadeByReader(lhs) && !isMadeByReader(rhs);
  }

  /// x => cast(cast(x) to 16 bits) to f32; what windows see is rounded before.
  void lower(OpOperand &operand, bool isConvolution) {
    OpBuilder builder(operand.getOwner());
    operand.set(isConvolution ? roundedInViews(operand.get())
                              : widened(builder, narrowedOf(operand.get())));
  }
  static Value widened(OpBuilder &builder, Value narrow) {
    nn::TensorExpr tensor(builder, narrow.getLoc(), narrow);
    return nn::cast(tensor, builder.getF32Type()).value();
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
      narrow = viewAgain(value, narrowedOf(nn::viewOf(value).tensor));
    } else {
      narrow = nn::cast(nn::TensorExpr(builder, value.getLoc(), value), element).value();
      ++tensorCount;
    }
    return narrowed[value] = narrow;
  }

  /// The views of a convolution, of tensors whose numbers have 16 bits.
  Value roundedInViews(Value value) {
    if (Value known = rounded.lookup(value))
      return known;
    Value tensor = viewedTensor(value), result;
    if (tensor) {
      result = viewAgain(value, roundedInViews(tensor));
    } else {
      Value narrow = narrowedOf(value);
      OpBuilder builder(&getContext());
      builder.setInsertionPointAfterValue(narrow);
      result = widened(builder, narrow);
    }
    return rounded[value] = result;
  }

  Type element;
  DenseMap<Value, Value> narrowed; ///< tensors in 16 bits
  DenseMap<Value, Value> rounded;  ///< tensors of f32 with such numbers
};
} // namespace
} // namespace mlc
