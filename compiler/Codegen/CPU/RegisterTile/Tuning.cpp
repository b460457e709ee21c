#include "compiler/Codegen/CPU/RegisterTile/Tuning.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using llvm::StringRef;

namespace mlc {

/// Elements of scratch that a tiling may ask for.
constexpr int64_t kMostScratch = 1 << 22;

bool isTunable(const TilingProblem &problem) {
  return problem.lhsIsPlain && !problem.hasWords && (problem.rhsIsPlain || problem.panelColumns) &&
         !isVectorProduct(problem);
}

std::string textOf(const TilingProblem &problem) {
  auto size = [](int64_t size) { return size < 0 ? "?" : std::to_string(size); };
  std::string rhs = problem.panelColumns ? "in panels of " + std::to_string(problem.panelColumns)
                    : problem.rhsIsContiguous ? "along the columns"
                                              : "along the depth";
  return llvm::formatv("{0}x{1}x{2}, {3} bits, lhs along the {4}, rhs {5}", size(problem.rows),
                       size(problem.columns), size(problem.depth), problem.bits,
                       problem.lhsIsContiguous ? "depth" : "rows", rhs);
}

static bool consumeSize(StringRef &text, int64_t &size) {
  if (text.consume_front("?"))
    return size = -1, true;
  return !text.consumeInteger(10, size) && size >= 0;
}

std::optional<TilingProblem> problemOf(StringRef text) {
  TilingProblem problem;
  problem.lhsIsPlain = true;
  if (!consumeSize(text, problem.rows) || !text.consume_front("x") ||
      !consumeSize(text, problem.columns) || !text.consume_front("x") ||
      !consumeSize(text, problem.depth) || !text.consume_front(", ") ||
      text.consumeInteger(10, problem.bits) || !text.consume_front(" bits, lhs along the "))
    return std::nullopt;
  problem.lhsIsContiguous = text.consume_front("depth");
  if ((!problem.lhsIsContiguous && !text.consume_front("rows")) || !text.consume_front(", rhs "))
    return std::nullopt;
  if (text.consume_front("in panels of "))
    return text.getAsInteger(10, problem.panelColumns) ? std::nullopt : std::optional(problem);
  problem.rhsIsPlain = true;
  problem.rhsIsContiguous = text == "along the columns";
  if (!problem.rhsIsContiguous && text != "along the depth")
    return std::nullopt;
  problem.readsRhsInOrder = true;
  return problem;
}

bool takeOver(const Tiling &found, const TilingProblem &problem, Tiling &tiling) {
  int64_t vectors = found.columnStep / tiling.lanes;
  bool packsRhs = found.packRhs || (!problem.panelColumns && !problem.rhsIsContiguous);
  int64_t depth = found.depthBlock > 0     ? found.depthBlock
                  : problem.depth >= 0     ? problem.depth
                  : tiling.depthBlock >= 0 ? tiling.depthBlock
                                           : -1;
  bool fits =
      found.columnStep % tiling.lanes == 0 && found.rowStep * vectors < tiling.registers &&
      (!problem.panelColumns || found.columnStep == problem.panelColumns) &&
      (problem.rows < 0 || found.rowStep <= std::max<int64_t>(problem.rows, 1)) &&
      (depth >= 0 || (!found.packLhs && !packsRhs)) &&
      std::max(found.rowBlock, found.columnBlock) * std::max<int64_t>(depth, 1) <= kMostScratch &&
      found.rowBlock * found.columnBlock <= kMostScratch;
  if (!fits)
    return false;
  // What is copied is a choice of the model's for its own blocks.
  tiling.copiesRhs &= found.rowBlock == tiling.rowBlock && found.rowStep == tiling.rowStep &&
                      depth == tiling.depthBlock && packsRhs && found.packLhs == tiling.packLhs;
  tiling.rowStep = found.rowStep;
  tiling.columnStep = found.columnStep;
  tiling.rowBlock = found.rowBlock;
  tiling.rowUnit = 0;
  tiling.columnBlock = found.columnBlock;
  tiling.packLhs = found.packLhs;
  tiling.packRhs = packsRhs && !problem.panelColumns;
  bool isPacked = tiling.packLhs || tiling.packRhs;
  tiling.depthBlock = found.depthBlock > 0 || isPacked ? depth : -1;
  tiling.isFound = true;
  return true;
}

} // namespace mlc
