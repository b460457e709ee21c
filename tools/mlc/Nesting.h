//===- Nesting.h - refuses text that nests too deeply ----------------*- C++ -*-===//
#ifndef MLC_TOOLS_MLC_NESTING_H
#define MLC_TOOLS_MLC_NESTING_H

#include "llvm/ADT/StringRef.h"

#include <optional>

namespace mlc {

/// Brackets within brackets that a model may have: far more than any has, and few enough that no
/// recursion of the parser or a pass outgrows its stack.
constexpr unsigned kDeepestNesting = 1000;

/// The first place in MLIR text where more than `kDeepestNesting` brackets are open; comments and
/// strings do not count.
std::optional<size_t> findDeepNesting(llvm::StringRef text);

} // namespace mlc

#endif // MLC_TOOLS_MLC_NESTING_H
