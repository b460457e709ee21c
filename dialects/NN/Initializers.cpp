// The initialisers' laws: fans and bounds.
#include "dialects/NN/NN.h"
#include <cmath>

using namespace mlir;

namespace mlc::nn {

using EmitError = llvm::function_ref<InFlightDiagnostic()>;

//===- Laws -----------------------------------------------------------------===//

struct Fans {
  double in = 1.0, out = 1.0;
};
/// [in, out] of a matrix; [out, in, window...] of a convolution.
static Fans fansOf(RankedTensorType type) {
  if (type.getRank() == 2)
    return {static_cast<double>(type.getDimSize(0)), static_cast<double>(type.getDimSize(1))};
  double window = 1.0;
  for (int64_t size : type.getShape().drop_front(2))
    window *= static_cast<double>(size);
  return {type.getDimSize(1) * window, type.getDimSize(0) * window};
}

static Initializer uniformOf(double variance) {
  double bound = std::sqrt(3.0 * variance);
  return {InitializerKind::uniform, -bound, bound};
}
static Initializer normalOf(double variance) {
  return {InitializerKind::normal, 0.0, std::sqrt(variance)};
}

static LogicalResult verifyFloat(EmitError emitError, RankedTensorType type) {
  if (isa<FloatType>(type.getElementType()))
    return success();
  return emitError() << "expects a float dtype for a random initialiser, but got " << type
                     << "; use #nn.zeros, #nn.ones or #nn.constant";
}
static LogicalResult verifyMatrix(EmitError emitError, RankedTensorType type) {
  if (failed(verifyFloat(emitError, type)))
    return failure();
  if (type.getRank() >= 2)
    return success();
  return emitError()
         << "expects at least two dimensions for an initialiser that depends on fans, but got "
         << type << "; use #nn.zeros or #nn.uniform for a vector";
}
/// No element of this size or smaller may become infinite where it is rounded to the tensor's
/// dtype.
static LogicalResult verifySize(EmitError emitError, RankedTensorType type, double size) {
  llvm::APFloat rounded(size);
  bool losesInfo;
  rounded.convert(cast<FloatType>(type.getElementType()).getFloatSemantics(),
                  llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  if (rounded.isFinite())
    return success();
  return emitError() << "expects an initialiser whose numbers are finite in "
                     << type.getElementType() << ", but they reach " << size;
}
/// A whole number of the dtype, whose every integer up to the largest a double tells apart.
static LogicalResult verifyWhole(EmitError emitError, RankedTensorType type, double value) {
  if (value != std::floor(value) || !std::isfinite(value))
    return emitError() << "expects a whole number to initialise " << type << ", but got " << value;
  unsigned bits = type.getElementType().getIntOrFloatBitWidth();
  bool isTruth = bits == 1;
  double most = isTruth ? 1.0 : std::ldexp(1.0, std::min(bits - 1, 53u)) - (bits <= 53);
  double least = isTruth ? 0.0 : std::ldexp(-1.0, std::min(bits - 1, 53u));
  if (value >= least && value <= most)
    return success();
  return emitError() << "expects a number of " << static_cast<int64_t>(least) << " to "
                     << static_cast<int64_t>(most) << " to initialise " << type << ", but got "
                     << value;
}

Initializer ZerosAttr::initializerFor(RankedTensorType) const { return {}; }
LogicalResult ZerosAttr::verifyFor(EmitError, RankedTensorType) const { return success(); }
Initializer OnesAttr::initializerFor(RankedTensorType) const {
  return {InitializerKind::constant, 1.0};
}
LogicalResult OnesAttr::verifyFor(EmitError, RankedTensorType) const { return success(); }
Initializer ConstantInitializerAttr::initializerFor(RankedTensorType) const {
  return {InitializerKind::constant, getValue().value};
}
LogicalResult ConstantInitializerAttr::verifyFor(EmitError emitError, RankedTensorType type) const {
  double value = getValue().value;
  if (!isa<FloatType>(type.getElementType()))
    return verifyWhole(emitError, type, value);                                 // constant_c1
  return std::isfinite(value) ? verifySize(emitError, type, value) : success(); // constant_c2
}

Initializer UniformAttr::initializerFor(RankedTensorType) const {
  return {InitializerKind::uniform, getLow().value, getHigh().value};
}
/// There is a number of the dtype from low on and below high.
static LogicalResult verifyNotEmpty(EmitError emitError, RankedTensorType type, double low,
                                    double high) {
  llvm::APFloat least(low);
  bool losesInfo;
  least.convert(cast<FloatType>(type.getElementType()).getFloatSemantics(),
                llvm::APFloat::rmTowardPositive, &losesInfo);
  if (least.convertToDouble() < high)
    return success();
  return emitError() << "expects a number of " << type.getElementType()
                     << " from low on and below high, but there is none between " << low << " and "
                     << high;
}
LogicalResult UniformAttr::verifyFor(EmitError emitError, RankedTensorType type) const {
  double low = getLow().value, high = getHigh().value;
  double width = std::isfinite(high - low) ? 0.0 : high - low; // which the runtime multiplies
  return failure(failed(verifyFloat(emitError, type)) ||
                 failed(verifySize(emitError, type, low)) || // uniform_c2
                 failed(verifySize(emitError, type, high)) ||
                 failed(verifySize(emitError, type, width)) ||
                 failed(verifyNotEmpty(emitError, type, low, high))); // uniform_c3
}
LogicalResult UniformAttr::verify(EmitError emitError, Number low, Number high) {
  if (low.value < high.value) // uniform_c1
    return success();
  return emitError() << "expects #nn.uniform<low, high> with low < high, but got " << low.value
                     << " and " << high.value;
}

static LogicalResult verifyDeviation(EmitError emitError, Number deviation) {
  if (deviation.value >= 0.0)
    return success();
  return emitError() << "expects a standard deviation of at least 0, but got " << deviation.value;
}
Initializer NormalAttr::initializerFor(RankedTensorType) const {
  return {InitializerKind::normal, getMean().value, getDeviation().value};
}
/// The farthest that a normal number of 32 random bits is from the mean, in deviations:
/// sqrt(-2 log(2^-32)).
static constexpr double kFarthest = 6.67;

LogicalResult NormalAttr::verifyFor(EmitError emitError, RankedTensorType type) const {
  double size = std::abs(getMean().value) + kFarthest * getDeviation().value;
  return failure(failed(verifyFloat(emitError, type)) ||
                 failed(verifySize(emitError, type, size))); // normal_c2
}
LogicalResult NormalAttr::verify(EmitError emitError, Number, Number deviation) {
  return verifyDeviation(emitError, deviation); // normal_c1
}
Initializer TruncatedNormalAttr::initializerFor(RankedTensorType) const {
  return {InitializerKind::truncatedNormal, getMean().value, getDeviation().value};
}
LogicalResult TruncatedNormalAttr::verifyFor(EmitError emitError, RankedTensorType type) const {
  double size = std::abs(getMean().value) + 2.0 * getDeviation().value;
  return failure(failed(verifyFloat(emitError, type)) ||
                 failed(verifySize(emitError, type, size))); // truncated_normal_c2
}
LogicalResult TruncatedNormalAttr::verify(EmitError emitError, Number, Number deviation) {
  return verifyDeviation(emitError, deviation); // truncated_normal_c1
}

Initializer GlorotUniformAttr::initializerFor(RankedTensorType type) const {
  Fans fans = fansOf(type);
  return uniformOf(2.0 / (fans.in + fans.out));
}
Initializer GlorotNormalAttr::initializerFor(RankedTensorType type) const {
  Fans fans = fansOf(type);
  return normalOf(2.0 / (fans.in + fans.out));
}
Initializer HeUniformAttr::initializerFor(RankedTensorType type) const {
  return uniformOf(2.0 / fansOf(type).in);
}
Initializer HeNormalAttr::initializerFor(RankedTensorType type) const {
  return normalOf(2.0 / fansOf(type).in);
}
Initializer LecunNormalAttr::initializerFor(RankedTensorType type) const {
  return normalOf(1.0 / fansOf(type).in);
}
Initializer LecunAttr::initializerFor(RankedTensorType type) const {
  return normalOf(1.0 / fansOf(type).in);
}
Initializer LecunUniformAttr::initializerFor(RankedTensorType type) const {
  return uniformOf(1.0 / fansOf(type).in);
}
Initializer OrthogonalAttr::initializerFor(RankedTensorType) const {
  return {InitializerKind::orthogonal, getGain().value};
}

LogicalResult GlorotUniformAttr::verifyFor(EmitError emitError, RankedTensorType type) const {
  return verifyMatrix(emitError, type); // glorot_uniform_c1
}
LogicalResult GlorotNormalAttr::verifyFor(EmitError emitError, RankedTensorType type) const {
  return verifyMatrix(emitError, type); // glorot_normal_c1
}
LogicalResult HeUniformAttr::verifyFor(EmitError emitError, RankedTensorType type) const {
  return verifyMatrix(emitError, type); // he_uniform_c1
}
LogicalResult HeNormalAttr::verifyFor(EmitError emitError, RankedTensorType type) const {
  return verifyMatrix(emitError, type); // he_normal_c1
}
LogicalResult LecunNormalAttr::verifyFor(EmitError emitError, RankedTensorType type) const {
  return verifyMatrix(emitError, type); // lecun_normal_c1
}
LogicalResult LecunAttr::verifyFor(EmitError emitError, RankedTensorType type) const {
  return verifyMatrix(emitError, type); // lecun_c1
}
LogicalResult LecunUniformAttr::verifyFor(EmitError emitError, RankedTensorType type) const {
  return verifyMatrix(emitError, type); // lecun_uniform_c1
}
LogicalResult OrthogonalAttr::verifyFor(EmitError emitError, RankedTensorType type) const {
  return failure(failed(verifyMatrix(emitError, type)) ||               // orthogonal_c1
                 failed(verifySize(emitError, type, getGain().value))); // orthogonal_c2
}

} // namespace mlc::nn
