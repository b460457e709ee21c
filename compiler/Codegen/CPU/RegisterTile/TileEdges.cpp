// What tiles leave out of a product with zeros at the edges of lhs: the padding that windows see.
#include "compiler/Codegen/CPU/RegisterTile/Tile.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using arith::CmpIPredicate;

namespace mlc::tile {

/// `count` depths of a run after those that are skipped.
Tile::Run Tile::partOf(const Operands &operands, const Run &run, Value skipped, Value count) {
  Run part = {emitter.add(run.low, skipped), count, {}};
  for (auto [offset, stride] : llvm::zip_equal(run.offsets, operands.strides))
    part.offsets.push_back(emitter.add(offset, emitter.mul(skipped, stride)));
  return part;
}

/// A run without the ends that no row of the tile has, or of no depths. `depth`: its coordinates.
Tile::Run Tile::insideEdges(const Operands &operands, Run run, ArrayRef<LaneIndex> depth) {
  Value zero = emitter.constantIndex(0);
  for (const Edge &edge : plan.edges) {
    if (edge.kind == Edge::Kind::rowsOfEnds)
      continue;
    Value row =
              emitter.floorDiv(operands.rowCoords[edge.rowDim], emitter.constantIndex(edge.rowRun)),
          element = emitter.mul(row, edge.rowStep), low = emitter.constantIndex(edge.low),
          high = emitter.constantIndex(edge.high);
    if (edge.kind == Edge::Kind::runs) {
      element = emitter.add(element, emitter.mul(depth[edge.depthDim].base, edge.depthStep));
      Value isInside = emitter.bothMasks(emitter.compare(CmpIPredicate::sge, element, low),
                                         emitter.compare(CmpIPredicate::slt, element, high));
      run.count = select(isInside, run.count, zero);
      continue;
    }
    Value step = emitter.constantIndex(edge.depthStep);
    auto upTo = [&](Value end) {
      return emitter.ceilDiv(emitter.max(emitter.sub(end, element), zero), step);
    };
    Value first = upTo(low), last = emitter.min(upTo(high), run.count);
    run = partOf(operands, run, first, emitter.max(emitter.sub(last, first), zero));
  }
  return run;
}

/// The products of some rows of the tile.
SmallVector<Value> Tile::ofRows(const Operands &operands, const Run &run,
                                std::pair<int64_t, int64_t> rows, SmallVector<Value> sums) {
  size_t first = rows.first, count = rows.second - rows.first, vectors = operands.vectors();
  if (count == operands.rowStarts.size())
    return alongDepth(operands, run, sums);
  if (count == 0)
    return sums;
  Operands some = operands;
  some.rowStarts = SmallVector<Value>(ArrayRef(operands.rowStarts).slice(first, count));
  SmallVector<Value> part(ArrayRef<Value>(sums).slice(first * vectors, count * vectors));
  llvm::copy(alongDepth(some, run, part), sums.begin() + first * vectors);
  return sums;
}

/// A run in the first or the last tile of a row, which starts at `first`: tap by tap, without the
/// rows that see padding there.
SmallVector<Value> Tile::atEnd(const Edge &edge, const Operands &operands, const Run &run,
                               ArrayRef<LaneIndex> depth, int64_t first, SmallVector<Value> sums) {
  int64_t taps = numberOf(plan.depthSteps[edge.depthDim]) / edge.depthRun;
  if (edge.depthRun > 1) { // a run is all taps
    Value size = emitter.constantIndex(edge.depthRun);
    Value count = emitter.min(run.count, size); // or none
    for (int64_t tap = 0; tap < taps; ++tap)
      sums =
          ofRows(operands, partOf(operands, run, emitter.constantIndex(tap * edge.depthRun), count),
                 plan.rowsInside(edge, first, tap), sums);
    return sums;
  }
  std::function<SmallVector<Value>(int64_t)> from = [&](int64_t tap) {
    while (tap < taps &&
           plan.rowsInside(edge, first, tap).second - plan.rowsInside(edge, first, tap).first ==
               tiling.rowStep)
      ++tap;
    if (tap == taps)
      return alongDepth(operands, run, sums);
    Value isThis =
        emitter.compare(CmpIPredicate::eq, depth[edge.depthDim].base, emitter.constantIndex(tap));
    return emitter.ifElse(
        isThis, ValueRange(sums).getTypes(),
        [&] { return ofRows(operands, run, plan.rowsInside(edge, first, tap), sums); },
        [&] { return from(tap + 1); });
  };
  return from(0);
}

/// A run, with code of their own for the tiles at the ends of a row.
SmallVector<Value> Tile::withinEdge(const Operands &operands, const Run &run,
                                    ArrayRef<LaneIndex> depth, SmallVector<Value> sums) {
  auto isOfRows = [](const Edge &edge) { return edge.kind == Edge::Kind::rowsOfEnds; };
  const auto *edge = llvm::find_if(plan.edges, isOfRows);
  if (edge == plan.edges.end())
    return alongDepth(operands, run, sums);
  int64_t last = numberOf(plan.rows.back()) - tiling.rowStep;
  if (last == 0)
    return atEnd(*edge, operands, run, depth, 0, sums);
  auto ifAt = [&](int64_t first, LoopBuilder::Branch otherwise) {
    Value isThere =
        emitter.compare(CmpIPredicate::eq, operands.rowCoords.back(), emitter.constantIndex(first));
    return emitter.ifElse(
        isThere, ValueRange(sums).getTypes(),
        [&] { return atEnd(*edge, operands, run, depth, first, sums); }, otherwise);
  };
  return ifAt(0, [&] { return ifAt(last, [&] { return alongDepth(operands, run, sums); }); });
}

} // namespace mlc::tile
