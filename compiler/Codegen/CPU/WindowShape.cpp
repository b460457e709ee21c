#include "compiler/Codegen/CPU/WindowShape.h"
#include "compiler/Codegen/Common/Emission.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc {

/// Neighbours of a position that are computed with it.
constexpr int64_t kMostInner = 4;

namespace {
using Step = std::optional<nn::ViewStep>;

/// Follows the operand of a reduction to what windows see.
class Tracer {
public:
  Tracer(KernelShapes &shapes, WindowShape &shape) : shapes(shapes), shape(shape) {}

  /// False where an element takes more than elements at its position, or needs a mask.
  bool trace(Value value, ArrayRef<int64_t> dims);

private:
  bool traceSeen(Value value, SmallVector<int64_t> low);
  bool addWindows(nn::WindowsOp windows, ArrayRef<int64_t> dims);
  bool keepInside(nn::PadOp pad);
  void narrow(ArrayRef<int64_t> dims, MutableArrayRef<std::optional<LoopBuilder::Range>> ranges,
              ArrayRef<int64_t> others, int64_t along, LoopBuilder::Range elements);

  KernelShapes &shapes;
  WindowShape &shape;
  llvm::SmallPtrSet<Operation *, 32> traced;
};
} // namespace

static bool isPlain(Operation *op) {
  const Emission *emission = emissionOf(op);
  return emission && emission->traits.isPlain && !isReduction(op);
}
static SmallVector<int64_t> everyDim(int64_t rank) {
  return llvm::to_vector(llvm::seq<int64_t>(0, rank));
}

/// Dimension i of `value` follows dimension dims[i] of what is reduced.
bool Tracer::trace(Value value, ArrayRef<int64_t> dims) {
  Operation *op = value.getDefiningOp();
  if (!op || !traced.insert(op).second)
    return true;
  if (isa<nn::ElementwiseOpInterface>(op))
    return llvm::all_of(op->getOperands(), [&](Value operand) { return trace(operand, dims); });
  if (auto broadcast = dyn_cast<nn::BroadcastOp>(op)) {
    auto from = llvm::map_to_vector(broadcast.getDims(), [&](int64_t dim) { return dims[dim]; });
    return trace(broadcast.getX(), from);
  }
  if (auto windows = dyn_cast<nn::WindowsOp>(op))
    return addWindows(windows, dims);
  return isPlain(op);
}

/// The first windows say how positions and taps move; others are read as they are.
bool Tracer::addWindows(nn::WindowsOp windows, ArrayRef<int64_t> dims) {
  if (shape.seenRank == 0) {
    shape.seenRank = cast<RankedTensorType>(windows.getX().getType()).getRank();
    for (auto [dim, step] : llvm::zip_equal(dims, *windows.viewSteps()))
      shape.steps[dim] = step;
  }
  return traceSeen(windows.getX(), SmallVector<int64_t>(shape.seenRank, 0));
}

/// `low` elements of padding come before the first of `value`.
bool Tracer::traceSeen(Value value, SmallVector<int64_t> low) {
  if (cast<RankedTensorType>(value.getType()).getRank() != shape.seenRank)
    return false;
  Operation *op = value.getDefiningOp();
  if (!op) {
    auto isKnown = [&](const SeenTensor &seen) { return seen.tensor == value; };
    if (llvm::none_of(shape.seen, isKnown))
      shape.seen.push_back({value, low});
    return true;
  }
  if (auto pad = dyn_cast<nn::PadOp>(op)) {
    for (auto [sum, part] : llvm::zip_equal(low, pad.getLow()))
      sum += part;
    return keepInside(pad) && traceSeen(pad.getX(), low);
  }
  if (isa<nn::ElementwiseOpInterface>(op))
    return llvm::all_of(op->getOperands(), [&](Value operand) { return traceSeen(operand, low); });
  return isPlain(op);
}

/// Narrows the ranges of positions to those at which `pad` is not seen. False where there are none
/// to speak of: sizes are free, or channels are padded too.
bool Tracer::keepInside(nn::PadOp pad) {
  for (auto [dim, low] : llvm::enumerate(pad.getLow())) {
    if (low == 0 && pad.getHigh()[dim] == 0)
      continue;
    int64_t size = numberOf(shapes.size(pad.getX(), dim));
    const Step &channels = shape.steps.back();
    if (size < 0 || pad.getInterior()[dim] != 0 ||
        (channels && channels->dim == static_cast<int64_t>(dim)))
      return false;
    LoopBuilder::Range elements = {low, low + size - 1};
    narrow(shape.kept, shape.inside, shape.taps, dim, elements);
    narrow(shape.taps, shape.insideReduced, shape.kept, dim, elements);
  }
  return true;
}

/// Narrows the ranges of those of `dims` that run along dimension `along` of what is seen to where
/// all elements that any of `others` adds are among `elements`.
void Tracer::narrow(ArrayRef<int64_t> dims,
                    MutableArrayRef<std::optional<LoopBuilder::Range>> ranges,
                    ArrayRef<int64_t> others, int64_t along, LoopBuilder::Range elements) {
  auto runs = [&](int64_t dim) { return shape.steps[dim] && shape.steps[dim]->dim == along; };
  int64_t reach = 0;
  for (int64_t other : others)
    if (runs(other))
      reach += (std::max<int64_t>(numberOf(shape.sizes[other]), 1) - 1) * shape.steps[other]->step;
  for (auto [dim, range] : llvm::zip_equal(dims, ranges)) {
    if (!runs(dim))
      continue;
    int64_t step = shape.steps[dim]->step;
    LoopBuilder::Range found = {llvm::divideCeilSigned(elements.low, step),
                                llvm::divideFloorSigned(elements.high - reach, step)};
    if (range)
      found = {std::max(range->low, found.low), std::min(range->high, found.high)};
    range = found;
  }
}

int64_t WindowShape::rowsOfTaps() const {
  int64_t count = 1;
  for (int64_t size : ArrayRef<int64_t>(tapSizes).drop_back())
    count *= size;
  return count;
}

/// Finds the positions along which the last taps move. False where there are none, or what comes
/// between them and the channels is not little.
static bool findRow(WindowShape &shape) {
  const Step &tap = shape.steps[shape.taps.back()];
  int64_t inner = 1;
  for (shape.row = shape.kept.size() - 1; tap && shape.row-- > 0;) {
    const Step &step = shape.steps[shape.rowDim()];
    if (step && step->dim == tap->dim)
      return true;
    int64_t size = numberOf(shape.sizes[shape.rowDim()]);
    inner *= size;
    if (size <= 0 || inner > kMostInner || step)
      return false;
  }
  return false;
}

std::optional<WindowShape> windowShapeOf(nn::ReductionOpInterface op, KernelShapes &shapes) {
  WindowShape shape;
  Value operand = op->getOperand(0);
  shape.sizes = shapes.sizes(operand);
  shape.steps.resize(shape.sizes.size());
  shape.taps = op.reducedDims();
  for (int64_t dim : everyDim(shape.sizes.size()))
    if (!llvm::is_contained(shape.taps, dim))
      shape.kept.push_back(dim);
  for (int64_t dim : shape.taps)
    shape.tapSizes.push_back(numberOf(shape.sizes[dim]));
  bool areTaps =
      !shape.taps.empty() && llvm::all_of(shape.tapSizes, [](int64_t size) { return size > 0; });
  // Channels are the last dimension.
  if (!areTaps || shape.kept.size() < 2 ||
      shape.kept.back() + 1 != static_cast<int64_t>(shape.sizes.size()))
    return std::nullopt;
  shape.inside.resize(shape.kept.size());
  shape.insideReduced.resize(shape.taps.size());
  Tracer tracer(shapes, shape);
  if (!tracer.trace(operand, everyDim(shape.sizes.size())) || !shape.steps.back() ||
      !findRow(shape))
    return std::nullopt;
  return shape;
}

/// Runs `body` where the first of the coordinates are known to be in their ranges.
static void withinRanges(LoopBuilder &emitter, ArrayRef<LaneIndex> coords,
                         ArrayRef<std::optional<LoopBuilder::Range>> ranges,
                         function_ref<void()> body) {
  if (coords.empty())
    return body();
  auto rest = [&] { withinRanges(emitter, coords.drop_front(), ranges.drop_front(), body); };
  if (ranges.front())
    emitter.withRange(coords.front().base, *ranges.front(), rest);
  else
    rest();
}

void emitByRanges(LoopBuilder &emitter, ArrayRef<LaneIndex> coords,
                  ArrayRef<std::optional<LoopBuilder::Range>> ranges, function_ref<void()> body) {
  ranges = ranges.take_front(coords.size());
  Value areInside;
  for (auto [coord, range] : llvm::zip_equal(coords, ranges)) {
    if (!range)
      continue;
    auto is = [&, base = coord.base](arith::CmpIPredicate predicate, int64_t end) {
      return emitter.compare(predicate, base, emitter.constantIndex(end));
    };
    areInside = emitter.bothMasks(areInside, is(arith::CmpIPredicate::sge, range->low));
    areInside = emitter.bothMasks(areInside, is(arith::CmpIPredicate::sle, range->high));
  }
  if (!areInside)
    return body();
  auto inside = [&] {
    withinRanges(emitter, coords, ranges, body);
    return SmallVector<Value>();
  };
  auto anywhere = [&] {
    body();
    return SmallVector<Value>();
  };
  emitter.ifElse(areInside, TypeRange(), inside, anywhere);
}

} // namespace mlc
