// sink-widenings: views of narrow numbers, widened where a product takes them in.
#include "compiler/GraphTransforms/NarrowViews.h"
#include "compiler/GraphTransforms/Passes.h"
#include "compiler/Target/DotInstruction.h"
#include "dialects/NN/TensorExpr.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_SINKWIDENINGSPASS
#include "compiler/GraphTransforms/Passes.h.inc"

namespace {
struct SinkWideningsPass : impl::SinkWideningsPassBase<SinkWideningsPass> {
  using SinkWideningsPassBase::SinkWideningsPassBase;

  void runOnOperation() override {
    narrowed.clear();
    getOperation().walk([&](nn::ProductOpInterface product) {
      Value lhs = product.getLhs(), rhs = product.getRhs();
      Type element = narrowElementOf(lhs);
      if (!isOfWindows(lhs) || product.narrowElement() || !element ||
          element != narrowElementOf(rhs) || !isMultiplied(element) || !packsVectors(product))
        return;
      for (unsigned operand : {0U, 1U})
        widen(product->getOpOperand(operand));
    });
  }

private:
  /// Whether an instruction takes numbers of this dtype from where they lie. Otherwise they would
  /// be widened again for every window that sees them.
  bool isMultiplied(Type element) const {
    if (element.isF16())
      return false;
    return findDotInstruction(element.isBF16() ? bf16Dot : i8Dot, element.isBF16());
  }

  /// Words of neighbours along the depth are in memory, or made of rows, by vectors of which there
  /// are enough: the gradient by the kernel of an image of three channels has none.
  static bool packsVectors(nn::ProductOpInterface product) {
    constexpr int64_t kShortestVector = 4;
    auto lhs = cast<RankedTensorType>(product.getLhs().getType());
    return llvm::is_contained(product.dims().lhsContract, lhs.getRank() - 1) ||
           lhs.getShape().back() % kShortestVector == 0;
  }

  /// The dtype that products take in beside that of `cast`; null for others.
  static Type narrowElementOf(nn::CastOp widening) {
    Type from = getElementTypeOrSelf(widening.getX().getType()),
         to = getElementTypeOrSelf(widening.getType());
    bool isHalf = (from.isBF16() || from.isF16()) && to.isF32();
    return isHalf || (from.isInteger(8) && to.isInteger(32)) ? from : Type();
  }

  /// Whether what surrounds a tensor is a number of this dtype.
  static bool isNumberOf(Type element, Value padding) {
    DenseElementsAttr value;
    if (!matchPattern(padding, m_Constant(&value)))
      return false;
    if (element.isInteger())
      return value.getSplatValue<APInt>().isSignedIntN(element.getIntOrFloatBitWidth());
    return value.getSplatValue<APFloat>().isZero();
  }

  /// The dtype of the numbers that `value` shows widened; null: of no narrow one.
  static Type narrowElementOf(Value value) {
    if (auto widening = value.getDefiningOp<nn::CastOp>())
      return narrowElementOf(widening);
    Value tensor = viewedTensor(value);
    Type element = tensor ? narrowElementOf(tensor) : Type();
    Value padding = paddingOf(value);
    return element && padding && !isNumberOf(element, padding) ? Type() : element;
  }

  Value narrowedOf(Value value) {
    if (auto widening = value.getDefiningOp<nn::CastOp>())
      return widening.getX();
    if (Value known = narrowed.lookup(value))
      return known;
    Value narrow = viewAgain(value, narrowedOf(viewedTensor(value)));
    return narrowed[value] = narrow;
  }

  /// view(cast(x)) => cast(view(x))
  void widen(OpOperand &operand) {
    if (operand.get().getDefiningOp<nn::CastOp>())
      return;
    OpBuilder builder(operand.getOwner());
    nn::TensorExpr narrow(builder, operand.getOwner()->getLoc(), narrowedOf(operand.get()));
    operand.set(nn::cast(narrow, getElementTypeOrSelf(operand.get().getType())).value());
    ++widenedCount;
  }

  DenseMap<Value, Value> narrowed; ///< views of what is not widened
};
} // namespace
} // namespace mlc
