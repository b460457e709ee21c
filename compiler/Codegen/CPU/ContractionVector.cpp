// Contractions of a few rows: every element of rhs is used so few times that reading rhs is the
// limit. It is read in the order in which it lies in memory.
#include "compiler/Codegen/CPU/ContractionSegment.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
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

/// Dot products at once: enough sums to hide the latency of a multiply-add, few enough for 16
/// registers.
constexpr int64_t kDotsAtOnce = 8;

bool ContractionSegment::isReadInOrder() const {
  mlir::AffineExpr one = emitter.shapes.constant(1);
  return isReadInPlace(lhs) && isReadInPlace(rhs) &&
         (rhs.freeStride == one || rhs.depthStride == one);
}

void ContractionSegment::allocateVectorSums() {
  vectorSums = context.allocate(type, mostVectorRows(problem.rhsIsContiguous) * kSumsStride);
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
  auto sumAt = [&](int64_t row, LaneIndex column) {
    return emitter.add(emitter.uniform(row * kSumsStride), column);
  };
  Value zero = emitter.constant(cast<TypedAttr>(emitter.builder.getZeroAttr(type)));
  emitter.forLanes(plan, [&](LaneIndex column) {
    for (int64_t row = 0; row < height; ++row)
      emitter.store(vectorSums, sumAt(row, column), zero, type);
  });
  auto addRows = [&](Value at, int64_t count) {
    SmallVector<Value> factors;
    for (int64_t row = 0; row < height; ++row)
      for (int64_t i = 0; i < count; ++i)
        factors.push_back(memref::LoadOp::create(
            emitter.builder, emitter.location, left.buffer,
            emitter.add(emitter.add(left.offset, emitter.mul(left.freeStride, row)),
                        emitter.mul(emitter.add(at, i), left.depthStride))));
    emitter.forLanes(plan, [&](LaneIndex column) {
      SmallVector<Value> sums;
      for (int64_t row = 0; row < height; ++row)
        sums.push_back(emitter.load(vectorSums, sumAt(row, column), type));
      for (int64_t i = 0; i < count; ++i) {
        Value start = emitter.add(right.offset, emitter.mul(emitter.add(at, i), right.depthStride));
        Value b = emitter.load(right.buffer, emitter.add(emitter.uniform(start), column), type);
        for (int64_t row = 0; row < height; ++row)
          sums[row] = emitter.multiplyAdd(emitter.splat(factors[row * count + i]), b, sums[row]);
      }
      for (int64_t row = 0; row < height; ++row)
        emitter.store(vectorSums, sumAt(row, column), sums[row], type);
    });
  };
  // An element of lhs in each lane stays in a register for every product of a step.
  int64_t streams = llvm::divideCeil(tiling.registers / 2, height);
  inSteps(piece.depthCount, std::min(kMostStreams, streams), addRows);
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
    SmallVector<Value> wide = emitter.wideLoop(plan, zeros(plan.wide), addProducts);
    SmallVector<Value> narrow = emitter.narrowLoop(plan, zeros(plan.narrow), addProducts);
    if (plan.wide && plan.narrow)
      for (auto [sum, rest] : llvm::zip_equal(wide, narrow))
        rest = emitter.combine(nn::Reduction::sum, emitter.foldLanes(sum, plan.narrow), rest);
    storeDots(plan.narrow ? narrow : wide, count, column);
  };
  inSteps(piece.columnCount, height == 1 ? kDotsAtOnce / 2 : kDotsAtOnce / height, dots);
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
