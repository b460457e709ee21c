// The text of a document, with places as the protocol counts them: lines, and units of UTF-16 in a
// line, from 0.
#ifndef MLC_TOOLS_LSP_SOURCETEXT_H
#define MLC_TOOLS_LSP_SOURCETEXT_H

#include "llvm/Support/LSP/Protocol.h"

#include <string>
#include <vector>

namespace mlc::lsp {

using namespace llvm::lsp; // what the protocol knows: Position, Range, Diagnostic, ...

class SourceText {
public:
  explicit SourceText(std::string text);

  llvm::StringRef text() const { return content; }
  /// The byte at a position; the end of the line, or of the text, beyond it.
  size_t offsetOf(Position position) const;
  Position positionOf(size_t offset) const;
  Range rangeOf(size_t begin, size_t end) const { return {positionOf(begin), positionOf(end)}; }

  size_t lineStart(size_t offset) const;
  /// The line of a byte, without its end.
  llvm::StringRef lineAt(size_t offset) const;

  struct Word {
    size_t begin, end;
    llvm::StringRef text;
  };
  /// The name around a byte, with its mark: "nn.relu", "#nn.adam", "%x", "@loss", "1.0e-3".
  Word wordAt(size_t offset) const;

private:
  std::string content;
  std::vector<size_t> starts; ///< of the lines
};

} // namespace mlc::lsp
#endif
