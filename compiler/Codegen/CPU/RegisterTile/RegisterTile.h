// Products in register tiles: the one header that users of the library need.
#ifndef MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_REGISTERTILE_H
#define MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_REGISTERTILE_H

#include "compiler/Codegen/CPU/RegisterTile/Product.h"
#include <memory>

namespace mlc::tile {

class BlockLoop;
class FewRows;

/// The code of one product, cut as the model says.
class ProductLoops {
public:
  /// Allocates what it needs in `scratch`.
  ProductLoops(VectorBuilder &emitter, Product product, const ScheduleOptions &options,
               Scratch &scratch);
  ~ProductLoops();

  const Plan &plan() const { return choices; }
  /// The grid: independent parts of the result.
  mlir::AffineExpr tiles();
  /// Emits the loops over the tiles [begin, end).
  void emit(Value begin, Value end);
  /// The last columns that are dot products along the depth.
  int64_t tailColumns() const;

private:
  VectorBuilder &emitter;
  const Plan choices;
  std::unique_ptr<FewRows> fewRows;  ///< null: there are none, or they do not pay
  std::unique_ptr<BlockLoop> blocks; ///< null: there are few rows only
};

} // namespace mlc::tile
#endif
