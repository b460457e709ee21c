// tabulate-streams: which random stream a kernel draws from is said by its launch.
#include "compiler/Fusion/Passes.h"
#include "dialects/Kernel/Subprogram.h"
#include "dialects/NN/Streams.h"
#include "dialects/NN/TensorExpr.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_TABULATESTREAMSPASS
#include "compiler/Fusion/Passes.h.inc"

namespace {
struct TabulateStreamsPass : impl::TabulateStreamsPassBase<TabulateStreamsPass> {
  void runOnOperation() override {
    llvm::SetVector<int64_t> streams;
    llvm::MapVector<func::FuncOp, SmallVector<Operation *>> draws;
    for (func::FuncOp program : kernel::programs(getOperation()))
      for (Operation &op : program.front())
        if (std::optional<int64_t> stream = nn::streamOf(&op)) {
          streams.insert(*stream);
          draws[program].push_back(&op);
        }
    if (streams.size() < 2) // there is no other to be told from
      return;
    for (auto &[program, ops] : draws)
      readFromTable(program, ops, streams.getArrayRef());
    streamCount += streams.size();
  }

  /// Lets the ops of a program read their streams from a table of all of the module's.
  static void readFromTable(func::FuncOp program, ArrayRef<Operation *> ops,
                            ArrayRef<int64_t> streams) {
    OpBuilder builder = OpBuilder::atBlockBegin(&program.front());
    Value table = nn::tableOfStreams(builder, program.getLoc(), streams);
    llvm::DenseMap<int64_t, int64_t> rows;
    for (auto [row, stream] : llvm::enumerate(streams))
      rows[stream] = row;
    for (Operation *op : ops) {
      builder.setInsertionPoint(op);
      nn::TensorExpr all(builder, op->getLoc(), table);
      nn::readStream(op, all.sliceAlong(0, rows[*nn::streamOf(op)], 1).reshape({}).value());
    }
  }
};
} // namespace
} // namespace mlc
