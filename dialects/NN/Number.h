// A floating-point parameter of an attribute.
#ifndef MLC_DIALECTS_NN_NUMBER_H
#define MLC_DIALECTS_NN_NUMBER_H

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/bit.h"
#include <limits>

namespace mlc::nn {

/// A double that attributes can be uniqued by: equal if the bits are.
struct Number {
  double value = 0.0;

  Number() = default;
  Number(double value) : value(value) {}
  friend bool operator==(Number a, Number b) {
    return llvm::bit_cast<uint64_t>(a.value) == llvm::bit_cast<uint64_t>(b.value);
  }
  friend llvm::hash_code hash_value(Number x) {
    return llvm::hash_value(llvm::bit_cast<uint64_t>(x.value));
  }
  friend mlir::AsmPrinter &operator<<(mlir::AsmPrinter &printer, Number x) {
    printer.printFloat(llvm::APFloat(x.value));
    return printer;
  }
};

} // namespace mlc::nn

/// A float, or an integer for the float of its value. A hexadecimal literal stays the bits of a
/// float, as everywhere in MLIR.
template <> struct mlir::FieldParser<mlc::nn::Number> {
  static mlir::FailureOr<mlc::nn::Number> parse(mlir::AsmParser &parser) {
    double sign = mlir::succeeded(parser.parseOptionalMinus()) ? -1.0 : 1.0, value;
    llvm::APInt whole;
    llvm::SMLoc place = parser.getCurrentLocation();
    const char *text = place.getPointer();
    bool isHexadecimal = text[0] == '0' && text[1] == 'x';
    mlir::OptionalParseResult integer;
    if (!isHexadecimal)
      integer = parser.parseOptionalInteger(whole);
    if (!integer.has_value())
      integer = parser.parseFloat(value);
    else
      value = whole.roundToDouble();
    if (mlir::failed(*integer))
      return mlir::failure();
    if (!isHexadecimal && value > std::numeric_limits<double>::max())
      return parser.emitError(place, "expects a number that a double can hold");
    return mlc::nn::Number(sign * value);
  }
};

#endif
