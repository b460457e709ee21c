#include "compiler/GraphTransforms/Passes.h"

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
    SmallVector<nn::ReduceOp> reductions;
    getOperation().walk([&](nn::ReduceOp reduce) {
      if (cast<RankedTensorType>(reduce.getType()).getRank() == 0)
        reductions.push_back(reduce);
    });
    for (nn::ReduceOp reduce : reductions)
      split(reduce);
    for (auto product : llvm::to_vector(getOperation().getOps<nn::ContractOp>()))
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
  static Value inParts(OpBuilder &builder, Location location, Value x, int64_t dim, int64_t parts) {
    auto type = cast<RankedTensorType>(x.getType());
    SmallVector<int64_t> shape(type.getShape());
    shape[dim] /= parts;
    shape.insert(shape.begin() + dim, parts);
    return nn::ReshapeOp::create(builder, location, type.clone(shape), x, ValueRange());
  }

  /// A deep product of few results: one for each part of the depth, added up.
  void splitDepth(nn::ContractOp product) {
    auto lhs = cast<RankedTensorType>(product.getLhs().getType()),
         rhs = cast<RankedTensorType>(product.getRhs().getType()),
         type = cast<RankedTensorType>(product.getType());
    bool isWide = type.getElementType().isF32() || type.getElementType().isF64();
    if (!isWide || product.narrowElement() || !lhs.hasStaticShape() || !rhs.hasStaticShape() ||
        !product.getLhsBatch().empty() || product.getLhsContract().size() != 1)
      return;
    int64_t left = product.getLhsContract()[0], right = product.getRhsContract()[0],
            depth = lhs.getDimSize(left), results = type.getNumElements();
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
    Location location = product.getLoc();
    Value partial = nn::ContractOp::create(
        builder, location, inParts(builder, location, product.getLhs(), left, parts),
        inParts(builder, location, product.getRhs(), right, parts), ArrayRef<int64_t>{left},
        ArrayRef<int64_t>{right}, ArrayRef<int64_t>{left + 1}, ArrayRef<int64_t>{right + 1});
    auto total =
        nn::ReduceOp::create(builder, location, nn::Reduction::sum, partial, ArrayRef<int64_t>{0});
    product.replaceAllUsesWith(total.getResult());
    product.erase();
  }

  void split(nn::ReduceOp reduce) {
    auto type = cast<RankedTensorType>(reduce.getX().getType());
    if (type.hasStaticShape() && type.getNumElements() <= chunk)
      return;
    // Narrow integers wrap and floats of 16 bits round once per op: their partial results would
    // round twice.
    if (type.getElementTypeBitWidth() == 16)
      return;
    if (type.getRank() > 1)
      splitRows(reduce, type);
    else if (type.hasStaticShape())
      splitVector(reduce, type);
  }

  void splitRows(nn::ReduceOp reduce, RankedTensorType type) {
    OpBuilder builder(reduce);
    SmallVector<int64_t> inner = llvm::to_vector(llvm::seq<int64_t>(1, type.getRank()));
    Value rows =
        nn::ReduceOp::create(builder, reduce.getLoc(), reduce.getKind(), reduce.getX(), inner);
    auto total = nn::ReduceOp::create(builder, reduce.getLoc(), reduce.getKind(), rows,
                                      ArrayRef<int64_t>{0});
    reduce.replaceAllUsesWith(total.getResult());
    reduce.erase();
    split(total);
  }

  /// x: [rows * chunk + rest] => reduce(concat(reduce(x[: rows * chunk] as [rows, chunk]),
  /// reduce(x[rows * chunk :])))
  void splitVector(nn::ReduceOp reduce, RankedTensorType type) {
    OpBuilder builder(reduce);
    Location location = reduce.getLoc();
    int64_t rows = type.getNumElements() / chunk, rest = type.getNumElements() % chunk;
    auto part = [&](int64_t offset, int64_t size) -> Value {
      OpFoldResult start = builder.getIndexAttr(offset), count = builder.getIndexAttr(size);
      return nn::SliceOp::create(builder, location, reduce.getX(), ArrayRef(start), ArrayRef(count),
                                 ArrayRef<int64_t>{1});
    };
    Value matrix = nn::ReshapeOp::create(builder, location, type.clone({rows, chunk}),
                                         part(0, rows * chunk), ValueRange());
    SmallVector<Value> partials{
        nn::ReduceOp::create(builder, location, reduce.getKind(), matrix, ArrayRef<int64_t>{1})};
    if (rest) {
      Value tail = nn::ReshapeOp::create(builder, location, type.clone({1, rest}),
                                         part(rows * chunk, rest), ValueRange());
      partials.push_back(
          nn::ReduceOp::create(builder, location, reduce.getKind(), tail, ArrayRef<int64_t>{1}));
      partials = {nn::ConcatOp::create(builder, location, partials, 0)};
    }
    auto total = nn::ReduceOp::create(builder, location, reduce.getKind(), partials.front(),
                                      ArrayRef<int64_t>{0});
    reduce.replaceAllUsesWith(total.getResult());
    reduce.erase();
    split(total);
  }
};
} // namespace
} // namespace mlc
