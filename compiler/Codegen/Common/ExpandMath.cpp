//===- ExpandMath.cpp - elementary functions written out as arithmetic ----===//
#include "compiler/Codegen/Common/ExpandMath.h"
#include "compiler/Codegen/Common/ExpandMathFunctions.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/TypeSwitch.h"

namespace mlc {
#define GEN_PASS_DEF_EXPANDMATHPASS
#include "compiler/Codegen/Common/ExpandMath.h.inc"
} // namespace mlc

using namespace mlir;
using namespace mlc;

using Unary = Real (*)(Real);
using Binary = Real (*)(Real, Real);

static Unary unaryExpansion(Operation *op) {
  return llvm::TypeSwitch<Operation *, Unary>(op)
      .Case([](math::ExpOp) { return static_cast<Unary>(expandExp); })
      .Case([](math::ExpM1Op) { return expandExpm1; })
      .Case([](math::TanhOp) { return expandTanh; })
      .Case([](math::LogOp) { return expandLog; })
      .Case([](math::Log1pOp) { return expandLog1p; })
      .Case([](math::ErfOp) { return expandErf; })
      .Case([](math::RsqrtOp) { return expandRsqrt; })
      .Case([](math::SinOp) { return expandSin; })
      .Case([](math::CosOp) { return expandCos; })
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

Value mlc::buildLogistic(OpBuilder &builder, Location loc, Value x) {
  Type type = x.getType();
  TypedAttr one = builder.getFloatAttr(getElementTypeOrSelf(type), 1.0);
  if (auto vector = dyn_cast<VectorType>(type))
    one = DenseElementsAttr::get(vector, Attribute(one));
  Value ones = arith::ConstantOp::create(builder, loc, one);
  Value negated = arith::NegFOp::create(builder, loc, x);
  Value exponential = math::ExpOp::create(builder, loc, negated);
  Value sum = arith::AddFOp::create(builder, loc, ones, exponential);
  return arith::DivFOp::create(builder, loc, ones, sum);
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
