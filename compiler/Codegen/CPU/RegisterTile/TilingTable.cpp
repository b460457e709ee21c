#include "compiler/Codegen/CPU/RegisterTile/TilingTable.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using llvm::Twine;

namespace mlc {

/// Larger numbers are no tilings; products of two of them do not overflow.
constexpr int64_t kMostSize = 1 << 20;

std::string TilingTable::targetOf(const ScheduleOptions &options) {
  return llvm::formatv("vectors of {0} bytes, {1} registers, L2 of {2} bytes", options.lanes.bytes,
                       options.lanes.registers, options.l2Bytes);
}

static bool readPair(const llvm::json::Object &object, llvm::StringRef name, int64_t &rows,
                     int64_t &columns) {
  const llvm::json::Array *pair = object.getArray(name);
  if (!pair || pair->size() != 2)
    return false;
  rows = (*pair)[0].getAsInteger().value_or(0);
  columns = (*pair)[1].getAsInteger().value_or(0);
  return rows >= 1 && rows <= kMostSize && columns >= 1 && columns <= kMostSize;
}

/// A tiling as the file has it, or nothing if a number cannot be one.
static std::optional<Tiling> readTiling(const llvm::json::Object &object) {
  Tiling tiling;
  int64_t depth = object.getInteger("depth").value_or(-1);
  auto packLhs = object.getBoolean("pack_lhs"), packRhs = object.getBoolean("pack_rhs");
  if (!readPair(object, "tile", tiling.rowStep, tiling.columnStep) ||
      !readPair(object, "block", tiling.rowBlock, tiling.columnBlock) || depth < 0 ||
      depth > kMostSize || !packLhs || !packRhs || tiling.rowBlock % tiling.rowStep != 0 ||
      tiling.columnBlock % tiling.columnStep != 0)
    return std::nullopt;
  tiling.depthBlock = depth ? depth : -1;
  tiling.packLhs = *packLhs;
  tiling.packRhs = *packRhs;
  return tiling;
}

/// Whether brackets nest deeper than in any table: the JSON parser recurses, and the stack ends.
static bool nestsDeeply(llvm::StringRef json) {
  constexpr int kDeepest = 100;
  int depth = 0;
  return llvm::any_of(json, [&](char c) {
    depth += (c == '[' || c == '{') - (c == ']' || c == '}');
    return depth > kDeepest;
  });
}

llvm::Expected<TilingTable> TilingTable::parse(llvm::StringRef json) {
  if (nestsDeeply(json))
    return llvm::createStringError("expects no more than 100 brackets in brackets");
  llvm::Expected<llvm::json::Value> value = llvm::json::parse(json);
  if (!value)
    return value.takeError();
  TilingTable table;
  const llvm::json::Object *targets = value->getAsObject();
  if (!targets)
    return llvm::createStringError("expects an object of targets");
  for (const auto &[target, problems] : *targets) {
    if (!problems.getAsObject())
      return llvm::createStringError("expects an object of products for '" + target.str() + "'");
    for (const auto &[problem, object] : *problems.getAsObject()) {
      std::optional<Tiling> tiling;
      if (const llvm::json::Object *numbers = object.getAsObject())
        tiling = readTiling(*numbers);
      if (!tiling)
        return llvm::createStringError(
            "expects a tile, a block that is a multiple of it, depth, pack_lhs and pack_rhs for '" +
            problem.str() + "'");
      table.set(target.str(), problem.str(), *tiling);
    }
  }
  return table;
}

std::string TilingTable::text() const {
  llvm::json::Object targets;
  for (const auto &[target, problems] : tilings) {
    llvm::json::Object object;
    for (const auto &[problem, tiling] : problems)
      object[problem] =
          llvm::json::Object{{"tile", llvm::json::Array{tiling.rowStep, tiling.columnStep}},
                             {"block", llvm::json::Array{tiling.rowBlock, tiling.columnBlock}},
                             {"depth", std::max<int64_t>(tiling.depthBlock, 0)},
                             {"pack_lhs", tiling.packLhs},
                             {"pack_rhs", tiling.packRhs}};
    targets[target] = std::move(object);
  }
  return llvm::formatv("{0:2}\n", llvm::json::Value(std::move(targets)));
}

const Tiling *TilingTable::find(const std::string &target, const std::string &problem) const {
  auto problems = tilings.find(target);
  if (problems == tilings.end())
    return nullptr;
  auto tiling = problems->second.find(problem);
  return tiling == problems->second.end() ? nullptr : &tiling->second;
}

} // namespace mlc
