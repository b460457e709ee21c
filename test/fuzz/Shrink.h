// Makes a failing program small.
#ifndef MLC_TEST_FUZZ_SHRINK_H
#define MLC_TEST_FUZZ_SHRINK_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace mlc::fuzz {

/// Returns a smaller program that still fails. First the derivatives are expanded and the function
/// `entry` becomes the only one,
/// @f; then results are dropped and values become arguments, as long as `stillFails`.
std::string shrinkProgram(llvm::StringRef text, llvm::StringRef entry,
                          llvm::function_ref<bool(const std::string &)> stillFails);

} // namespace mlc::fuzz
#endif
