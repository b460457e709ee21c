// A floating-point parameter of an attribute.
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

} // namespace mlc::nn

template <> struct mlir::FieldParser<mlc::nn::Number> {
  static mlir::FailureOr<mlc::nn::Number> parse(mlir::AsmParser &parser) {
    double value;
    if (parser.parseFloat(value))
      return mlir::failure();
    return mlc::nn::Number(value);
  }
};
#endif
