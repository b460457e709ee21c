// What was chosen for a product, in words and as a share of the machine's limit.
#include "compiler/Codegen/CPU/RegisterTile/Report.h"
#include "compiler/Codegen/CPU/RegisterTile/RegisterTile.h"
#include "llvm/Support/FormatVariadic.h"

namespace mlc::tile {

/// Loads of vectors and of broadcast elements in a cycle, by a core that does two multiply-adds.
constexpr double kLoadsPerMultiplyAdd = 1;

/// Independent sums without which multiply-adds wait for one another.
constexpr double kSumsInFlight = 8;

static std::string sizeText(int64_t size) { return size < 0 ? "?" : std::to_string(size); }

double shareOf(const ProductLoops &loops) {
  const Tiling &tiling = loops.plan().tiling;
  int64_t columns = loops.plan().problem.columns;
  int64_t vectors = tiling.columnStep / tiling.lanes, height = tiling.rowStep;
  double sums = double(height * vectors * tiling.panelsOf(height));
  double loads = double(height + vectors) / (kLoadsPerMultiplyAdd * double(height * vectors));
  double share = std::min(1.0, sums / kSumsInFlight) / std::max(1.0, loads);
  if (columns > 0 && !loops.tailColumns())
    share *= double(columns) / double(llvm::alignTo(columns, tiling.lanes));
  return share;
}

std::string textOf(const ProductLoops &loops) {
  const Plan &plan = loops.plan();
  const Tiling &tiling = plan.tiling;
  std::string text =
      llvm::formatv("{0}x{1}x{2}: ", sizeText(plan.problem.rows), sizeText(plan.problem.columns),
                    sizeText(numberOf(plan.elementCount)));
  if (plan.isVector)
    return text + llvm::formatv("{0}, columns in blocks of {1}",
                                plan.problem.rhsIsContiguous
                                    ? "rows of rhs scaled and added, several at once"
                                    : "dot products with columns of rhs",
                                tiling.columnBlock)
                      .str();
  text += llvm::formatv("register tile {0}x{1}, blocks {2}x{3}", tiling.rowStep, tiling.columnStep,
                        tiling.rowBlock, tiling.columnBlock);
  if (tiling.columnUnit != tiling.columnBlock)
    text += llvm::formatv(" of up to {0} tiles", tiling.columnBlock / tiling.columnUnit);
  if (plan.isDepthCut)
    text += llvm::formatv(", depth in blocks of {0}", tiling.depthBlock * plan.dot.products());
  if (plan.dot)
    text += ", " + plan.dot.text();
  text += plan.rhs.panels    ? ", rhs packed beforehand"
          : tiling.copiesRhs ? ", rhs packed by the first of its tiles"
          : tiling.packRhs   ? ", rhs packed on the way"
                             : ", rhs in place";
  bool isKept = keepsLhs(plan.problem, tiling);
  text += isKept           ? ", rows of lhs packed once"
          : tiling.packLhs ? ", lhs packed on the way"
                           : ", lhs in place";
  if (!plan.edges.empty())
    text += llvm::formatv(", zeros left out at the edges of {0} dimensions", plan.edges.size());
  if (loops.tailColumns())
    text += llvm::formatv(", last columns as dot products: {0}", loops.tailColumns());
  text += !plan.storesSums        ? ", other ops on each tile"
          : plan.epilogue.isPlain ? ", stored from registers"
                                  : ", other ops on registers";
  text += tiling.isFound ? ", tiling found by --tune" : "";
  return text;
}

} // namespace mlc::tile
