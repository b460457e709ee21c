// The width of the register tiles of products, which is also that of packed panels.
#ifndef MLC_COMPILER_TARGET_REGISTERTILE_H
#define MLC_COMPILER_TARGET_REGISTERTILE_H

#include "compiler/Target/DotInstruction.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <cstdint>

namespace mlc {

/// Vectors side by side in a tile of many rows: 12 sums and two vectors of rhs fill 16 registers,
/// 24 or 27 sums and three vectors 32. A wider tile has fewer rows, so that fewer lines of lhs
/// compete for a set of L1 and fewer elements of lhs are loaded for a multiply-add. `columns` of
/// the product, -1: a free number, whose last panel is filled up with zeros.
inline int64_t vectorsOfTile(int64_t columns, int64_t lanes, int64_t registers) {
  constexpr int64_t kPanelsOfUnevenRow = 16; // a last panel that is not whole is code of its own
  int64_t widest = registers >= 32 ? 3 : 2;
  if (columns < 0)
    return 2;
  if (columns % (widest * lanes) != 0 && columns < kPanelsOfUnevenRow * widest * lanes)
    widest = 2;
  return std::clamp<int64_t>(llvm::divideCeil(columns, lanes), 1, widest);
}

/// Columns of a tile of registers of matrices: four hold its sums, of two times two others.
inline int64_t columnsOfMatrixTile(int64_t columns) {
  constexpr int64_t kWords = DotInstruction::kMatrixWords;
  return kWords * vectorsOfTile(columns, kWords, DotInstruction::kMatrices);
}

} // namespace mlc

#endif // MLC_COMPILER_TARGET_REGISTERTILE_H
