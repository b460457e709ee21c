// Contractions: the last few columns, which would leave most lanes of a vector idle. They are dot
// products, vectors along the depth, so that every lane works.
#include "compiler/Codegen/CPU/ContractionSegment.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc {

/// Vectors along the depth that are worth the sums of their lanes.
constexpr int64_t kFewestTailVectors = 3;

/// Rows that are worth laying the columns along the depth.
constexpr int64_t kFewestTailRows = 16;

/// Vectors beside which one with idle lanes counts.
constexpr int64_t kMostVectorsBesideTail = 64;

//===-- Columns -----------------------------------------------------------------------------===//

/// Columns of the last vector, where dot products pay and lhs is contiguous along the depth. 0:
/// there are none.
int64_t ContractionSegment::chooseTail() const {
  int64_t known = numberOf(columns), lanes = tiling.lanes, tail = columnsOver(known, lanes);
  int64_t last = cast<RankedTensorType>(lhs.tensor.getType()).getRank() - 1;
  bool isAlongDepth =
      tiling.packLhs ? llvm::is_contained(lhs.depth, last) : problem.lhsIsContiguous;
  bool isWorth = tail > 0 && known / lanes <= kMostVectorsBesideTail &&
                 tailDepth() >= kFewestTailVectors * lanes &&
                 (problem.rows < 0 || problem.rows >= kFewestTailRows);
  return isWorth && isAlongDepth && isa<FloatType>(type) && !dot ? tail : 0;
}

/// A power of two.
int64_t ContractionSegment::tailWidth() const { return llvm::PowerOf2Ceil(tailColumns); }

/// Products of a block, -1: a free number.
int64_t ContractionSegment::tailDepth() const {
  return tiling.depthBlock >= 0 ? tiling.depthBlock : problem.depth;
}

/// The elements of a column of the tail in scratch: no power of two, so that the columns do not
/// share few sets of L1.
int64_t ContractionSegment::tailStride() const {
  return llvm::alignTo(tailDepth(), tiling.lanes) + tiling.lanes;
}

/// Whether columns of rhs lie along the depth in memory.
bool ContractionSegment::hasTailInPlace() const {
  return isReadInPlace(rhs) && rhs.depthStride == emitter.shapes.constant(1);
}

/// Packs rhs, without the tail if that is read where it lies.
void ContractionSegment::packRhsBeforeTail(const Block &block) {
  Block before = block;
  if (tailColumns && hasTailInPlace())
    before.columnCount = emitter.roundDown(block.columnCount, tiling.lanes);
  packRhs(before);
}

/// The columns of the tail along the depth: where they lie, or transposed into scratch.
OperandView ContractionSegment::viewTail(const Block &block) {
  Value high = emitter.roundDown(block.columnCount, tiling.columnStep);
  int64_t inPanel = numberOf(columns) % tiling.columnStep - tailColumns;
  if (hasTailInPlace())
    return plainView(rhs, block, emitter.add(block.columnLow, emitter.add(high, inPanel)));
  auto pack = [&] {
    OperandView panel = rhsView(block, high);
    panel.offset = emitter.add(panel.offset, emitter.mul(panel.freeStride, inPanel));
    packTail(block, panel);
  };
  if (getConstantIntValue(block.columnCount))
    pack();
  else
    emitter.ifThen(emitter.compare(arith::CmpIPredicate::slt, high, block.columnCount), pack);
  return {tailScratch, emitter.constantIndex(0), emitter.constantIndex(tailStride()),
          emitter.constantIndex(1)};
}

/// Squares as wide as the tail are transposed in registers.
void ContractionSegment::packTail(const Block &block, const OperandView &from) {
  int64_t width = tailWidth(), unit = width == 1 ? 0 : 1;
  Type element = block.packsRhs ? type : getElementTypeOrSelf(rhs.tensor.getType());
  auto pack = [&](Value at, int64_t rows) {
    SmallVector<Value> square;
    Value exists = emitter.maskBelow(emitter.constantIndex(tailColumns), width);
    emitter.withLanes(width, exists, [&] {
      for (int64_t i = 0; i < rows; ++i) {
        Value start = emitter.mul(emitter.add(at, i), from.depthStride);
        LaneIndex address = {emitter.add(from.offset, start), unit, {}};
        square.push_back(emitter.load(from.buffer, address, element));
      }
    });
    square.resize(width, square.front());
    emitter.transposeSquare(square);
    emitter.withLanes(width, emitter.maskBelow(emitter.constantIndex(rows), width), [&] {
      for (int64_t column = 0; column < tailColumns; ++column) {
        Value address = emitter.add(at, column * tailStride());
        emitter.store(tailScratch, {address, unit, {}}, square[column], type);
      }
    });
  };
  Value whole = emitter.roundDown(block.depthCount, width);
  emitter.forLoop(emitter.constantIndex(0), whole, width, [&](Value at) { pack(at, width); });
  emitter.forLoop(whole, block.depthCount, 1, [&](Value at) { pack(at, 1); });
}

//===-- Products ----------------------------------------------------------------------------===//

/// The last columns of the block, as dot products.
ContractionSegment::TileColumns ContractionSegment::tailAt(Value low) {
  TileColumns tile;
  tile.isTail = true;
  tile.lanes = tailWidth();
  tile.low = low;
  tile.count = emitter.constantIndex(tailColumns);
  tile.starts.push_back(low); // one vector in each row of the result
  return tile;
}

/// The products of the tail with the rows of a tile, a vector for each row.
SmallVector<Value> ContractionSegment::emitTailProducts(const Block &block, const OperandView &left,
                                                        Value row, int64_t rowsOfTile) {
  SmallVector<Value> sums;
  // As many rows at once as have a vector of sums together.
  int64_t width = tailWidth(), most = tiling.lanes / width;
  for (int64_t first = 0, count; first < rowsOfTile; first += count) {
    count = std::min<int64_t>(most, llvm::bit_floor(uint64_t(rowsOfTile - first)));
    SmallVector<Value> starts;
    for (int64_t i = 0; i < count; ++i)
      starts.push_back(rowStart(left, row, first + i, rowsOfTile));
    Value together = emitter.sumsOfLanes(emitTailDots(block, left, starts));
    for (int64_t i = 0; i < count; ++i)
      sums.push_back(emitter.slice(together, i * width, width));
  }
  return sums;
}

/// A vector of sums for each row and column, along the depth.
SmallVector<Value> ContractionSegment::emitTailDots(const Block &block, const OperandView &left,
                                                    ArrayRef<Value> rowStarts) {
  int64_t lanes = tiling.lanes, width = tailWidth();
  SmallVector<Value> columnStarts, sums;
  for (int64_t column = 0; column < width; ++column) { // those beyond the last repeat it
    Value start = emitter.mul(block.tail->freeStride, std::min(column, tailColumns - 1));
    columnStarts.push_back(emitter.add(block.tail->offset, start));
  }
  auto step = [&](Value at, Value mask, ValueRange carried) {
    SmallVector<Value> b, next;
    emitter.withLanes(lanes, mask, [&] {
      auto load = [&](Value buffer, Value start) {
        return emitter.load(buffer, {emitter.add(start, at), 1, {}}, type);
      };
      for (Value start : columnStarts)
        b.push_back(load(block.tail->buffer, start));
      for (auto [i, start] : llvm::enumerate(rowStarts)) {
        Value a = load(left.buffer, start);
        for (int64_t column = 0; column < width; ++column)
          next.push_back(emitter.multiplyAdd(a, b[column], carried[i * width + column]));
      }
    });
    return next;
  };
  emitter.withLanes(lanes, {}, [&] {
    Value zero = emitter.constant(cast<TypedAttr>(emitter.builder.getZeroAttr(type)));
    sums.assign(rowStarts.size() * width, emitter.splat(zero));
  });
  Value whole = emitter.roundDown(block.depthCount, lanes);
  auto wholeStep = [&](Value at, ValueRange carried) { return step(at, {}, carried); };
  sums = emitter.forLoop(emitter.constantIndex(0), whole, lanes, sums, wholeStep);
  return emitter.forLoop(whole, block.depthCount, lanes, sums, [&](Value at, ValueRange carried) {
    return step(at, emitter.maskBelow(emitter.sub(block.depthCount, at), lanes), carried);
  });
}

} // namespace mlc
