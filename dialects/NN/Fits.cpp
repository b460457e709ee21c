// Numbers of attributes that become elements: what a dtype holds.
#include "dialects/NN/NN.h"
#include <cmath>

using namespace mlir;

namespace mlc::nn {

bool fits(Type element, double number) {
  if (auto type = dyn_cast<FloatType>(element)) {
    if (!std::isfinite(number) || number == 0.0)
      return true;
    APFloat value(number);
    bool losesInfo;
    value.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven, &losesInfo);
    return value.isFiniteNonZero();
  }
  // 2^63 and above are no i64, and what a double holds below is whole or refused.
  return number == std::floor(number) && number >= -0x1p63 && number < 0x1p63 &&
         fits(element, static_cast<int64_t>(number));
}

bool fits(Type element, int64_t number) {
  if (isa<FloatType>(element))
    return fits(element, static_cast<double>(number));
  unsigned width = element.getIntOrFloatBitWidth();
  return width == 1 ? number == 0 || number == 1 : llvm::isIntN(width, number);
}

static void explainRange(Diagnostic &note, Type element) {
  note << element << " holds ";
  if (auto type = dyn_cast<FloatType>(element)) {
    const llvm::fltSemantics &semantics = type.getFloatSemantics();
    note << "numbers up to " << FloatAttr::get(type, APFloat::getLargest(semantics))
         << ", and 0 instead of magnitudes below "
         << FloatAttr::get(type, APFloat::getSmallest(semantics));
  } else if (element.isInteger(1)) {
    note << "0 and 1";
  } else {
    unsigned width = element.getIntOrFloatBitWidth();
    note << "the whole numbers from " << llvm::minIntN(width) << " to " << llvm::maxIntN(width);
  }
}

LogicalResult verifyFits(llvm::function_ref<InFlightDiagnostic()> emitError, StringRef name,
                         Type element, double number) {
  if (fits(element, number))
    return success();
  InFlightDiagnostic diagnostic = emitError();
  diagnostic << "expects " << name << " that " << element << " holds, but got " << number;
  explainRange(diagnostic.attachNote(), element);
  return diagnostic;
}

LogicalResult verifyFits(Operation *op, StringRef name, Type element, Attribute number) {
  auto real = dyn_cast_or_null<FloatAttr>(number);
  auto integer = dyn_cast_or_null<IntegerAttr>(number);
  if ((!real && !integer) || (real && fits(element, real.getValueAsDouble())) ||
      (integer && fits(element, integer.getValue().getSExtValue())))
    return success();
  InFlightDiagnostic diagnostic = op->emitOpError("expects ");
  diagnostic << name << " that " << element << " holds, but got ";
  if (real)
    diagnostic << number;
  else
    diagnostic << integer.getValue().getSExtValue();
  explainRange(diagnostic.attachNote(), element);
  return diagnostic;
}

} // namespace mlc::nn
