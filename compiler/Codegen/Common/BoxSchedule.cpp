// Updates in place: a loop over the box that is written.
#include "compiler/Codegen/Common/Schedule.h"

using namespace mlir;

namespace mlc {

/// Where an element of the update goes.
static LaneIndex addressInBox(PullEmitter &emitter, nn::UpdateSliceOp op, const Position &at,
                              StoreTarget target) {
  Value update = op.getUpdate();
  SmallVector<LaneIndex, 4> coords;
  for (auto [dim, offset] : llvm::enumerate(op.getMixedOffsets()))
    coords.push_back(
        clampedOffset(emitter, offset, emitter.size(op, dim), emitter.size(update, dim)));
  if (!target.isInRows)
    return emitter.add(emitter.linearize(update, at),
                       emitter.linearize(emitter.shapes.sizes(op), coords));
  for (auto [coord, inBox] : llvm::zip_equal(coords, emitter.coordinates(update, at)))
    coord = emitter.add(coord, inBox);
  return emitter.linearize(emitter.shapes.sizes(op), coords);
}

/// Whether a box is one run of bytes: behind its first dimension of several elements it is whole.
static bool isOneRun(ArrayRef<AffineExpr> whole, ArrayRef<AffineExpr> box, AffineExpr one) {
  bool isInside = false;
  for (auto [outer, inner] : llvm::zip_equal(whole, box)) {
    if (isInside && outer != inner)
      return false;
    isInside |= inner != one;
  }
  return true;
}

/// The update, computed and stored in its box; the rest of the result lies there already. Null
/// where the result has a place of its own.
static std::unique_ptr<Segment> createBoxSegment(KernelContext &context, Operation *op,
                                                 PendingTargets &targets) {
  auto update = cast<nn::UpdateSliceOp>(op);
  if (!nn::overwrittenBy(update))
    return nullptr;
  SmallVector<StoreTarget> stored =
      targets.takeIf([&](Value value) { return value == update.getResult(); });
  if (stored.empty())
    return nullptr;
  PullEmitter &emitter = context.emitter;
  StoreTarget target = {update.getUpdate(), stored.front().buffer};
  target.isInRows = !isOneRun(emitter.shapes.sizes(update), emitter.shapes.sizes(target.tensor),
                              emitter.shapes.constant(1));
  target.address = [&emitter, update, target](const Position &at) {
    return addressInBox(emitter, update, at, target);
  };
  return createMapSegment(context, target);
}

static const SegmentEntry kBox(commonSegments(), "box", createBoxSegment);

} // namespace mlc
