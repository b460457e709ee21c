#include "dialects/NN/NN.h"
#include "dialects/NN/Refusal.h"
#include "dialects/NN/ScalarExpr.h"
#include "dialects/NN/TensorExpr.h"
#include "dialects/NN/Text.h"
#include <cmath>

using namespace mlir;

namespace mlc::nn {

ParseResult parseOperandTypes(OpAsmParser &parser, Type &lhs, Type &rhs) {
  if (parser.parseType(lhs))
    return failure();
  rhs = lhs;
  return succeeded(parser.parseOptionalComma()) ? parser.parseType(rhs) : success();
}
void printOperandTypes(OpAsmPrinter &printer, Operation *, Type lhs, Type rhs) {
  printer << lhs;
  if (lhs != rhs)
    printer << ", " << rhs;
}
ParseResult parseOperandTypes(OpAsmParser &parser, Type &a, Type &b, Type &c) {
  if (parser.parseType(a))
    return failure();
  b = c = a;
  if (failed(parser.parseOptionalComma()))
    return success();
  return failure(parser.parseType(b) || parser.parseComma() || parser.parseType(c));
}
void printOperandTypes(OpAsmPrinter &printer, Operation *, Type a, Type b, Type c) {
  printer << a;
  if (a != b || a != c)
    printer << ", " << b << ", " << c;
}

/// Combines the sizes of `a` and `b`, a static size winning over `?`; null if they contradict.
static RankedTensorType mergeShapes(RankedTensorType a, RankedTensorType b) {
  if (a.getRank() != b.getRank() || !llvm::equal(a.getShape(), b.getShape(), areCompatible))
    return nullptr;
  return a.clone(llvm::map_to_vector(llvm::zip(a.getShape(), b.getShape()), [](auto sizes) {
    return mergeSizes(std::get<0>(sizes), std::get<1>(sizes));
  }));
}

LogicalResult inferElementwiseType(std::optional<Location> location, ArrayRef<Type> operands,
                                   Type resultElement, SmallVectorImpl<Type> &types) {
  auto merged = dyn_cast<RankedTensorType>(operands.back());
  if (!merged)
    return refuse(location, "", "expects a ranked tensor, but got ", operands.back());
  for (auto [position, type] : llvm::enumerate(operands.drop_back())) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor)
      return refuse(location, "", "expects a ranked tensor, but got ", type);
    bool isCondition = position == 0 && operands.size() == 3;
    if (!isCondition && tensor.getElementType() != merged.getElementType()) // elementwise_c2
      return refuse(location, "convert one with nn.cast", "expects operands of one dtype, but got ",
                    type, " and ", operands.back());
    merged = mergeShapes(merged, tensor);
    if (!merged) // elementwise_c1
      return refuse(location,
                    "only leading dimensions that an operand lacks are filled in: insert "
                    "nn.broadcast or nn.reshape",
                    "expects operands of one shape, but got ", type, " and ", operands.back());
  }
  types.push_back(merged.clone(resultElement));
  return success();
}

void collectEqualShapes(Operation *op, DimensionAnalysis &sizes, SmallVectorImpl<SizePair> &pairs) {
  int64_t rank = mlir::cast<RankedTensorType>(op->getOperand(0).getType()).getRank();
  for (unsigned operand = 1; operand < op->getNumOperands(); ++operand)
    for (unsigned dim = 0; dim < rank; ++dim)
      pairs.push_back(sizes.pair(op, 0, dim, operand, dim));
}

//===- What the VJP rules multiply dy with ----------------------------------===//

/// e / (1 + e)^2 for e = exp(-|x|), which no rounding makes 0 early: the derivative of the logistic
/// function.
static TensorExpr logisticSlope(const TensorExpr &x) {
  TensorExpr small = exp(-abs(x)), quotient = 1.0 / (1.0 + small);
  return small * quotient * quotient;
}

/// 1 - tanh(x)^2: 1 - y^2 is 0 where y rounds to 1.
static TensorExpr tanhSlope(const TensorExpr &x) { return 4.0 * logisticSlope(2.0 * x); }

/// d x^y / dx = y x^(y-1): 0 where y = 0, whatever the power is, and where an infinite y meets the
/// power 0.
static TensorExpr powSlope(const TensorExpr &x, const TensorExpr &y) {
  TensorExpr power = pow(x, y - 1.0);
  TensorExpr finite = select(abs(power) < INFINITY, power, power.constant(1.0));
  TensorExpr factor = select((abs(y) == INFINITY) & (power == 0.0), zeroLike(y), y);
  return factor * select(y == 0.0, finite, power);
}

/// log(x), by which x^y grows with y; 0 where x^y log(x) tends to 0 and the logarithm does not.
static TensorExpr powLogarithm(const TensorExpr &x, const TensorExpr &y) {
  TensorExpr vanishes = ((x == 0.0) & (y >= 0.0)) | ((x == INFINITY) & (y < 0.0));
  return log(select(vanishes, x.constant(1.0), x));
}

/// p / (p^2 + q^2), the squares of numbers of at most 1; 0 where both are 0 or one is infinite.
static TensorExpr overSquaredDistance(const TensorExpr &p, const TensorExpr &q) {
  // The scale cancels, and so does its derivative.
  TensorExpr largest = stopGradient(max(abs(p), abs(q)));
  TensorExpr isLimit = (largest == 0.0) | (largest == INFINITY);
  TensorExpr scale = select(isLimit, p.constant(1.0), largest);
  TensorExpr u = select(isLimit, zeroLike(p), p) / scale;
  TensorExpr v = select(isLimit, q.constant(1.0), q) / scale;
  return u / (u * u + v * v) / scale;
}

/// sqrt(x^2 + 1), where x^2 would overflow |x|: the distance of x from i.
static TensorExpr distanceFromImaginary(const TensorExpr &x) {
  TensorExpr isLarge = abs(x) > 1e9;
  return select(isLarge, abs(x), sqrt(x * x + 1.0));
}

/// The derivative of digamma by its asymptotic series, ten steps up, for positive x; by reflection
/// for negative. Its own derivatives are those of the formula.
static TensorExpr trigamma(const TensorExpr &x) {
  constexpr double kPi = 3.141592653589793;
  constexpr double kBernoulli[] = {-3617.0 / 510.0, 7.0 / 6.0,  -691.0 / 2730.0, 5.0 / 66.0,
                                   -1.0 / 30.0,     1.0 / 42.0, -1.0 / 30.0,     1.0 / 6.0};
  constexpr int kSteps = 10;
  TensorExpr isNegative = x < 0.0, y = select(isNegative, 1.0 - x, x);
  TensorExpr inverse = 1.0 / (y + double(kSteps)), square = inverse * inverse;
  TensorExpr series = square.constant(kBernoulli[0]);
  for (double coefficient : llvm::drop_begin(kBernoulli))
    series = series * square + coefficient;
  TensorExpr sum = inverse + square * (0.5 + inverse * series);
  for (int step = kSteps - 1; step >= 0; --step) {
    TensorExpr term = 1.0 / (y + double(step));
    sum = sum + term * term;
  }
  TensorExpr fraction = select(isNegative, x - roundEven(x), x.constant(0.5));
  TensorExpr slope = kPi / sin(kPi * fraction);
  return select(isNegative, slope * slope - sum, sum);
}

ParseResult CompareOp::parse(OpAsmParser &parser, OperationState &state) {
  PredicateAttr predicate;
  if (parser.parseCustomAttributeWithFallback(predicate))
    return failure();
  state.getOrAddProperties<Properties>().predicate = predicate;
  return parseElementwise(parser, state, 2);
}
void CompareOp::print(OpAsmPrinter &printer) {
  printer << ' ' << stringifyPredicate(getPredicate());
  printElementwise(printer, *this, {getPredicateAttrName().getValue()});
}

template <typename Op>
static ParseResult parseConversion(OpAsmParser &parser, OperationState &state) {
  OpAsmParser::UnresolvedOperand x;
  RankedTensorType from, to;
  SMLoc location;
  if (parser.parseOperand(x) || parser.parseOptionalAttrDict(state.attributes) ||
      parser.parseColonType(from) || parser.parseArrow() || parser.getCurrentLocation(&location) ||
      parser.parseType(to) || parser.resolveOperand(x, from, state.operands))
    return failure();
  if (from.getShape() != to.getShape()) // cast_c1, bitcast_c1
    return parser.emitError(location, "expects the shape of the operand, ")
           << from << ", but got " << to;
  state.getOrAddProperties<typename Op::Properties>().element = TypeAttr::get(to.getElementType());
  state.addTypes(to);
  return success();
}
template <typename Op> static void printConversion(OpAsmPrinter &printer, Op op) {
  printer << ' ' << op.getX();
  printer.printOptionalAttrDict(op->getAttrs(), {"element"});
  printer << " : " << op.getX().getType() << " -> " << op.getType();
}
ParseResult CastOp::parse(OpAsmParser &parser, OperationState &state) {
  return parseConversion<CastOp>(parser, state);
}
void CastOp::print(OpAsmPrinter &printer) { printConversion(printer, *this); }
ParseResult BitcastOp::parse(OpAsmParser &parser, OperationState &state) {
  return parseConversion<BitcastOp>(parser, state);
}
void BitcastOp::print(OpAsmPrinter &printer) { printConversion(printer, *this); }
LogicalResult BitcastOp::verify() {
  Type from = getElementTypeOrSelf(getX().getType()), to = getElement();
  unsigned width = from.getIntOrFloatBitWidth();
  if (from == to || (width >= 32 && width == to.getIntOrFloatBitWidth()))
    return success();
  return emitOpError("expects dtypes of equal width, 32 or 64 bits, but got ") // bitcast_c2
         << from << " and " << to;
}

} // namespace mlc::nn

using namespace mlc::nn;
#define GET_OP_CLASSES
#include "dialects/NN/NNOps.cpp.inc"
