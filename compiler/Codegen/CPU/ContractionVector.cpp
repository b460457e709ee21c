// Contractions of a few rows: every element of rhs is used so few times that reading rhs is the
// limit. It is read in the order in which it lies in memory.
#include "compiler/Codegen/CPU/ContractionSegment.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc {

/// Columns whose sums wait in L1 while rows of rhs pass by.
constexpr int64_t kPieceColumns = 2048;

/// The distance of the sums of two rows: no multiple of 4 KiB, at which a load seems to need an
/// earlier store.
constexpr int64_t kSumsStride = kPieceColumns + 128;

/// Rows of rhs that are read side by side: as many streams as prefetchers follow.
constexpr int64_t kMostStreams = 8;

/// Rows of rhs whose products are added up in one piece; the sums of pieces keep their errors.
constexpr int64_t kStreamedDepth = kMostStreams * PullEmitter::kChain;

/// Dot products at once: enough sums to hide the latency of a multiply-add, few enough for 16
/// registers.
constexpr int64_t kDotsAtOnce = 8;

/// Steps of a dot product that are one chain: each lane has few of the products.
constexpr int64_t kMostDotSteps = 2 * PullEmitter::kChain;

bool ContractionSegment::isReadInOrder() const {
  mlir::AffineExpr one = emitter.shapes.constant(1);
  return isReadInPlace(lhs) && isReadInPlace(rhs) &&
         (rhs.freeStride == one || rhs.depthStride == one);
}

/// Whether sums of streams wait in two places, with errors: those of a piece of the depth and those
/// of all before.
bool ContractionSegment::hasLongStreams() const {
  bool isDeep = problem.depth < 0 || problem.depth > kStreamedDepth;
  return isDeep && isa<FloatType>(type) && problem.rhsIsContiguous;
}

void ContractionSegment::allocateVectorSums() {
  int64_t rows = mostVectorRows(problem.rhsIsContiguous) * kSumsStride;
  vectorSums = context.allocate(type, hasLongStreams() ? 3 * rows : rows);
}

/// The tiles [begin, end), those of one batch position as one.
void ContractionSegment::emitVectorTiles(Value begin, Value end, int64_t height) {
  Value zero = emitter.constantIndex(0), one = emitter.constantIndex(1);
  Value perBatch = emitter.max(emitter.value(columns.ceilDiv(tiling.columnUnit)), one);
  SmallVector<AffineExpr> batchSizes;
  for (int64_t dim : lhs.batch)
    batchSizes.push_back(emitter.shapes.size(lhs.tensor, dim));
  emitter.forLoop(
      emitter.floorDiv(begin, perBatch), emitter.ceilDiv(end, perBatch), 1, [&](Value batch) {
        Value before = emitter.mul(batch, perBatch);
        Value first = emitter.sub(emitter.max(begin, before), before),
              last = emitter.min(emitter.sub(end, before), perBatch);
        Value low = emitter.mul(first, tiling.columnUnit),
              high = emitter.min(emitter.mul(last, tiling.columnUnit), emitter.value(columns));
        emitter.forLoop(low, high, kPieceColumns, [&](Value at) {
          Block piece;
          piece.batch = emitter.delinearize(batchSizes, emitter.uniform(batch));
          piece.rowLow = piece.depthLow = zero;
          piece.rowCount = emitter.constantIndex(height);
          piece.depthCount = emitter.value(depth);
          piece.columnLow = at;
          piece.columnCount =
              emitter.min(emitter.sub(high, at), emitter.constantIndex(kPieceColumns));
          if (rhs.freeStride == emitter.shapes.constant(1))
            emitStreams(piece, height);
          else
            emitDots(piece, height);
          emitEpilogue(piece, zero, piece.rowCount, zero, piece.columnCount,
                       {vectorSums, zero, kSumsStride});
        });
      });
}

/// rhs is contiguous along the columns: a few of its rows are scaled and added to the sums at once.
void ContractionSegment::emitStreams(const Block &piece, int64_t height) {
  OperandView left = plainView(lhs, piece, piece.rowLow),
              right = plainView(rhs, piece, piece.columnLow);
  auto plan = emitter.planLanes(emitter.constantIndex(0), piece.columnCount,
                                std::max(32u, type.getIntOrFloatBitWidth()), 1);
  bool isLong = hasLongStreams(),
       keepsErrors = problem.depth < 0 || problem.depth > kStreamedDepth * PullEmitter::kChain;
  enum Place { kTotals, kErrors, kPieces };
  auto sumAt = [&](int64_t row, Place place, LaneIndex column) {
    int64_t first = isLong ? place * mostVectorRows(/*rhsIsContiguous=*/true) : 0;
    return emitter.add(emitter.uniform((first + row) * kSumsStride), column);
  };
  auto forSums = [&](function_ref<void(int64_t, LaneIndex)> body) {
    emitter.forLanes(plan, [&](LaneIndex column) {
      for (int64_t row = 0; row < height; ++row)
        body(row, column);
    });
  };
  Value zero = emitter.constant(cast<TypedAttr>(emitter.builder.getZeroAttr(type)));
  forSums([&](int64_t row, LaneIndex column) {
    for (Place place : {kTotals, kErrors, kPieces})
      if (isLong || place == kTotals)
        emitter.store(vectorSums, sumAt(row, place, column), zero, type);
  });
  auto addRows = [&](Value at, int64_t count) {
    // The products of a lone row wait for memory, not for one addition more.
    bool isApart = height == 1 && count > 1;
    SmallVector<Value> factors;
    for (int64_t row = 0; row < height; ++row)
      for (int64_t i = 0; i < count; ++i)
        factors.push_back(memref::LoadOp::create(
            emitter.builder, emitter.location, left.buffer,
            emitter.add(emitter.add(left.offset, emitter.mul(left.freeStride, row)),
                        emitter.mul(emitter.add(at, i), left.depthStride))));
    emitter.forLanes(plan, [&](LaneIndex column) {
      SmallVector<Value> sums(height, emitter.splat(zero)), before;
      for (int64_t row = 0; row < height; ++row)
        before.push_back(emitter.load(vectorSums, sumAt(row, kPieces, column), type));
      if (!isApart)
        sums = before;
      for (int64_t i = 0; i < count; ++i) {
        Value start = emitter.add(right.offset, emitter.mul(emitter.add(at, i), right.depthStride));
        Value b = emitter.load(right.buffer, emitter.add(emitter.uniform(start), column), type);
        for (int64_t row = 0; row < height; ++row)
          sums[row] = emitter.multiplyAdd(emitter.splat(factors[row * count + i]), b, sums[row]);
      }
      for (int64_t row = 0; row < height; ++row) {
        Value sum =
            isApart ? emitter.combine(nn::Reduction::sum, before[row], sums[row]) : sums[row];
        emitter.store(vectorSums, sumAt(row, kPieces, column), sum, type);
      }
    });
  };
  // An element of lhs in each lane stays in a register for every product of a step.
  int64_t streams = std::min<int64_t>(kMostStreams, llvm::divideCeil(tiling.registers / 2, height));
  if (!isLong)
    return inSteps(piece.depthCount, streams, addRows);
  emitter.forLoop(emitter.constantIndex(0), piece.depthCount, kStreamedDepth, [&](Value low) {
    Value count =
        emitter.min(emitter.sub(piece.depthCount, low), emitter.constantIndex(kStreamedDepth));
    inSteps(count, streams, [&](Value at, int64_t some) { addRows(emitter.add(low, at), some); });
    forSums([&](int64_t row, LaneIndex column) {
      auto load = [&](Place place) {
        return emitter.load(vectorSums, sumAt(row, place, column), type);
      };
      Value total = load(kTotals), piece = load(kPieces), error;
      if (keepsErrors) {
        std::tie(total, error) = emitter.addKeepingError(total, load(kErrors), piece);
        emitter.store(vectorSums, sumAt(row, kErrors, column), error, type);
      } else {
        total = emitter.combine(nn::Reduction::sum, total, piece);
      }
      emitter.store(vectorSums, sumAt(row, kTotals, column), total, type);
      emitter.store(vectorSums, sumAt(row, kPieces, column), zero, type);
    });
  });
}

/// rhs is contiguous along the depth: dot products of its columns with the rows of lhs.
void ContractionSegment::emitDots(const Block &piece, int64_t height) {
  OperandView left = plainView(lhs, piece, piece.rowLow),
              right = plainView(rhs, piece, piece.columnLow);
  auto plan = emitter.planLanes(emitter.constantIndex(0), piece.depthCount,
                                std::max(32u, type.getIntOrFloatBitWidth()),
                                /*unroll=*/height == 1 ? 2 : 1);
  Value zero = emitter.constant(cast<TypedAttr>(emitter.builder.getZeroAttr(type)));
  auto along = [&](const OperandView &view, Value free, LaneIndex at) {
    Value start = emitter.add(view.offset, emitter.mul(free, view.freeStride));
    LaneIndex address = emitter.add(emitter.uniform(start), emitter.mul(at, view.depthStride));
    return emitter.load(view.buffer, address, type);
  };
  auto dots = [&](Value column, int64_t count) {
    auto zeros = [&](unsigned lanes) {
      SmallVector<Value> sums;
      emitter.withLanes(std::max(lanes, 1u), {},
                        [&] { sums.assign(height * count, emitter.splat(zero)); });
      return sums;
    };
    auto addProducts = [&](LaneIndex at, ValueRange sums) {
      SmallVector<Value> b, next;
      for (int64_t i = 0; i < count; ++i)
        b.push_back(along(right, emitter.add(column, i), at));
      for (int64_t row = 0; row < height; ++row) {
        Value a = along(left, emitter.constantIndex(row), at);
        for (int64_t i = 0; i < count; ++i) {
          Value sum = sums[row * count + i], more = emitter.multiplyAdd(a, b[i], sum);
          next.push_back(emitter.mask() ? arith::SelectOp::create(emitter.builder, emitter.location,
                                                                  emitter.mask(), more, sum)
                                        : more);
        }
      }
      return next;
    };
    SmallVector<Value> wide = wideDots(plan, zeros, addProducts);
    SmallVector<Value> narrow = emitter.narrowLoop(plan, zeros(plan.narrow), addProducts);
    if (plan.wide && plan.narrow)
      for (auto [sum, rest] : llvm::zip_equal(wide, narrow))
        rest = emitter.combine(nn::Reduction::sum, emitter.foldLanes(sum, plan.narrow), rest);
    storeDots(plan.narrow ? narrow : wide, count, column);
  };
  inSteps(piece.columnCount, height == 1 ? kDotsAtOnce / 2 : kDotsAtOnce / height, dots);
}

/// The sums of whole vectors along the depth, of a long one in blocks.
SmallVector<Value> ContractionSegment::wideDots(const PullEmitter::LanePlan &plan,
                                                function_ref<SmallVector<Value>(unsigned)> zeros,
                                                PullEmitter::LaneBody body) {
  int64_t block = plan.wide * kMostDotSteps;
  auto known = getConstantIntValue(emitter.sub(plan.middle, plan.low));
  if (!isa<FloatType>(type) || plan.wide == 0 || (known && *known <= block))
    return emitter.wideLoop(plan, zeros(plan.wide), body);
  unsigned lanes =
      std::min(plan.wide, emitter.laneOptions.lanes(std::max(32u, type.getIntOrFloatBitWidth())));
  SmallVector<Value> totals = zeros(lanes);
  size_t count = totals.size();
  if (!known || *known > block * PullEmitter::kChain)
    llvm::append_range(totals, zeros(lanes)); // their errors
  totals = emitter.addBlocks(
      plan.low, plan.middle, block, totals, [&](Value low, Value high, ValueRange) {
        SmallVector<Value> sums =
            emitter.wideLoop({low, high, high, plan.wide, 0}, zeros(plan.wide), body);
        for (Value &sum : sums)
          sum = emitter.foldLanes(sum, lanes);
        return sums;
      });
  totals.truncate(count);
  return totals;
}

/// Stores the sums of the lanes of dot products, those of `count` columns from `column` on for each
/// row, as many at once as a vector has lanes.
void ContractionSegment::storeDots(ArrayRef<Value> dots, int64_t count, Value column) {
  auto vector = dyn_cast<VectorType>(dots[0].getType());
  int64_t lanes = vector ? vector.getDimSize(0) : 1, total = dots.size();
  for (int64_t first = 0, some; first < total; first += some) {
    some = std::min<int64_t>(lanes, llvm::bit_floor(uint64_t(total - first)));
    Value sums = emitter.sumsOfLanes(dots.slice(first, some));
    int64_t piece = std::min(some, count); // both are powers of two
    for (int64_t at = 0; at < some; at += piece)
      emitter.withLanes(piece, {}, [&] {
        int64_t row = (first + at) / count, inRow = (first + at) % count;
        Value address = emitter.add(column, row * kSumsStride + inRow);
        emitter.store(vectorSums, {address, piece == 1 ? 0 : 1, {}}, emitter.slice(sums, at, piece),
                      type);
      });
  }
}

/// body(at, step) for whole steps below `count`, then body(at, 1) for the rest.
void ContractionSegment::inSteps(Value count, int64_t step,
                                 function_ref<void(Value, int64_t)> body) {
  Value whole = emitter.roundDown(count, step);
  emitter.forLoop(emitter.constantIndex(0), whole, step, [&](Value at) { body(at, step); });
  emitter.forLoop(whole, count, 1, [&](Value at) { body(at, 1); });
}

} // namespace mlc
