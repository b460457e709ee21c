// The reference of the nn dialect: what `mlc --doc` prints and editors show.
#ifndef MLC_TOOLS_REFERENCE_REFERENCE_H
#define MLC_TOOLS_REFERENCE_REFERENCE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <vector>

namespace llvm {
class raw_ostream;
}

namespace mlc {

/// An op or an attribute.
struct ReferenceEntry {
  llvm::StringLiteral name;    ///< "nn.relu", "#nn.adam"
  llvm::StringLiteral family;  ///< the page that it stands on
  llvm::StringLiteral kind;    ///< op, initialiser, optimizer, schedule, group or attribute
  llvm::StringLiteral summary; ///< a noun phrase
  llvm::StringLiteral text;    ///< Markdown: summary, example, semantics, shapes, derivative, ...
  /// Its attributes or numbers that have a name in the text of a model, one a line:
  /// "`reduction`: mean, sum, none (mean)".
  llvm::StringLiteral words;
  bool isInternal; ///< made by the compiler, and in no list of names

  bool isOp() const { return kind == "op"; }
  /// The name without its dialect: "relu", "adam".
  llvm::StringRef mnemonic() const;
};

/// All entries, a family after the other.
llvm::ArrayRef<ReferenceEntry> referenceEntries();

/// The entries of a name, with or without its dialect: "constant" is an op and an initialiser.
std::vector<const ReferenceEntry *> entriesNamed(llvm::StringRef name);

/// A few entries that may be meant by a name that there is none of: those of nearly that spelling,
/// then those whose text has the word, such as PyTorch's name of the op. Nearest first.
std::vector<const ReferenceEntry *> entriesNear(llvm::StringRef name);

/// Prints the entries of a name or of a family, or the families where the name is empty. Returns an
/// exit status: wrong usage where there is no such name, after a message with near ones.
int printReference(llvm::StringRef name, llvm::raw_ostream &os);

} // namespace mlc
#endif
