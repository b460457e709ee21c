#include "compiler/GraphTransforms/Passes.h"
#include "dialects/NN/TensorExpr.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_SPLITREDUCTIONSPASS
#include "compiler/GraphTransforms/Passes.h.inc"

/// Parts of the depth of a product: enough for the threads of a machine.
constexpr int64_t kMostParts = 16, kFewestParts = 4;

/// Products with more results are cut along their rows and columns.
constexpr int64_t kMostResults = 1 << 14;

/// Times that the depth exceeds rows and columns, so that adding up the parts costs little.
constexpr int64_t kDepthRatio = 64;

/// Elements of a matrix that is worth several threads.
constexpr int64_t kLargeMatrix = 1 << 18;

namespace {
struct SplitReductionsPass : impl::SplitReductionsPassBase<SplitReductionsPass> {
  using SplitReductionsPassBase::SplitReductionsPassBase;

  void runOnOperation() override {
    SmallVector<nn::ReductionOpInterface> reductions;
    getOperation().walk([&](nn::ReductionOpInterface reduction) {
      auto type = cast<RankedTensorType>(reduction->getResult(0).getType());
      if (type.getRank() == 0 && !reduction.givesPosition())
        reductions.push_back(reduction);
    });
    for (nn::ReductionOpInterface reduction : reductions)
      split(reduction);
    for (auto product : llvm::to_vector(getOperation().getOps<nn::ProductOpInterface>()))
      splitDepth(product);
  }

  /// The number of equal parts that a depth is cut into; 1: none.
  static int64_t partsOf(int64_t depth) {
    for (int64_t parts = kMostParts; parts >= kFewestParts; --parts)
      if (depth % parts == 0)
        return parts;
    return 1;
  }

  /// x: [.., depth, ..] => [.., parts, depth / parts, ..]
  static Value inParts(const nn::TensorExpr &x, int64_t dim, int64_t parts) {
    SmallVector<int64_t> shape(x.type().getShape());
    shape[dim] /= parts;
    shape.insert(shape.begin() + dim, parts);
    return x.reshape(shape).value();
  }

  /// Whether it lies nowhere: as an operand of a reshape it would.
  static bool isMadeByReader(Value tensor) {
    auto op = tensor.getDefiningOp<nn::KernelOpInterface>();
    return op && op.role() == nn::Role::inlined;
  }

  /// A deep product of few results: one for each part of the depth, added up.
  void splitDepth(nn::ProductOpInterface product) {
    auto lhs = cast<RankedTensorType>(product.getLhs().getType()),
         rhs = cast<RankedTensorType>(product.getRhs().getType()),
         type = cast<RankedTensorType>(product->getResult(0).getType());
    nn::ProductDims dims = product.dims();
    bool isWide = type.getElementType().isF32() || type.getElementType().isF64();
    if (!isWide || product.narrowElement() || !lhs.hasStaticShape() || !rhs.hasStaticShape() ||
        isMadeByReader(product.getRhs()) || !dims.lhsBatch.empty() || dims.lhsContract.size() != 1)
      return;
    int64_t left = dims.lhsContract[0], right = dims.rhsContract[0], depth = lhs.getDimSize(left),
            results = type.getNumElements();
    if (results == 0 || results > kMostResults || depth == 0)
      return;
    int64_t longest = std::max(lhs.getNumElements(), rhs.getNumElements()) / depth;
    bool isDeep = depth / kDepthRatio >= longest && depth >= chunk;
    // A row times a matrix: whole rows of the matrix are read, so threads share its rows.
    bool isRow = lhs.getNumElements() == depth && right + 1 < rhs.getRank() &&
                 depth / kDepthRatio >= kMostParts && rhs.getNumElements() >= kLargeMatrix;
    int64_t parts = isDeep || isRow ? partsOf(depth) : 1;
    if (parts == 1)
      return;
    OpBuilder builder(product);
    auto tensor = [&](Value value) { return nn::TensorExpr(builder, product.getLoc(), value); };
    Value inLhs = inParts(tensor(product.getLhs()), left, parts),
          inRhs = inParts(tensor(product.getRhs()), right, parts);
    nn::TensorExpr partial =
        tensor(product.rebuild(builder, inLhs, inRhs, {{left}, {right}, {left + 1}, {right + 1}}));
    product->replaceAllUsesWith(ValueRange(partial.sum({0}).value()));
    product->erase();
  }

  void split(nn::ReductionOpInterface reduction) {
    OpBuilder builder(reduction);
    nn::TensorExpr x(builder, reduction.getLoc(), reduction->getOperand(0));
    RankedTensorType type = x.type();
    if (type.hasStaticShape() && type.getNumElements() <= chunk)
      return;
    // Narrow integers wrap and floats of 16 bits round once per op: their partial results would
    // round twice.
    if (type.getElementTypeBitWidth() == 16)
      return;
    if (type.getRank() > 1)
      splitRows(reduction, x);
    else if (type.hasStaticShape())
      splitVector(reduction, x);
  }

  void splitRows(nn::ReductionOpInterface reduction, const nn::TensorExpr &x) {
    replace(reduction,
            x.reduce(reduction.getKind(), llvm::to_vector(llvm::seq<int64_t>(1, x.rank()))));
  }

  /// x: [rows * chunk + rest] => reduce(concat(reduce(x[: rows * chunk] as [rows, chunk]),
  /// reduce(x[rows * chunk :])))
  void splitVector(nn::ReductionOpInterface reduction, const nn::TensorExpr &x) {
    int64_t rows = x.type().getNumElements() / chunk, rest = x.type().getNumElements() % chunk;
    SmallVector<Value> partials;
    auto addPart = [&](int64_t begin, int64_t count, int64_t size) {
      nn::TensorExpr part = x.sliceAlong(0, begin, count * size).reshape({count, size});
      partials.push_back(part.reduce(reduction.getKind(), {1}).value());
    };
    addPart(0, rows, chunk);
    if (rest)
      addPart(rows * chunk, 1, rest);
    replace(reduction, x.with(nn::concat(*x.builder, *x.location, partials, 0)));
  }

  /// What the reduction combines are the partial results, which may be many as well.
  void replace(nn::ReductionOpInterface reduction, const nn::TensorExpr &partials) {
    Value total = partials.reduce(reduction.getKind(), {0}).value();
    reduction->replaceAllUsesWith(ValueRange(total));
    reduction->erase();
    split(total.getDefiningOp<nn::ReductionOpInterface>());
  }
};
} // namespace
} // namespace mlc
