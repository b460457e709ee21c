#include "dialects/NN/MaskedNumbers.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

using namespace mlir;

namespace mlc::nn {

using Known = std::optional<double>;

/// The number of a constant of which all elements are one, looking through what copies it.
static Known constantNumber(Value value) {
  auto op = value.getDefiningOp<KernelOpInterface>();
  if (op && op.splat())
    return constantNumber(op.splat());
  DenseElementsAttr elements;
  if (!matchPattern(value, m_Constant(&elements)) || !elements.isSplat())
    return std::nullopt;
  if (isa<FloatType>(elements.getElementType()))
    return elements.getSplatValue<APFloat>().convertToDouble();
  APInt integer = elements.getSplatValue<APInt>();
  return integer.getBitWidth() == 1 ? double(integer.getZExtValue())
                                    : double(integer.getSExtValue());
}

static bool isZero(Known number) { return number && *number == 0; }
static bool isInfinite(Known number) { return number && std::isinf(*number); }

Known MaskedNumbers::of(Value value) {
  if (value == condition)
    return 0.0;
  if (auto known = found.find(value); known != found.end())
    return known->second;
  Known number = find(value);
  found[value] = number;
  return number;
}

Known MaskedNumbers::find(Value value) {
  if (Known number = constantNumber(value))
    return number;
  Operation *op = value.getDefiningOp();
  if (!op || !isa<ElementwiseOpInterface>(op))
    return std::nullopt;
  SmallVector<Known> in;
  for (Value operand : op->getOperands())
    in.push_back(of(operand));
  return llvm::TypeSwitch<Operation *, Known>(op)
      .Case<SelectOp>([&](auto) -> Known {
        if (in[0])
          return *in[0] != 0 ? in[1] : in[2];
        return in[1] == in[2] ? in[1] : std::nullopt;
      })
      .Case<MulOp, AndOp>(
          [&](auto) -> Known { return isZero(in[0]) || isZero(in[1]) ? Known(0.0) : std::nullopt; })
      .Case<DivOp>([&](auto) -> Known { return isZero(in[0]) ? Known(0.0) : std::nullopt; })
      .Case<AddOp>([&](auto) -> Known {
        if (isInfinite(in[0]) && isInfinite(in[1]))
          return in[0] == in[1] ? in[0] : std::nullopt;
        return isInfinite(in[0]) ? in[0] : isInfinite(in[1]) ? in[1] : std::nullopt;
      })
      .Case<SubOp>([&](auto) -> Known {
        return isInfinite(in[0]) && !isInfinite(in[1]) ? in[0] : std::nullopt;
      })
      .Case<CastOp>([&](CastOp cast) -> Known {
        bool isOfFloats = isa<FloatType>(getElementTypeOrSelf(cast.getX().getType())) &&
                          isa<FloatType>(getElementTypeOrSelf(cast.getType()));
        return isOfFloats && (isZero(in[0]) || isInfinite(in[0])) ? in[0] : std::nullopt;
      })
      .Case<NegOp>([&](auto) -> Known { return in[0] ? Known(-*in[0]) : std::nullopt; })
      .Case<ExpOp>(
          [&](auto) -> Known { return isInfinite(in[0]) ? Known(std::exp(*in[0])) : std::nullopt; })
      .Default(Known());
}

} // namespace mlc::nn
