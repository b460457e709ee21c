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
      lower(product);
    productCount += products.size();
  }

private:
  enum class Kind { matrices, batches, convolution };
  static Kind kindOf(nn::ProductOpInterface product) {
    return isOfWindows(product.getLhs())     ? Kind::convolution
           : product.dims().lhsBatch.empty() ? Kind::matrices
                                             : Kind::batches;
  }

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

  /// The product of sizes; -1: one is free.
  static int64_t countOf(Value tensor, ArrayRef<int64_t> dims) {
    auto type = cast<RankedTensorType>(tensor.getType());
    int64_t count = 1;
    for (int64_t dim : dims)
      count = count < 0 || type.isDynamicDim(dim) ? -1 : count * type.getDimSize(dim);
    return count;
  }

  /// Products of one column have no tiles. In batches, as in attention, those of a few rows or
  /// columns read all else once: rounding it takes longer than multiplying.
  bool pays(nn::ProductOpInterface product) const {
    constexpr int64_t kFewestOfBatch = 16;
    Value lhs = product.getLhs(), rhs = product.getRhs();
    int64_t rows = countOf(lhs, product.lhsFreeDims()),
            columns = countOf(rhs, product.rhsFreeDims());
    Kind kind = kindOf(product);
    if (kind != Kind::matrices) {
      lhs = baseOf(lhs);
      rhs = baseOf(rhs);
    }
    auto areFew = [](int64_t count) { return count >= 0 && count < kFewestOfBatch; };
    if (kind == Kind::batches && (element.isF16() || areFew(rows) || areFew(columns)))
      return false;
    return !product.narrowElement() && columns != 1 && !isMadeByReader(lhs) && !isMadeByReader(rhs);
  }

  /// x => cast(cast(x) to 16 bits) to f32; what windows see is rounded before, and heads of what
  /// kernels compute, if both operands are such.
  void lower(nn::ProductOpInterface product) {
    OpBuilder builder(product);
    Kind kind = kindOf(product);
    bool areHeads =
        kind == Kind::batches && isOfComputed(product.getLhs()) && isOfComputed(product.getRhs());
    for (OpOperand &operand : product->getOpOperands().take_front(2)) {
      Value value = operand.get();
      operand.set(kind == Kind::convolution ? roundedInViews(value)
                  : areHeads                ? widened(builder, narrowedInViews(value))
                                            : widened(builder, narrowedOf(value)));
    }
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

  /// Whether it shows what a kernel computes, which can store it rounded. A cache is no such
  /// tensor: of it only what is multiplied is rounded, where it is read.
  static bool isOfComputed(Value value) {
    return isa_and_nonnull<nn::ElementwiseOpInterface, nn::ProductOpInterface>(
        baseOf(value).getDefiningOp());
  }

  /// `value` in 16 bits, as views of what is rounded where it is computed.
  Value narrowedInViews(Value value) {
    Value tensor = viewedTensor(value);
    if (!tensor || narrowed.contains(value))
      return narrowedOf(value);
    return narrowed[value] = viewAgain(value, narrowedInViews(tensor));
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
