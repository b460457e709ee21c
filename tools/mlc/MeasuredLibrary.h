//===- MeasuredLibrary.h - products compiled by themselves, timed ----*- C++ -*-===//
#ifndef MLC_TOOLS_MLC_MEASUREDLIBRARY_H
#define MLC_TOOLS_MLC_MEASUREDLIBRARY_H

#include "compiler/Codegen/CPU/RegisterTile/Tuning.h"
#include "compiler/Emit/MemoryFile.h"
#include "runtime/include/mlc/mlc.h"

#include "llvm/Support/Error.h"

namespace mlc {

/// What a free size is taken as.
constexpr int64_t kFreeSize = 256;

/// Whether the operands and the result of a product have at most so many elements.
bool canMeasure(const TilingProblem &problem, int64_t mostElements);

/// The entry of the product, as text of the nn dialect: operands lie as the problem says, weights
/// in panels as a parameter.
std::string entryText(const TilingProblem &problem, size_t number);

/// A library of such entries on one thread.
class MeasuredLibrary {
public:
  /// Loads a library. Fails if this machine cannot run it.
  static llvm::Expected<MeasuredLibrary> load(const Bytes &content);
  MeasuredLibrary(MeasuredLibrary &&other);
  ~MeasuredLibrary();

  /// Seconds of a call of entry `number`: the least of several after one that warms up.
  llvm::Expected<double> measure(const TilingProblem &problem, size_t number);

private:
  explicit MeasuredLibrary(MemoryFile file) : file(std::move(file)) {}
  MemoryFile file; ///< its path is the library's name as long as that is loaded
  void *library = nullptr, *model = nullptr;
  const mlc_model_table *table = nullptr;
};

} // namespace mlc

#endif // MLC_TOOLS_MLC_MEASUREDLIBRARY_H
