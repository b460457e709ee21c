// The text of convolutions and pools: clauses in any order, what is left out filled in.
#include "dialects/NN/NN.h"
#include "dialects/NN/Text.h"
#include "llvm/ADT/SmallSet.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc::nn {

namespace {
/// The numbers of a clause: one for every spatial dimension, or one for all.
struct Numbers {
  SMLoc place;
  bool isGiven = false, isOneForAll = false;
  SmallVector<int64_t> values;

  SmallVector<int64_t> forDims(size_t count, int64_t otherwise) const {
    return !isGiven      ? SmallVector<int64_t>(count, otherwise)
           : isOneForAll ? SmallVector<int64_t>(count, values.front())
                         : values;
  }
};

/// The clauses of a convolution or pool, as far as it has them.
struct Clauses {
  Numbers window, strides, dilation, inputDilation, outputPadding, low, high;
  bool isSame = false;
  SMLoc same;
  std::optional<int64_t> groups;
  std::optional<double> norm;
  bool ceil = false, excludePadding = false;
  std::string layout, kernelLayout;
};

class ClauseParser {
public:
  ClauseParser(OpAsmParser &parser, ArrayRef<StringRef> known) : parser(parser), known(known) {}

  ParseResult parse() {
    StringRef word;
    SMLoc place = parser.getCurrentLocation();
    while (succeeded(parser.parseOptionalKeyword(&word))) {
      if (!llvm::is_contained(known, word))
        return parser.emitError(place, "expects one of ")
               << llvm::join(known, ", ") << ", but got " << word;
      if (!seen.insert(word).second)
        return parser.emitError(place, "expects ") << word << " once, but got it twice";
      if (parseClause(word))
        return failure();
      place = parser.getCurrentLocation();
    }
    return success();
  }
  Clauses clauses;

private:
  ParseResult parseClause(StringRef word) {
    if (word == "ceil")
      return clauses.ceil = true, success();
    if (word == "exclude_padding")
      return clauses.excludePadding = true, success();
    if (parser.parseEqual())
      return failure();
    if (word == "padding")
      return parsePaddingClause();
    if (word == "groups")
      return parseWholeNumber(clauses.groups.emplace());
    if (word == "norm")
      return parseNorm();
    if (word == "layout" || word == "kernel_layout") {
      StringAttr text;
      if (parseLayout(parser, text))
        return failure();
      (word == "layout" ? clauses.layout : clauses.kernelLayout) = text.str();
      return success();
    }
    Numbers &numbers = word == "window"           ? clauses.window
                       : word == "strides"        ? clauses.strides
                       : word == "dilation"       ? clauses.dilation
                       : word == "input_dilation" ? clauses.inputDilation
                                                  : clauses.outputPadding;
    return parseNumbersOrOne(numbers);
  }

  ParseResult parseWholeNumber(int64_t &number) {
    IntegerAttr attribute;
    if (parseWhole(parser, attribute))
      return failure();
    number = attribute.getInt();
    return success();
  }
  ParseResult parseNorm() {
    FloatAttr number;
    if (parseNumber(parser, number))
      return failure();
    clauses.norm = number.getValueAsDouble();
    return success();
  }

  ParseResult parseNumbersOrOne(Numbers &numbers) {
    numbers.place = parser.getCurrentLocation();
    numbers.isGiven = true;
    numbers.isOneForAll = failed(parser.parseOptionalLSquare());
    if (numbers.isOneForAll)
      return parseWholeNumber(numbers.values.emplace_back(0));
    return parseList([&] { return parseWholeNumber(numbers.values.emplace_back(0)); });
  }
  /// What stands after `[`, up to `]`.
  ParseResult parseList(function_ref<ParseResult()> item) {
    if (succeeded(parser.parseOptionalRSquare()))
      return success();
    return failure(parser.parseCommaSeparatedList(item) || parser.parseRSquare());
  }

  /// 1, [1, 2], [[0, 1], [2, 2]], same, valid.
  ParseResult parsePaddingClause() {
    Numbers &low = clauses.low, &high = clauses.high;
    low.place = high.place = clauses.same = parser.getCurrentLocation();
    StringRef word;
    if (succeeded(parser.parseOptionalKeyword(&word, {"same", "valid"})))
      return clauses.isSame = word == "same", success();
    low.isGiven = high.isGiven = true;
    if (failed(parser.parseOptionalLSquare())) {
      low.isOneForAll = high.isOneForAll = true;
      return failure(parseWholeNumber(low.values.emplace_back(0)) ||
                     (high.values.push_back(low.values.front()), false));
    }
    return parseList([&]() -> ParseResult {
      int64_t &before = low.values.emplace_back(0), &after = high.values.emplace_back(0);
      if (failed(parser.parseOptionalLSquare())) {
        if (parseWholeNumber(before))
          return failure();
        after = before;
        return success();
      }
      return failure(parseWholeNumber(before) || parser.parseComma() || parseWholeNumber(after) ||
                     parser.parseRSquare());
    });
  }

  OpAsmParser &parser;
  ArrayRef<StringRef> known;
  llvm::SmallSet<StringRef, 8> seen;
};

/// What is left out of a text, once the types are known.
class Defaults {
public:
  Defaults(OpAsmParser &parser, Clauses &clauses, NamedAttrList &attributes)
      : parser(parser), builder(parser.getBuilder()), clauses(clauses), attributes(attributes) {}

  /// The layout of x, and its spatial letters.
  ParseResult setLayout(Type x) {
    if (clauses.layout.empty()) {
      FailureOr<std::string> word = defaultSpatial(x);
      if (failed(word))
        return failure();
      clauses.layout = "nc" + *word;
    }
    for (char letter : clauses.layout)
      if (letter != 'n' && letter != 'c')
        spatial += letter;
    attributes.set("layout", builder.getStringAttr(clauses.layout));
    return success();
  }
  void setKernelLayout(StringRef channels) {
    if (clauses.kernelLayout.empty())
      clauses.kernelLayout = (channels + spatial).str();
    attributes.set("kernel_layout", builder.getStringAttr(clauses.kernelLayout));
  }
  void set(StringRef name, const Numbers &numbers, int64_t otherwise) {
    set(name, numbers.forDims(spatial.size(), otherwise));
  }
  void set(StringRef name, ArrayRef<int64_t> numbers) {
    attributes.set(name, builder.getDenseI64ArrayAttr(numbers));
  }
  void setGroups() { attributes.set("groups", builder.getI64IntegerAttr(clauses.groups.value_or(1))); }
  ParseResult setPadding(Type x, ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides);
  SmallVector<int64_t> kernelSizes(Type w) const;

  std::string spatial;

private:
  FailureOr<std::string> defaultSpatial(Type type) {
    auto x = dyn_cast<RankedTensorType>(type);
    if (x && x.getRank() >= 3 && x.getRank() <= 5) // conv_c2, max_pool_c2
      return std::string(StringRef("dhw").take_back(x.getRank() - 2));
    return parser.emitError(parser.getCurrentLocation(),
                            "expects x of rank 3 to 5, [n, c, spatial...], or layout = \"...\", but got ")
           << type;
  }

  OpAsmParser &parser;
  Builder &builder;
  Clauses &clauses;
  NamedAttrList &attributes;
};
} // namespace

SmallVector<int64_t> Defaults::kernelSizes(Type type) const {
  auto w = dyn_cast<RankedTensorType>(type);
  SmallVector<int64_t> sizes;
  for (char letter : spatial) {
    size_t place = clauses.kernelLayout.find(letter);
    bool isThere = w && static_cast<int64_t>(place) < w.getRank();
    sizes.push_back(isThere && !w.isDynamicDim(place) ? w.getDimSize(place) : 1);
  }
  return sizes;
}

/// `same`: as many positions as elements divided by the stride, rounded up; where the padding is
/// odd, one more at the end.
ParseResult Defaults::setPadding(Type type, ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides) {
  SmallVector<int64_t> low = clauses.low.forDims(spatial.size(), 0),
                       high = clauses.high.forDims(spatial.size(), 0),
                       dilation = clauses.dilation.forDims(spatial.size(), 1);
  auto x = dyn_cast<RankedTensorType>(type);
  for (size_t dim = 0; clauses.isSame && x && dim < spatial.size(); ++dim) {
    size_t place = clauses.layout.find(spatial[dim]);
    if (dim >= sizes.size() || dim >= strides.size() || dim >= dilation.size() ||
        static_cast<int64_t>(place) >= x.getRank() || strides[dim] < 1)
      break; // type inference says what is wrong
    int64_t size = x.getDimSize(place), total = (sizes[dim] - 1) * dilation[dim];
    if (strides[dim] != 1 && ShapedType::isDynamic(size)) // conv_c10
      return parser.emitError(clauses.same, "expects padding in numbers where strides are not 1 and "
                                            "the size is free, but got `same` for ")
             << type;
    if (strides[dim] != 1)
      total = std::max<int64_t>(
          (llvm::divideCeil(size, strides[dim]) - 1) * strides[dim] + total + 1 - size, 0);
    low[dim] = total / 2;
    high[dim] = total - total / 2;
  }
  set("low", low);
  set("high", high);
  return success();
}

/// Operands, clauses, attributes and types.
static ParseResult parseParts(OpAsmParser &parser, OperationState &state, ClauseParser &clauses,
                              unsigned least, unsigned most, SmallVectorImpl<Type> &types) {
  SmallVector<OpAsmParser::UnresolvedOperand> operands;
  SMLoc place = parser.getCurrentLocation();
  if (parser.parseOperandList(operands))
    return failure();
  if (operands.size() < least || operands.size() > most)
    return parser.emitError(place, "expects ")
           << least << (least == most ? "" : " or " + std::to_string(most)) << " operands, but got "
           << operands.size();
  if (clauses.parse() || parser.parseOptionalAttrDict(state.attributes) ||
      parser.parseColonTypeList(types))
    return failure();
  return parser.resolveOperands(operands, types, place, state.operands);
}

/// Sets the result's type as the op infers it.
template <typename Op> static ParseResult inferResult(OpAsmParser &parser, OperationState &state) {
  MLIRContext *context = parser.getContext();
  DictionaryAttr attributes = state.attributes.getDictionary(context);
  auto &properties = state.getOrAddProperties<typename Op::Properties>();
  auto emitError = [&] { return parser.emitError(parser.getNameLoc()); };
  if (failed(Op::setPropertiesFromAttr(properties, attributes, emitError)))
    return failure();
  typename Op::Adaptor adaptor(state.operands, attributes, properties);
  return Op::inferReturnTypes(context, state.location, adaptor, state.types);
}

template <typename Op>
static ParseResult parseConvolution(OpAsmParser &parser, OperationState &state, StringRef channels,
                                    StringRef extra, Numbers Clauses::*extraNumbers,
                                    int64_t otherwise) {
  StringRef known[] = {"strides", "padding", "dilation", extra, "groups", "layout", "kernel_layout"};
  ClauseParser clauses(parser, known);
  SmallVector<Type> types;
  if (parseParts(parser, state, clauses, 2, 3, types))
    return failure();
  Defaults defaults(parser, clauses.clauses, state.attributes);
  if (defaults.setLayout(types[0]))
    return failure();
  defaults.setKernelLayout(channels);
  SmallVector<int64_t> strides = clauses.clauses.strides.forDims(defaults.spatial.size(), 1);
  defaults.set("strides", strides);
  if (defaults.setPadding(types[0], defaults.kernelSizes(types[1]), strides))
    return failure();
  defaults.set("dilation", clauses.clauses.dilation, 1);
  defaults.set(extra, clauses.clauses.*extraNumbers, otherwise);
  defaults.setGroups();
  return inferResult<Op>(parser, state);
}

ParseResult ConvOp::parse(OpAsmParser &parser, OperationState &state) {
  return parseConvolution<ConvOp>(parser, state, "oi", "input_dilation", &Clauses::inputDilation,
                                  1);
}
ParseResult ConvTransposeOp::parse(OpAsmParser &parser, OperationState &state) {
  return parseConvolution<ConvTransposeOp>(parser, state, "io", "output_padding",
                                           &Clauses::outputPadding, 0);
}

template <typename Op>
static ParseResult parsePool(OpAsmParser &parser, OperationState &state, StringRef extra) {
  SmallVector<StringRef> known = {"window", "strides", "padding", "dilation", "ceil", "layout"};
  if (!extra.empty())
    known.push_back(extra);
  ClauseParser clauses(parser, known);
  SmallVector<Type> types;
  SMLoc place = parser.getCurrentLocation();
  if (parseParts(parser, state, clauses, 1, 1, types))
    return failure();
  Clauses &given = clauses.clauses;
  if (!given.window.isGiven)
    return parser.emitError(place, "expects window = [2, 2], the sizes of a window");
  if (extra == "norm" && !given.norm)
    return parser.emitError(place, "expects norm = 2.0, the exponent");
  Defaults defaults(parser, given, state.attributes);
  if (defaults.setLayout(types[0]))
    return failure();
  SmallVector<int64_t> window = given.window.forDims(defaults.spatial.size(), 1),
                       strides = given.strides.isGiven
                                     ? given.strides.forDims(defaults.spatial.size(), 1)
                                     : window;
  defaults.set("window", window);
  defaults.set("strides", strides);
  if (defaults.setPadding(types[0], window, strides))
    return failure();
  defaults.set("dilation", given.dilation, 1);
  Builder &builder = parser.getBuilder();
  if (given.ceil)
    state.addAttribute("ceil", builder.getUnitAttr());
  if (given.excludePadding)
    state.addAttribute("exclude_padding", builder.getUnitAttr());
  if (given.norm)
    state.addAttribute("norm", builder.getF64FloatAttr(*given.norm));
  return inferResult<Op>(parser, state);
}

ParseResult MaxPoolOp::parse(OpAsmParser &parser, OperationState &state) {
  return parsePool<MaxPoolOp>(parser, state, "");
}
ParseResult AvgPoolOp::parse(OpAsmParser &parser, OperationState &state) {
  return parsePool<AvgPoolOp>(parser, state, "exclude_padding");
}
ParseResult LpPoolOp::parse(OpAsmParser &parser, OperationState &state) {
  return parsePool<LpPoolOp>(parser, state, "norm");
}

//===- Printing -------------------------------------------------------------===//

static void printList(OpAsmPrinter &printer, StringRef name, ArrayRef<int64_t> numbers) {
  printer << ' ' << name << " = [" << numbers << ']';
}
static void printPaddingClause(OpAsmPrinter &printer, ArrayRef<int64_t> low,
                               ArrayRef<int64_t> high) {
  printer << " padding = [";
  llvm::interleaveComma(llvm::zip_equal(low, high), printer, [&](auto pair) {
    printer << '[' << std::get<0>(pair) << ", " << std::get<1>(pair) << ']';
  });
  printer << ']';
}
/// Attributes of the user's own, and types.
static void printRest(OpAsmPrinter &printer, Operation *op) {
  SmallVector<StringRef> names;
  for (StringAttr name : op->getName().getAttributeNames())
    names.push_back(name);
  printer.printOptionalAttrDict(op->getAttrs(), names);
  printer << " : ";
  llvm::interleaveComma(op->getOperandTypes(), printer);
}

template <typename Op> static void printConvolution(OpAsmPrinter &printer, Op op, StringRef extra,
                                                    ArrayRef<int64_t> numbers) {
  printer << ' ' << op->getOperands();
  printList(printer, "strides", op.getStrides());
  printPaddingClause(printer, op.getLow(), op.getHigh());
  printList(printer, "dilation", op.getDilation());
  printList(printer, extra, numbers);
  printer << " groups = " << op.getGroups() << " layout = " << op.getLayoutAttr()
          << " kernel_layout = " << op.getKernelLayoutAttr();
  printRest(printer, op);
}
void ConvOp::print(OpAsmPrinter &printer) {
  printConvolution(printer, *this, "input_dilation", getInputDilation());
}
void ConvTransposeOp::print(OpAsmPrinter &printer) {
  printConvolution(printer, *this, "output_padding", getOutputPadding());
}

template <typename Op> static void printPool(OpAsmPrinter &printer, Op op, const Twine &extra) {
  printer << ' ' << op->getOperands();
  printList(printer, "window", op.getWindow());
  printList(printer, "strides", op.getStrides());
  printPaddingClause(printer, op.getLow(), op.getHigh());
  printList(printer, "dilation", op.getDilation());
  printer << (op.getCeil() ? " ceil" : "") << extra.str() << " layout = " << op.getLayoutAttr();
  printRest(printer, op);
}
void MaxPoolOp::print(OpAsmPrinter &printer) { printPool(printer, *this, ""); }
void AvgPoolOp::print(OpAsmPrinter &printer) {
  printPool(printer, *this, getExcludePadding() ? " exclude_padding" : "");
}
void LpPoolOp::print(OpAsmPrinter &printer) {
  printer << ' ' << getX() << " norm = ";
  printNumber(printer, *this, getNormAttr());
  printList(printer, "window", getWindow());
  printList(printer, "strides", getStrides());
  printPaddingClause(printer, getLow(), getHigh());
  printList(printer, "dilation", getDilation());
  printer << (getCeil() ? " ceil" : "") << " layout = " << getLayoutAttr();
  printRest(printer, *this);
}

//===- nn.windows -----------------------------------------------------------===//

ParseResult parseWindowClauses(OpAsmParser &parser, DenseI64ArrayAttr &dims,
                               DenseI64ArrayAttr &sizes, DenseI64ArrayAttr &strides,
                               DenseI64ArrayAttr &dilations) {
  SMLoc place = parser.getCurrentLocation();
  StringRef word;
  while (succeeded(
      parser.parseOptionalKeyword(&word, {"dims", "sizes", "strides", "dilations"}))) {
    DenseI64ArrayAttr &list = word == "dims"      ? dims
                              : word == "sizes"   ? sizes
                              : word == "strides" ? strides
                                                  : dilations;
    if (list)
      return parser.emitError(place) << "expects " << word << " once, but got it twice";
    if (parser.parseEqual())
      return failure();
    list = dyn_cast_or_null<DenseI64ArrayAttr>(DenseI64ArrayAttr::parse(parser, Type()));
    if (!list)
      return failure();
  }
  if (!dims || !sizes)
    return parser.emitError(place, "expects dims and sizes, such as dims = [1] sizes = [3]");
  auto ones = parser.getBuilder().getDenseI64ArrayAttr(SmallVector<int64_t>(dims.size(), 1));
  strides = strides ? strides : ones;
  dilations = dilations ? dilations : ones;
  return success();
}
void printWindowClauses(OpAsmPrinter &printer, Operation *, DenseI64ArrayAttr dims,
                        DenseI64ArrayAttr sizes, DenseI64ArrayAttr strides,
                        DenseI64ArrayAttr dilations) {
  printer << "dims = [" << dims.asArrayRef() << "] sizes = [" << sizes.asArrayRef()
          << "] strides = [" << strides.asArrayRef() << "] dilations = [" << dilations.asArrayRef()
          << ']';
}

} // namespace mlc::nn
