// Where the names of a text are defined and used, and what they are.
#ifndef MLC_TOOLS_LSP_NAVIGATION_H
#define MLC_TOOLS_LSP_NAVIGATION_H

#include "tools/mlc-lsp-server/SourceText.h"

#include "mlir/AsmParser/AsmParserState.h"
#include "mlir/IR/Block.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/SourceMgr.h"

namespace mlc::lsp {

/// A parsed text; nothing is known of one that does not parse, but its values before the mistake.
class Navigation {
public:
  explicit Navigation(const SourceText &text);

  /// The definition of the value or symbol at a byte, then its uses; empty where there is none.
  std::vector<Range> definitionAndUses(size_t offset) const;
  /// What a value or symbol is: its type, or the line of its declaration; "" where there is none.
  std::string describe(size_t offset) const;
  /// Functions, parameters, states and training steps.
  std::vector<DocumentSymbol> symbols();
  /// The values that can be used at a byte, with their types.
  std::vector<std::pair<std::string, std::string>> valuesAt(size_t offset);

private:
  /// A name with all its places.
  struct Name {
    std::vector<llvm::SMRange> places; ///< the definition first
    std::string description;
  };
  void addNames(const mlir::AsmParserState::OperationDefinition &definition);
  const Name *nameAt(size_t offset) const;

  const SourceText &text;
  mlir::MLIRContext context;
  llvm::SourceMgr sources;
  mlir::Block block;
  mlir::AsmParserState state;
  std::vector<Name> names;
};

} // namespace mlc::lsp
#endif
