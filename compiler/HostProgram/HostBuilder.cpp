#include "compiler/HostProgram/HostBuilder.h"
#include "dialects/NN/DimensionAnalysis.h"

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

Value HostBuilder::evaluate(AffineExpr expr) {
  if (auto number = dyn_cast<AffineConstantExpr>(expr))
    return constant(number.getValue());
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
    return loadOnce(dims, symbol.getPosition(), i64());
  auto binary = cast<AffineBinaryOpExpr>(expr);
  Value lhs = evaluate(binary.getLHS()), rhs = evaluate(binary.getRHS());
  if (expr.getKind() == AffineExprKind::Add)
    return LLVM::AddOp::create(body, loc, lhs, rhs);
  if (expr.getKind() == AffineExprKind::Mul)
    return LLVM::MulOp::create(body, loc, lhs, rhs);
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
