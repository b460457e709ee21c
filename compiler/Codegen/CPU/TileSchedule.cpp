// Maps of tiles, along vectors of channels: a tile is loaded once and each of its dimensions mapped
// after the other, in registers as far as they go.
#include "compiler/Codegen/CPU/Segments.h"
#include "compiler/Codegen/CPU/WindowShape.h"
#include "dialects/NN/TileMaps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using arith::CmpIPredicate;

namespace mlc {

namespace {
/// Elements of a tile, beyond which its code would be too long.
constexpr int64_t kMostElements = 256;

/// Fewer tiles of the grid than this are not shared well among threads.
constexpr int64_t kFewTiles = 16;

/// Values of a tile, row-major.
struct TileValues {
  SmallVector<int64_t> sizes;
  SmallVector<Value> values;
};

/// What the columns of a matrix are multiplied by, summed up, in as few operations as signs allow.
class MatrixProduct {
public:
  MatrixProduct(LoopBuilder &emitter, const nn::SmallMatrix &matrix)
      : emitter(emitter), matrix(matrix), partners(matrix.rows, -1) {
    findPartners();
  }
  SmallVector<Value> of(ArrayRef<Value> columns);

private:
  void findPartners();
  Value sum(int64_t row, ArrayRef<Value> columns, function_ref<bool(int64_t column)> belongs);
  bool agrees(int64_t row, int64_t column) const {
    return matrix.at(row, column) == matrix.at(partners[row], column);
  }

  LoopBuilder &emitter;
  const nn::SmallMatrix &matrix;
  /// Of a row the one that has the same numbers, some with the other sign: their sum and their
  /// difference are shorter.
  SmallVector<int64_t> partners;
};
} // namespace

void MatrixProduct::findPartners() {
  for (int64_t row = 0; row < matrix.rows; ++row)
    for (int64_t other = row + 1; partners[row] < 0 && other < matrix.rows; ++other) {
      int64_t same = 0, opposite = 0, different = 0;
      for (int64_t column = 0; column < matrix.columns; ++column) {
        double a = matrix.at(row, column), b = matrix.at(other, column);
        same += a == b && a != 0.0;
        opposite += a == -b && a != 0.0;
        different += std::abs(a) != std::abs(b);
      }
      if (partners[other] < 0 && different == 0 && same > 0 && opposite > 0 && same + opposite > 2)
        partners[row] = other, partners[other] = row;
    }
}

/// Terms of weight one first and of minus one last, so that the sum starts with a value and goes on
/// with multiply-adds.
Value MatrixProduct::sum(int64_t row, ArrayRef<Value> columns,
                         function_ref<bool(int64_t)> belongs) {
  auto placeOf = [](double weight) { return weight == 1.0 ? 0 : weight == -1.0 ? 2 : 1; };
  SmallVector<int64_t> terms;
  for (int place : {0, 1, 2})
    for (int64_t column = 0; column < matrix.columns; ++column)
      if (double weight = matrix.at(row, column);
          weight != 0.0 && placeOf(weight) == place && belongs(column))
        terms.push_back(column);
  Type type = columns.front().getType();
  auto constant = [&](double number) {
    Value scalar = emitter.constant(FloatAttr::get(getElementTypeOrSelf(type), number));
    return isa<VectorType>(type) ? emitter.splat(scalar) : scalar;
  };
  OpBuilder &builder = emitter.builder;
  Location location = emitter.location;
  Value total;
  for (int64_t column : terms) {
    double weight = matrix.at(row, column);
    Value value = columns[column];
    if (!total)
      total =
          weight == 1.0 ? value : arith::MulFOp::create(builder, location, value, constant(weight));
    else if (weight == 1.0)
      total = arith::AddFOp::create(builder, location, total, value);
    else if (weight == -1.0)
      total = arith::SubFOp::create(builder, location, total, value);
    else
      total = arith::AddFOp::create(
          builder, location, arith::MulFOp::create(builder, location, value, constant(weight)),
          total);
  }
  return total ? total : constant(0.0);
}

SmallVector<Value> MatrixProduct::of(ArrayRef<Value> columns) {
  SmallVector<Value> rows(matrix.rows);
  for (int64_t row = 0; row < matrix.rows; ++row) {
    if (rows[row])
      continue;
    if (partners[row] < 0) {
      rows[row] = sum(row, columns, [](int64_t) { return true; });
      continue;
    }
    Value same = sum(row, columns, [&](int64_t column) { return agrees(row, column); });
    Value other = sum(row, columns, [&](int64_t column) { return !agrees(row, column); });
    rows[row] = arith::AddFOp::create(emitter.builder, emitter.location, same, other);
    rows[partners[row]] = arith::SubFOp::create(emitter.builder, emitter.location, same, other);
  }
  return rows;
}

/// The values with dimension `dim` mapped.
static TileValues mapped(LoopBuilder &emitter, const TileValues &tile, size_t dim,
                         const nn::SmallMatrix &matrix) {
  TileValues result{tile.sizes, {}};
  result.sizes[dim] = matrix.rows;
  int64_t inner = 1, outer = 1;
  for (size_t other = 0; other < tile.sizes.size(); ++other)
    if (other != dim)
      (other < dim ? outer : inner) *= tile.sizes[other];
  result.values.resize(outer * matrix.rows * inner);
  MatrixProduct product(emitter, matrix);
  for (int64_t before = 0; before < outer; ++before)
    for (int64_t after = 0; after < inner; ++after) {
      SmallVector<Value> columns;
      for (int64_t column = 0; column < matrix.columns; ++column)
        columns.push_back(tile.values[(before * matrix.columns + column) * inner + after]);
      for (auto [row, value] : llvm::enumerate(product.of(columns)))
        result.values[(before * matrix.rows + static_cast<int64_t>(row)) * inner + after] = value;
    }
  return result;
}

namespace {
/// The tiles of either op: the grid is that of tiles and blocks of their channels.
class TileSegment : public Segment {
public:
  TileSegment(KernelContext &context, Operation *op, ArrayRef<StoreTarget> targets);
  AffineExpr tiles() override {
    return emitter.shapes.simplified(emitter.shapes.product(gridSizes) * blocks());
  }
  void emit(Value begin, Value end) override;
  SegmentReport report() const override {
    return {llvm::formatv("tiles of {0} elements: {1} of their channels at once",
                          llvm::product_of(elementSizes()), channelsPerBlock)};
  }

private:
  using Coords = SmallVector<LaneIndex, 4>;
  SmallVector<int64_t> elementSizes() const {
    return llvm::map_to_vector(matrices, [&](const nn::SmallMatrix &matrix) {
      return isJoin ? matrix.rows : matrix.columns;
    });
  }
  size_t spatial() const { return matrices.size(); }
  AffineExpr blocks() { return channels.ceilDiv(channelsPerBlock); }
  void planChannels();
  std::optional<LoopBuilder::Range> insideOf(size_t dim) const;
  void emitChannels(const Coords &tile, const LaneIndex &channel);
  LaneIndex elementAt(const Coords &tile, size_t dim, int64_t number);
  Value isInside(const LaneIndex &at, size_t dim);
  Value both(Value a, Value b);
  TileValues load(const Coords &tile, const LaneIndex &channel);
  Value loadElement(const Coords &tile, ArrayRef<int64_t> number, const LaneIndex &channel);
  void store(const Coords &tile, ArrayRef<int64_t> number, const LaneIndex &channel, Value value);

  KernelContext &context;
  PullEmitter &emitter;
  Operation *op;
  bool isJoin;
  Value image, tilesOf; ///< [n, spatial..., c] and [points..., n, tiles..., c]
  SmallVector<nn::SmallMatrix> matrices;
  ArrayRef<int64_t> strides, low;
  SmallVector<StoreTarget> targets;
  SmallVector<AffineExpr> gridSizes; ///< n and the tiles
  AffineExpr channels;
  unsigned bits;
  int64_t channelsPerBlock = 1;
};
} // namespace

TileSegment::TileSegment(KernelContext &context, Operation *op, ArrayRef<StoreTarget> targets)
    : context(context), emitter(context.emitter), op(op), isJoin(isa<nn::JoinTilesOp>(op)),
      image(isJoin ? op->getResult(0) : op->getOperand(0)),
      tilesOf(isJoin ? op->getOperand(0) : op->getResult(0)), targets(targets) {
  auto read = [&](auto each) {
    matrices = nn::matricesOf(each.getMatrices());
    strides = each.getStrides();
    low = each.getLow();
  };
  if (isJoin)
    read(cast<nn::JoinTilesOp>(op));
  else
    read(cast<nn::TransformTilesOp>(op));
  SmallVector<AffineExpr> sizes = emitter.shapes.sizes(tilesOf);
  gridSizes.assign(sizes.begin() + spatial(), sizes.end() - 1);
  channels = sizes.back();
  SmallVector<Value> values = {op->getOperand(0)};
  for (const StoreTarget &target : targets)
    values.push_back(target.tensor);
  bits = PullEmitter::laneBits(values);
  planChannels();
}

/// All channels of a tile together, unless tiles are few.
void TileSegment::planChannels() {
  int64_t all = numberOf(channels), count = numberOf(emitter.shapes.product(gridSizes)),
          lanes = emitter.laneOptions.lanes(bits);
  constexpr int64_t kUnknownChannels = 256;
  channelsPerBlock = all > 0 ? all : kUnknownChannels;
  if (all > 0 && count > 0 && count < kFewTiles)
    channelsPerBlock = llvm::divideCeil(all, llvm::divideCeil(kFewTiles, count));
  channelsPerBlock = llvm::alignTo(channelsPerBlock, lanes);
}

/// The tiles along a spatial dimension that are inside the image; none: all are.
std::optional<LoopBuilder::Range> TileSegment::insideOf(size_t dim) const {
  int64_t size = numberOf(emitter.shapes.size(image, dim + 1)),
          count = numberOf(gridSizes[dim + 1]), window = elementSizes()[dim];
  int64_t first = std::max<int64_t>(llvm::divideCeilSigned(low[dim], strides[dim]), 0);
  int64_t last =
      std::min(llvm::divideFloorSigned(size + low[dim] - window, strides[dim]), count - 1);
  if (first == 0 && last == count - 1)
    return std::nullopt;
  return LoopBuilder::Range{first, last};
}

void TileSegment::emit(Value begin, Value end) {
  Value perTile = emitter.value(blocks()), all = emitter.value(channels);
  int64_t known = numberOf(channels);
  bool isOneBlock = known > 0 && known <= channelsPerBlock;
  SmallVector<std::optional<LoopBuilder::Range>> inside(1);
  bool isAnyInside = true;
  for (size_t dim = 0; dim < spatial(); ++dim) {
    inside.push_back(insideOf(dim));
    isAnyInside &= !inside.back() || inside.back()->low <= inside.back()->high;
  }
  if (!isAnyInside)
    inside.assign(spatial() + 1, std::nullopt);
  emitter.forLoop(begin, end, 1, [&](Value number) {
    Coords tile =
        emitter.delinearize(gridSizes, emitter.uniform(emitter.floorDiv(number, perTile)));
    Value first = emitter.mul(emitter.rem(number, perTile), channelsPerBlock);
    Value last = emitter.min(emitter.add(first, channelsPerBlock), all);
    if (isOneBlock)
      first = emitter.constantIndex(0), last = all;
    emitByRanges(emitter, tile, inside, [&] {
      emitter.forLanes(emitter.planLanes(first, last, bits, 1),
                       [&](LaneIndex channel) { emitChannels(tile, channel); });
    });
  });
}

/// The innermost dimension comes first: what it needs is loaded row by row.
void TileSegment::emitChannels(const Coords &tile, const LaneIndex &channel) {
  TileValues values = load(tile, channel);
  for (size_t dim = spatial(); dim-- > 0;)
    values = mapped(emitter, values, dim, matrices[dim]);
  SmallVector<int64_t> number(spatial(), 0);
  for (Value value : values.values) {
    store(tile, number, channel, value);
    for (size_t dim = spatial(); dim-- > 0 && ++number[dim] == values.sizes[dim];)
      number[dim] = 0;
  }
}

/// The coordinate of an element of a tile in the image.
LaneIndex TileSegment::elementAt(const Coords &tile, size_t dim, int64_t number) {
  Value start = emitter.mul(tile[dim + 1].base, strides[dim]);
  return emitter.uniform(emitter.add(start, number - low[dim]));
}

/// Whether the element is inside along a dimension; null: it is.
Value TileSegment::isInside(const LaneIndex &at, size_t dim) {
  Value first = emitter.constantIndex(0), size = emitter.size(image, dim + 1);
  return both(emitter.compare(CmpIPredicate::sge, at.base, first),
              emitter.compare(CmpIPredicate::slt, at.base, size));
}
/// The conjunction of conditions that are null where they are known to hold.
Value TileSegment::both(Value a, Value b) {
  auto isKnown = [](Value condition) {
    return !condition || getConstantIntValue(condition).value_or(0) != 0;
  };
  if (isKnown(a) || isKnown(b))
    return isKnown(a) && isKnown(b) ? Value() : isKnown(a) ? b : a;
  return arith::AndIOp::create(emitter.builder, emitter.location, a, b);
}

TileValues TileSegment::load(const Coords &tile, const LaneIndex &channel) {
  TileValues values;
  for (const nn::SmallMatrix &matrix : matrices)
    values.sizes.push_back(matrix.columns);
  SmallVector<int64_t> number(spatial(), 0);
  int64_t count = llvm::product_of(values.sizes);
  for (int64_t element = 0; element < count; ++element) {
    values.values.push_back(emitter.splat(loadElement(tile, number, channel)));
    for (size_t dim = spatial(); dim-- > 0 && ++number[dim] == values.sizes[dim];)
      number[dim] = 0;
  }
  return values;
}

/// Outside of the image there are zeros; what is loaded instead is safe to load.
Value TileSegment::loadElement(const Coords &tile, ArrayRef<int64_t> number,
                               const LaneIndex &channel) {
  Coords at;
  if (isJoin) {
    for (int64_t each : number)
      at.push_back(emitter.uniform(each));
    llvm::append_range(at, tile);
    at.push_back(channel);
    return emitter.emit(tilesOf, Position::at(at));
  }
  at.push_back(tile.front());
  Value inside;
  for (size_t dim = 0; dim < spatial(); ++dim) {
    LaneIndex place = elementAt(tile, dim, number[dim]);
    Value isIn = isInside(place, dim), last = emitter.add(emitter.size(image, dim + 1), -1);
    inside = both(inside, isIn);
    at.push_back(isIn ? emitter.clamp(place, emitter.constantIndex(0), last) : place);
  }
  at.push_back(channel);
  Value value = emitter.splat(emitter.emit(image, Position::at(at)));
  if (!inside)
    return value;
  Value zero =
      emitter.splat(emitter.constant(FloatAttr::get(getElementTypeOrSelf(value.getType()), 0.0)));
  return arith::SelectOp::create(emitter.builder, emitter.location, inside, value, zero);
}

void TileSegment::store(const Coords &tile, ArrayRef<int64_t> number, const LaneIndex &channel,
                        Value value) {
  Coords at;
  Value inside;
  if (isJoin) {
    at.push_back(tile.front());
    for (size_t dim = 0; dim < spatial(); ++dim) {
      at.push_back(elementAt(tile, dim, number[dim]));
      inside = both(inside, isInside(at.back(), dim));
    }
  } else {
    for (int64_t each : number)
      at.push_back(emitter.uniform(each));
    llvm::append_range(at, tile);
  }
  at.push_back(channel);
  Type element = getElementTypeOrSelf(op->getResult(0).getType());
  auto storeIt = [&] {
    Position position = Position::at(at);
    emitter.define(op->getResult(0), position, emitter.rounded(value, element));
    context.storeAt(targets, position);
  };
  if (inside)
    emitter.ifThen(inside, storeIt);
  else
    storeIt();
}

/// Whether the tiles make up the whole image.
static bool coversImage(nn::JoinTilesOp op) {
  auto type = cast<RankedTensorType>(op.getX().getType());
  for (size_t dim = 0; dim < op.getMatrices().size(); ++dim) {
    int64_t stride = op.getStrides()[dim], low = op.getLow()[dim],
            tiles = type.getDimSize(static_cast<int64_t>(op.getMatrices().size() + 1 + dim));
    if (low < 0 || nn::SmallMatrix(op.getMatrices()[dim]).rows != stride ||
        low + op.getSizes()[dim] > tiles * stride)
      return false;
  }
  return true;
}

static std::unique_ptr<Segment> createTileSegment(KernelContext &context, Operation *op,
                                                  PendingTargets &targets) {
  int64_t elements = 1;
  ArrayAttr matrices = isa<nn::JoinTilesOp>(op) ? cast<nn::JoinTilesOp>(op).getMatrices()
                                                : cast<nn::TransformTilesOp>(op).getMatrices();
  for (const nn::SmallMatrix &matrix : nn::matricesOf(matrices))
    elements *= std::max(matrix.rows, matrix.columns);
  auto join = dyn_cast<nn::JoinTilesOp>(op);
  if (context.emitter.laneOptions.bytes == 0 || elements > kMostElements ||
      (join && !coversImage(join)))
    return createMapAround(context, op, targets);
  SmallVector<StoreTarget> around = targets.takeAround(op);
  if (around.empty())
    return nullptr;
  return std::make_unique<TileSegment>(context, op, around);
}

static const SegmentEntry kTiles(cpuSegments(), "tiles", createTileSegment);

} // namespace mlc
