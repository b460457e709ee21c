#include "compiler/Codegen/CPU/RegisterTile/Tail.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc::tile {

/// Vectors along the depth that are worth the sums of their lanes.
constexpr int64_t kFewestTailVectors = 3;

/// Vectors of a run of a depth of several dimensions: each ends with one that may not be whole.
constexpr int64_t kFewestVectorsOfRun = 1;

/// Rows that are worth laying the columns along the depth.
constexpr int64_t kFewestTailRows = 16;

/// Vectors beside which one with idle lanes counts.
constexpr int64_t kMostVectorsBesideTail = 64;

//===-- Columns -----------------------------------------------------------------------------===//

/// Products of a block, -1: a free number.
static int64_t depthOfBlock(const Plan &plan) {
  return plan.tiling.depthBlock >= 0 ? plan.tiling.depthBlock : plan.problem.depth;
}

/// Columns of the last vector, where dot products pay and lhs is contiguous along the depth.
int64_t tailColumns(const Plan &plan) {
  const TilingProblem &problem = plan.problem;
  const Tiling &tiling = plan.tiling;
  int64_t known = problem.columns, lanes = tiling.lanes, over = columnsOver(known, lanes);
  bool isAlongDepth = tiling.packLhs ? plan.lhs.isComputedAlongDepth : problem.lhsIsContiguous;
  bool isWorth = over > 0 && known / lanes <= kMostVectorsBesideTail &&
                 depthOfBlock(plan) >= kFewestTailVectors * lanes &&
                 (problem.rows < 0 || problem.rows >= kFewestTailRows);
  bool hasRuns = !plan.hasNestedDepth() ||
                 (!tiling.packLhs && numberOf(plan.depth.back()) >= kFewestVectorsOfRun * lanes);
  bool isSimple = !plan.dot && !plan.rhs.onLoad && hasRuns;
  return isWorth && isAlongDepth && isa<FloatType>(plan.type) && isSimple ? over : 0;
}

Tail::Tail(VectorBuilder &emitter, const Plan &plan, Scratch &memory, Tile &tile)
    : Part(emitter, plan), tile(tile), count(tailColumns(plan)) {
  if (count && !isInPlace())
    scratch = memory.allocate(type, width() * stride());
}

/// A power of two.
int64_t Tail::width() const { return llvm::PowerOf2Ceil(count); }

int64_t Tail::depth() const { return depthOfBlock(plan); }

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
  Type element = block.packsRhs ? type : plan.rhs.element;
  OperandView packed;
  packed.depthStride = emitter.constantIndex(1);
  auto packRun = [&](Value to, Value first, Value count, ValueRange) {
    auto some = [&](Value low, Value high, int64_t rows) {
      emitter.forLoop(low, high, rows, [&](Value at) {
        Value start = emitter.add(first, emitter.mul(at, from.depthStride));
        packSquare(from, element, start, emitter.add(to, at), rows);
      });
    };
    Value whole = emitter.roundDown(count, width());
    some(emitter.constantIndex(0), whole, width());
    some(whole, count, 1);
    return SmallVector<Value>();
  };
  tile.forRuns(block, packed, from.depthStrides, from.depthStride, {}, packRun);
}

/// So many depths from `start` on.
void Tail::packSquare(const OperandView &from, Type element, Value start, Value to, int64_t rows) {
  int64_t lanes = width(), unit = lanes == 1 ? 0 : 1;
  SmallVector<Value> square;
  Value exists = emitter.maskBelow(emitter.constantIndex(count), lanes);
  emitter.withLanes(lanes, exists, [&] {
    for (int64_t i = 0; i < rows; ++i) {
      Value row = emitter.add(start, emitter.mul(from.depthStride, i));
      LaneIndex address = {emitter.add(from.offset, row), unit, {}};
      square.push_back(emitter.load(from.buffer, address, element));
    }
  });
  square.resize(lanes, square.front());
  emitter.transposeSquare(square);
  emitter.withLanes(lanes, emitter.maskBelow(emitter.constantIndex(rows), lanes), [&] {
    for (int64_t column = 0; column < count; ++column) {
      Value address = emitter.add(to, column * stride());
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
  struct Run {
    Value lhs, rhs;
  };
  auto step = [&](const Run &run, Value at, Value mask, ValueRange carried) {
    SmallVector<Value> b, next;
    emitter.withLanes(lanes, mask, [&] {
      auto load = [&](Value buffer, Value start, Value ofRun) {
        Value address = emitter.add(emitter.add(start, ofRun), at);
        return emitter.load(buffer, {address, 1, {}}, type);
      };
      for (Value start : columnStarts)
        b.push_back(load(block.tail->buffer, start, run.rhs));
      for (Value start : rowStarts) {
        Value a = load(left.buffer, start, run.lhs);
        for (Value column : b)
          next.push_back(emitter.multiplyAdd(a, column, carried[next.size()]));
      }
    });
    return next;
  };
  emitter.withLanes(lanes, {},
                    [&] { sums.assign(rowStarts.size() * wide, emitter.splat(zeroSum())); });
  auto overRun = [&](Value lhs, Value rhs, Value count, ValueRange initial) {
    Run run{lhs, rhs};
    Value whole = emitter.roundDown(count, lanes);
    SmallVector<Value> sums =
        emitter.forLoop(emitter.constantIndex(0), whole, lanes, initial,
                        [&](Value at, ValueRange carried) { return step(run, at, {}, carried); });
    return emitter.forLoop(whole, count, lanes, sums, [&](Value at, ValueRange carried) {
      Value exist = emitter.maskBelow(emitter.sub(count, at), lanes);
      return step(run, at, exist, carried);
    });
  };
  return tile.forRuns(block, left, block.tail->depthStrides, block.tail->depthStride, sums,
                      overRun);
}

} // namespace mlc::tile
