#include "compiler/Codegen/CPU/RegisterTile/Tail.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc::tile {

/// Vectors along the depth that are worth the sums of their lanes.
constexpr int64_t kFewestTailVectors = 3;

/// Rows that are worth laying the columns along the depth.
constexpr int64_t kFewestTailRows = 16;

/// Vectors beside which one with idle lanes counts.
constexpr int64_t kMostVectorsBesideTail = 64;

//===-- Columns -----------------------------------------------------------------------------===//

Tail::Tail(VectorBuilder &emitter, const Plan &plan, Scratch &memory, Tile &tile)
    : Part(emitter, plan), tile(tile), count(choose()) {
  if (count && !isInPlace())
    scratch = memory.allocate(type, width() * stride());
}

/// Columns of the last vector, where dot products pay and lhs is contiguous along the depth.
int64_t Tail::choose() const {
  int64_t known = problem.columns, lanes = tiling.lanes, over = columnsOver(known, lanes);
  bool isAlongDepth = tiling.packLhs ? plan.lhs.isComputedAlongDepth : problem.lhsIsContiguous;
  bool isWorth = over > 0 && known / lanes <= kMostVectorsBesideTail &&
                 depth() >= kFewestTailVectors * lanes &&
                 (problem.rows < 0 || problem.rows >= kFewestTailRows);
  bool isSimple = !dot && !plan.rhs.onLoad && !plan.hasNestedDepth();
  return isWorth && isAlongDepth && isa<FloatType>(type) && isSimple ? over : 0;
}

/// A power of two.
int64_t Tail::width() const { return llvm::PowerOf2Ceil(count); }

/// Products of a block, -1: a free number.
int64_t Tail::depth() const { return tiling.depthBlock >= 0 ? tiling.depthBlock : problem.depth; }

/// The elements of a column in scratch: no power of two, so that the columns do not share few sets
/// of L1.
int64_t Tail::stride() const { return llvm::alignTo(depth(), tiling.lanes) + tiling.lanes; }

/// Whether columns of rhs lie along the depth in memory.
bool Tail::isInPlace() const { return problem.rhsIsPlain && plan.isAlongDepth(plan.rhs); }

Value Tail::columnsBefore(const Block &block) {
  return count && isInPlace() ? emitter.roundDown(block.columnCount, tiling.lanes)
                              : block.columnCount;
}

OperandView Tail::view(const Block &block, function_ref<OperandView(Value low)> panelAt) {
  Value high = emitter.roundDown(block.columnCount, tiling.columnStep);
  int64_t inPanel = problem.columns % tiling.columnStep - count;
  if (isInPlace())
    return viewInMemory(plan.rhs, block, emitter.add(block.columnLow, emitter.add(high, inPanel)));
  auto packPanel = [&] {
    OperandView panel = panelAt(high);
    panel.offset = emitter.add(panel.offset, emitter.mul(panel.freeStride, inPanel));
    pack(block, panel);
  };
  if (getConstantIntValue(block.columnCount))
    packPanel();
  else
    emitter.ifThen(emitter.compare(arith::CmpIPredicate::slt, high, block.columnCount), packPanel);
  return {scratch, emitter.constantIndex(0), emitter.constantIndex(stride()),
          emitter.constantIndex(1)};
}

/// Squares as wide as the tail are transposed in registers.
void Tail::pack(const Block &block, const OperandView &from) {
  int64_t step = width();
  Type element = block.packsRhs ? type : plan.rhs.element;
  Value whole = emitter.roundDown(block.depthCount, step);
  emitter.forLoop(emitter.constantIndex(0), whole, step,
                  [&](Value at) { packSquare(from, element, at, step); });
  emitter.forLoop(whole, block.depthCount, 1, [&](Value at) { packSquare(from, element, at, 1); });
}

/// So many depths from `at` on.
void Tail::packSquare(const OperandView &from, Type element, Value at, int64_t rows) {
  int64_t lanes = width(), unit = lanes == 1 ? 0 : 1;
  SmallVector<Value> square;
  Value exists = emitter.maskBelow(emitter.constantIndex(count), lanes);
  emitter.withLanes(lanes, exists, [&] {
    for (int64_t i = 0; i < rows; ++i) {
      Value start = emitter.mul(emitter.add(at, i), from.depthStride);
      LaneIndex address = {emitter.add(from.offset, start), unit, {}};
      square.push_back(emitter.load(from.buffer, address, element));
    }
  });
  square.resize(lanes, square.front());
  emitter.transposeSquare(square);
  emitter.withLanes(lanes, emitter.maskBelow(emitter.constantIndex(rows), lanes), [&] {
    for (int64_t column = 0; column < count; ++column) {
      Value address = emitter.add(at, column * stride());
      emitter.store(scratch, {address, unit, {}}, square[column], type);
    }
  });
}

//===-- Products ----------------------------------------------------------------------------===//

TileColumns Tail::columnsAt(Value low) {
  TileColumns tile;
  tile.isTail = true;
  tile.lanes = width();
  tile.low = low;
  tile.count = emitter.constantIndex(count);
  tile.starts.push_back(low); // one vector in each row of the result
  return tile;
}

SmallVector<Value> Tail::products(const Block &block, const OperandView &left, Value row,
                                  int64_t rowsOfTile) {
  SmallVector<Value> sums;
  // As many rows at once as have a vector of sums together.
  int64_t most = tiling.lanes / width();
  for (int64_t first = 0, some; first < rowsOfTile; first += some) {
    some = std::min<int64_t>(most, llvm::bit_floor(uint64_t(rowsOfTile - first)));
    SmallVector<Value> starts;
    for (int64_t i = 0; i < some; ++i)
      starts.push_back(tile.rowStart(left, row, first + i, rowsOfTile));
    Value together = emitter.sumsOfLanes(dots(block, left, starts));
    for (int64_t i = 0; i < some; ++i)
      sums.push_back(emitter.slice(together, i * width(), width()));
  }
  return sums;
}

/// A vector of sums for each row and column, along the depth.
SmallVector<Value> Tail::dots(const Block &block, const OperandView &left,
                              ArrayRef<Value> rowStarts) {
  int64_t lanes = tiling.lanes, wide = width();
  SmallVector<Value> columnStarts, sums;
  for (int64_t column = 0; column < wide; ++column) { // those beyond the last repeat it
    Value start = emitter.mul(block.tail->freeStride, std::min(column, count - 1));
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
      for (Value start : rowStarts) {
        Value a = load(left.buffer, start);
        for (Value column : b)
          next.push_back(emitter.multiplyAdd(a, column, carried[next.size()]));
      }
    });
    return next;
  };
  emitter.withLanes(lanes, {},
                    [&] { sums.assign(rowStarts.size() * wide, emitter.splat(zeroSum())); });
  Value whole = emitter.roundDown(block.depthCount, lanes);
  auto wholeStep = [&](Value at, ValueRange carried) { return step(at, {}, carried); };
  sums = emitter.forLoop(emitter.constantIndex(0), whole, lanes, sums, wholeStep);
  return emitter.forLoop(whole, block.depthCount, lanes, sums, [&](Value at, ValueRange carried) {
    return step(at, emitter.maskBelow(emitter.sub(block.depthCount, at), lanes), carried);
  });
}

} // namespace mlc::tile
