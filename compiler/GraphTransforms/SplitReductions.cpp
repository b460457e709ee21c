#include "compiler/GraphTransforms/Passes.h"
#include "dialects/NN/TensorExpr.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_SPLITREDUCTIONSPASS
#include "compiler/GraphTransforms/Passes.h.inc"

/// Parts of the depth of a product: enough for the threads of a machine.
constexpr int64_t kMostParts = 16, kFewestParts = 4;

/// Parts of a dimension of the depth that cannot be cut, so that each of its elements is one.
constexpr int64_t kMostElements = 64;

/// Products with more results, those of all parts counted, are cut along their rows and columns.
constexpr int64_t kMostResults = 1 << 20;

/// Times that the depth exceeds rows and columns, so that adding up the parts costs little.
constexpr int64_t kDepthRatio = 12;

/// Rows of a matrix that are worth sharing where one row is multiplied by it.
constexpr int64_t kManyRows = 1024;

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

  /// One of the dimensions that a product sums over, and its parts.
  struct Cut {
    size_t number;
    int64_t parts;
    bool isWhole; ///< each element is a part
  };
  /// The outermost dimension that can be cut, or has few elements.
  static std::optional<Cut> findCut(nn::ProductOpInterface product) {
    auto lhs = cast<RankedTensorType>(product.getLhs().getType());
    bool isFixed = isMadeByReader(product.getLhs()) || isMadeByReader(product.getRhs());
    for (auto [number, dim] : llvm::enumerate(product.dims().lhsContract)) {
      int64_t size = lhs.getDimSize(dim), parts = isFixed ? size : partsOf(size);
      if (parts >= kFewestParts && (!isFixed || parts <= kMostElements))
        return Cut{number, parts, parts == size};
    }
    return std::nullopt;
  }

  /// A product of each part, whose results are along a new first dimension.
  static Value inParts(OpBuilder &builder, nn::ProductOpInterface product, const Cut &cut) {
    nn::ProductDims dims = product.dims();
    auto take = [&](Value operand, SmallVector<int64_t> &contract, SmallVector<int64_t> &batch) {
      int64_t dim = contract[cut.number];
      batch = {dim};
      if (cut.isWhole) {
        contract.erase(contract.begin() + cut.number);
        return operand;
      }
      for (int64_t &each : contract)
        each += each >= dim;
      return inParts(nn::TensorExpr(builder, product.getLoc(), operand), dim, cut.parts);
    };
    Value lhs = take(product.getLhs(), dims.lhsContract, dims.lhsBatch),
          rhs = take(product.getRhs(), dims.rhsContract, dims.rhsBatch);
    return product.rebuild(builder, lhs, rhs, dims);
  }

  /// A deep product of few results: one for each part of the depth, added up.
  void splitDepth(nn::ProductOpInterface product) {
    auto lhs = cast<RankedTensorType>(product.getLhs().getType()),
         rhs = cast<RankedTensorType>(product.getRhs().getType()),
         type = cast<RankedTensorType>(product->getResult(0).getType());
    nn::ProductDims dims = product.dims();
    bool isWide = type.getElementType().isF32() || type.getElementType().isF64();
    std::optional<Cut> cut;
    if (isWide && !product.narrowElement() && lhs.hasStaticShape() && rhs.hasStaticShape() &&
        dims.lhsBatch.empty())
      cut = findCut(product);
    if (!cut)
      return;
    int64_t results = type.getNumElements(), depth = 1;
    for (int64_t dim : dims.lhsContract)
      depth *= lhs.getDimSize(dim);
    if (results == 0 || depth == 0 || results > kMostResults / cut->parts)
      return;
    int64_t longest = std::max(lhs.getNumElements(), rhs.getNumElements()) / depth;
    bool isDeep = depth / kDepthRatio >= longest && 2 * depth >= chunk;
    // A row times a matrix: whole rows of the matrix are read, so threads share its rows.
    bool isRow = lhs.getNumElements() == depth && dims.rhsContract.back() + 1 < rhs.getRank() &&
                 depth >= kManyRows && rhs.getNumElements() >= kLargeMatrix;
    if (!isDeep && !isRow)
      return;
    OpBuilder builder(product);
    nn::TensorExpr partial(builder, product.getLoc(), inParts(builder, product, *cut));
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
