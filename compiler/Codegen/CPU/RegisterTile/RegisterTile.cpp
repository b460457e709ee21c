#include "compiler/Codegen/CPU/RegisterTile/RegisterTile.h"
#include "compiler/Codegen/CPU/RegisterTile/BlockLoop.h"
#include "compiler/Codegen/CPU/RegisterTile/FewRows.h"

using namespace mlir;

namespace mlc::tile {

ProductLoops::ProductLoops(VectorBuilder &emitter, Product product, const ScheduleOptions &options,
                           Scratch &scratch)
    : emitter(emitter), choices(emitter, std::move(product), options) {
  bool mayHaveFewRows = // worth code of their own
      choices.problem.rows < 0 && choices.tiling.balancesRows;
  if (choices.problem.readsRhsInOrder && (choices.isVector || mayHaveFewRows))
    fewRows = std::make_unique<FewRows>(emitter, choices, scratch);
  if (!choices.isVector)
    blocks = std::make_unique<BlockLoop>(emitter, choices, scratch);
}

ProductLoops::~ProductLoops() = default;

AffineExpr ProductLoops::tiles() {
  return emitter.simplified(choices.batchCount *
                            choices.rowCount.ceilDiv(choices.tiling.rowsOfUnit()) *
                            choices.columnCount.ceilDiv(choices.tiling.columnUnit));
}

void ProductLoops::emit(Value begin, Value end) {
  if (choices.isVector)
    return fewRows->emit(begin, end, choices.problem.rows);
  if (!fewRows)
    return blocks->emit(begin, end, /*fewRows=*/0);
  int64_t most = mostVectorRows(choices.problem.rhsIsContiguous);
  SmallVector<int64_t> heights = llvm::to_vector(llvm::seq<int64_t>(1, most + 1));
  emitter.indexSwitch(
      emitter.value(choices.rowCount), heights,
      [&](int64_t height) { fewRows->emit(begin, end, height); },
      [&] { blocks->emit(begin, end, most); });
}

int64_t ProductLoops::tailColumns() const { return blocks ? blocks->tailColumns() : 0; }

} // namespace mlc::tile
