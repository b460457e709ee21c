// Names in files of state: keys of JSON, which is UTF-8, and strings of C.
#include "compiler/Names/Names.h"

#include "llvm/Support/JSON.h"

using llvm::StringRef;

/// Far above any name that people or converters give, far below what anyone must allocate.
static constexpr size_t kMostBytes = 1000;

std::string mlc::whyNoStateName(StringRef name) {
  if (name.empty())
    return "it is empty";
  if (name.size() > kMostBytes)
    return "it has " + std::to_string(name.size()) + " bytes, and files hold names of at most " +
           std::to_string(kMostBytes);
  if (name.contains('\0'))
    return "it has a zero byte, which ends a string in C";
  if (!llvm::json::isUTF8(name))
    return "it is not UTF-8, which files of state are";
  if (name == "__metadata__")
    return "files of state keep the step and hyperparameters under it";
  return "";
}

llvm::ArrayRef<llvm::StringLiteral> mlc::metadataKeys() {
  static constexpr llvm::StringLiteral kKeys[] = {"model",     "step",       "seed",    "epoch",
                                                  "batch",     "batch_size", "samples", "shuffle",
                                                  "data_seed", "entry"};
  return kKeys;
}
