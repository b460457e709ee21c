//===- ModelText.cpp - what is looked at before a model is parsed ---------===//
#include "compiler/Import/ModelText.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace mlc;
using llvm::StringRef;

namespace {

/// Tokens of MLIR text, as far as their ends matter here: strings with their quotes, names with
/// their dots, "->", ">=", and single characters.
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
      at += isArrow(text.substr(at, 2)) ? 2 : 1;
    return text.slice(begin, at);
  }

private:
  /// What has an angle bracket that is none.
  static bool isArrow(StringRef pair) { return pair == "->" || pair == ">=" || pair == "<="; }
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

/// What an alias (#name or !name) stands for, the aliases in it replaced.
struct Alias {
  uint64_t tokens = 0;
  unsigned depth = 0; ///< brackets and aliases within each other
};

constexpr size_t kLongestNumber = 1000;
constexpr unsigned kMostAffineTokens = 10000;
constexpr uint64_t kMostAliasTokens = 1 << 20;

/// Looks at one token after the other.
class Inspection {
public:
  explicit Inspection(StringRef text) : text(text), tokens(text) {}

  std::optional<TextProblem> run() {
    StringRef before, token = tokens.next();
    while (!token.empty()) {
      StringRef after = tokens.next();
      for (auto look :
           {&Inspection::inspectDepth, &Inspection::inspectAlias, &Inspection::inspectLength,
            &Inspection::inspectBlob, &Inspection::inspectOp})
        if (auto problem = (this->*look)(before, token, after))
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
  static bool isOneOf(StringRef token, StringRef characters) {
    return token.size() == 1 && characters.contains(token);
  }

  std::optional<TextProblem> inspectDepth(StringRef, StringRef token, StringRef) {
    if (isOneOf(token, "([{<") && ++depth > kDeepestNesting)
      return tooDeep(token);
    if (isOneOf(token, ")]}>") && depth > 0)
      --depth;
    return std::nullopt;
  }
  TextProblem tooDeep(StringRef token) {
    return problem(token,
                   "expects at most " + llvm::Twine(kDeepestNesting) + " brackets in brackets");
  }

  /// `#name = ...` defines an alias up to the next definition; only earlier ones can be in it.
  /// Aliases of aliases stand for text that doubles with each.
  std::optional<TextProblem> inspectAlias(StringRef before, StringRef token, StringRef after) {
    bool isName = before.size() == 1 && isOneOf(before, "#!") && before.end() == token.begin();
    if (isName && after == "=") {
      defined = &aliases[before.str() + token.str()];
      *defined = Alias();
      outerDepth = depth;
      return std::nullopt;
    }
    if (token == "module" || token == "builtin.module")
      defined = nullptr;
    Alias used{1, 0};
    if (isName)
      if (auto known = aliases.find(before.str() + token.str());
          known != aliases.end() && &known->second != defined)
        used = {known->second.tokens, known->second.depth + 1};
    unsigned inner = used.depth + depth;
    if (inner > kDeepestNesting)
      return tooDeep(token);
    if (!defined)
      return std::nullopt;
    defined->tokens = std::min(defined->tokens + used.tokens, kMostAliasTokens);
    defined->depth = std::max(defined->depth, inner - std::min(inner, outerDepth));
    if (isName && used.tokens == kMostAliasTokens)
      return problem(token, "expects aliases that stand for less than a million tokens");
    return std::nullopt;
  }

  /// What the parser reads by arithmetic that takes the square of its length, or recursively.
  std::optional<TextProblem> inspectLength(StringRef before, StringRef token, StringRef after) {
    if (token.size() > kLongestNumber && llvm::isDigit(token.front()))
      return problem(token, "expects numbers and shapes of at most " + llvm::Twine(kLongestNumber) +
                                " characters");
    if (token == "affine_map" || token == "affine_set") {
      affineDepth = depth;
      affineTokens = 1;
      return std::nullopt;
    }
    if (affineTokens > 0 && depth <= affineDepth)
      affineTokens = 0; // the map has ended
    if (affineTokens > 0 && ++affineTokens > kMostAffineTokens)
      return problem(token, "expects affine maps of at most " + llvm::Twine(kMostAffineTokens) +
                                " tokens");
    return std::nullopt;
  }

  /// A blob of the metadata section begins with its alignment: four bytes, the lowest first.
  std::optional<TextProblem> inspectBlob(StringRef before, StringRef token, StringRef after) {
    constexpr uint32_t kLargestAlignment = 1 << 16;
    if (token == "-" && ((before == "{" && after == "#") || (before == "#" && after == "}")))
      inMetadata = before == "{"; // {-# ... #-}
    if (!inMetadata || !token.starts_with("\"0x"))
      return std::nullopt;
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
        isOneOf(before, "#!@%^"))
      return std::nullopt;
    TextProblem found =
        problem(token, "not supported yet: StableHLO models, such as one with " + token.rtrim('"'));
    found.isUnsupported = true;
    return found;
  }

  StringRef text;
  Tokens tokens;
  unsigned depth = 0, outerDepth = 0;
  llvm::StringMap<Alias> aliases;
  Alias *defined = nullptr;                   ///< what the text at hand belongs to
  unsigned affineDepth = 0, affineTokens = 0; ///< 0: in no affine map
  bool inMetadata = false;
};

} // namespace

std::optional<TextProblem> mlc::findProblem(StringRef text) { return Inspection(text).run(); }
