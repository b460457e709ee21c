#include "compiler/Codegen/CPU/Chain/FewTiles.h"
#include "compiler/Codegen/Common/PullAccumulator.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace mlc::chain {

//===-- Tiles -------------------------------------------------------------------------------===//

void FewTiles::allocate() {
  if (work.mask)
    seen = work.context.allocate(emitter.builder.getI32Type(),
                                 work.keyCount.ceilDiv(Work::kKeysOfFew) * work.rowBlock);
}

/// The first row is a zero of the tile's own: what is computed at a position is placed where its
/// coordinates are known, and where there is one batch position only that would be before the loop.
Extent FewTiles::rowsOf(Value number, int64_t rows) {
  Value zero = arith::SubIOp::create(emitter.builder, emitter.location, number, number);
  return {zero, emitter.constantIndex(rows), work.constant(rows)};
}

void FewTiles::forTiles(const Some &some, TileBody body) {
  emitter.forLoop(emitter.constantIndex(0), some.count, 1, [&](Value number) {
    some.setBatch(emitter.add(some.low, number));
    work.firstRow = emitter.mul(number, some.rows);
    body({number, rowsOf(number, some.rows)});
  });
}

/// Some keys of all tiles, then the next ones, as far as rows see them.
void FewTiles::overKeys(const Some &some, function_ref<void(const Tile &tile, Extent keys)> body) {
  work.forBlocks(work.keyCount, Work::kKeysOfFew,
                 [&](Extent keys) { forTiles(some, [&](const Tile &tile) { body(tile, keys); }); });
}

void FewTiles::emit(Value begin, Value end, int64_t rows, ArrayRef<StoreTarget> rowTargets,
                    function_ref<void(Value tile)> setBatch) {
  int64_t most = work.rowBlock / rows;
  emitter.forLoop(begin, end, most, [&](Value low) {
    Some some = {low, emitter.min(emitter.constantIndex(most), emitter.sub(end, low)), rows,
                 setBatch};
    overKeys(some, [&](const Tile &tile, Extent keys) {
      look(tile, keys);
      ifSeen(tile, keys.low, [&] { makers.emitFew(tile.rows, keys); });
    });
    forTiles(some, [&](const Tile &tile) {
      emitPasses(tile);
      forRows(tile, [&](LaneIndex row) {
        if (!rowTargets.empty())
          work.context.storeAt(rowTargets, work.rowAt(row));
      });
      takers.beginRows(tile.rows);
      passes.forget();
    });
    overKeys(some, [&](const Tile &tile, Extent keys) {
      ifSeen(tile, keys.low, [&] { takers.emitFew(tile.rows, keys); });
    });
    forTiles(some, [&](const Tile &tile) { takers.endRows(tile.rows); });
  });
  work.firstRow = {};
}

void FewTiles::forRows(const Tile &tile, function_ref<void(LaneIndex row)> body) {
  for (int64_t row = 0; row < numberOf(tile.rows.size); ++row)
    body(emitter.uniform(emitter.add(tile.rows.low, row)));
}

//===-- What is seen ------------------------------------------------------------------------===//

LaneIndex FewTiles::flagOf(const Tile &tile, Value key) {
  Value count = emitter.value(work.keyCount.ceilDiv(Work::kKeysOfFew)),
        block = emitter.floorDiv(key, emitter.constantIndex(Work::kKeysOfFew));
  return emitter.uniform(emitter.add(emitter.mul(tile.number, count), block));
}

/// The vectors of some keys from `key` on that exist.
void FewTiles::forLanes(Value key, function_ref<void(LaneIndex keys)> body) {
  unsigned lanes = work.lanes;
  Value end = emitter.value(work.keyCount);
  for (int64_t at = 0; at < Work::kKeysOfFew; at += lanes) {
    Value first = emitter.add(key, at);
    emitter.withLanes(lanes, emitter.maskBelow(emitter.sub(end, first), lanes),
                      [&] { body({first, lanes > 1 ? 1 : 0, {}}); });
  }
}

void FewTiles::look(const Tile &tile, Extent keys) {
  if (!work.mask)
    return;
  OpBuilder &builder = emitter.builder;
  Type i32 = builder.getI32Type();
  Value any;
  auto either = [&](Value a, Value b) -> Value {
    return a ? Value(arith::OrIOp::create(builder, emitter.location, a, b)) : b;
  };
  forLanes(keys.low, [&](LaneIndex at) {
    forRows(tile, [&](LaneIndex row) {
      Value bits = emitter.splat(emitter.emit(work.mask, work.cellAt(row, at)));
      if (emitter.mask())
        bits = arith::AndIOp::create(builder, emitter.location, bits, emitter.mask());
      any = either(any, bits);
    });
  });
  if (auto vector = dyn_cast<VectorType>(any.getType()))
    any = vector::ReductionOp::create(builder, emitter.location, vector::CombiningKind::OR, any);
  emitter.store(seen, flagOf(tile, keys.low),
                arith::ExtUIOp::create(builder, emitter.location, i32, any), i32);
}

Value FewTiles::isSeen(const Tile &tile, Value key) {
  OpBuilder &builder = emitter.builder;
  Value flag = emitter.load(seen, flagOf(tile, key), builder.getI32Type());
  return arith::CmpIOp::create(builder, emitter.location, arith::CmpIPredicate::ne, flag,
                               emitter.constant(builder.getI32IntegerAttr(0)));
}

void FewTiles::ifSeen(const Tile &tile, Value key, function_ref<void()> body) {
  work.mask ? emitter.ifThen(isSeen(tile, key), body) : body();
}

//===-- Passes ------------------------------------------------------------------------------===//

void FewTiles::emitPasses(const Tile &tile) {
  for (const ChainPlan::Made &made : work.plan.made)
    store(made.stored, made.slot);
  for (const ChainPlan::Pass &pass : work.plan.passes)
    emitPass(tile, pass);
}

/// From now on cells of the tile are read from a slot.
void FewTiles::store(Value cells, unsigned slot) {
  auto address = [this, first = work.firstRow](const Position &at) {
    return work.fewAddress(first, at.coords[work.chain.row], at.coords[work.chain.key]);
  };
  emitter.bindStored(cells, {work.slots[slot], address});
}

void FewTiles::emitPass(const Tile &tile, const ChainPlan::Pass &pass) {
  forRows(tile, [&](LaneIndex row) {
    if (pass.reduction) {
      LaneIndex to = emitter.add(emitter.uniform(work.firstRow), row);
      return emitter.store(passes.slotOf(pass.reduction), to, reduce(tile, pass, row),
                           getElementTypeOrSelf(pass.reduction->getResult(0).getType()));
    }
    emitter.forLoop(
        emitter.constantIndex(0), emitter.value(work.keyCount), Work::kKeysOfFew, [&](Value key) {
          ifSeen(tile, key, [&] { forLanes(key, [&](LaneIndex keys) { step(pass, row, keys); }); });
        });
  });
  if (pass.stored)
    store(pass.stored, pass.slot);
  if (pass.reduction)
    passes.bind(pass.reduction, work.firstRow);
}

/// The value of a pass at some keys, stored if it stores it.
Value FewTiles::step(const ChainPlan::Pass &pass, LaneIndex row, LaneIndex keys) {
  Value cells = pass.reduction ? pass.reduction->getOperand(0) : pass.stored,
        value = emitter.splat(emitter.emit(cells, work.cellAt(row, keys)));
  if (pass.stored)
    emitter.store(work.slots[pass.slot], work.fewAddress(work.firstRow, row, keys), value,
                  work.element);
  return value;
}

/// Lane by lane, then the lanes. Long sums are cut into blocks: see VectorBuilder::kChain.
Value FewTiles::reduce(const Tile &tile, const ChainPlan::Pass &pass, LaneIndex row) {
  Accumulator accumulator(emitter, pass.reduction);
  auto over = [&](Value low, Value high, ValueRange before) {
    return emitter.forLoop(low, high, Work::kKeysOfFew, before, [&](Value key, ValueRange carried) {
      auto add = [&] {
        SmallVector<Value> next(carried);
        forLanes(key, [&](LaneIndex keys) {
          next = accumulator.step(next, step(pass, row, keys), LaneIndex(), emitter.mask());
        });
        return next;
      };
      if (!work.mask)
        return add();
      return emitter.ifElse(isSeen(tile, key), carried.getTypes(), add,
                            [&] { return SmallVector<Value>(carried); });
    });
  };
  Value zero = emitter.constantIndex(0), end = emitter.value(work.keyCount);
  SmallVector<Value> totals = accumulator.initial(work.lanes);
  if (accumulator.isRounded()) {
    int64_t block = VectorBuilder::kChain * work.lanes, known = numberOf(work.keyCount);
    if (known < 0 || known > block * VectorBuilder::kChain)
      llvm::append_range(totals, accumulator.initial(work.lanes)); // their errors
    totals = emitter.addBlocks(zero, end, llvm::alignTo(block, Work::kKeysOfFew), totals,
                               [&](Value low, Value high, ValueRange) {
                                 return over(low, high, accumulator.initial(work.lanes));
                               });
  } else {
    totals = over(zero, end, totals);
  }
  totals.truncate(accumulator.count());
  return accumulator.result(accumulator.fold(totals, 1));
}

} // namespace mlc::chain
