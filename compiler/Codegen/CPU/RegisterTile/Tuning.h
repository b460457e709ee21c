// What a search for the tilings of a model's products needs: their names, and whether a tiling
// fits.
#ifndef MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_TUNING_H
#define MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_TUNING_H

#include "compiler/Codegen/CPU/RegisterTile/TilingModel.h"
#include <optional>
#include <string>

namespace mlc {

/// Whether tilings differ for this problem and a product alone can stand for it: operands that
/// tiles read from memory, more than a few rows.
bool isTunable(const TilingProblem &problem);

/// "256x768x?, 32 bits, lhs along the depth, rhs in panels of 16": everything that the choice of a
/// tiling depends on.
std::string textOf(const TilingProblem &problem);
/// The problem of such a text.
std::optional<TilingProblem> problemOf(llvm::StringRef text);

/// Makes `tiling`, the model's choice, the one that was found, if its tile fits the registers and
/// the panels of rhs. Else leaves it and returns false.
bool takeOver(const Tiling &found, const TilingProblem &problem, Tiling &tiling);

} // namespace mlc
#endif
