#include "tools/mlc-lsp-server/Format.h"

#include "llvm/ADT/StringExtras.h"

#include <algorithm>

using namespace llvm;

namespace mlc::lsp {
namespace {

/// What is open where a line begins.
struct Nesting {
  int braces = 0;   ///< that no line has closed
  int brackets = 0; ///< round, square and angle ones
};

/// Follows the brackets of a line; what strings and comments hold does not count.
void follow(StringRef line, Nesting &nesting) {
  bool isString = false;
  for (size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    if (isString) {
      i += c == '\\';
      isString = c != '"';
      continue;
    }
    if (line.substr(i).starts_with("//"))
      return;
    bool isArrow = c == '>' && i > 0 && line[i - 1] == '-';
    isString = c == '"';
    nesting.braces += (c == '{') - (c == '}');
    nesting.brackets +=
        (c == '(' || c == '[' || c == '<') - (c == ')' || c == ']' || c == '>') + isArrow;
  }
}

/// Whether a line begins something: an op, a block's end, a comment.
bool isBeginning(StringRef line) {
  if (StringRef("%}^/").contains(line.front()))
    return true;
  if (StringRef("#!").contains(line.front())) // an alias
    return line.contains(" = ");
  StringRef word = line.take_while([](char c) { return isAlnum(c) || c == '_' || c == '.'; });
  return word.contains('.') || word == "module" || word == "return" || word == "call";
}

size_t indentationOf(StringRef line) {
  size_t columns = 0;
  for (char c : line.take_while([](char c) { return c == ' ' || c == '\t'; }))
    columns += c == '\t' ? 2 : 1;
  return columns;
}
} // namespace

std::string format(StringRef text) {
  std::string result;
  Nesting nesting;
  size_t before = 0, after = 0; // the indentation of what the current line goes on with
  bool wasEmpty = true;
  for (StringRef line : split(text, '\n')) {
    StringRef bare = line.trim(" \t\r");
    if (bare.empty()) {
      if (!wasEmpty)
        result += '\n';
      wasEmpty = true;
      continue;
    }
    wasEmpty = false;
    size_t indentation;
    if (nesting.brackets <= 0 && isBeginning(bare)) {
      before = indentationOf(line);
      after = 2 * std::max(0, nesting.braces - int(bare.front() == '}'));
      indentation = after;
    } else {
      size_t distance = indentationOf(line) > before ? indentationOf(line) - before : 0;
      indentation = after + std::max<size_t>(distance, 2);
    }
    result.append(indentation, ' ');
    (result += bare) += '\n';
    follow(bare, nesting);
  }
  while (StringRef(result).ends_with("\n\n"))
    result.pop_back();
  return result;
}

} // namespace mlc::lsp
