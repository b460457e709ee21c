#include "compiler/Codegen/CPU/Chain/Passes.h"
#include "compiler/Codegen/Common/PullAccumulator.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace mlc::chain {

//===-- Sight -------------------------------------------------------------------------------===//

void Sight::allocate() {
  if (work.mask)
    seen =
        work.context.allocate(emitter.builder.getI32Type(), work.keyCount.ceilDiv(work.keyBlock));
}

LaneIndex Sight::blockOf(Value key) {
  return emitter.uniform(emitter.floorDiv(key, emitter.constantIndex(work.keyBlock)));
}
Value Sight::word(int32_t value) {
  return emitter.constant(emitter.builder.getI32IntegerAttr(value));
}
Value Sight::isSeen(Value key) {
  Value sees = emitter.load(seen, blockOf(key), emitter.builder.getI32Type());
  return arith::CmpIOp::create(emitter.builder, emitter.location, arith::CmpIPredicate::ne, sees,
                               word(0));
}

/// Not 0 where a row sees a key. Of a free number of rows nobody asks.
Value Sight::seesAny(Extent rows, Extent keys) {
  if (numberOf(rows.size) < 0)
    return word(1);
  auto either = [&](Value a, Value b) -> Value {
    return arith::OrIOp::create(emitter.builder, emitter.location, a, b);
  };
  Value any = word(0), end = emitter.add(keys.low, keys.count);
  work.forVectors(rows, [&](Work::Vectors vectors) {
    auto atKey = [&](Value key, ValueRange before) {
      Value sees = before[0];
      for (LaneIndex vector : vectors) {
        Value bits = emitter.emit(work.mask, work.cellAt(vector, emitter.uniform(key)));
        sees = either(sees, arith::ExtUIOp::create(emitter.builder, emitter.location,
                                                   sees.getType(), emitter.splat(bits)));
      }
      return SmallVector<Value>{sees};
    };
    Value sees = emitter.forLoop(keys.low, end, 1, emitter.splat(word(0)), atKey)[0];
    if (isa<VectorType>(sees.getType()))
      sees = vector::ReductionOp::create(emitter.builder, emitter.location,
                                         vector::CombiningKind::OR, sees);
    any = either(any, sees);
  });
  return any;
}

void Sight::look(Extent rows, Extent keys) {
  if (work.mask)
    emitter.store(seen, blockOf(keys.low), seesAny(rows, keys), emitter.builder.getI32Type());
}

void Sight::ifSeen(Extent keys, function_ref<void()> body) {
  work.mask ? emitter.ifThen(isSeen(keys.low), body) : body();
}

SmallVector<Value> Sight::overSeen(ValueRange initial, SomeKeys body) {
  Value zero = emitter.constantIndex(0), end = emitter.value(work.keyCount);
  if (!work.mask)
    return body(zero, end, initial);
  return emitter.forLoop(zero, end, work.keyBlock, initial, [&](Value low, ValueRange carried) {
    int64_t known = numberOf(work.keyCount);
    Value high = emitter.add(low, work.keyBlock);
    if (known < 0 || known % work.keyBlock != 0)
      high = emitter.min(high, end);
    if (carried.empty())
      return emitter.ifThen(isSeen(low), [&] { body(low, high, {}); }), SmallVector<Value>();
    return emitter.ifElse(
        isSeen(low), carried.getTypes(), [&] { return body(low, high, carried); },
        [&] { return SmallVector<Value>(carried); });
  });
}

//===-- Passes ------------------------------------------------------------------------------===//

static Type elementOf(Operation *op) { return getElementTypeOrSelf(op->getResult(0).getType()); }

void Passes::allocate() {
  for (nn::ReductionOpInterface reduction : work.chain.reductions)
    rowSlots.push_back(work.context.allocate(elementOf(reduction), work.rowBlock));
}

Value Passes::slotOf(Operation *reduction) {
  const auto &all = work.chain.reductions;
  return rowSlots[llvm::find(all, cast<nn::ReductionOpInterface>(reduction)) - all.begin()];
}

void Passes::emit(Extent rows) {
  for (const ChainPlan::Made &made : work.plan.made)
    store(made.stored, made.slot, rows);
  for (const ChainPlan::Pass &pass : work.plan.passes)
    emitPass(pass, rows);
}

void Passes::forget() {
  for (Operation *cell : work.chain.cells)
    emitter.bindStored(cell->getResult(0), {});
  for (nn::ReductionOpInterface reduction : work.chain.reductions)
    emitter.bindStored(reduction->getResult(0), {});
}

/// From now on cells are read from a slot.
void Passes::store(Value cells, unsigned slot, Extent rows) {
  auto address = [this, low = rows.low](const Position &at) {
    LaneIndex row = emitter.sub(at.coords[work.chain.row], emitter.uniform(low)),
              line = emitter.mul(at.coords[work.chain.key], emitter.constantIndex(work.rowBlock));
    return emitter.add(line, row);
  };
  emitter.bindStored(cells, {work.slots[slot], address});
}

void Passes::emitPass(const ChainPlan::Pass &pass, Extent rows) {
  work.forVectors(rows, [&](Work::Vectors vectors) {
    if (pass.reduction)
      return reduce(pass, rows, vectors);
    sight.overSeen({}, [&](Value low, Value high, ValueRange) {
      emitter.forLoop(low, high, 1, [&](Value key) {
        step(pass, rows, vectors, key, [](ArrayRef<Value>) { return SmallVector<Value>(); });
      });
      return SmallVector<Value>();
    });
  });
  if (pass.stored)
    store(pass.stored, pass.slot, rows);
  if (pass.reduction)
    bind(pass.reduction, {}, rows.low);
}

void Passes::bind(Operation *reduction, Value first, Value low) {
  int64_t dim = work.chain.row - (work.chain.key < work.chain.row);
  auto address = [this, dim, first, low](const Position &at) {
    LaneIndex row = at.coords[dim];
    return first ? emitter.add(emitter.uniform(first), row)
                 : emitter.sub(row, emitter.uniform(low));
  };
  emitter.bindStored(reduction->getResult(0), {slotOf(reduction), address});
}

/// The values of a pass at a key, stored if it stores them; `take` makes of them what is carried.
SmallVector<Value> Passes::step(const ChainPlan::Pass &pass, Extent rows, Work::Vectors vectors,
                                Value key, Step take) {
  Value cells = pass.reduction ? pass.reduction->getOperand(0) : pass.stored;
  SmallVector<Value> values;
  for (LaneIndex vector : vectors)
    values.push_back(emitter.emit(cells, work.cellAt(vector, emitter.uniform(key))));
  if (pass.stored)
    for (auto [vector, value] : llvm::zip_equal(vectors, values)) {
      LaneIndex row = emitter.sub(vector, emitter.uniform(rows.low)),
                line = emitter.uniform(emitter.mul(key, work.rowBlock));
      emitter.store(work.slots[pass.slot], emitter.add(line, row), value, work.element);
    }
  return take(values);
}

/// One number of each row. Long sums are cut into blocks: see VectorBuilder::kChain.
void Passes::reduce(const ChainPlan::Pass &pass, Extent rows, Work::Vectors vectors) {
  Accumulator accumulator(emitter, pass.reduction);
  unsigned count = accumulator.count();
  auto initial = [&] {
    SmallVector<Value> values;
    for (size_t vector = 0; vector < vectors.size(); ++vector)
      llvm::append_range(values, accumulator.initial(work.lanes));
    return values;
  };
  auto over = [&](Value low, Value high, ValueRange before) {
    return emitter.forLoop(low, high, 1, before, [&](Value key, ValueRange carried) {
      return step(pass, rows, vectors, key, [&](ArrayRef<Value> values) {
        SmallVector<Value> next;
        for (Value value : values)
          llvm::append_range(next, accumulator.step(carried.slice(next.size(), count), value,
                                                    LaneIndex(), Value()));
        return next;
      });
    });
  };
  auto overBlocks = [&](Value low, Value high, ValueRange before) {
    return emitter.addBlocks(
        low, high, VectorBuilder::kChain, before,
        [&](Value low, Value high, ValueRange) { return over(low, high, initial()); });
  };
  constexpr int64_t kMostWithoutErrors = VectorBuilder::kChain * VectorBuilder::kChain;
  int64_t known = numberOf(work.keyCount);
  SmallVector<Value> totals = initial();
  if (accumulator.isRounded() && (known < 0 || known > kMostWithoutErrors))
    llvm::append_range(totals, initial()); // their errors
  totals =
      accumulator.isRounded() ? sight.overSeen(totals, overBlocks) : sight.overSeen(totals, over);
  for (auto [index, vector] : llvm::enumerate(vectors))
    emitter.store(slotOf(pass.reduction), emitter.sub(vector, emitter.uniform(rows.low)),
                  accumulator.result(ArrayRef(totals).slice(index * count, count)),
                  elementOf(pass.reduction));
}

} // namespace mlc::chain
