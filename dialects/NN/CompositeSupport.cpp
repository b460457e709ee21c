#include "dialects/NN/CompositeSupport.h"

using namespace mlir;

namespace mlc::nn {

SmallVector<int64_t> allDims(const TensorExpr &x) {
  return llvm::to_vector(llvm::seq<int64_t>(0, x.rank()));
}

bool isNarrow(Type element) { return element.isBF16() || element.isF16(); }

TensorExpr widened(const TensorExpr &x) {
  return isNarrow(x.element()) ? cast(x, Float32Type::get(x.element().getContext())) : x;
}

TensorExpr countOf(const TensorExpr &x, ArrayRef<int64_t> dims) {
  bool isStatic = llvm::none_of(dims, [&](int64_t dim) { return x.type().isDynamicDim(dim); });
  if (isStatic)
    return x.count(dims, x.element());
  return cast(x.count(dims, IntegerType::get(x.element().getContext(), 64)), x);
}

TensorExpr mean(const TensorExpr &x, ArrayRef<int64_t> dims) {
  TensorExpr total = x.sum(dims);
  return total / countOf(x, dims).splatTo(total);
}

TensorExpr logSumExp(const TensorExpr &x, ArrayRef<int64_t> dims) {
  return x.with(LogSumExpOp::create(*x.builder, *x.location, x.value(), dims));
}

TensorExpr softmax(const TensorExpr &x, int64_t dim) {
  return x.with(SoftmaxOp::create(*x.builder, *x.location, x.value(), dim));
}
TensorExpr softplus(const TensorExpr &x) {
  return x.with(SoftplusOp::create(*x.builder, *x.location, x.value()));
}

TensorExpr clamp(const TensorExpr &x, std::optional<double> low, std::optional<double> high) {
  auto attribute = [&](std::optional<double> bound) {
    return bound ? x.builder->getF64FloatAttr(*bound) : FloatAttr();
  };
  return x.with(
      ClampOp::create(*x.builder, *x.location, x.value(), attribute(low), attribute(high)));
}

TensorExpr contractLast(const TensorExpr &x, const TensorExpr &w) {
  int64_t last[] = {x.rank() - 1}, first[] = {0};
  return x.with(ContractOp::create(*x.builder, *x.location, x.value(), w.value(),
                                   ArrayRef<int64_t>(), ArrayRef<int64_t>(), last, first));
}

TensorExpr allOf(const TensorExpr &condition) {
  return condition.reduce(Reduction::and_, allDims(condition));
}

TensorExpr inRange(const TensorExpr &index, const TensorExpr &table, int64_t dim) {
  TensorExpr size = table.count({dim}, index.element()).splatTo(index);
  return (index >= 0.0) & (index < size);
}

} // namespace mlc::nn
