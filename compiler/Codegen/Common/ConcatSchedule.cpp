// The pieces of a concatenation are loops of their own: no element asks in which piece it is.
#include "compiler/Codegen/Common/Schedule.h"

using namespace mlir;

namespace mlc {

namespace {
/// Leaves the pieces among the pending targets, each with its place in the whole.
std::unique_ptr<Segment> splitConcat(KernelContext &context, Operation *op,
                                     PendingTargets &targets) {
  auto concat = cast<nn::ConcatOp>(op);
  PullEmitter &emitter = context.emitter;
  KernelShapes &shapes = emitter.shapes;
  int64_t dim = concat.getDim();
  SmallVector<AffineExpr> sizes = shapes.sizes(concat);
  bool isLeading = llvm::all_of(ArrayRef<AffineExpr>(sizes).take_front(dim),
                                [&](AffineExpr size) { return size == shapes.constant(1); });
  targets.replace(concat.getResult(), [&](const StoreTarget &whole) {
    SmallVector<StoreTarget> pieces;
    AffineExpr offset = shapes.constant(0);
    for (Value input : concat.getInputs()) {
      AffineExpr inner = shapes.product(ArrayRef<AffineExpr>(sizes).drop_front(dim + 1));
      auto address = [&emitter, input, sizes, dim, offset, inner, isLeading](const Position &at) {
        if (isLeading) // the piece is contiguous
          return emitter.add(emitter.linearize(input, at),
                             emitter.uniform(emitter.value(offset * inner)));
        SmallVector<LaneIndex, 4> coords = emitter.coordinates(input, at);
        coords[dim] = emitter.add(coords[dim], emitter.uniform(emitter.value(offset)));
        return emitter.linearize(sizes, coords);
      };
      pieces.push_back({input, whole.buffer, address, /*isInRows=*/!isLeading});
      offset = offset + shapes.size(input, dim);
    }
    return pieces;
  });
  return nullptr;
}

const SegmentEntry kConcat(commonSegments(), "concat", splitConcat);
} // namespace

} // namespace mlc
