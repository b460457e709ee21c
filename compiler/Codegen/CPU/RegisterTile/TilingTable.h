// Tilings of products that a search on the machine found better than the cost model's, in a
// file.
#ifndef MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_TILINGTABLE_H
#define MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_TILINGTABLE_H

#include "compiler/Codegen/CPU/RegisterTile/TilingModel.h"
#include "llvm/Support/Error.h"
#include <map>

namespace mlc {

/// By target (vector bytes, registers, L2) and problem (`textOf`). The file is JSON:
/// {target: {problem: {"tile": [rows, columns], "block": [rows, columns], "depth": n,
/// "pack_lhs": bool, "pack_rhs": bool}}}; a depth of 0 is the whole depth.
class TilingTable {
public:
  /// The content of a file. Fails with a sentence that names the place.
  static llvm::Expected<TilingTable> parse(llvm::StringRef json);
  /// The same as text, sorted.
  std::string text() const;

  /// The target that options describe, as the file names it.
  static std::string targetOf(const ScheduleOptions &options);

  const Tiling *find(const std::string &target, const std::string &problem) const;
  void set(const std::string &target, const std::string &problem, const Tiling &tiling) {
    tilings[target][problem] = tiling;
  }

private:
  std::map<std::string, std::map<std::string, Tiling>> tilings;
};

} // namespace mlc
#endif
