#include "compiler/Codegen/Common/LoopBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"
#include <limits>

using namespace mlir;

namespace mlc {

static uintptr_t idOf(Value value) {
  return reinterpret_cast<uintptr_t>(value.getAsOpaquePointer());
}
static std::optional<int64_t> constantOf(Value value) { return getConstantIntValue(value); }

LoopBuilder::LoopBuilder(func::FuncOp function, Location location)
    : builder(function.getContext()), location(location) {
  root.block = &function.getBody().front();
  root.lanes = &root;
  builder.setInsertionPointToEnd(root.block);
}

Type LoopBuilder::laneType(Type element) const {
  return width() == 1 ? element : VectorType::get(width(), element);
}

//===-- Placement ---------------------------------------------------------------------------===//

Scope *LoopBuilder::homeOf(ArrayRef<Value> dependencies, bool hasLanes) {
  unsigned depth = hasLanes ? current->lanes->depth : 0;
  for (Value value : dependencies) {
    if (!value || value.getParentBlock() == root.block)
      continue;
    for (Scope *scope = current; scope; scope = scope->parent)
      if (scope->block == value.getParentBlock() &&
          (!scope->parent || scope->parent->block != scope->block)) {
        depth = std::max(depth, scope->depth);
        break;
      }
  }
  Scope *home = current;
  while (home->depth > depth && !home->isGuard)
    home = home->parent;
  return home;
}

Value LoopBuilder::shared(MemoKey key, ArrayRef<Value> dependencies, bool hasLanes,
                          function_ref<Value()> build) {
  Scope *home = homeOf(dependencies, hasLanes);
  Operation *before = nullptr;
  for (Scope *scope = current;; scope = scope->parent) {
    if (auto found = scope->memo.find(key); found != scope->memo.end())
      return found->second;
    if (scope == home)
      break;
    if (scope->op)
      before = scope->op;
  }
  OpBuilder::InsertionGuard guard(builder);
  Scope *inner = std::exchange(current, home);
  if (before)
    builder.setInsertionPoint(before);
  Value value = build();
  home->memo[std::move(key)] = value;
  current = inner;
  return value;
}

void LoopBuilder::inRegion(Operation *op, Block *block, bool isGuard, function_ref<void()> body) {
  Scope scope;
  scope.parent = current;
  scope.op = op;
  scope.block = block;
  scope.depth = current->depth + 1;
  scope.isGuard = isGuard;
  scope.width = current->width;
  scope.mask = current->mask;
  scope.lanes = current->lanes;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(block);
  Scope *outer = std::exchange(current, &scope);
  body();
  current = outer;
}

void LoopBuilder::withLanes(unsigned width, Value mask, function_ref<void()> body) {
  Scope *scope = nullptr;
  for (auto &candidate : current->laneScopes)
    if (candidate->width == width && candidate->mask == mask)
      scope = candidate.get();
  if (!scope) {
    scope = current->laneScopes.emplace_back(std::make_unique<Scope>()).get();
    scope->parent = current;
    scope->block = current->block;
    scope->depth = current->depth + 1;
    scope->width = width;
    scope->mask = mask;
    scope->lanes = scope;
  }
  Scope *outer = std::exchange(current, scope);
  body();
  current = outer;
}

//===-- Scalar index arithmetic -------------------------------------------------------------===//

Value LoopBuilder::constantIndex(int64_t value) {
  Value &known = constants[value];
  if (!known) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(root.block);
    known = arith::ConstantIndexOp::create(builder, location, value);
  }
  return known;
}

Value LoopBuilder::constant(TypedAttr value) {
  Value &known = scalarConstants[value];
  if (!known) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(root.block);
    known = arith::ConstantOp::create(builder, location, value);
  }
  return known;
}

template <typename Op> Value LoopBuilder::binary(Opcode opcode, Value lhs, Value rhs) {
  return shared({opcode, idOf(lhs), idOf(rhs)}, {lhs, rhs}, false,
                [&]() -> Value { return Op::create(builder, location, lhs, rhs); });
}

LoopBuilder::Displaced LoopBuilder::split(Value value) {
  if (auto known = constantOf(value))
    return {constantIndex(0), *known};
  auto sum = value.getDefiningOp<arith::AddIOp>();
  auto offset = sum ? constantOf(sum.getRhs()) : std::nullopt;
  return offset ? Displaced{sum.getLhs(), *offset} : Displaced{value};
}

Value LoopBuilder::add(Value lhs, Value rhs) {
  auto a = constantOf(lhs), b = constantOf(rhs);
  if (a && b)
    return constantIndex(*a + *b);
  if (a == 0)
    return rhs;
  if (b == 0)
    return lhs;
  Displaced x = split(lhs), y = split(rhs);
  int64_t offset = x.offset + y.offset;
  if (a || b) {
    Value base = a ? y.base : x.base;
    return offset == 0 ? base : binary<arith::AddIOp>(kAdd, base, constantIndex(offset));
  }
  if (x.offset == 0 && y.offset == 0)
    return binary<arith::AddIOp>(kAdd, lhs, rhs);
  return add(add(x.base, y.base), offset);
}
Value LoopBuilder::sub(Value lhs, Value rhs) {
  Displaced x = split(lhs), y = split(rhs);
  if (constantOf(rhs))
    return add(lhs, -y.offset);
  if (x.base == y.base)
    return constantIndex(x.offset - y.offset);
  if (constantOf(lhs))
    return binary<arith::SubIOp>(kSub, constantIndex(x.offset - y.offset), y.base);
  if (x.offset == 0 && y.offset == 0)
    return binary<arith::SubIOp>(kSub, lhs, rhs);
  return add(binary<arith::SubIOp>(kSub, x.base, y.base), x.offset - y.offset);
}
Value LoopBuilder::mul(Value lhs, Value rhs) {
  auto a = constantOf(lhs), b = constantOf(rhs);
  if (a && b)
    return constantIndex(*a * *b);
  if (a == 0 || b == 0)
    return constantIndex(0);
  if (a == 1)
    return rhs;
  if (b == 1)
    return lhs;
  if (a || b) {
    Displaced x = split(a ? rhs : lhs);
    if (x.offset != 0)
      return add(mul(x.base, a ? lhs : rhs), x.offset * (a ? *a : *b));
  }
  return binary<arith::MulIOp>(kMul, lhs, rhs);
}
Value LoopBuilder::floorDiv(Value lhs, Value rhs) {
  auto a = constantOf(lhs), b = constantOf(rhs);
  if (a && b && *b > 0 && *a >= 0)
    return constantIndex(*a / *b);
  return b == 1 ? lhs : binary<arith::DivUIOp>(kDiv, lhs, rhs);
}
Value LoopBuilder::ceilDiv(Value lhs, Value rhs) {
  return floorDiv(add(lhs, sub(rhs, constantIndex(1))), rhs);
}
Value LoopBuilder::rem(Value lhs, Value rhs) {
  auto a = constantOf(lhs), b = constantOf(rhs);
  if (a && b && *b > 0 && *a >= 0)
    return constantIndex(*a % *b);
  return b == 1 ? constantIndex(0) : binary<arith::RemUIOp>(kRem, lhs, rhs);
}
Value LoopBuilder::min(Value lhs, Value rhs) {
  auto a = constantOf(lhs), b = constantOf(rhs);
  if (a && b)
    return constantIndex(std::min(*a, *b));
  return lhs == rhs ? lhs : binary<arith::MinSIOp>(kMin, lhs, rhs);
}
Value LoopBuilder::max(Value lhs, Value rhs) {
  auto a = constantOf(lhs), b = constantOf(rhs);
  if (a && b)
    return constantIndex(std::max(*a, *b));
  return lhs == rhs ? lhs : binary<arith::MaxSIOp>(kMax, lhs, rhs);
}

std::optional<LoopBuilder::Range> LoopBuilder::rangeOf(Value value) {
  if (auto known = constantOf(value))
    return Range{*known, *known};
  if (auto found = ranges.find(value); found != ranges.end())
    return found->second;
  Operation *op = value.getDefiningOp();
  if (!op || op->getNumOperands() != 2)
    return std::nullopt;
  auto a = rangeOf(op->getOperand(0)), b = rangeOf(op->getOperand(1));
  auto factor = constantOf(op->getOperand(1));
  bool isDivided = factor && *factor > 0 && (!a || a->low >= 0), wraps = false;
  auto plus = [&](int64_t x, int64_t y) {
    wraps |= llvm::AddOverflow(x, y, x);
    return x;
  };
  auto times = [&](int64_t x) {
    wraps |= llvm::MulOverflow(x, *factor, x);
    return x;
  };
  std::optional<Range> range;
  if (isa<arith::AddIOp>(op) && a && b)
    range = {plus(a->low, b->low), plus(a->high, b->high)};
  else if (isa<arith::SubIOp>(op) && a && b && b->low > std::numeric_limits<int64_t>::min())
    range = {plus(a->low, -b->high), plus(a->high, -b->low)};
  else if (isa<arith::MulIOp>(op) && a && factor && *factor >= 0)
    range = {times(a->low), times(a->high)};
  else if (isa<arith::DivUIOp>(op) && a && isDivided)
    range = {a->low / *factor, a->high / *factor};
  else if (isa<arith::RemUIOp>(op) && isDivided)
    range = {0, *factor - 1};
  return wraps ? std::nullopt : range;
}

void LoopBuilder::withRange(Value value, Range range, function_ref<void()> body) {
  auto before = ranges.find(value);
  std::optional<Range> known;
  if (before != ranges.end())
    known = before->second;
  ranges[value] = range;
  body();
  ranges.erase(value);
  if (known)
    ranges[value] = *known;
}

std::optional<bool> LoopBuilder::decide(arith::CmpIPredicate predicate, Value lhs, Value rhs) {
  using arith::CmpIPredicate;
  auto a = rangeOf(lhs), b = rangeOf(rhs);
  if (!a || !b)
    return std::nullopt;
  auto isBelow = [](Range x, Range y) -> std::optional<bool> { // x < y
    if (x.high < y.low)
      return true;
    return x.low >= y.high ? std::optional(false) : std::nullopt;
  };
  auto negated = [](std::optional<bool> known) { return known ? std::optional(!*known) : known; };
  switch (predicate) {
  case CmpIPredicate::slt:
    return isBelow(*a, *b);
  case CmpIPredicate::sgt:
    return isBelow(*b, *a);
  case CmpIPredicate::sge:
    return negated(isBelow(*a, *b));
  case CmpIPredicate::sle:
    return negated(isBelow(*b, *a));
  default:
    return std::nullopt;
  }
}

Value LoopBuilder::compare(arith::CmpIPredicate predicate, Value lhs, Value rhs) {
  if (auto known = decide(predicate, lhs, rhs))
    return constant(builder.getBoolAttr(*known));
  return shared(
      {kCompare, uintptr_t(predicate), idOf(lhs), idOf(rhs)}, {lhs, rhs}, false,
      [&]() -> Value { return arith::CmpIOp::create(builder, location, predicate, lhs, rhs); });
}

//===-- Coordinates of all lanes ------------------------------------------------------------===//

Value LoopBuilder::laneVector(const LaneIndex &value) {
  if (value.lanes)
    return value.lanes;
  unsigned lanes = width(); // of here, not of the scope that the vector lands in
  return shared({kLanes, lanes, idOf(value.base), uintptr_t(value.stride)}, {value.base}, false,
                [&]() -> Value {
                  auto type = VectorType::get(lanes, builder.getIndexType());
                  Value base = vector::BroadcastOp::create(builder, location, type, value.base);
                  if (value.stride == 0)
                    return base;
                  SmallVector<Attribute> steps;
                  for (unsigned lane = 0; lane < lanes; ++lane)
                    steps.push_back(builder.getIndexAttr(value.stride * lane));
                  Value offsets =
                      constant(cast<TypedAttr>(Attribute(DenseElementsAttr::get(type, steps))));
                  return arith::AddIOp::create(builder, location, base, offsets);
                });
}

template <typename Op>
LaneIndex LoopBuilder::binaryLanes(Opcode opcode, const LaneIndex &lhs, const LaneIndex &rhs) {
  Value a = laneVector(lhs), b = laneVector(rhs);
  return {{}, 0, shared({opcode, width(), idOf(a), idOf(b)}, {a, b}, true, [&]() -> Value {
            return Op::create(builder, location, a, b);
          })};
}
LaneIndex LoopBuilder::add(const LaneIndex &lhs, const LaneIndex &rhs) {
  if (lhs.lanes || rhs.lanes)
    return binaryLanes<arith::AddIOp>(kAdd, lhs, rhs);
  return {add(lhs.base, rhs.base), lhs.stride + rhs.stride, {}};
}
LaneIndex LoopBuilder::sub(const LaneIndex &lhs, const LaneIndex &rhs) {
  if (lhs.lanes || rhs.lanes)
    return binaryLanes<arith::SubIOp>(kSub, lhs, rhs);
  return {sub(lhs.base, rhs.base), lhs.stride - rhs.stride, {}};
}
LaneIndex LoopBuilder::mul(const LaneIndex &lhs, Value rhs) {
  auto factor = constantOf(rhs);
  if (!lhs.lanes && (lhs.stride == 0 || factor))
    return {mul(lhs.base, rhs), factor ? lhs.stride * *factor : 0, {}};
  if (factor == 1)
    return lhs;
  return binaryLanes<arith::MulIOp>(kMul, lhs, uniform(rhs));
}
LaneIndex LoopBuilder::floorDiv(const LaneIndex &lhs, Value rhs) {
  if (lhs.isUniform())
    return uniform(floorDiv(lhs.base, rhs));
  if (constantOf(rhs) == 1)
    return lhs;
  return binaryLanes<arith::DivUIOp>(kDiv, lhs, uniform(rhs));
}
LaneIndex LoopBuilder::rem(const LaneIndex &lhs, Value rhs) {
  if (lhs.isUniform())
    return uniform(rem(lhs.base, rhs));
  if (constantOf(rhs) == 1)
    return uniform(0);
  return binaryLanes<arith::RemUIOp>(kRem, lhs, uniform(rhs));
}
LaneIndex LoopBuilder::clamp(const LaneIndex &value, Value low, Value high) {
  if (value.isUniform())
    return uniform(max(min(value.base, high), low));
  return binaryLanes<arith::MaxSIOp>(kMax, binaryLanes<arith::MinSIOp>(kMin, value, uniform(high)),
                                     uniform(low));
}
Value LoopBuilder::compare(arith::CmpIPredicate predicate, const LaneIndex &lhs,
                           const LaneIndex &rhs) {
  if (lhs.isUniform() && rhs.isUniform())
    return compare(predicate, lhs.base, rhs.base);
  Value a = laneVector(lhs), b = laneVector(rhs);
  return shared(
      {kCompare, uintptr_t(predicate), width(), idOf(a), idOf(b)}, {a, b}, true,
      [&]() -> Value { return arith::CmpIOp::create(builder, location, predicate, a, b); });
}

Value LoopBuilder::splat(Value value) {
  if (width() == 1 || isa<VectorType>(value.getType()))
    return value;
  unsigned lanes = width();
  return shared({kSplat, lanes, idOf(value)}, {value}, false, [&]() -> Value {
    return vector::BroadcastOp::create(builder, location, VectorType::get(lanes, value.getType()),
                                       value);
  });
}
Value LoopBuilder::bothMasks(Value lhs, Value rhs) {
  if (!lhs || !rhs)
    return lhs ? lhs : rhs;
  for (auto [one, other] : {std::pair(lhs, rhs), {rhs, lhs}})
    if (auto known = constantOf(one); known && one.getType().isInteger(1))
      return *known ? other : isa<VectorType>(other.getType()) ? splat(one) : one;
  Value a = splat(lhs), b = splat(rhs);
  return shared({kAnd, idOf(a), idOf(b)}, {a, b}, false,
                [&]() -> Value { return arith::AndIOp::create(builder, location, a, b); });
}
Value LoopBuilder::maskBelow(Value count, unsigned width) {
  auto known = constantOf(count);
  if (width == 1 || (known && *known >= width))
    return {};
  auto type = VectorType::get(width, builder.getI1Type());
  if (known) {
    SmallVector<bool> lanes(width);
    for (unsigned lane = 0; lane < width; ++lane)
      lanes[lane] = lane < *known;
    return constant(cast<TypedAttr>(Attribute(DenseElementsAttr::get(type, lanes))));
  }
  return shared({kMask, width, idOf(count)}, {count}, false, [&]() -> Value {
    return vector::CreateMaskOp::create(builder, location, type, count);
  });
}

//===-- Parts of vectors -------------------------------------------------------------------===//

Value LoopBuilder::slice(Value vector, int64_t low, int64_t count) {
  if (!isa<VectorType>(vector.getType()))
    return vector;
  if (count == 1)
    return vector::ExtractOp::create(builder, location, vector, low);
  return vector::ExtractStridedSliceOp::create(builder, location, vector, low, count, 1);
}

std::pair<Value, Value> LoopBuilder::interleave(Value a, Value b, int64_t distance) {
  SmallVector<int64_t> low, high;
  int64_t lanes = cast<VectorType>(a.getType()).getDimSize(0);
  for (int64_t lane = 0; lane < lanes; ++lane) {
    bool fromSecond = (lane / distance) % 2;
    low.push_back(fromSecond ? lanes + lane - distance : lane);
    high.push_back(fromSecond ? lanes + lane : lane + distance);
  }
  return {vector::ShuffleOp::create(builder, location, a, b, low),
          vector::ShuffleOp::create(builder, location, a, b, high)};
}

void LoopBuilder::transposeSquare(MutableArrayRef<Value> rows) {
  for (size_t distance = 1; distance < rows.size(); distance *= 2)
    for (size_t row = 0; row < rows.size(); ++row)
      if ((row / distance) % 2 == 0)
        std::tie(rows[row], rows[row + distance]) =
            interleave(rows[row], rows[row + distance], distance);
}

//===-- Loops and conditions ----------------------------------------------------------------===//

SmallVector<Value> LoopBuilder::forLoop(Value low, Value high, int64_t step, ValueRange initial,
                                        LoopBody body) {
  auto from = constantOf(low), to = constantOf(high);
  if (from && to && *to <= *from)
    return SmallVector<Value>(initial);
  if (from && to && *to - *from <= step)
    return body(low, initial);
  auto loop = scf::ForOp::create(builder, location, low, high, constantIndex(step), initial);
  if (from && to)
    ranges[loop.getInductionVar()] = {*from, *from + (*to - 1 - *from) / step * step};
  Block *block = loop.getBody();
  if (initial.empty())
    block->getTerminator()->erase();
  inRegion(loop, block, /*isGuard=*/false, [&] {
    SmallVector<Value> yields = body(loop.getInductionVar(), loop.getRegionIterArgs());
    scf::YieldOp::create(builder, location, yields);
  });
  return SmallVector<Value>(loop.getResults());
}
void LoopBuilder::forLoop(Value low, Value high, int64_t step, function_ref<void(Value)> body) {
  forLoop(low, high, step, {}, [&](Value position, ValueRange) {
    body(position);
    return SmallVector<Value>();
  });
}

SmallVector<Value> LoopBuilder::ifElse(Value condition, TypeRange types, Branch onTrue,
                                       Branch onFalse) {
  auto choice = scf::IfOp::create(builder, location, types, condition, /*withElseRegion=*/true);
  auto branch = [&](Block *block, Branch body) {
    if (types.empty()) // then there is one already
      block->getTerminator()->erase();
    inRegion(choice, block, /*isGuard=*/true,
             [&] { scf::YieldOp::create(builder, location, body()); });
  };
  branch(choice.thenBlock(), onTrue);
  branch(choice.elseBlock(), onFalse);
  return SmallVector<Value>(choice.getResults());
}
Value LoopBuilder::ifElse(Value condition, Type type, function_ref<Value()> onTrue,
                          function_ref<Value()> onFalse) {
  return ifElse(
      condition, TypeRange{type}, [&] { return SmallVector<Value>{onTrue()}; },
      [&] { return SmallVector<Value>{onFalse()}; })[0];
}
void LoopBuilder::indexSwitch(Value value, ArrayRef<int64_t> cases,
                              function_ref<void(int64_t)> body, function_ref<void()> otherwise) {
  auto choice = scf::IndexSwitchOp::create(builder, location, TypeRange(), value, cases,
                                           static_cast<unsigned>(cases.size()));
  auto branch = [&](Region &region, function_ref<void()> inside) {
    inRegion(choice, &region.emplaceBlock(), /*isGuard=*/true, [&] {
      inside();
      scf::YieldOp::create(builder, location);
    });
  };
  for (auto [number, region] : llvm::zip(cases, choice.getCaseRegions()))
    branch(region, [&] { body(number); });
  branch(choice.getDefaultRegion(), otherwise);
}
void LoopBuilder::ifThen(Value condition, function_ref<void()> body) {
  auto choice = scf::IfOp::create(builder, location, condition, /*withElseRegion=*/false);
  choice.thenBlock()->getTerminator()->erase();
  inRegion(choice, choice.thenBlock(), /*isGuard=*/true, [&] {
    body();
    scf::YieldOp::create(builder, location);
  });
}

} // namespace mlc
