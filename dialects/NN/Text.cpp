#include "dialects/NN/Text.h"
#include "dialects/NN/NN.h"
#include "dialects/NN/NamedParameters.h"
#include "dialects/NN/Suggestions.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>

using namespace mlir;

namespace mlc::nn {

StringRef textAhead(AsmParser &parser) {
  constexpr size_t kEnough = 2048; // for a word or a number: import refuses longer ones
  const char *begin = parser.getCurrentLocation().getPointer();
  return StringRef(begin, strnlen(begin, kEnough)); // every buffer ends with a zero byte
}

StringRef wordOf(StringRef text) {
  if (text.empty() || llvm::isDigit(text.front()))
    return {};
  return text.take_while([](char c) { return llvm::isAlnum(c) || c == '_'; });
}

/// What has been suggested as a note, if anything has.
static InFlightDiagnostic withSuggestion(InFlightDiagnostic diagnostic, StringRef name,
                                         const std::vector<std::string> &known) {
  if (std::string note = didYouMean(name.str(), known); !note.empty())
    diagnostic.attachNote() << note;
  return diagnostic;
}

//===- Numbers --------------------------------------------------------------===//

/// `1e-3` at the beginning of a text, or nothing: MLIR's own floats have a point.
static StringRef pointlessFloatOf(StringRef text) {
  size_t end = text.find_if_not(llvm::isDigit);
  if (end == 0 || end == StringRef::npos || (text[end] != 'e' && text[end] != 'E'))
    return {};
  ++end;
  if (end < text.size() && (text[end] == '-' || text[end] == '+'))
    ++end;
  size_t digits = text.drop_front(end).take_while(llvm::isDigit).size();
  return digits == 0 ? StringRef() : text.take_front(end + digits);
}

/// The tokens of a float without a point: `1` `e3`, or `1` `e` `-` `3`.
static ParseResult skipPointlessFloat(AsmParser &parser, StringRef number) {
  APInt ignored;
  StringRef exponent;
  if (OptionalParseResult mantissa = parser.parseOptionalDecimalInteger(ignored);
      !mantissa.has_value() || failed(*mantissa) || parser.parseKeyword(&exponent))
    return failure();
  if (exponent.size() > 1) {
    if (number.ends_with(exponent))
      return success();
    return parser.emitError(parser.getCurrentLocation(), "expects a number such as 1e3, but got ")
           << number.take_while(llvm::isDigit) << exponent;
  }
  if (failed(parser.parseOptionalMinus()))
    (void)parser.parseOptionalPlus();
  return parser.parseDecimalInteger(ignored);
}

/// Digits, with a point, an exponent, both or none.
static ParseResult parseDigits(AsmParser &parser, StringRef text, Literal &literal) {
  if (StringRef number = pointlessFloatOf(text); !number.empty()) {
    literal.value = std::strtod(number.str().c_str(), nullptr);
    return skipPointlessFloat(parser, number);
  }
  APInt whole;
  OptionalParseResult integer = parser.parseOptionalInteger(whole);
  if (!integer.has_value())
    return parser.parseFloat(literal.value);
  if (failed(*integer))
    return failure();
  literal.value = whole.roundToDouble();
  if (whole.getActiveBits() < 64)
    literal.whole = whole.getZExtValue();
  return success();
}

/// A number without a sign.
static OptionalParseResult parseMagnitude(AsmParser &parser, Literal &literal) {
  StringRef word;
  if (succeeded(parser.parseOptionalKeyword(&word, {"inf", "nan"}))) {
    literal.value = word == "inf" ? INFINITY : NAN;
    return success();
  }
  if (succeeded(parser.parseOptionalKeyword(&word, {"true", "false"}))) {
    literal.whole = word == "true";
    literal.value = static_cast<double>(*literal.whole);
    return success();
  }
  StringRef text = textAhead(parser);
  if (text.empty() || !llvm::isDigit(text.front()))
    return std::nullopt;
  if (text.starts_with("0x"))
    return parser.parseFloat(literal.value);
  if (parseDigits(parser, text, literal))
    return failure();
  if (std::isinf(literal.value))
    return parser.emitError(literal.place, "expects a number that a double can hold");
  return success();
}

OptionalParseResult parseOptionalLiteral(AsmParser &parser, Literal &literal) {
  literal.place = parser.getCurrentLocation();
  bool isNegative = succeeded(parser.parseOptionalMinus()),
       isSigned = isNegative || succeeded(parser.parseOptionalPlus());
  OptionalParseResult magnitude = parseMagnitude(parser, literal);
  if (!magnitude.has_value() && isSigned)
    return parser.emitError(literal.place, "expects a number after its sign");
  if (magnitude.has_value() && isNegative) {
    literal.value = -literal.value;
    if (literal.whole)
      literal.whole = -*literal.whole;
  }
  return magnitude;
}

ParseResult parseLiteral(AsmParser &parser, Literal &literal) {
  OptionalParseResult result = parseOptionalLiteral(parser, literal);
  if (!result.has_value())
    return parser.emitError(literal.place, "expects a number such as 0.5, 1e-3, 2 or -inf");
  return *result;
}

FailureOr<int64_t> parseWhole(AsmParser &parser) {
  Literal literal;
  if (parseLiteral(parser, literal))
    return failure();
  bool isWhole = literal.whole ||
                 (std::abs(literal.value) < 0x1p53 && literal.value == std::trunc(literal.value));
  if (!isWhole)
    return parser.emitError(literal.place, "expects a whole number");
  return literal.whole ? *literal.whole : static_cast<int64_t>(literal.value);
}

/// Whether the dtype holds the literal; says so where it does not.
static bool holds(AsmParser &parser, Type element, const Literal &literal) {
  if (!element.isSignlessIntOrFloat()) {
    parser.emitError(literal.place)
        << "expects a number of a float or integer dtype, but got " << element;
    return false;
  }
  if (literal.whole ? fits(element, *literal.whole) : fits(element, literal.value))
    return true;
  (void)verifyFits([&] { return parser.emitError(literal.place); }, "a number", element,
                   literal.value);
  return false;
}

DenseElementsAttr constantOf(AsmParser &parser, RankedTensorType type, ArrayRef<Literal> literals) {
  Type element = type.getElementType();
  SmallVector<Attribute> values;
  for (const Literal &literal : literals) {
    if (!holds(parser, element, literal))
      return {};
    if (isa<FloatType>(element))
      values.push_back(FloatAttr::get(element, literal.value));
    else
      values.push_back(IntegerAttr::get(
          element, literal.whole ? *literal.whole : static_cast<int64_t>(literal.value)));
  }
  return DenseElementsAttr::get(type, values);
}

ParseResult parseNumber(OpAsmParser &parser, FloatAttr &number) {
  Literal literal;
  if (parseLiteral(parser, literal))
    return failure();
  number = parser.getBuilder().getF64FloatAttr(literal.value);
  return success();
}
void printNumber(OpAsmPrinter &printer, Operation *, FloatAttr number) {
  printer.printAttributeWithoutType(number);
}

ParseResult parseNumbers(OpAsmParser &parser, DenseF64ArrayAttr &numbers) {
  SmallVector<double> values;
  auto parseOne = [&]() -> ParseResult {
    Literal literal;
    if (parseLiteral(parser, literal))
      return failure();
    values.push_back(literal.value);
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseOne))
    return failure();
  numbers = parser.getBuilder().getDenseF64ArrayAttr(values);
  return success();
}
void printNumbers(OpAsmPrinter &printer, Operation *, DenseF64ArrayAttr numbers) {
  printer << '[';
  llvm::interleaveComma(numbers.asArrayRef(), printer,
                        [&](double number) { printer.printFloat(APFloat(number)); });
  printer << ']';
}

ParseResult parseWhole(OpAsmParser &parser, IntegerAttr &number) {
  FailureOr<int64_t> value = parseWhole(parser);
  if (failed(value))
    return failure();
  number = parser.getBuilder().getI64IntegerAttr(*value);
  return success();
}
void printWhole(OpAsmPrinter &printer, Operation *, IntegerAttr number) {
  printer << number.getInt();
}

/// An operand, if there is one; else what `parseOther` reads.
static ParseResult parseOperandOr(OpAsmParser &parser, OptionalOperand &operand,
                                  function_ref<ParseResult()> parseOther) {
  OpAsmParser::UnresolvedOperand found;
  OptionalParseResult isOperand = parser.parseOptionalOperand(found);
  if (!isOperand.has_value())
    return parseOther();
  operand = found;
  return *isOperand;
}

ParseResult parseWholeOrOperand(OpAsmParser &parser, IntegerAttr &number,
                                OptionalOperand &operand) {
  return parseOperandOr(parser, operand, [&] { return parseWhole(parser, number); });
}
void printWholeOrOperand(OpAsmPrinter &printer, Operation *op, IntegerAttr number, Value operand) {
  if (operand)
    printer << operand;
  else
    printWhole(printer, op, number);
}

ParseResult parseNumberOrOperand(OpAsmParser &parser, FloatAttr &number, OptionalOperand &operand) {
  return parseOperandOr(parser, operand, [&] { return parseNumber(parser, number); });
}
void printNumberOrOperand(OpAsmPrinter &printer, Operation *op, FloatAttr number, Value operand) {
  if (operand)
    printer << operand;
  else
    printNumber(printer, op, number);
}

//===- Types ----------------------------------------------------------------===//

ParseResult parseOneOrAllTypes(OpAsmParser &parser, SmallVectorImpl<Type> &types,
                               ArrayRef<OpAsmParser::UnresolvedOperand> operands) {
  SMLoc place = parser.getCurrentLocation();
  if (parser.parseTypeList(types))
    return failure();
  if (types.size() == 1)
    types.append(operands.size() - std::min<size_t>(operands.size(), 1), Type(types.front()));
  if (types.size() == operands.size())
    return success();
  return parser.emitError(place, "expects one type, that of all operands, or ")
         << operands.size() << ", but got " << types.size();
}
void printOneOrAllTypes(OpAsmPrinter &printer, Operation *, TypeRange types, ValueRange) {
  if (!types.empty() && llvm::all_equal(types))
    printer << types.front();
  else
    printer << types;
}

ParseResult parseOneOrBothTypes(OpAsmParser &parser, Type &a, Type &b,
                                const OptionalOperand &operand) {
  return operand ? parseOperandTypes(parser, a, b) : parser.parseType(a);
}
void printOneOrBothTypes(OpAsmPrinter &printer, Operation *op, Type a, Type b, Value operand) {
  printOperandTypes(printer, op, a, operand ? b : a);
}

//===- Clauses --------------------------------------------------------------===//

ParseResult parseSchedule(OpAsmParser &parser, Attribute &schedule) {
  if (succeeded(parser.parseOptionalEqual()))
    return parser.parseAttribute(schedule);
  return failure(parser.parseLParen() || parser.parseAttribute(schedule) || parser.parseRParen());
}
void printSchedule(OpAsmPrinter &printer, Operation *, Attribute schedule) {
  printer << '(' << schedule << ')';
}

ParseResult parseNoMoreClauses(OpAsmParser &parser, StringRef known) {
  StringRef text = textAhead(parser), word = wordOf(text);
  // An operation after one that ends here has a dot; `loc(...)` and `module` are MLIR's.
  if (word.empty() || text.drop_front(word.size()).starts_with(".") || word == "loc" ||
      word == "module")
    return success();
  std::vector<std::string> clauses;
  for (StringRef clause : llvm::split(known, ", "))
    clauses.push_back(clause.str());
  InFlightDiagnostic diagnostic = parser.emitError(parser.getCurrentLocation())
                                  << "expects no clause but " << joinOr(clauses)
                                  << " here, but got '" << word << "'";
  std::string note = didYouMean(word.str(), clauses);
  diagnostic.attachNote() << (note.empty()
                                  ? "hyperparameters stand in brackets after the optimizer: "
                                    "#nn.adam<learning_rate = 1e-3>"
                                  : note);
  return diagnostic;
}

//===- Parameters of attributes ---------------------------------------------===//

static std::vector<std::string> namesOf(ArrayRef<ParameterText> parameters) {
  std::vector<std::string> names;
  for (const ParameterText &parameter : parameters)
    names.push_back(parameter.name.str());
  return names;
}

/// The parameter that the text names: `name =`; the next in order where it names none; null after a
/// diagnostic.
static ParameterText *chooseParameter(AsmParser &parser, StringRef mnemonic,
                                      MutableArrayRef<ParameterText> parameters) {
  StringRef text = textAhead(parser), word = wordOf(text);
  SMLoc place = parser.getCurrentLocation();
  bool isNamed = !word.empty() && text.drop_front(word.size()).ltrim().starts_with("=");
  if (!isNamed && llvm::is_contained(namesOf(parameters), word)) {
    parser.emitError(place) << "expects `" << word << " = ` and a value in #nn." << mnemonic;
    return nullptr;
  }
  if (!isNamed) {
    ParameterText *next = llvm::find_if(
        parameters, [](const ParameterText &parameter) { return !parameter.isGiven; });
    if (next != parameters.end())
      return next;
    parser.emitError(place) << "expects at most " << parameters.size() << " values in #nn."
                            << mnemonic << ": " << joinOr(namesOf(parameters));
    return nullptr;
  }
  if (parser.parseKeyword(&word) || parser.parseEqual())
    return nullptr;
  ParameterText *named = llvm::find_if(
      parameters, [&](const ParameterText &parameter) { return parameter.name == word; });
  if (named == parameters.end())
    (void)withSuggestion(parser.emitError(place)
                             << "expects " << joinOr(namesOf(parameters)) << " in #nn." << mnemonic
                             << ", but got '" << word << "'",
                         word, namesOf(parameters));
  else if (named->isGiven)
    parser.emitError(place) << "expects " << word << " once in #nn." << mnemonic
                            << ", but got it twice";
  else
    return named;
  return nullptr;
}

ParseResult parseParameters(AsmParser &parser, StringRef mnemonic,
                            MutableArrayRef<ParameterText> parameters) {
  auto parseOne = [&]() -> ParseResult {
    ParameterText *parameter = chooseParameter(parser, mnemonic, parameters);
    if (!parameter || parameter->parse())
      return failure();
    parameter->isGiven = true;
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::OptionalLessGreater, parseOne))
    return failure();
  for (const ParameterText &parameter : parameters) {
    if (!parameter.isRequired || parameter.isGiven)
      continue;
    InFlightDiagnostic diagnostic = parser.emitError(parser.getNameLoc())
                                    << "expects " << parameter.name << " in #nn." << mnemonic;
    diagnostic.attachNote() << "write #nn." << mnemonic << "<" << parameter.name << " = ...>";
    return diagnostic;
  }
  return success();
}

} // namespace mlc::nn
