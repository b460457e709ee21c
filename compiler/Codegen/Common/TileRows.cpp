#include "compiler/Codegen/Common/TileRows.h"
#include <set>

using namespace mlir;

namespace mlc {

namespace {
/// Follows rows from results to inputs. A tensor has rows if so many of its first dimensions number
/// them in order.
class RowTracer {
public:
  RowTracer(KernelShapes &shapes, AffineExpr count) : shapes(shapes), count(count) {}

  /// Elements of a row of a result, if they are known.
  std::optional<int64_t> follow(Value result) {
    AffineExpr product = shapes.constant(1);
    size_t rank = shapes.sizes(result).size(), dims = 0;
    for (; dims < rank && product != count; ++dims)
      product = shapes.simplified(product * shapes.size(result, dims));
    std::optional<int64_t> each = elementsFrom(result, dims);
    if (product != count || !each)
      return std::nullopt;
    visit(result, dims);
    return each;
  }

  /// Elements of a row of an input; 0 where elements of any row may be read.
  int64_t elementsOfRow(Value input) {
    auto found = dimsOf.find(input.getAsOpaquePointer());
    bool isInRows = found != dimsOf.end() && found->second.size() == 1 && *found->second.begin();
    return isInRows ? elementsFrom(input, *found->second.begin()).value_or(0) : 0;
  }

private:
  std::optional<int64_t> elementsFrom(Value tensor, size_t dims) {
    auto number = dyn_cast<AffineConstantExpr>(
        shapes.product(ArrayRef<AffineExpr>(shapes.sizes(tensor)).drop_front(dims)));
    return number ? std::optional(number.getValue()) : std::nullopt;
  }

  /// A row of `tensor`, `dims` of whose dimensions number the rows, is read; 0: all of it is.
  void visit(Value tensor, size_t dims) {
    if (!isa<RankedTensorType>(tensor.getType()) ||
        !dimsOf[tensor.getAsOpaquePointer()].insert(dims).second)
      return;
    if (Operation *op = tensor.getDefiningOp())
      for (OpOperand &operand : op->getOpOperands())
        if (isa<RankedTensorType>(operand.get().getType()))
          visit(operand.get(), keepsRows(op, operand.getOperandNumber(), dims) ? dims : 0);
  }

  /// Whether a row of the result takes the same row of an operand and no other.
  static bool keepsRows(Operation *op, unsigned operand, size_t dims) {
    if (auto product = dyn_cast<nn::ProductOpInterface>(op))
      return keepsRows(product, operand, dims);
    auto kernelOp = dyn_cast<nn::KernelOpInterface>(op);
    if (kernelOp && int64_t(dims) <= kernelOp.batchedDims())
      return true;
    std::optional<SmallVector<int64_t>> followed;
    if (kernelOp)
      followed = kernelOp.operandDims(operand);
    if (auto reduction = dyn_cast<nn::ReductionOpInterface>(op))
      if (llvm::any_of(reduction.reducedDims(), [&](int64_t dim) { return dim < int64_t(dims); }))
        return false;
    return followed && startsWithRows(*followed, dims);
  }

  /// The result of a product has the dimensions of its batch, the free ones of lhs, of rhs.
  static bool keepsRows(nn::ProductOpInterface op, unsigned operand, size_t dims) {
    nn::ProductDims of = op.dims();
    SmallVector<int64_t> batch(operand == 0 ? of.lhsBatch : of.rhsBatch);
    SmallVector<int64_t> followed(
        cast<RankedTensorType>(op->getOperand(operand).getType()).getRank(), -1);
    for (auto [position, dim] : llvm::enumerate(batch))
      followed[dim] = position;
    if (operand == 0)
      for (auto [position, dim] : llvm::enumerate(op.lhsFreeDims()))
        followed[dim] = batch.size() + position;
    return startsWithRows(followed, dims);
  }

  static bool startsWithRows(ArrayRef<int64_t> followed, size_t dims) {
    return followed.size() >= dims &&
           llvm::equal(followed.take_front(dims), llvm::seq<int64_t>(0, dims));
  }

  KernelShapes &shapes;
  AffineExpr count;
  llvm::DenseMap<void *, std::set<size_t>> dimsOf; ///< by tensor: how it is read
};
} // namespace

DenseI64ArrayAttr rowsOf(const Segment &segment, KernelShapes &shapes, ArrayRef<Value> inputs,
                         ArrayRef<Value> results) {
  std::optional<TileRows> rows = segment.tileRows();
  if (!rows)
    return {};
  RowTracer tracer(shapes, shapes.simplified(rows->count));
  SmallVector<int64_t> ofResults, numbers = {rows->tiles, rows->rows};
  for (Value result : results) {
    std::optional<int64_t> elements = tracer.follow(result);
    if (!elements || nn::overwrittenBy(result))
      return {};
    ofResults.push_back(*elements);
  }
  for (Value input : inputs)
    numbers.push_back(tracer.elementsOfRow(input));
  llvm::append_range(numbers, ofResults);
  return DenseI64ArrayAttr::get(segment.tileRows()->count.getContext(), numbers);
}

} // namespace mlc
