// Maps of tiles at one position: a sum over the columns of the matrices, one in the other.
#include "compiler/Codegen/Common/Emission.h"
#include "dialects/NN/TileMaps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using arith::CmpIPredicate;

namespace mlc {

namespace {
/// One element of a result.
class TileSum {
public:
  TileSum(PullEmitter &emitter, Value x, ArrayAttr matrices)
      : emitter(emitter), x(x), matrices(nn::matricesOf(matrices)),
        element(PullEmitter::accumulatorType(getElementTypeOrSelf(x.getType()))),
        at(cast<RankedTensorType>(x.getType()).getRank(), emitter.uniform(0)) {}

  /// Which rows of the matrices weigh; where x is read; what moves it along a dimension, by column.
  SmallVector<LaneIndex> rows;
  Value inside; ///< null: everywhere
  std::function<LaneIndex(size_t dim, int64_t column)> place;
  SmallVector<int64_t> dims; ///< of x, that the columns run along
  SmallVector<LaneIndex, 4> &coords() { return at; }

  Value total() { return guarded(sum(0), inside); }

private:
  size_t spatial() const { return matrices.size(); }
  Value number(double value) { return emitter.constant(FloatAttr::get(element, value)); }
  Value choose(Value condition, Value yes, Value no) {
    bool hasLanes = llvm::any_of(ValueRange{condition, yes, no},
                                 [](Value each) { return isa<VectorType>(each.getType()); });
    if (hasLanes)
      yes = emitter.splat(yes), no = emitter.splat(no);
    return arith::SelectOp::create(emitter.builder, emitter.location, condition, yes, no);
  }
  /// The value where a condition holds, else 0.
  Value guarded(Value value, Value condition) {
    auto known = condition ? getConstantIntValue(condition) : 1;
    return known ? (*known ? value : number(0.0)) : choose(condition, value, number(0.0));
  }
  Value weight(size_t dim, int64_t column) {
    const nn::SmallMatrix &matrix = matrices[dim];
    Value weight = number(matrix.at(0, column));
    for (int64_t row = 1; row < matrix.rows; ++row) {
      Value isRow = emitter.compare(CmpIPredicate::eq, rows[dim], emitter.uniform(row));
      if (auto known = getConstantIntValue(isRow))
        weight = *known ? number(matrix.at(row, column)) : weight;
      else
        weight = choose(isRow, number(matrix.at(row, column)), weight);
    }
    return weight;
  }
  /// Whether a number weighs that may be 0 in other rows; null: it weighs.
  Value isNotZero(size_t dim, int64_t column, Value factor) {
    bool isKnown = static_cast<bool>(factor.getDefiningOp<arith::ConstantOp>());
    for (int64_t row = 0; row < matrices[dim].rows && !isKnown; ++row)
      if (matrices[dim].at(row, column) == 0.0) {
        Value zero = isa<VectorType>(factor.getType()) ? emitter.splat(number(0.0)) : number(0.0);
        return arith::CmpFOp::create(emitter.builder, emitter.location, arith::CmpFPredicate::UNE,
                                     factor, zero);
      }
    return {};
  }
  Value sum(size_t dim);

  PullEmitter &emitter;
  Value x;
  SmallVector<nn::SmallMatrix> matrices;
  Type element;
  SmallVector<LaneIndex, 4> at;
};
} // namespace

Value TileSum::sum(size_t dim) {
  if (dim == spatial())
    return emitter.emit(x, Position::at(at));
  Value total = number(0.0), size = emitter.size(x, dims[dim]);
  for (int64_t column = 0; column < matrices[dim].columns; ++column) {
    Value factor = weight(dim, column);
    if (matchPattern(factor, m_AnyZeroFloat())) // what it weighs does not count
      continue;
    LaneIndex from = place(dim, column);
    Value isInside =
        emitter.bothMasks(emitter.compare(CmpIPredicate::sge, from, emitter.uniform(0)),
                          emitter.compare(CmpIPredicate::slt, from, emitter.uniform(size)));
    at[dims[dim]] = emitter.clamp(from, emitter.constantIndex(0), emitter.add(size, -1));
    Value value = guarded(guarded(sum(dim + 1), isInside), isNotZero(dim, column, factor));
    if (llvm::any_of(ValueRange{factor, value, total},
                     [](Value each) { return isa<VectorType>(each.getType()); }))
      factor = emitter.splat(factor), value = emitter.splat(value), total = emitter.splat(total);
    total = emitter.multiplyAdd(factor, value, total);
  }
  return total;
}

static Value emitTransformTiles(PullEmitter &emitter, nn::TransformTilesOp op,
                                const Position &position) {
  SmallVector<LaneIndex, 4> coords = emitter.coordinates(op, position);
  size_t spatial = op.getMatrices().size();
  TileSum sum(emitter, op.getX(), op.getMatrices());
  sum.coords().front() = coords[spatial];
  sum.coords().back() = coords.back();
  for (size_t dim = 0; dim < spatial; ++dim) {
    sum.rows.push_back(coords[dim]);
    sum.dims.push_back(static_cast<int64_t>(dim) + 1);
  }
  sum.place = [&](size_t dim, int64_t column) {
    LaneIndex start =
        emitter.mul(coords[spatial + 1 + dim], emitter.constantIndex(op.getStrides()[dim]));
    return emitter.add(start, emitter.uniform(column - op.getLow()[dim]));
  };
  return emitter.rounded(sum.total(), getElementTypeOrSelf(op.getType()));
}

static Value emitJoinTiles(PullEmitter &emitter, nn::JoinTilesOp op, const Position &position) {
  SmallVector<LaneIndex, 4> coords = emitter.coordinates(op, position);
  size_t spatial = op.getMatrices().size();
  TileSum sum(emitter, op.getX(), op.getMatrices());
  sum.coords()[spatial] = coords.front();
  sum.coords().back() = coords.back();
  Value inside;
  auto need = [&](CmpIPredicate predicate, const LaneIndex &index, Value end) {
    inside = emitter.bothMasks(inside, emitter.compare(predicate, index, emitter.uniform(end)));
  };
  for (size_t dim = 0; dim < spatial; ++dim) {
    // Whole strides are added, so that nothing negative is divided.
    int64_t stride = op.getStrides()[dim], low = op.getLow()[dim],
            before = low < 0 ? (-low + stride - 1) / stride : 0;
    Value step = emitter.constantIndex(stride);
    LaneIndex at = emitter.add(coords[dim + 1], emitter.uniform(low + before * stride));
    LaneIndex tile = emitter.sub(emitter.floorDiv(at, step), emitter.uniform(before));
    Value tiles = emitter.size(op.getX(), spatial + 1 + dim);
    int64_t window = nn::SmallMatrix(op.getMatrices()[dim]).rows;
    sum.rows.push_back(emitter.rem(at, step));
    sum.dims.push_back(static_cast<int64_t>(dim));
    need(CmpIPredicate::sge, tile, emitter.constantIndex(0));
    need(CmpIPredicate::slt, tile, tiles);
    if (window < stride)
      need(CmpIPredicate::slt, sum.rows.back(), emitter.constantIndex(window));
    sum.coords()[spatial + 1 + dim] =
        emitter.clamp(tile, emitter.constantIndex(0), emitter.add(tiles, -1));
  }
  sum.inside = inside;
  sum.place = [&](size_t, int64_t column) { return emitter.uniform(column); };
  return emitter.rounded(sum.total(), getElementTypeOrSelf(op.getType()));
}

static const EmissionEntry<nn::TransformTilesOp> kTransformTiles(emitTransformTiles);
static const EmissionEntry<nn::JoinTilesOp> kJoinTiles(emitJoinTiles);

} // namespace mlc
