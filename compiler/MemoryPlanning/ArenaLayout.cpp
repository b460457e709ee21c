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

/// A placed buffer: where it is, and when.
struct Placed {
  int64_t begin, end;
  unsigned first, last;
};

/// Puts `next` into the smallest gap between the placed buffers that live with it, and among these,
/// which are in the order of their places: nothing but one look at each of them is done for each
/// buffer, of which a model may have tens of thousands. Returns the end of `next`.
int64_t placeBestFit(Multiple &next, std::vector<Placed> &placed) {
  unsigned first = next.buffer->first, last = next.buffer->last;
  int64_t end = 0, bestSize = INT64_MAX, best = -1;
  for (const Placed &other : placed) {
    if (other.first > last || first > other.last)
      continue;
    int64_t gap = other.begin - end;
    if (gap >= next.factor && gap < bestSize)
      bestSize = gap, best = end;
    end = std::max(end, other.end);
  }
  next.offset = best >= 0 ? best : end;
  Placed place{next.offset, next.offset + next.factor, first, last};
  placed.insert(
      llvm::upper_bound(placed, place,
                        [](const Placed &a, const Placed &b) { return a.begin < b.begin; }),
      place);
  return place.end;
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
    std::vector<Placed> placed;
    int64_t end = 0;
    for (Multiple &next : members)
      end = std::max(end, placeBestFit(next, placed));
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
  // By the position from which they are in use, and by the first at which they no longer are.
  std::vector<std::pair<unsigned, double>> begins, ends;
  for (const ArenaBuffer &buffer : buffers) {
    double bytes = SizesAt(size).visit(buffer.bytes);
    begins.push_back({buffer.first, bytes});
    ends.push_back({buffer.last + 1, bytes});
  }
  llvm::sort(begins);
  llvm::sort(ends);
  double live = 0, peak = 0;
  auto end = ends.begin();
  for (auto [position, bytes] : begins) {
    for (; end->first <= position; ++end) // there is one that ends later
      live -= end->second;
    live += bytes;
    peak = std::max(peak, live);
  }
  return static_cast<int64_t>(std::min(peak, 0x1p62));
}

} // namespace mlc
