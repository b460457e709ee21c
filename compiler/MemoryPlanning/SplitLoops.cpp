#include "compiler/MemoryPlanning/SplitLoops.h"
#include "dialects/NN/TensorExpr.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace mlc {

namespace {
/// Trips begin to end of a loop, counted from its first slice also where it runs backwards.
struct Part {
  int64_t begin, end;
};

/// Splits one loop.
class LoopSplitter {
public:
  LoopSplitter(kernel::LoopOp loop, int64_t trips, int64_t parts, nn::DimensionAnalysis &sizes)
      : loop(loop), builder(loop), sizes(sizes) {
    int64_t each = llvm::divideCeil(trips, parts);
    for (int64_t begin = 0; begin < trips; begin += each)
      this->parts.push_back({begin, std::min(begin + each, trips)});
  }

  void run() {
    size_t carriedCount = loop.getInits().size();
    SmallVector<Value> carried(loop.getInits());
    std::vector<SmallVector<Value>> pieces(loop.getNumResults() - carriedCount);
    SmallVector<Part> order(parts);
    if (loop.getReverse())
      std::reverse(order.begin(), order.end());
    for (const Part &part : order) {
      kernel::LoopOp piece = create(part, carried);
      llvm::copy(piece->getResults().take_front(carriedCount), carried.begin());
      for (auto [number, stack] : llvm::enumerate(pieces))
        stack.push_back(piece->getResult(carriedCount + number));
    }
    SmallVector<Value> results(carried);
    for (SmallVector<Value> &stack : pieces) {
      if (loop.getReverse())
        std::reverse(stack.begin(), stack.end());
      results.push_back(nn::concat(builder, loop.getLoc(), stack, 0));
    }
    loop.replaceAllUsesWith(results);
    loop.erase();
  }

private:
  kernel::LoopOp create(const Part &part, ValueRange carried) {
    SmallVector<Value> stacks;
    for (Value stack : loop.getStacks())
      stacks.push_back(slice(stack, part));
    SmallVector<Type> types(carried.getTypes());
    for (Value stack : loop->getResults().drop_front(carried.size()))
      types.push_back(typeOf(stack, part));
    Value trips = arith::ConstantIndexOp::create(builder, loop.getLoc(), part.end - part.begin);
    return kernel::LoopOp::create(builder, loop.getLoc(), types, loop.getBodyAttr(), trips, Value(),
                                  carried, stacks, loop.getCaptures(), loop.getDims(),
                                  loop.getReverseAttr(), FlatSymbolRefAttr(), ValueRange(),
                                  ValueRange(), ArrayAttr());
  }

  static Type typeOf(Value stack, const Part &part) {
    auto type = cast<RankedTensorType>(stack.getType());
    SmallVector<int64_t> shape(type.getShape());
    shape[0] = part.end - part.begin;
    return type.clone(shape);
  }

  Value slice(Value stack, const Part &part) {
    if (Value piece = pieceOf(stack, part))
      return piece;
    return nn::TensorExpr(builder, loop.getLoc(), stack)
        .sliceAlong(0, part.begin, part.end - part.begin)
        .value();
  }

  /// What is the part of `stack` that is joined of its pieces; null where none is.
  Value pieceOf(Value stack, const Part &part) {
    auto joined = stack.getDefiningOp<nn::KernelOpInterface>();
    if (!joined || !joined.joinsOperands())
      return {};
    auto type = cast<RankedTensorType>(typeOf(stack, part));
    int64_t rowElements = type.getNumElements() / (part.end - part.begin);
    AffineExpr begin = sizes.constant(part.begin * rowElements);
    for (auto [piece, offset] : llvm::zip_equal(joined->getOperands(), joined.pieceOffsets(sizes)))
      if (offset == begin && piece.getType() == type)
        return piece;
    return {};
  }

  kernel::LoopOp loop;
  OpBuilder builder;
  nn::DimensionAnalysis &sizes; ///< of the program; asked for static ones only
  SmallVector<Part> parts;
};
} // namespace

/// Whether nothing but its trips ends the loop, and slices of its stacks are known to be one run of
/// bytes.
static bool canSplit(kernel::LoopOp loop) {
  auto isStatic = [](Value value) {
    return cast<RankedTensorType>(value.getType()).hasStaticShape();
  };
  return loop.getTrips() && !loop.getLimit() && !loop.getCondition() &&
         llvm::all_of(loop.getStacks(), isStatic) && llvm::all_of(loop.getResults(), isStatic) &&
         !kernel::canFail(loop);
}

bool splitLoops(func::FuncOp program, int64_t parts) {
  nn::DimensionAnalysis sizes(program);
  bool changed = false;
  for (auto loop : llvm::to_vector(program.front().getOps<kernel::LoopOp>())) {
    APInt trips;
    if (!matchPattern(loop.getTrips(), m_ConstantInt(&trips)) || trips.getSExtValue() < 2 * parts ||
        !canSplit(loop))
      continue;
    LoopSplitter(loop, trips.getSExtValue(), parts, sizes).run();
    changed = true;
  }
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(program.front())))
    if (nn::joinsOperands(&op) && op.use_empty())
      op.erase();
  return changed;
}

} // namespace mlc
