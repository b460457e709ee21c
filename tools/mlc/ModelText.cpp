//===- ModelText.cpp - what is looked at before a model is parsed ---------===//
#include "tools/mlc/ModelText.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace mlc;
using llvm::StringRef;

namespace {

/// Tokens of MLIR text, as far as their ends matter here: strings with their quotes, names with
/// their dots, "->", and single characters.
class Tokens {
public:
  explicit Tokens(StringRef text) : text(text) {}

  /// The next token; empty at the end.
  StringRef next() {
    skipSpace();
    size_t begin = at;
    if (at == text.size())
      return {};
    if (text[at] == '"')
      skipString();
    else if (isNamePart(text[at]))
      at = std::min(text.find_if_not(isNamePart, at), text.size());
    else
      at += text.substr(at).starts_with("->") ? 2 : 1;
    return text.slice(begin, at);
  }

private:
  static bool isNamePart(char c) { return llvm::isAlnum(c) || c == '_' || c == '$' || c == '.'; }

  void skipSpace() {
    while (at < text.size()) {
      if (text.substr(at).starts_with("//"))
        at = std::min(text.find('\n', at), text.size());
      else if (llvm::isSpace(text[at]) || text[at] == 0)
        ++at;
      else
        return;
    }
  }
  void skipString() {
    for (++at; at < text.size() && text[at] != '"' && text[at] != '\n'; ++at)
      if (text[at] == '\\')
        ++at;
    at = std::min(at + 1, text.size());
  }

  StringRef text;
  size_t at = 0;
};

/// Looks at one token after the other.
class Inspection {
public:
  explicit Inspection(StringRef text) : text(text), tokens(text) {}

  std::optional<TextProblem> run() {
    StringRef before, token = tokens.next();
    while (!token.empty()) {
      StringRef after = tokens.next();
      if (auto problem = inspect(before, token, after))
        return problem;
      before = token;
      token = after;
    }
    return std::nullopt;
  }

private:
  TextProblem problem(StringRef token, const llvm::Twine &message) {
    return {size_t(token.data() - text.data()), message.str()};
  }

  std::optional<TextProblem> inspect(StringRef before, StringRef token, StringRef after) {
    if (StringRef("([{<").contains(token) && ++depth > kDeepestNesting)
      return problem(token,
                     "expects at most " + llvm::Twine(kDeepestNesting) + " brackets in brackets");
    if (StringRef(")]}>").contains(token) && depth > 0)
      --depth;
    if (token == "-" && ((before == "{" && after == "#") || (before == "#" && after == "}")))
      inMetadata = before == "{"; // {-# ... #-}
    if (inMetadata && token.starts_with("\"0x"))
      return inspectBlob(token);
    return inspectOp(before, token, after);
  }

  /// A blob of the metadata section begins with its alignment: four bytes, the lowest first.
  std::optional<TextProblem> inspectBlob(StringRef token) {
    constexpr uint32_t kLargestAlignment = 1 << 16;
    std::string bytes;
    if (!llvm::tryGetFromHex(token.substr(3, 8), bytes) || bytes.size() != 4)
      return std::nullopt; // which the parser says
    uint32_t alignment = llvm::support::endian::read32le(bytes.data());
    if (llvm::isPowerOf2_32(alignment) && alignment <= kLargestAlignment)
      return std::nullopt;
    return problem(token, "expects a blob whose alignment, its first four bytes, is a power of two "
                          "up to 65536, but got " +
                              llvm::Twine(alignment));
  }

  /// `stablehlo.add` or `"stablehlo.add"(...)`: no attribute, type or name that begins like that.
  std::optional<TextProblem> inspectOp(StringRef before, StringRef token, StringRef after) {
    bool isGeneric = token.consume_front("\"");
    if (!token.starts_with("stablehlo.") || after == "=" || (isGeneric && after != "(") ||
        (!before.empty() && StringRef("#!@%^").contains(before)))
      return std::nullopt;
    TextProblem found =
        problem(token, "not supported yet: StableHLO models, such as one with " + token.rtrim('"'));
    found.isUnsupported = true;
    return found;
  }

  StringRef text;
  Tokens tokens;
  unsigned depth = 0;
  bool inMetadata = false;
};

} // namespace

std::optional<TextProblem> mlc::findProblem(StringRef text) { return Inspection(text).run(); }
