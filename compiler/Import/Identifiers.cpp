#include "compiler/Import/Import.h"
#include "llvm/ADT/StringExtras.h"

namespace mlc {

/// The keywords of C17 and C++20 that the compiler's headers could meet.
static bool isKeyword(llvm::StringRef name) {
  static constexpr llvm::StringLiteral kKeywords[] = {
      "alignas",  "alignof",  "and",       "and_eq",   "asm",      "auto",      "bitand",
      "bitor",    "bool",     "break",     "case",     "catch",    "char",      "class",
      "compl",    "concept",  "const",     "continue", "default",  "delete",    "do",
      "double",   "else",     "enum",      "explicit", "export",   "extern",    "false",
      "float",    "for",      "friend",    "goto",     "if",       "inline",    "int",
      "long",     "mutable",  "namespace", "new",      "noexcept", "not",       "not_eq",
      "nullptr",  "operator", "or",        "or_eq",    "private",  "protected", "public",
      "register", "requires", "restrict",  "return",   "short",    "signed",    "sizeof",
      "static",   "struct",   "switch",    "template", "this",     "throw",     "true",
      "try",      "typedef",  "typeid",    "typename", "union",    "unsigned",  "using",
      "virtual",  "void",     "volatile",  "wchar_t",  "while",    "xor",       "xor_eq"};
  return llvm::is_contained(kKeywords, name);
}

bool isCIdentifier(llvm::StringRef name) {
  auto isPart = [](char c) { return llvm::isAlnum(c) || c == '_'; };
  return !name.empty() && !llvm::isDigit(name.front()) && llvm::all_of(name, isPart) &&
         !isKeyword(name);
}

std::string toCIdentifier(llvm::StringRef name) {
  std::string result;
  for (char c : name)
    result += llvm::isAlnum(c) ? c : '_';
  if (result.empty() || llvm::isDigit(result.front()))
    result = "arg" + result;
  return isKeyword(result) ? result + "_" : result;
}

} // namespace mlc
