#include "compiler/MemoryPlanning/ArenaLayout.h"
#include "dialects/NN/SizeEvaluator.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace mlir;

namespace mlc {

namespace {
constexpr int64_t kAlignment = 64;

/// A buffer as a multiple of its region's unit.
struct Multiple {
  ArenaBuffer *buffer;
  int64_t factor;     ///< a multiple of the alignment
  int64_t offset = 0; ///< in units
};

/// bytes <= unit * factor, factor a multiple of the alignment, and unit the same for sizes that
/// differ by a factor only.
std::pair<AffineExpr, int64_t> splitUnit(AffineExpr bytes) {
  MLIRContext *context = bytes.getContext();
  if (auto constant = dyn_cast<AffineConstantExpr>(bytes))
    return {getAffineConstantExpr(1, context),
            llvm::alignTo(std::max<int64_t>(constant.getValue(), 1), kAlignment)};
  int64_t factor = bytes.getLargestKnownDivisor();
  if (factor >= kAlignment)
    return {bytes.floorDiv(factor), llvm::alignTo(factor, kAlignment)};
  return {bytes.ceilDiv(kAlignment), kAlignment};
}

bool liveTogether(const ArenaBuffer &a, const ArenaBuffer &b) {
  return a.first <= b.last && b.first <= a.last;
}

/// Puts `next` into the smallest gap between the placed buffers that live with it. Returns the end
/// of `next`.
int64_t placeBestFit(Multiple &next, ArrayRef<Multiple *> placed) {
  SmallVector<std::pair<int64_t, int64_t>> busy;
  for (const Multiple *other : placed)
    if (liveTogether(*next.buffer, *other->buffer))
      busy.push_back({other->offset, other->offset + other->factor});
  llvm::sort(busy);
  int64_t end = 0, bestSize = INT64_MAX, best = -1;
  for (auto [begin, stop] : busy) {
    int64_t gap = begin - end;
    if (gap >= next.factor && gap < bestSize)
      bestSize = gap, best = end;
    end = std::max(end, stop);
  }
  next.offset = best >= 0 ? best : end;
  return next.offset + next.factor;
}
} // namespace

AffineExpr layOutArena(MutableArrayRef<ArenaBuffer> buffers, MLIRContext *context) {
  llvm::MapVector<AffineExpr, std::vector<Multiple>> regions;
  for (ArenaBuffer &buffer : buffers) {
    auto [unit, factor] = splitUnit(buffer.bytes);
    regions[unit].push_back({&buffer, factor});
  }
  AffineExpr base = getAffineConstantExpr(0, context);
  for (auto &[unit, members] : regions) {
    llvm::sort(members, [](const Multiple &a, const Multiple &b) {
      return std::tuple(-a.factor, a.buffer->first, a.buffer) <
             std::tuple(-b.factor, b.buffer->first, b.buffer);
    });
    SmallVector<Multiple *> placed;
    int64_t end = 0;
    for (Multiple &next : members) {
      end = std::max(end, placeBestFit(next, placed));
      placed.push_back(&next);
    }
    for (Multiple &member : members)
      member.buffer->offset = base + unit * member.offset;
    base = base + unit * end;
  }
  return base;
}

namespace {
/// Numbers where every size is the same; they may be beyond 64 bits.
class SizesAt : public nn::SizeEvaluator<SizesAt, double> {
public:
  explicit SizesAt(int64_t size) : size(static_cast<double>(size)) {}
  double constant(int64_t value) { return static_cast<double>(value); }
  double symbol(unsigned) { return size; }
  double add(double lhs, double rhs, AffineExpr) { return lhs + rhs; }
  double mul(double lhs, double rhs, AffineExpr) { return lhs * rhs; }
  double floorDiv(double lhs, double rhs, AffineExpr) { return std::floor(lhs / atLeastOne(rhs)); }
  double ceilDiv(double lhs, double rhs, AffineExpr) { return std::ceil(lhs / atLeastOne(rhs)); }
  double mod(double lhs, double rhs, AffineExpr expr) {
    return lhs - floorDiv(lhs, rhs, expr) * rhs;
  }

private:
  static double atLeastOne(double divisor) { return std::max(divisor, 1.0); }
  double size;
};
} // namespace

int64_t bytesAt(AffineExpr expr, int64_t size) {
  return static_cast<int64_t>(std::min(SizesAt(size).visit(expr), 0x1p62));
}

int64_t peakLiveBytes(ArrayRef<ArenaBuffer> buffers, int64_t size) {
  double peak = 0;
  for (const ArenaBuffer &start : buffers) {
    double live = 0;
    for (const ArenaBuffer &buffer : buffers)
      if (buffer.first <= start.first && start.first <= buffer.last)
        live += SizesAt(size).visit(buffer.bytes);
    peak = std::max(peak, live);
  }
  return static_cast<int64_t>(std::min(peak, 0x1p62));
}

} // namespace mlc
