// The text of dimensions, strides and paddings, and what stands for them where they are left out.
#include "dialects/NN/NN.h"
#include "dialects/NN/Text.h"

using namespace mlir;

namespace mlc::nn {

/// {attributes} : type
static ParseResult parseRest(OpAsmParser &parser, NamedAttrList &attributes, Type &type) {
  if (parser.parseOptionalAttrDict(attributes))
    return failure();
  return parser.parseColonType(type);
}
/// The attributes that no directive prints.
static void printRest(OpAsmPrinter &printer, Operation *op, Type type) {
  printer.printOptionalAttrDict(op->getDiscardableAttrDictionary().getValue());
  printer << " : " << type;
}

/// 0 if the type is no tensor, which the verifier says.
static int64_t rankOf(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor ? tensor.getRank() : 0;
}

ParseResult parseDimOfType(OpAsmParser &parser, IntegerAttr &dim, NamedAttrList &attributes,
                           Type &type) {
  Builder &builder = parser.getBuilder();
  if (succeeded(parser.parseOptionalKeyword("dim")) &&
      (parser.parseEqual() || parser.parseAttribute(dim, builder.getI64Type())))
    return failure();
  if (parseRest(parser, attributes, type))
    return failure();
  if (!dim) // -1, which the verifier refuses, if there is none
    dim = builder.getI64IntegerAttr(rankOf(type) - 1);
  return success();
}
void printDimOfType(OpAsmPrinter &printer, Operation *op, IntegerAttr dim, DictionaryAttr,
                    Type type) {
  printer << "dim = " << dim.getInt();
  printRest(printer, op, type);
}

/// `[0, 1]`
static ParseResult parseArray(OpAsmParser &parser, DenseI64ArrayAttr &array) {
  array = dyn_cast_or_null<DenseI64ArrayAttr>(DenseI64ArrayAttr::parse(parser, {}));
  return success(static_cast<bool>(array));
}

/// dim = 1, dims = [0, 1], or nothing.
static ParseResult parseOptionalDims(OpAsmParser &parser, DenseI64ArrayAttr &dims) {
  if (succeeded(parser.parseOptionalKeyword("dims")))
    return failure(parser.parseEqual() || parseArray(parser, dims));
  int64_t dim;
  if (failed(parser.parseOptionalKeyword("dim")))
    return success();
  if (parser.parseEqual() || parser.parseInteger(dim))
    return failure();
  dims = parser.getBuilder().getDenseI64ArrayAttr({dim});
  return success();
}
ParseResult parseDimsOfType(OpAsmParser &parser, DenseI64ArrayAttr &dims, NamedAttrList &attributes,
                            Type &type) {
  if (parseOptionalDims(parser, dims) || parseRest(parser, attributes, type))
    return failure();
  if (!dims)
    dims = parser.getBuilder().getDenseI64ArrayAttr({rankOf(type) - 1});
  return success();
}
ParseResult parseOneOrMoreDims(OpAsmParser &parser, DenseI64ArrayAttr &dims,
                               NamedAttrList &attributes, Type &type) {
  return parseDimsOfType(parser, dims, attributes, type);
}
ParseResult parseAllDimsOfType(OpAsmParser &parser, DenseI64ArrayAttr &dims,
                               NamedAttrList &attributes, Type &type) {
  if (parseOptionalDims(parser, dims) || parseRest(parser, attributes, type))
    return failure();
  if (!dims)
    dims = parser.getBuilder().getDenseI64ArrayAttr(
        llvm::to_vector(llvm::seq<int64_t>(0, rankOf(type))));
  return success();
}
void printDimsOfType(OpAsmPrinter &printer, Operation *op, DenseI64ArrayAttr dims, DictionaryAttr,
                     Type type) {
  printer << "dims = ";
  dims.print(printer);
  printRest(printer, op, type);
}
void printOneOrMoreDims(OpAsmPrinter &printer, Operation *op, DenseI64ArrayAttr dims,
                        DictionaryAttr attributes, Type type) {
  if (dims.size() != 1)
    return printDimsOfType(printer, op, dims, attributes, type);
  printer << "dim = " << dims[0];
  printRest(printer, op, type);
}
void printAllDimsOfType(OpAsmPrinter &printer, Operation *op, DenseI64ArrayAttr dims,
                        DictionaryAttr attributes, Type type) {
  printDimsOfType(printer, op, dims, attributes, type);
}

ParseResult parseNewDims(OpAsmParser &parser, DenseI64ArrayAttr &dims, NamedAttrList &attributes,
                         Type &type) {
  if (parseOptionalDims(parser, dims) || parseRest(parser, attributes, type))
    return failure();
  if (!dims)
    dims = parser.getBuilder().getDenseI64ArrayAttr({rankOf(type)});
  return success();
}
void printNewDims(OpAsmPrinter &printer, Operation *op, DenseI64ArrayAttr dims,
                  DictionaryAttr attributes, Type type) {
  printOneOrMoreDims(printer, op, dims, attributes, type);
}

ParseResult parsePieces(OpAsmParser &parser, IntegerAttr &parts, DenseI64ArrayAttr &sizes,
                        IntegerAttr &dim, NamedAttrList &attributes, Type &type) {
  SMLoc place = parser.getCurrentLocation();
  StringRef word;
  while (succeeded(parser.parseOptionalKeyword(&word, {"parts", "sizes", "dim"}))) {
    IntegerAttr &number = word == "parts" ? parts : dim;
    if (word == "sizes" ? static_cast<bool>(sizes) : static_cast<bool>(number))
      return parser.emitError(place) << "expects " << word << " once, but got it twice";
    if (parser.parseEqual() ||
        (word == "sizes" ? parseArray(parser, sizes) : parseWhole(parser, number)))
      return failure();
  }
  if (parseRest(parser, attributes, type))
    return failure();
  if (!dim) // -1, which is refused, if there is none
    dim = parser.getBuilder().getI64IntegerAttr(rankOf(type) - 1);
  return success();
}
void printPieces(OpAsmPrinter &printer, Operation *op, IntegerAttr parts, DenseI64ArrayAttr sizes,
                 IntegerAttr dim, DictionaryAttr, Type type) {
  if (parts)
    printer << "parts = " << parts.getInt() << ' ';
  if (sizes) {
    printer << "sizes = ";
    sizes.print(printer);
    printer << ' ';
  }
  printer << "dim = " << dim.getInt();
  printRest(printer, op, type);
}

ParseResult parseStrides(OpAsmParser &parser, DenseI64ArrayAttr &strides,
                         DenseI64ArrayAttr offsets) {
  if (textAhead(parser).starts_with("["))
    return parseArray(parser, strides);
  strides = parser.getBuilder().getDenseI64ArrayAttr(
      SmallVector<int64_t>(offsets ? offsets.size() : 0, 1));
  return success();
}
void printStrides(OpAsmPrinter &printer, Operation *, DenseI64ArrayAttr strides,
                  DenseI64ArrayAttr) {
  strides.print(printer);
}

ParseResult parsePadding(OpAsmParser &parser, DenseI64ArrayAttr &low, DenseI64ArrayAttr &high,
                         DenseI64ArrayAttr &interior) {
  SMLoc place = parser.getCurrentLocation();
  StringRef word;
  size_t count = 0;
  while (succeeded(parser.parseOptionalKeyword(&word, {"low", "high", "interior"}))) {
    DenseI64ArrayAttr &side = word == "low" ? low : word == "high" ? high : interior;
    if (side)
      return parser.emitError(place) << "expects " << word << " once, but got it twice";
    if (parser.parseEqual() || parseArray(parser, side))
      return failure();
    count = side.size();
  }
  if (!low && !high && !interior)
    return parser.emitError(place, "expects low, high or interior, such as low = [1, 0]");
  DenseI64ArrayAttr none = parser.getBuilder().getDenseI64ArrayAttr(SmallVector<int64_t>(count, 0));
  for (DenseI64ArrayAttr *side : {&low, &high, &interior})
    if (!*side)
      *side = none;
  return success();
}
void printPadding(OpAsmPrinter &printer, Operation *, DenseI64ArrayAttr low, DenseI64ArrayAttr high,
                  DenseI64ArrayAttr interior) {
  printer << "low = ";
  low.print(printer);
  printer << " high = ";
  high.print(printer);
  printer << " interior = ";
  interior.print(printer);
}

ParseResult parseAsElement(OpAsmParser &parser, TypeAttr &element) {
  Type type = parser.getBuilder().getF32Type();
  if (succeeded(parser.parseOptionalKeyword("as")) && parser.parseType(type))
    return failure();
  element = TypeAttr::get(type);
  return success();
}
void printAsElement(OpAsmPrinter &printer, Operation *, TypeAttr element) {
  printer << "as " << element.getValue();
}

} // namespace mlc::nn
