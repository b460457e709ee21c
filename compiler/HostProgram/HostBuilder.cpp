#include "compiler/HostProgram/HostBuilder.h"
#include "dialects/NN/NN.h"
#include "dialects/NN/SizeEvaluator.h"

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

//===-- Sizes -------------------------------------------------------------------------------===//

namespace {
/// `a` and `b` combined by Op, or, where `overflow` is given, by CheckedOp, which says whether the
/// result is beyond 64 bits.
template <typename Op, typename CheckedOp>
Value checked(HostBuilder &host, Value a, Value b, Value *overflow) {
  OpBuilder &body = host.builder();
  if (!overflow)
    return Op::create(body, host.location(), a, b);
  Type both = LLVM::LLVMStructType::getLiteral(body.getContext(), {host.i64(), body.getI1Type()});
  Value pair = CheckedOp::create(body, host.location(), both, a, b);
  host.addOverflow(LLVM::ExtractValueOp::create(body, host.location(), pair, 1), *overflow);
  return LLVM::ExtractValueOp::create(body, host.location(), pair, 0);
}

bool isLarge(AffineExpr expr) {
  return nn::magnitude(expr, nn::kMostElements) >= nn::kLargestDividend;
}

/// Operations on i64. What may be beyond 64 bits is checked if `overflow` is given; a divisor of 0
/// counts as 1, for it would trap.
class HostIntegers : public nn::IntegerSizes<HostIntegers, Value> {
  using Pair = AffineBinaryOpExpr;
  using Base = nn::IntegerSizes<HostIntegers, Value>;

public:
  HostIntegers(HostBuilder &host, Value *overflow)
      : host(host), body(host.builder()), loc(host.location()), overflow(overflow) {}
  Value constant(int64_t value) { return host.constant(value); }
  Value symbol(unsigned position) { return host.dimension(position); }
  Value add(Value lhs, Value rhs, Pair expr) {
    return checked<LLVM::AddOp, LLVM::SAddWithOverflowOp>(host, lhs, rhs, checkOf(expr));
  }
  Value mul(Value lhs, Value rhs, Pair expr) {
    return checked<LLVM::MulOp, LLVM::SMulWithOverflowOp>(host, lhs, rhs, checkOf(expr));
  }
  Value floorDiv(Value lhs, Value rhs, Pair expr) {
    return Base::floorDiv(lhs, divisor(lhs, rhs, expr), expr);
  }
  Value ceilDiv(Value lhs, Value rhs, Pair expr) {
    return Base::ceilDiv(lhs, divisor(lhs, rhs, expr), expr);
  }
  Value mod(Value lhs, Value rhs, Pair expr) {
    return Base::mod(lhs, divisor(lhs, rhs, expr), expr);
  }

  Value plus(Value lhs, Value rhs) { return LLVM::AddOp::create(body, loc, lhs, rhs); }
  Value minus(Value lhs, Value rhs) { return LLVM::SubOp::create(body, loc, lhs, rhs); }
  Value times(Value lhs, Value rhs) { return LLVM::MulOp::create(body, loc, lhs, rhs); }
  Value remainder(Value lhs, Value rhs) { return LLVM::SRemOp::create(body, loc, lhs, rhs); }
  Value quotient(Value lhs, Value rhs, bool mayBeNegative) {
    if (mayBeNegative) {
      Value isNegative =
          LLVM::ICmpOp::create(body, loc, LLVM::ICmpPredicate::slt, lhs, constant(0));
      Value lower = minus(lhs, minus(rhs, constant(1)));
      lhs = LLVM::SelectOp::create(body, loc, isNegative, lower, lhs);
    }
    return LLVM::SDivOp::create(body, loc, lhs, rhs);
  }

private:
  Value *checkOf(AffineExpr expr) { return isLarge(expr) ? overflow : nullptr; }

  /// Numbers of a division are from -2^62 to 2^62.
  void check(AffineExpr expr, Value value) {
    if (!checkOf(expr))
      return;
    Value shifted = plus(value, constant(nn::kLargestDividend));
    host.addOverflow(LLVM::ICmpOp::create(body, loc, LLVM::ICmpPredicate::ugt, shifted,
                                          constant(INT64_MIN)), // 2^63
                     *overflow);
  }

  Value divisor(Value lhs, Value rhs, Pair expr) {
    check(expr.getLHS(), lhs);
    check(expr.getRHS(), rhs);
    if (isa<AffineConstantExpr>(expr.getRHS()))
      return rhs;
    return LLVM::SMaxOp::create(body, loc, rhs, constant(1));
  }

  HostBuilder &host;
  OpBuilder &body;
  Location loc;
  Value *overflow;
};

/// Operations on f64, without rounding, of what may be beyond 64 bits.
class HostReals : public nn::SizeEvaluator<HostReals, Value> {
public:
  explicit HostReals(HostBuilder &host) : host(host), body(host.builder()), loc(host.location()) {}
  Value visit(AffineExpr expr) {
    if (isLarge(expr))
      return nn::SizeEvaluator<HostReals, Value>::visit(expr);
    return LLVM::SIToFPOp::create(body, loc, body.getF64Type(), host.evaluate(expr));
  }
  Value constant(int64_t value) {
    return LLVM::ConstantOp::create(body, loc, body.getF64FloatAttr(static_cast<double>(value)));
  }
  Value symbol(unsigned) { llvm_unreachable("a size fits into 64 bits"); }
  Value add(Value lhs, Value rhs, AffineExpr) { return LLVM::FAddOp::create(body, loc, lhs, rhs); }
  Value mul(Value lhs, Value rhs, AffineExpr) { return LLVM::FMulOp::create(body, loc, lhs, rhs); }
  Value floorDiv(Value lhs, Value rhs, AffineExpr) {
    return LLVM::FDivOp::create(body, loc, lhs, atLeastOne(rhs));
  }
  Value ceilDiv(Value lhs, Value rhs, AffineExpr expr) { return floorDiv(lhs, rhs, expr); }
  Value mod(Value lhs, Value rhs, AffineExpr) {
    return LLVM::FRemOp::create(body, loc, lhs, atLeastOne(rhs));
  }

private:
  Value atLeastOne(Value divisor) {
    return LLVM::MaxNumOp::create(body, loc, divisor, constant(1));
  }
  HostBuilder &host;
  OpBuilder &body;
  Location loc;
};
} // namespace

Value HostBuilder::evaluate(AffineExpr expr) { return HostIntegers(*this, nullptr).visit(expr); }
Value HostBuilder::evaluate(AffineExpr expr, Value &overflow) {
  return HostIntegers(*this, &overflow).visit(expr);
}
Value HostBuilder::evaluateReal(AffineExpr expr) { return HostReals(*this).visit(expr); }

Value HostBuilder::multiply(Value a, Value b, Value &overflow) {
  return checked<LLVM::MulOp, LLVM::SMulWithOverflowOp>(*this, a, b, &overflow);
}

void HostBuilder::addOverflow(Value isOverflow, Value &overflow) {
  overflow = overflow ? LLVM::OrOp::create(body, loc, overflow, isOverflow) : isOverflow;
}

//===-- Memory ------------------------------------------------------------------------------===//

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
