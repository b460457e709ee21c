// The text of convolutions, pools and windows.
#include "dialects/NN/NN.h"
#include "dialects/NN/Text.h"

using namespace mlir;

namespace mlc::nn {

ParseResult parsePerDimension(OpAsmParser &parser, DenseI64ArrayAttr &numbers) {
  SmallVector<int64_t> list;
  auto number = [&]() -> ParseResult {
    IntegerAttr attribute;
    if (parseWhole(parser, attribute))
      return failure();
    list.push_back(attribute.getInt());
    return success();
  };
  bool isList = textAhead(parser).starts_with("[");
  if (isList ? parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, number) : number())
    return failure();
  numbers = parser.getBuilder().getDenseI64ArrayAttr(list);
  return success();
}
void printPerDimension(OpAsmPrinter &printer, Operation *, DenseI64ArrayAttr numbers) {
  printer << '[' << numbers.asArrayRef() << ']';
}

ParseResult parseWindowClauses(OpAsmParser &parser, DenseI64ArrayAttr &dims,
                               DenseI64ArrayAttr &sizes, DenseI64ArrayAttr &strides,
                               DenseI64ArrayAttr &dilations) {
  SMLoc place = parser.getCurrentLocation();
  StringRef word;
  while (succeeded(parser.parseOptionalKeyword(&word, {"dims", "sizes", "strides", "dilations"}))) {
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
