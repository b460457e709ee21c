// Numbers in the text of models, and floating-point parameters of attributes.
#ifndef MLC_DIALECTS_NN_NUMBER_H
#define MLC_DIALECTS_NN_NUMBER_H

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/bit.h"

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

/// A number as the text has it.
struct Literal {
  double value = 0.0;
  std::optional<int64_t> whole; ///< exactly, where it is written without point and exponent
  llvm::SMLoc place;
};
/// Reads `-1.5`, `2`, `1e-3`, `inf`, `-inf`, `nan`, `true` or `false`; a hexadecimal literal is the
/// bits of a double, as everywhere in MLIR. None where there is no number.
mlir::OptionalParseResult parseOptionalLiteral(mlir::AsmParser &parser, Literal &literal);
mlir::ParseResult parseLiteral(mlir::AsmParser &parser, Literal &literal);

} // namespace mlc::nn

template <> struct mlir::FieldParser<mlc::nn::Number> {
  static mlir::FailureOr<mlc::nn::Number> parse(mlir::AsmParser &parser) {
    mlc::nn::Literal literal;
    if (mlc::nn::parseLiteral(parser, literal))
      return mlir::failure();
    return mlc::nn::Number(literal.value);
  }
};

#endif
