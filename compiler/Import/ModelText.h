//===- ModelText.h - what is looked at before a model is parsed ------*- C++ -*-===//
#ifndef MLC_COMPILER_IMPORT_MODELTEXT_H
#define MLC_COMPILER_IMPORT_MODELTEXT_H

#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>

namespace mlc {

/// Brackets within brackets that a model may have: far more than any has, and few enough that no
/// recursion of the parser or a pass outgrows its stack.
constexpr unsigned kDeepestNesting = 1000;

/// What the recursion of a parser and of passes through the deepest text needs.
constexpr unsigned kStackBytes = 256u << 20;

/// A place in the text of a model, and what is wrong there.
struct TextProblem {
  size_t place;
  std::string message;
  bool isUnsupported = false; ///< "not supported yet", rather than wrong
};

/// The first thing in MLIR text that the parser or a printer would not survive, or for which there
/// is another importer: deep nesting, aliases of aliases that stand for too much, endless numbers
/// and affine maps, blobs of no possible alignment, ops of StableHLO. What comments and strings say
/// does not count.
std::optional<TextProblem> findProblem(llvm::StringRef text);

} // namespace mlc

#endif // MLC_COMPILER_IMPORT_MODELTEXT_H
