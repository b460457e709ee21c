#include "compiler/GraphTransforms/Passes.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_SPLITREDUCTIONSPASS
#include "compiler/GraphTransforms/Passes.h.inc"

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
