// Transposes that move the innermost dimension: squares in registers, so that memory is read and
// written along its rows.
#include "compiler/Codegen/CPU/Segments.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace mlc {

namespace {
/// A tile is a strip of the result: `lanes` indices of the dimension that is innermost in the
/// source, all of the result's innermost dimension, one index of every other.
class TransposeSegment : public Segment {
public:
  TransposeSegment(KernelContext &context, ArrayRef<nn::TransposeOp> alike,
                   ArrayRef<StoreTarget> targets)
      : context(context), emitter(context.emitter), transposes(alike), targets(targets),
        sizes(emitter.shapes.sizes(transposes.front())) {
    ArrayRef<int64_t> permutation = transposes.front().getPermutation();
    rank = permutation.size();
    dim = llvm::find(permutation, rank - 1) - permutation.begin();
    bits = getElementTypeOrSelf(transposes.front().getType()).getIntOrFloatBitWidth();
    lanes = emitter.laneOptions.lanes(bits);
    for (int64_t other = 0; other + 1 < rank; ++other)
      if (other != dim)
        outer.push_back(sizes[other]);
  }

  AffineExpr tiles() override {
    return emitter.shapes.simplified(emitter.shapes.product(outer) * sizes[dim].ceilDiv(lanes));
  }

  void emit(Value begin, Value end) override {
    Value strips = emitter.value(sizes[dim].ceilDiv(lanes)), zero = emitter.constantIndex(0);
    Value columns = emitter.value(sizes.back()), width = emitter.constantIndex(lanes);
    Value whole = emitter.mul(emitter.floorDiv(columns, width), width);
    emitter.forLoop(begin, end, 1, [&](Value tile) {
      SmallVector<LaneIndex, 4> coords =
          emitter.delinearize(outer, emitter.uniform(emitter.floorDiv(tile, strips)));
      coords.insert(coords.begin() + dim, LaneIndex());
      coords.push_back({});
      Value low = emitter.mul(emitter.rem(tile, strips), lanes);
      Value rest = emitter.sub(emitter.value(sizes[dim]), low);
      bool isWhole = isMultiple(sizes[dim]);
      // A strip of fewer indices has no squares.
      Value squares = isWhole ? whole
                              : emitter.mul(whole, emitter.min(emitter.floorDiv(rest, width),
                                                               emitter.constantIndex(1)));
      emitter.forLoop(zero, squares, lanes, [&](Value column) { emitSquare(coords, low, column); });
      if (!isWhole || !isMultiple(sizes.back()))
        emitRest(coords, low, emitter.add(low, emitter.min(rest, width)), squares, columns);
    });
  }

  SegmentReport report() const override {
    return {llvm::formatv("transpose: strips of {0} rows in squares of registers", lanes)};
  }

private:
  bool isMultiple(AffineExpr size) {
    auto number = dyn_cast<AffineConstantExpr>(size);
    return number && number.getValue() % lanes == 0;
  }

  void emitSquare(SmallVector<LaneIndex, 4> coords, Value low, Value column) {
    emitter.withLanes(lanes, {}, [&] {
      SmallVector<SmallVector<Value>> squares;
      for (nn::TransposeOp transpose : transposes) {
        SmallVector<Value> square;
        for (int64_t row = 0; row < lanes; ++row) {
          coords[dim] = {low, 1, {}};
          coords.back() = emitter.uniform(emitter.add(column, row));
          SmallVector<LaneIndex, 4> source(coords.size());
          for (auto [to, from] : llvm::enumerate(transpose.getPermutation()))
            source[from] = coords[to];
          square.push_back(emitter.splat(emitter.emit(transpose.getX(), Position::at(source))));
        }
        emitter.transposeSquare(square);
        squares.push_back(std::move(square));
      }
      for (int64_t row = 0; row < lanes; ++row) {
        coords[dim] = emitter.uniform(emitter.add(low, row));
        coords.back() = {column, 1, {}};
        Position position = Position::at(coords);
        for (auto [transpose, square] : llvm::zip(transposes, squares))
          emitter.define(transpose, position, square[row]);
        context.storeAt(targets, position);
      }
    });
  }

  void emitRest(SmallVector<LaneIndex, 4> coords, Value low, Value high, Value from, Value to) {
    emitter.forLoop(low, high, 1, [&](Value row) {
      coords[dim] = emitter.uniform(row);
      emitter.forLanes(emitter.planLanes(from, to, bits, 1), [&](LaneIndex column) {
        coords.back() = column;
        context.storeAt(targets, Position::at(coords));
      });
    });
  }

  KernelContext &context;
  PullEmitter &emitter;
  SmallVector<nn::TransposeOp> transposes;
  SmallVector<StoreTarget> targets;
  SmallVector<AffineExpr> sizes, outer;
  int64_t rank, dim, lanes;
  unsigned bits;
};
/// Whether a transpose gathers where it is evaluated along its rows, but not in squares.
bool movesInnermost(PullEmitter &emitter, nn::TransposeOp transpose) {
  ArrayRef<int64_t> permutation = transpose.getPermutation();
  Type element = getElementTypeOrSelf(transpose.getType());
  return !permutation.empty() &&
         permutation.back() + 1 != static_cast<int64_t>(permutation.size()) &&
         PullEmitter::accumulatorType(element) == element && element.isIntOrFloat() &&
         element.getIntOrFloatBitWidth() >= 32 &&
         emitter.laneOptions.lanes(element.getIntOrFloatBitWidth()) >= 4;
}

/// Results positionwise around transposes of one shape by one such permutation.
std::unique_ptr<Segment> createTransposeSegment(KernelContext &context, Operation *op,
                                                PendingTargets &targets) {
  auto transpose = cast<nn::TransposeOp>(op);
  if (!movesInnermost(context.emitter, transpose))
    return nullptr;
  SmallVector<StoreTarget> around = targets.takeAround(op);
  if (around.empty())
    return nullptr;
  KernelShapes &shapes = context.emitter.shapes;
  SmallVector<nn::TransposeOp> alike;
  for (auto other : op->getBlock()->getOps<nn::TransposeOp>())
    if (other.getPermutation() == transpose.getPermutation() &&
        shapes.sizes(other) == shapes.sizes(transpose) &&
        llvm::any_of(around, [&](auto &target) { return isPositionwise(target.tensor, other); }))
      alike.push_back(other);
  return std::make_unique<TransposeSegment>(context, alike, around);
}

const SegmentEntry kTranspose(cpuSegments(), "transpose", createTransposeSegment);
} // namespace

} // namespace mlc
