//===- ExpandMath.cpp - elementary functions written out as arithmetic ----===//
#include "compiler/Codegen/Common/ExpandMath.h"
#include "compiler/Codegen/Common/ExpandMathFunctions.h"
#include "dialects/NN/NN.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

namespace mlc {
#define GEN_PASS_DEF_EXPANDMATHPASS
#include "compiler/Codegen/Common/ExpandMath.h.inc"
} // namespace mlc

using namespace mlir;
using namespace mlc;

using Unary = Real (*)(Real);
using Binary = Real (*)(Real, Real);

namespace {
/// What the formula of a number tells of its sign; NaN has none.
struct Sign {
  bool mayBeNegative = true, mayBePositive = true;
};
} // namespace

static Sign signOf(Value value, unsigned depth = 4) {
  Sign unknown;
  Attribute constant;
  if (matchPattern(value, m_Constant(&constant))) {
    auto splat = dyn_cast<SplatElementsAttr>(constant);
    auto number = dyn_cast<FloatAttr>(splat ? splat.getSplatValue<Attribute>() : constant);
    return number ? Sign{number.getValue().isNegative(), !number.getValue().isNegative()} : unknown;
  }
  Operation *op = value.getDefiningOp();
  if (!op || depth == 0)
    return unknown;
  return llvm::TypeSwitch<Operation *, Sign>(op)
      .Case([](math::AbsFOp) { return Sign{false, true}; })
      .Case([&](arith::NegFOp op) {
        Sign x = signOf(op.getOperand(), depth - 1);
        return Sign{x.mayBePositive, x.mayBeNegative};
      })
      .Case([&](arith::MulFOp op) {
        if (op.getLhs() == op.getRhs())
          return Sign{false, true};
        Sign x = signOf(op.getLhs(), depth - 1), y = signOf(op.getRhs(), depth - 1);
        return Sign{(x.mayBeNegative && y.mayBePositive) || (x.mayBePositive && y.mayBeNegative),
                    (x.mayBePositive && y.mayBePositive) || (x.mayBeNegative && y.mayBeNegative)};
      })
      .Default(unknown);
}

static bool isOfNonPositive(math::ExpOp op) {
  return op->hasAttr(kNonPositiveAttr) || !signOf(op.getOperand()).mayBePositive;
}

static Unary functionExpansion(nn::Function function) {
  switch (function) {
  case nn::Function::erf_inv:
    return expandErfInv;
  case nn::Function::lgamma:
    return expandLgamma;
  case nn::Function::digamma:
    return expandDigamma;
  }
  llvm_unreachable("all functions handled");
}

static Unary unaryExpansion(Operation *op) {
  return llvm::TypeSwitch<Operation *, Unary>(op)
      .Case([](math::ExpOp op) {
        return isOfNonPositive(op) ? expandExpOfNonPositive : static_cast<Unary>(expandExp);
      })
      .Case([](math::ExpM1Op) { return expandExpm1; })
      .Case([](math::TanhOp) { return expandTanh; })
      .Case([](math::SinhOp) { return expandSinh; })
      .Case([](math::CoshOp) { return expandCosh; })
      .Case([](math::LogOp) { return expandLog; })
      .Case([](math::Log1pOp) { return expandLog1p; })
      .Case([](math::ErfOp) { return expandErf; })
      .Case([](math::ErfcOp) { return expandErfc; })
      .Case([](math::RsqrtOp) { return expandRsqrt; })
      .Case([](math::SinOp) { return expandSin; })
      .Case([](math::CosOp) { return expandCos; })
      .Case([](math::TanOp) { return expandTan; })
      .Case([](math::AsinOp) { return expandAsin; })
      .Case([](math::AcosOp) { return expandAcos; })
      .Case([](math::AtanOp) { return expandAtan; })
      .Case([](math::AsinhOp) { return expandAsinh; })
      .Case([](math::AcoshOp) { return expandAcosh; })
      .Case([](math::AtanhOp) { return expandAtanh; })
      .Case([](nn::FunctionOp op) { return functionExpansion(op.getFunction()); })
      .Default(nullptr);
}

static Binary binaryExpansion(Operation *op) {
  return llvm::TypeSwitch<Operation *, Binary>(op)
      .Case([](math::PowFOp) { return expandPow; })
      .Case([](math::Atan2Op) { return expandAtan2; })
      .Default(nullptr);
}

/// The type to compute `type` in: 16-bit floats go through f32. Null for what has no formulas.
static Type computeType(Type type) {
  Type element = getElementTypeOrSelf(type);
  if (element.isF32() || element.isF64())
    return type;
  if (!element.isF16() && !element.isBF16())
    return {};
  Type f32 = Float32Type::get(type.getContext());
  auto vector = dyn_cast<VectorType>(type);
  return vector ? Type(vector.clone(f32)) : f32;
}

/// Replaces `op` if it is one of ours; returns whether it was.
static bool expand(Operation *op, bool fma, bool ldexp) {
  Unary unary = unaryExpansion(op);
  Binary binary = binaryExpansion(op);
  if (!unary && !binary)
    return false;
  Type type = op->getResult(0).getType();
  Type wide = computeType(type);
  if (!wide)
    return false;
  OpBuilder builder(op);
  Location loc = op->getLoc();
  MathContext context{builder, loc, wide, fma, ldexp};
  auto operand = [&](unsigned index) -> Real {
    Value value = op->getOperand(index);
    return {&context,
            wide == type ? value : Value(arith::ExtFOp::create(builder, loc, wide, value))};
  };
  Value result = unary ? unary(operand(0)).value : binary(operand(0), operand(1)).value;
  if (wide != type)
    result = arith::TruncFOp::create(builder, loc, type, result);
  op->getResult(0).replaceAllUsesWith(result);
  op->erase();
  return true;
}

namespace {
struct ExpandMathPass : mlc::impl::ExpandMathPassBase<ExpandMathPass> {
  using ExpandMathPassBase::ExpandMathPassBase;

  void runOnOperation() override {
    getOperation()->walk([&](Operation *op) {
      if (expand(op, fma, ldexp))
        ++expandedOps;
    });
  }
};
} // namespace
