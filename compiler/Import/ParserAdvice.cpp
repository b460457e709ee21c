#include "compiler/Import/ParserAdvice.h"
#include "dialects/NN/Suggestions.h"
#include "dialects/NN/Text.h"
#include "mlir/IR/Location.h"
#include "mlir/IR/OperationSupport.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Regex.h"

using namespace mlir;

namespace mlc {

namespace {
/// What was said, and where in the text.
struct Said {
  StringRef message;
  StringRef before; ///< the text up to the place
  StringRef after;  ///< and from it on, space and comments skipped
  bool isLineEnd;   ///< what follows is on another line
  MLIRContext *context;

  /// The line up to the place.
  StringRef lineBefore() const { return before.substr(before.rfind('\n') + 1); }
  /// The word at the place.
  StringRef word() const { return nn::wordOf(after); }
  /// The part of the message between the first two quotes from `from` on.
  StringRef quoted(StringRef from = "") const {
    return message.substr(message.find(from) + from.size()).split('\'').second.split('\'').first;
  }
};

struct Advice {
  std::string note;
  std::string message = ""; ///< in place of what was said, if not empty
};

/// What is said of messages that contain `part`; the first rule that knows counts.
struct Rule {
  StringLiteral part;
  Advice (*advise)(const Said &said);
};
} // namespace

static StringRef withoutSpace(StringRef text) {
  for (;;) {
    text = text.ltrim();
    if (!text.starts_with("//"))
      return text;
    text = text.drop_until([](char c) { return c == '\n'; });
  }
}

//===- Names that there are -------------------------------------------------===//

/// All words after `prefix` in a text.
static std::vector<std::string> wordsAfter(StringRef text, StringRef prefix) {
  llvm::StringSet<> words;
  for (size_t at = text.find(prefix); at != StringRef::npos; at = text.find(prefix, at + 1))
    if (StringRef word = nn::wordOf(text.drop_front(at + prefix.size())); !word.empty())
      words.insert(word);
  std::vector<std::string> result;
  for (StringRef word : words.keys())
    result.push_back(word.str());
  llvm::sort(result);
  return result;
}

/// The suggestion among `known`, or `otherwise`.
static std::string nearest(StringRef name, const std::vector<std::string> &known, StringRef prefix,
                           StringRef otherwise) {
  std::string note = didYouMean(name.str(), known, prefix.str());
  return note.empty() ? otherwise.str() : note;
}

static std::string nearestOperation(const Said &said, StringRef name) {
  return nearest(name, nn::operationNames(said.context), "nn.",
                 "operations of models begin with nn., such as nn.relu; docs/ops.md lists them");
}

/// The operation of the dialect on this line; empty: none.
static StringRef operationOf(const Said &said) {
  StringRef line = said.lineBefore();
  size_t at = line.rfind("nn.");
  return at == StringRef::npos ? "" : line.substr(at, 3 + nn::wordOf(line.substr(at + 3)).size());
}

/// The clauses of the operation on this line, by the names of its attributes.
static std::vector<std::string> clausesOf(const Said &said) {
  std::vector<std::string> clauses;
  if (auto info = RegisteredOperationName::lookup(operationOf(said), said.context))
    for (StringAttr attribute : info->getAttributeNames())
      clauses.push_back(llvm::convertToSnakeFromCamelCase(attribute.getValue()));
  return clauses;
}

//===- Rules ----------------------------------------------------------------===//

static Advice adviseOperationName(const Said &said) {
  // A text that does not end with a line break ends at its last character.
  auto count = [&](char c) { return said.before.count(c) + said.after.count(c); };
  if (said.after.empty() || (said.after.size() == 1 && count('{') > count('}')))
    return {"every `{` of a module, a function or a body needs its `}`",
            "expects `}` before the end of the file"};
  if (said.after.starts_with("}"))
    return {"there are more `}` than `{` above it", "expects no `}` here"};
  if (said.after.starts_with("#nn."))
    return {"lists of attributes stand in brackets: [#nn.group<[@b], weight_decay = 0>]",
            "expects no attribute here"};
  if (said.after.starts_with("(") && said.lineBefore().trim() == "return")
    return {"what is returned stands without parentheses: return %y : tensor<4xf32>",
            "expects no parenthesis here"};
  if (said.after.starts_with("("))
    return {"parameters stand in angle brackets: #nn.adam<learning_rate = 1e-3>",
            "expects no parenthesis here"};
  return {"an operation is written `%y = nn.relu %x : tensor<4xf32>`; comments begin with //",
          "expects an operation, but got '" +
              said.after.take_until([](char c) { return llvm::isSpace(c); }).str() + "'"};
}

static Advice adviseUnknownOperation(const Said &said) {
  StringRef name = said.quoted();
  StringRef rest = said.after.drop_front(std::min(said.after.size(), name.size())).ltrim();
  std::string message = "expects an operation, but got '" + name.str() + "'";
  if (rest.starts_with("="))
    return {"names of values begin with %: write %" + name.str() + " =", message};
  if (llvm::is_contained({"func", "def", "fn", "function"}, name))
    return {"a function is written `func.func @name(%x: type) -> type { ... }`", message};
  if (llvm::is_contained({"parameter", "state", "train_step"}, name) || !rest.starts_with("@"))
    return {nearestOperation(said, name), message};
  return {"functions are called by `call @name(%x) : (type) -> type`", message};
}

static Advice adviseForeignDialect(const Said &said) {
  StringRef name = said.quoted("custom op").split('.').second;
  return {nearestOperation(said, name), "expects an operation of the nn dialect, but got '" +
                                            said.quoted("custom op").str() + "'"};
}
static Advice adviseUnregistered(const Said &said) {
  StringRef name = said.quoted();
  return {nearestOperation(said, name.split('.').second),
          "expects an operation of the nn dialect, but got '" + name.str() + "'"};
}

static Advice adviseUndeclared(const Said &said) {
  StringRef name = nn::wordOf(said.after.drop_while([](char c) { return c == '%'; }));
  return {nearest(name, wordsAfter(said.before, "%"), "%",
                  "give it a value above this line, or make it an argument of the function"),
          "expects a value that is defined above, but got '%" + name.str() + "'"};
}

static Advice adviseColon(const Said &said) {
  if (said.after.starts_with("tensor<"))
    return {"write `:` before the types of the operands"};
  if (said.after.starts_with(","))
    return {"the operation takes no more operands than these"};
  std::vector<std::string> clauses = clausesOf(said);
  if (StringRef word = said.word(); !word.empty() && !said.isLineEnd &&
                                    said.lineBefore().contains("nn.") &&
                                    !said.after.drop_front(word.size()).starts_with(".")) {
    std::string known = clauses.empty() ? "no clause" : "no clause but " + joinOr(clauses);
    return {nearest(word, clauses, "", "remove it, or write `:` and the types of the operands"),
            "expects " + known + " here, but got '" + word.str() + "'"};
  }
  if (said.lineBefore().contains("func.func"))
    return {"write the type of every argument: %x: tensor<4x5xf32>"};
  return {"write `:` and the types of the operands at the end of the line, such as "
          "`: tensor<4x5xf32>`"};
}

static Advice adviseOperand(const Said &said) {
  std::string note = "names of values begin with %";
  if (llvm::isDigit(said.after.empty() ? ' ' : said.after.front()) || said.after.starts_with("-"))
    note = "only elementwise operations of several operands take numbers; nn.constant makes a "
           "tensor of one";
  else if (said.after.starts_with("("))
    note = "operands stand without parentheses, and their types behind them: `" +
           operationOf(said).str() + " %x ... : types`";
  else if (StringRef word = said.word(); !word.empty())
    note += ": write %" + word.str();
  return {note};
}

static constexpr StringLiteral kOperandTypesAlone =
    "write the types of the operands alone, without parentheses; that of the result follows";

static Advice adviseOtherType(const Said &said) {
  if (said.quoted("prior uses: ").starts_with("("))
    return {kOperandTypesAlone.str()};
  return {"write the type with which the value is defined; nn.cast changes the dtype, nn.reshape "
          "the shape"};
}

static Advice adviseKindOfType(const Said &said) {
  if (said.quoted("but found ").starts_with("("))
    return {kOperandTypesAlone.str()};
  return {"values of models are tensors, such as tensor<4x?xf32>; one number is tensor<f32>"};
}

static Advice adviseType(const Said &said) {
  StringRef word = said.word();
  StringRef dtype = word.empty() ? word : word.substr(word.find_last_of("x?") + 1);
  static const std::pair<StringLiteral, StringLiteral> kOthers[] = {
      {"float", "f32"}, {"float32", "f32"}, {"float64", "f64"},  {"double", "f64"},
      {"half", "f16"},  {"float16", "f16"}, {"fp16", "f16"},     {"fp32", "f32"},
      {"int", "i32"},   {"int8", "i8"},     {"int32", "i32"},    {"int64", "i64"},
      {"long", "i64"},  {"bool", "i1"},     {"bfloat16", "bf16"}};
  std::string note = "a tensor is written tensor<4x?xf32>; dtypes are f32, f64, bf16, f16, i1, i8, "
                     "i32 and i64";
  for (auto [theirs, ours] : kOthers)
    if (dtype == theirs)
      note = ("write " + ours + ": " + note).str();
  if (said.after.starts_with("-"))
    note = "a size that a call decides is `?`; nn.reshape takes one of them as what is left over";
  std::string got = said.after.take_until([](char c) { return llvm::isSpace(c); }).str();
  return {note, "expects a type, but got '" + got + "'"};
}

static Advice adviseAttributeValue(const Said &said) {
  StringRef word = said.word();
  if (word == "nn" && said.after.drop_front(2).starts_with("."))
    word = nn::wordOf(said.after.drop_front(3));
  std::vector<std::string> known = nn::attributeNames();
  if (llvm::is_contained(known, word))
    return {"write #nn." + word.str()};
  if (said.lineBefore().contains("["))
    return {"texts stand in quotes: \"" + word.str() + "\""};
  return {nearest(word, known, "#nn.", "attributes begin with #nn., such as #nn.adam")};
}

static Advice adviseReturnType(const Said &said) {
  StringRef returned = said.quoted(), rest = said.message.split("result type (").second;
  return {"return a value of that type, or write `-> " + returned.str() +
          "` as the result type of the function (here " + rest.split(')').first.str() + ")"};
}

static Advice adviseReturnCount(const Said &said) {
  if (said.message.ends_with("returns 0"))
    return {"declare the result: `func.func @name(...) -> type {`"};
  return {"write `return %value : type`, with one value and one type for each result"};
}

static Advice adviseCallee(const Said &said) {
  std::vector<std::string> functions = wordsAfter(said.before, "func.func @");
  for (StringRef more : {"func.func private @"})
    for (StringRef text : {said.before, said.after})
      llvm::append_range(functions, wordsAfter(text, more));
  llvm::append_range(functions, wordsAfter(said.after, "func.func @"));
  StringRef name = said.quoted("op");
  return {nearest(name, functions, "@", "define it: `func.func private @name(...)`"),
          "expects a function of this module, but there is no @" + name.str()};
}

static Advice adviseBinding(const Said &said) {
  SmallVector<StringRef> parts;
  if (llvm::Regex("defines ([0-9]+) results but was provided ([0-9]+)").match(said.message, &parts))
    return {"write as many names as there are results",
            ("expects " + parts[1] + " names on the left, but got " + parts[2]).str()};
  return {"write as many names as there are results"};
}

static Advice adviseDominance(const Said &said) {
  return {"move the line that defines it up", "expects operands that are defined above this line"};
}

static Advice adviseEnum(const Said &said) {
  auto [list, values] = said.message.split("to be one of: ");
  std::vector<std::string> known;
  for (StringRef value : llvm::split(values, ", "))
    known.push_back(value.str());
  StringRef word = said.word();
  std::string note = nearest(word, known, "", "write one of these words");
  if (word == "mean" && said.message.contains("Reduction"))
    note = "nn.reduce sum and a division by the count, or nn.mse and its like, give means";
  return {note, "expects one of " + joinOr(known) + ", but got '" + word.str() + "'"};
}

static Advice adviseDoubled(const Said &said) {
  StringRef clause = said.message.split('`').second.split('`').first;
  return {"remove one of the two", "expects " + clause.str() + " once, but got it twice"};
}

static Advice adviseCharacter(const Said &said) {
  if (said.after.starts_with(";"))
    return {"lines end without `;`"};
  return {"names begin with a letter, values with %, functions with @, attributes with #; comments "
          "with //"};
}

static Advice adviseHash(const Said &said) {
  if (said.after.starts_with("# "))
    return {"comments begin with //", "expects an operation, but got '#'"};
  return {"attributes are written #nn.name"};
}

static Advice adviseRegion(const Said &said) {
  if (said.lineBefore().trim() == "module")
    return {"names of modules begin with @: `module @" + said.word().str() + " {`"};
  return {"the body stands in braces: `{ ... }`"};
}

static Advice adviseSymbol(const Said &said) {
  std::string note = "names of functions, parameters and states begin with @";
  if (StringRef word = said.word(); !word.empty())
    note += ": write @" + word.str();
  return {note};
}

static Advice adviseParenthesis(const Said &said) {
  StringRef line = said.lineBefore();
  if (line.contains("func.func"))
    return {"arguments stand in parentheses: `func.func @name(%x: type) -> type {`"};
  if (line.contains("call"))
    return {"a call is written `call @name(%x) : (type) -> type`"};
  return {"write `(` here, and `)` after what it encloses"};
}

/// Rules whose note depends on nothing.
struct PlainRule {
  StringLiteral part, note, message;
};
static constexpr PlainRule kPlainRules[] = {
    {"block with no terminator",
     "write `return %value : type` as its last line; the body of a loop or branch ends with "
     "`nn.yield %value : type`",
     "expects a return at the end of the function"},
    {"empty block: expect at least a terminator",
     "write `return` as its last line; the body of a loop or branch ends with nn.yield",
     "expects a return at the end of the function"},
    {"redefinition of SSA value", "every name is given once: choose another one here", ""},
    {"cannot name an operation with no results", "it has no result: remove `%name =`", ""},
    {"redefinition of symbol named", "give one of the two another name", ""},
    {"number of operands and types do not match",
     "write the types after `:`, one for each operand, in their order, with commas between them",
     ""},
    {"expected ','",
     "operands are separated by commas, and so are their types, one for each, in their order", ""},
    {"dimension list",
     "a tensor is written tensor<4x?xf32>: the sizes, `?` where a call decides, and the dtype", ""},
    {"operand type mismatch", "pass a value of the type of that argument", ""},
    {"number of operands for callee", "pass one value for each argument of the function", ""},
    {"number of results for callee", "write one type after -> for each result of the function", ""},
    {"result type mismatch", "write the type that the function declares after ->", ""},
    {"expected builtin.function", "the type of a call is `(argument types) -> result types`", ""},
    {"three consecutive dots", "numbers begin with a digit: write 0.5 for .5",
     "expects a number, but got '.'"},
    {"in string literal", "close the text with a quote on the same line", ""},
    {"must be the last operation in the parent block",
     "nothing follows it: move it to the end of the function", ""},
    {"unbalanced '", "close the bracket on the same line: #nn.adam<learning_rate = 1e-3>", ""},
    {"expected '=' after SSA name",
     "a name is % and letters, digits and _; one that begins with a digit has digits only", ""},
    {"not valid for specified type", "write a whole number", "expects a whole number"},
    {"expected integer value", "write a whole number, such as 100", ""},
    {"expected valid keyword or string",
     "a word comes first: `nn.compare lt %x, %y`, `nn.reduce sum %x`, `nn.scatter add ...`", ""},
    {"expected '->'", "write `->` and the type of the result", ""},
    {"expected '['", "sizes and dimensions stand in brackets: [0, 1]", ""},
    {"expected ']'", "close the bracket", ""},
    {"expected ')'", "close the parenthesis", ""},
    {"expected '>'", "close the bracket", ""},
    {"expected '='", "a value follows its name after `=`: learning_rate = 1e-3", ""},
    {"must be ranked tensor of", "nn.cast converts to another dtype", ""},
    {"failed to verify that all of", "make these of one type; nn.cast converts", ""},
};

static constexpr Rule kRules[] = {
    {"expected operation name in quotes", adviseOperationName},
    {"is unknown", adviseUnknownOperation},
    {"not found for custom op", adviseForeignDialect},
    {"that does not allow unknown operations", adviseUnregistered},
    {"use of undeclared SSA value name", adviseUndeclared},
    {"expected ':'", adviseColon},
    {"expected SSA operand", adviseOperand},
    {"expects different type than prior uses", adviseOtherType},
    {"expected builtin.tensor", adviseKindOfType},
    {"expected non-function type", adviseType},
    {"expected attribute value", adviseAttributeValue},
    {"doesn't match function result type", adviseReturnType},
    {"operands, but enclosing function", adviseReturnCount},
    {"does not reference a valid function", adviseCallee},
    {"to bind", adviseBinding},
    {"does not dominate this use", adviseDominance},
    {"to be one of: ", adviseEnum},
    {"of the oilist directive", adviseDoubled},
    {"unexpected character", adviseCharacter},
    {"invalid attribute name", adviseHash},
    {"to begin a region", adviseRegion},
    {"valid '@'-identifier", adviseSymbol},
    {"expected '('", adviseParenthesis},
};

/// The advice on a message; nothing where it is ours already, or nobody knows.
static std::optional<Advice> adviceOn(const Said &said) {
  for (const Rule &rule : kRules)
    if (said.message.contains(rule.part))
      return rule.advise(said);
  for (const PlainRule &rule : kPlainRules)
    if (said.message.contains(rule.part))
      return Advice{rule.note.str(), rule.message.str()};
  if (said.message.contains("expected '") || said.message.contains("expected valid keyword")) {
    StringRef name = said.quoted("custom op");
    return Advice{name.starts_with("nn.") ? "`mlc --doc " + name.str() + "` shows how it is written"
                                          : "docs/ops.md shows how every operation is written"};
  }
  return std::nullopt;
}

//===- The handler ----------------------------------------------------------===//

ParserAdvice::ParserAdvice(llvm::SourceMgr &sources, MLIRContext *context)
    : sources(sources),
      handler(context, [this](Diagnostic &diagnostic) { return advise(diagnostic); }) {}

LogicalResult ParserAdvice::advise(Diagnostic &diagnostic) {
  constexpr unsigned kMostAdvised = 100; // each looks through the text
  if (isOurs || diagnostic.getSeverity() != DiagnosticSeverity::Error || ++count > kMostAdvised)
    return failure();
  std::string message = diagnostic.str();
  if (StringRef(message).contains("failed to parse NN_"))
    return success(); // after a better one
  auto location = diagnostic.getLocation()->findInstanceOf<FileLineColLoc>();
  unsigned file = sources.getMainFileID();
  const llvm::MemoryBuffer *buffer = sources.getMemoryBuffer(file);
  if (!location || location.getFilename() != buffer->getBufferIdentifier())
    return failure();
  SMLoc place = sources.FindLocForLineAndColumn(file, location.getLine(), location.getColumn());
  if (!place.isValid())
    return failure();
  StringRef text = buffer->getBuffer();
  size_t at = place.getPointer() - text.data();
  StringRef after = withoutSpace(text.drop_front(at));
  bool isLineEnd = text.slice(at, after.data() - text.data()).contains('\n');
  std::optional<Advice> advice = adviceOn(
      {message, text.take_front(at), after, isLineEnd, diagnostic.getLocation().getContext()});
  if (!advice)
    return failure();
  if (advice->message.empty()) {
    diagnostic.attachNote() << advice->note;
    return failure();
  }
  isOurs = true;
  {
    InFlightDiagnostic replacement = emitError(diagnostic.getLocation()) << advice->message;
    for (Diagnostic &note : diagnostic.getNotes())
      if (!StringRef(note.str()).contains("Available dialects"))
        replacement.attachNote(note.getLocation()) << note.str();
    replacement.attachNote() << advice->note;
  }
  isOurs = false;
  return success();
}

} // namespace mlc
