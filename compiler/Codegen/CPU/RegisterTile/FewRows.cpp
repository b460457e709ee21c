#include "compiler/Codegen/CPU/RegisterTile/FewRows.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc::tile {

/// Dot products at once: enough sums to hide the latency of a multiply-add, few enough for 16
/// registers.
constexpr int64_t kDotsAtOnce = 8;

/// Steps of a dot product that are one chain: each lane has few of the products.
constexpr int64_t kMostDotSteps = 2 * VectorBuilder::kChain;

//===-- Pieces ------------------------------------------------------------------------------===//

/// Whether sums of streams wait in two places, with errors: those of a piece of the depth and those
/// of all before.
bool FewRows::hasLongStreams() const {
  bool isDeep = problem.depth < 0 || problem.depth > kStreamedDepth;
  return (isDeep || plan.rhs.groups) && isa<FloatType>(type) && problem.rhsIsContiguous;
}

FewRows::FewRows(VectorBuilder &emitter, const Plan &plan, Scratch &scratch)
    : Part(emitter, plan), epilogue(emitter, plan) {
  int64_t most = mostVectorRows(problem.rhsIsContiguous), rows = most * kSumsStride;
  sums = scratch.allocate(type, hasLongStreams() ? 3 * rows : rows);
  if (!plan.groupsDot)
    return;
  fixedPoint.emplace(emitter, plan, scratch, most, kStreamedDepth);
  digitSums = scratch.allocate(emitter.builder.getI32Type(), FixedPoint::kDigits * rows);
}

/// Sums of digits may wait in L2: there is less to do for what is read, and long runs of a row are
/// fetched soon enough.
int64_t FewRows::pieceColumns() const { return fixedPoint ? kMostPieceColumns : kPieceColumns; }

/// Those of one batch position as one.
void FewRows::emit(Value begin, Value end, int64_t height) {
  Value zero = emitter.constantIndex(0), one = emitter.constantIndex(1);
  Value perBatch = emitter.max(emitter.value(plan.columnCount.ceilDiv(tiling.columnUnit)), one);
  emitter.forLoop(emitter.floorDiv(begin, perBatch), emitter.ceilDiv(end, perBatch), 1,
                  [&](Value batch) {
                    Value before = emitter.mul(batch, perBatch);
                    Value first = emitter.sub(emitter.max(begin, before), before),
                          last = emitter.min(emitter.sub(end, before), perBatch);
                    Value low = emitter.mul(first, tiling.columnUnit),
                          high = emitter.min(emitter.mul(last, tiling.columnUnit),
                                             emitter.value(plan.columnCount));
                    emitter.forLoop(low, high, pieceColumns(), [&](Value at) {
                      Block block;
                      block.batch = emitter.delinearize(plan.batch, emitter.uniform(batch));
                      block.rowLow = block.depthLow = zero;
                      block.rowCount = emitter.constantIndex(height);
                      block.depthCount = emitter.value(plan.depthCount);
                      block.columnLow = at;
                      block.columnCount =
                          emitter.min(emitter.sub(high, at), emitter.constantIndex(pieceColumns()));
                      emitPiece(block, height);
                    });
                  });
}

void FewRows::emitPiece(const Block &block, int64_t height) {
  bool hasStreams = problem.rhsIsContiguous;
  OperandView left = viewInMemory(plan.lhs, block, block.rowLow), right;
  if (!plan.rhs.groups)
    right = viewInMemory(plan.rhs, block, block.columnLow);
  auto lanes = emitter.planLanes(emitter.constantIndex(0),
                                 hasStreams ? block.columnCount : block.depthCount, problem.bits,
                                 /*unroll=*/!hasStreams && height == 1 ? 2 : 1);
  Piece piece = {block, height, left, right, lanes, zeroSum()};
  hasStreams ? emitStreams(piece) : emitDots(piece);
  epilogue.emit(block, block.rowLow, block.rowCount, block.columnCount,
                {sums, block.rowLow, emitter.constantIndex(kSumsStride)});
}

/// body(at, step) for whole steps below `count`, then body(at, 1) for the rest.
void FewRows::inSteps(Value count, int64_t step, function_ref<void(Value, int64_t)> body) {
  Value whole = emitter.roundDown(count, step);
  emitter.forLoop(emitter.constantIndex(0), whole, step, [&](Value at) { body(at, step); });
  emitter.forLoop(whole, count, 1, [&](Value at) { body(at, 1); });
}

//===-- Streams -----------------------------------------------------------------------------===//

LaneIndex FewRows::sumAt(int64_t row, Place place, LaneIndex column) {
  int64_t first = hasLongStreams() ? place * mostVectorRows(/*rhsIsContiguous=*/true) : 0;
  return emitter.add(emitter.uniform((first + row) * kSumsStride), column);
}

void FewRows::forSums(const Piece &piece, function_ref<void(int64_t, LaneIndex)> body) {
  emitter.forLanes(piece.lanes, [&](LaneIndex column) {
    for (int64_t row = 0; row < piece.height; ++row)
      body(row, column);
  });
}

/// rhs is contiguous along the columns: a few of its rows are scaled and added to the sums at once.
void FewRows::emitStreams(const Piece &piece) {
  bool isLong = hasLongStreams();
  forSums(piece, [&](int64_t row, LaneIndex column) {
    for (Place place : {kTotals, kErrors, kPieces})
      if (place == kTotals || (isLong && !(fixedPoint && place == kPieces)))
        emitter.store(sums, sumAt(row, place, column), piece.zero, type);
    for (int64_t row = 0; fixedPoint && row < piece.height; ++row)
      clearDigitSums(row, column);
  });
  // An element of lhs in each lane stays in a register for every product of a step.
  int64_t streams =
      std::min<int64_t>(kMostStreams, llvm::divideCeil(tiling.registers / 2, piece.height));
  if (isLong)
    return addLongStreams(piece, streams);
  inSteps(piece.block.depthCount, streams,
          [&](Value at, int64_t count) { addStreams(piece, at, count); });
}

/// The elements of lhs at so many depths, of one row after the other.
SmallVector<Value> FewRows::factorsAt(const Piece &piece, Value at, int64_t count) {
  const OperandView &left = piece.left;
  SmallVector<Value> factors;
  for (int64_t row = 0; row < piece.height; ++row)
    for (int64_t i = 0; i < count; ++i) {
      Value start = emitter.add(left.offset, emitter.mul(left.freeStride, row)),
            along = emitter.mul(emitter.add(at, i), left.depthStride);
      factors.push_back(memref::LoadOp::create(emitter.builder, emitter.location, left.buffer,
                                               emitter.add(start, along)));
    }
  return factors;
}

void FewRows::addStreams(const Piece &piece, Value at, int64_t count) {
  // The products of a lone row wait for memory, not for one addition more.
  bool isApart = piece.height == 1 && count > 1;
  const OperandView &right = piece.right;
  SmallVector<Value> factors = factorsAt(piece, at, count);
  emitter.forLanes(piece.lanes, [&](LaneIndex column) {
    SmallVector<Value> next(piece.height, emitter.splat(piece.zero)), before;
    for (int64_t row = 0; row < piece.height; ++row)
      before.push_back(emitter.load(sums, sumAt(row, kPieces, column), type));
    if (!isApart)
      next = before;
    for (int64_t i = 0; i < count; ++i) {
      Value start = emitter.add(right.offset, emitter.mul(emitter.add(at, i), right.depthStride));
      Value b = emitter.load(right.buffer, emitter.add(emitter.uniform(start), column), type);
      for (int64_t row = 0; row < piece.height; ++row)
        next[row] = emitter.multiplyAdd(emitter.splat(factors[row * count + i]), b, next[row]);
    }
    for (int64_t row = 0; row < piece.height; ++row) {
      Value sum = isApart ? emitter.addValues(before[row], next[row]) : next[row];
      emitter.store(sums, sumAt(row, kPieces, column), sum, type);
    }
  });
}

/// Pieces of the depth one after the other.
void FewRows::addLongStreams(const Piece &piece, int64_t streams) {
  Value depth = piece.block.depthCount;
  int64_t most = depthOfPiece();
  emitter.forLoop(emitter.constantIndex(0), depth, most, [&](Value low) {
    Value count = emitter.min(emitter.sub(depth, low), emitter.constantIndex(most));
    if (fixedPoint)
      fixedPoint->take(piece.left, piece.height, low, count);
    if (plan.rhs.groups)
      addWords(piece, low, count);
    else
      inSteps(count, streams,
              [&](Value at, int64_t some) { addStreams(piece, emitter.add(low, at), some); });
    endPiece(piece, low, count);
  });
}

/// Adds the sums of a piece of the depth to those of all.
void FewRows::endPiece(const Piece &piece, Value low, Value count) {
  bool keepsErrors = problem.depth < 0 || problem.depth > depthOfPiece() * VectorBuilder::kChain;
  SmallVector<Value> ofLhs;
  for (int64_t row = 0; plan.rhs.groups && row < piece.height; ++row)
    ofLhs.push_back(lhsSum(piece, row, low, count));
  forSums(piece, [&](int64_t row, LaneIndex column) {
    auto load = [&](Place place) { return emitter.load(sums, sumAt(row, place, column), type); };
    Value total = load(kTotals), error,
          part = fixedPoint ? takeDigitSums(row, column) : load(kPieces);
    if (plan.rhs.groups)
      part = scaled(part, ofLhs[row], low,
                    emitter.add(emitter.uniform(piece.block.columnLow), column));
    if (keepsErrors) {
      std::tie(total, error) = emitter.addKeepingError(total, load(kErrors), part);
      emitter.store(sums, sumAt(row, kErrors, column), error, type);
    } else {
      total = emitter.addValues(total, part);
    }
    emitter.store(sums, sumAt(row, kTotals, column), total, type);
    if (!fixedPoint)
      emitter.store(sums, sumAt(row, kPieces, column), piece.zero, type);
  });
}

//===-- Dot products ------------------------------------------------------------------------===//

/// rhs is contiguous along the depth: dot products of its columns with the rows of lhs.
void FewRows::emitDots(const Piece &piece) {
  int64_t most = piece.height == 1 ? kDotsAtOnce / 2 : kDotsAtOnce / piece.height;
  inSteps(piece.block.columnCount, most,
          [&](Value column, int64_t count) { emitDotsAt(piece, column, count); });
}

/// Those of all rows with `count` columns.
void FewRows::emitDotsAt(const Piece &piece, Value column, int64_t count) {
  const VectorBuilder::LanePlan &lanes = piece.lanes;
  auto zeros = [&](unsigned width) {
    SmallVector<Value> start;
    emitter.withLanes(std::max(width, 1u), {},
                      [&] { start.assign(piece.height * count, emitter.splat(piece.zero)); });
    return start;
  };
  auto body = [&](LaneIndex at, ValueRange carried) {
    return addProducts(piece, at, column, count, carried);
  };
  SmallVector<Value> wide = wideDots(lanes, zeros, body);
  SmallVector<Value> narrow = emitter.narrowLoop(lanes, zeros(lanes.narrow), body);
  if (lanes.wide && lanes.narrow)
    for (auto [sum, rest] : llvm::zip_equal(wide, narrow))
      rest = emitter.addValues(emitter.foldLanes(sum, lanes.narrow), rest);
  storeDots(lanes.narrow ? narrow : wide, count, column);
}

SmallVector<Value> FewRows::addProducts(const Piece &piece, LaneIndex at, Value column,
                                        int64_t count, ValueRange carried) {
  auto along = [&](const OperandView &view, Value free) {
    Value start = emitter.add(view.offset, emitter.mul(free, view.freeStride));
    LaneIndex address = emitter.add(emitter.uniform(start), emitter.mul(at, view.depthStride));
    return emitter.load(view.buffer, address, type);
  };
  SmallVector<Value> b, next;
  for (int64_t i = 0; i < count; ++i)
    b.push_back(along(piece.right, emitter.add(column, i)));
  for (int64_t row = 0; row < piece.height; ++row) {
    Value a = along(piece.left, emitter.constantIndex(row));
    for (int64_t i = 0; i < count; ++i) {
      Value sum = carried[row * count + i], more = emitter.multiplyAdd(a, b[i], sum);
      next.push_back(emitter.mask() ? select(emitter.mask(), more, sum) : more);
    }
  }
  return next;
}

/// The sums of whole vectors along the depth, of a long one in blocks.
SmallVector<Value> FewRows::wideDots(const VectorBuilder::LanePlan &plan,
                                     function_ref<SmallVector<Value>(unsigned)> zeros,
                                     VectorBuilder::LaneBody body) {
  int64_t block = plan.wide * kMostDotSteps;
  auto known = getConstantIntValue(emitter.sub(plan.middle, plan.low));
  if (!isa<FloatType>(type) || plan.wide == 0 || (known && *known <= block))
    return emitter.wideLoop(plan, zeros(plan.wide), body);
  unsigned lanes = std::min(plan.wide, emitter.laneOptions.lanes(problem.bits));
  SmallVector<Value> totals = zeros(lanes);
  size_t count = totals.size();
  if (!known || *known > block * VectorBuilder::kChain)
    llvm::append_range(totals, zeros(lanes)); // their errors
  totals = emitter.addBlocks(
      plan.low, plan.middle, block, totals, [&](Value low, Value high, ValueRange) {
        SmallVector<Value> parts =
            emitter.wideLoop({low, high, high, plan.wide, 0}, zeros(plan.wide), body);
        for (Value &part : parts)
          part = emitter.foldLanes(part, lanes);
        return parts;
      });
  totals.truncate(count);
  return totals;
}

/// Stores the sums of the lanes of dot products, those of `count` columns from `column` on for each
/// row, as many at once as a vector has lanes.
void FewRows::storeDots(ArrayRef<Value> dots, int64_t count, Value column) {
  auto vector = dyn_cast<VectorType>(dots[0].getType());
  int64_t lanes = vector ? vector.getDimSize(0) : 1, total = dots.size();
  for (int64_t first = 0, some; first < total; first += some) {
    some = std::min<int64_t>(lanes, llvm::bit_floor(uint64_t(total - first)));
    Value together = emitter.sumsOfLanes(dots.slice(first, some));
    int64_t piece = std::min(some, count); // both are powers of two
    for (int64_t at = 0; at < some; at += piece)
      emitter.withLanes(piece, {}, [&] {
        int64_t row = (first + at) / count, inRow = (first + at) % count;
        LaneIndex address = {
            emitter.add(column, row * kSumsStride + inRow), piece == 1 ? 0 : 1, {}};
        emitter.store(sums, address, emitter.slice(together, at, piece), type);
      });
  }
}

} // namespace mlc::tile
