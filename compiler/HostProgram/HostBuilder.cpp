#include "compiler/HostProgram/HostBuilder.h"
#include "dialects/NN/NN.h"

using namespace mlir;

namespace mlc {

HostBuilder::HostBuilder(OpBuilder &module, Location location, StringRef name, Type result,
                         ArrayRef<Type> arguments)
    : loc(location), func(LLVM::LLVMFuncOp::create(module, location, name,
                                                   LLVM::LLVMFunctionType::get(result, arguments))),
      head(module.getContext()), body(module.getContext()) {
  head.setInsertionPointToEnd(func.addEntryBlock(module));
  firstBody = startBlock();
}

Block *HostBuilder::startBlock() {
  Block *block = body.createBlock(&func.getBody(), func.getBody().end());
  body.setInsertionPointToEnd(block);
  return block;
}

Value HostBuilder::constant(int64_t value) {
  return LLVM::ConstantOp::create(body, loc, body.getI64IntegerAttr(value));
}
Value HostBuilder::constant32(int64_t value) {
  return LLVM::ConstantOp::create(body, loc, body.getI32IntegerAttr(value));
}

Value HostBuilder::evaluate(AffineExpr expr) { return evaluateInteger(expr, nullptr); }
Value HostBuilder::evaluate(AffineExpr expr, Value &overflow) {
  return evaluateInteger(expr, &overflow);
}
Value HostBuilder::multiply(Value a, Value b, Value &overflow) {
  return combine<LLVM::MulOp, LLVM::SMulWithOverflowOp>(a, b, &overflow);
}

void HostBuilder::addOverflow(Value isOverflow, Value &overflow) {
  overflow = overflow ? LLVM::OrOp::create(body, loc, overflow, isOverflow) : isOverflow;
}

template <typename Op, typename CheckedOp>
Value HostBuilder::combine(Value a, Value b, Value *overflow) {
  if (!overflow)
    return Op::create(body, loc, a, b);
  Type both = LLVM::LLVMStructType::getLiteral(body.getContext(), {i64(), body.getI1Type()});
  Value pair = CheckedOp::create(body, loc, both, a, b);
  addOverflow(LLVM::ExtractValueOp::create(body, loc, pair, 1), *overflow);
  return LLVM::ExtractValueOp::create(body, loc, pair, 0);
}

/// Numbers of a division are from -2^62 to 2^62.
void HostBuilder::checkDividend(AffineExpr expr, Value value, Value *overflow) {
  if (!overflow || nn::magnitude(expr, nn::kMostElements) < nn::kLargestDividend)
    return;
  Value shifted = LLVM::AddOp::create(body, loc, value, constant(nn::kLargestDividend));
  addOverflow(LLVM::ICmpOp::create(body, loc, LLVM::ICmpPredicate::ugt, shifted,
                                   constant(INT64_MIN)), // 2^63
              *overflow);
}

Value HostBuilder::evaluateInteger(AffineExpr expr, Value *overflow) {
  if (auto number = dyn_cast<AffineConstantExpr>(expr))
    return constant(number.getValue());
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
    return loadOnce(dims, symbol.getPosition(), i64());
  auto binary = cast<AffineBinaryOpExpr>(expr);
  Value lhs = evaluateInteger(binary.getLHS(), overflow),
        rhs = evaluateInteger(binary.getRHS(), overflow);
  bool isLarge = nn::magnitude(expr, nn::kMostElements) >= nn::kLargestDividend;
  if (expr.getKind() == AffineExprKind::Add)
    return combine<LLVM::AddOp, LLVM::SAddWithOverflowOp>(lhs, rhs, isLarge ? overflow : nullptr);
  if (expr.getKind() == AffineExprKind::Mul)
    return combine<LLVM::MulOp, LLVM::SMulWithOverflowOp>(lhs, rhs, isLarge ? overflow : nullptr);
  checkDividend(binary.getLHS(), lhs, overflow);
  checkDividend(binary.getRHS(), rhs, overflow);
  if (!isa<AffineConstantExpr>(binary.getRHS())) // a size: 0 would trap
    rhs = LLVM::SMaxOp::create(body, loc, rhs, constant(1));
  bool isMod = expr.getKind() == AffineExprKind::Mod;
  Value less = LLVM::SubOp::create(body, loc, rhs, constant(1)), dividend = lhs;
  if (expr.getKind() == AffineExprKind::CeilDiv)
    dividend = LLVM::AddOp::create(body, loc, dividend, less);
  if (nn::mayBeNegative(binary.getLHS())) { // rounds down below zero too
    Value isNegative =
        LLVM::ICmpOp::create(body, loc, LLVM::ICmpPredicate::slt, dividend, constant(0));
    Value lower = LLVM::SubOp::create(body, loc, dividend, less);
    dividend = LLVM::SelectOp::create(body, loc, isNegative, lower, dividend);
  } else if (isMod) {
    return LLVM::SRemOp::create(body, loc, lhs, rhs);
  }
  Value quotient = LLVM::SDivOp::create(body, loc, dividend, rhs);
  if (!isMod)
    return quotient;
  return LLVM::SubOp::create(body, loc, lhs, LLVM::MulOp::create(body, loc, quotient, rhs));
}

Value HostBuilder::evaluateReal(AffineExpr expr) {
  if (nn::magnitude(expr, nn::kMostElements) < nn::kLargestDividend)
    return LLVM::SIToFPOp::create(body, loc, body.getF64Type(), evaluate(expr));
  auto real = [&](double number) -> Value {
    return LLVM::ConstantOp::create(body, loc, body.getF64FloatAttr(number));
  };
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary) // a constant
    return real(cast<AffineConstantExpr>(expr).getValue());
  Value lhs = evaluateReal(binary.getLHS()), rhs = evaluateReal(binary.getRHS());
  if (expr.getKind() == AffineExprKind::Add)
    return LLVM::FAddOp::create(body, loc, lhs, rhs);
  if (expr.getKind() == AffineExprKind::Mul)
    return LLVM::FMulOp::create(body, loc, lhs, rhs);
  rhs = LLVM::MaxNumOp::create(body, loc, rhs, real(1));
  if (expr.getKind() == AffineExprKind::Mod)
    return LLVM::FRemOp::create(body, loc, lhs, rhs);
  return LLVM::FDivOp::create(body, loc, lhs, rhs);
}

Value HostBuilder::offset(Value pointer, AffineExpr bytes) {
  if (auto number = dyn_cast<AffineConstantExpr>(bytes); number && number.getValue() == 0)
    return pointer;
  return LLVM::GEPOp::create(body, loc, this->pointer(), body.getI8Type(), pointer,
                             ArrayRef<LLVM::GEPArg>{evaluate(bytes)});
}

Value HostBuilder::slot(Value array, int64_t index) {
  return LLVM::GEPOp::create(body, loc, pointer(), i64(), array,
                             ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(index)});
}

void HostBuilder::store(Value value, Value array, int64_t index) {
  LLVM::StoreOp::create(body, loc, value, slot(array, index));
}

Value HostBuilder::loadOnce(Value array, int64_t index, Type type) {
  Value &value = loaded[{array, index}];
  if (!value) {
    Value address = LLVM::GEPOp::create(head, loc, pointer(), i64(), array,
                                        ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(index)});
    value = LLVM::LoadOp::create(head, loc, type, address);
  }
  return value;
}

Value HostBuilder::allocate(int64_t slots) {
  Value count = LLVM::ConstantOp::create(head, loc, head.getI64IntegerAttr(slots));
  return LLVM::AllocaOp::create(head, loc, pointer(), i64(), count);
}

void HostBuilder::returnIf(Value condition, Value value) {
  Block *current = body.getBlock();
  Block *leave = startBlock();
  LLVM::ReturnOp::create(body, loc, value);
  Block *next = startBlock();
  body.setInsertionPointToEnd(current);
  LLVM::CondBrOp::create(body, loc, condition, leave, next);
  body.setInsertionPointToEnd(next);
}

void HostBuilder::finish(Value value) {
  LLVM::ReturnOp::create(body, loc, value ? ValueRange(value) : ValueRange());
  LLVM::BrOp::create(head, loc, firstBody);
}

} // namespace mlc
