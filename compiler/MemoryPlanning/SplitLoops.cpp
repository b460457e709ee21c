#include "compiler/MemoryPlanning/SplitLoops.h"
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
  LoopSplitter(kernel::LoopOp loop, int64_t trips, int64_t parts) : loop(loop), builder(loop) {
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
      results.push_back(nn::ConcatOp::create(builder, loop.getLoc(), stack, 0));
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
    if (auto concat = stack.getDefiningOp<nn::ConcatOp>(); concat && concat.getDim() == 0) {
      int64_t begin = 0;
      for (Value input : concat.getInputs()) {
        int64_t size = cast<RankedTensorType>(input.getType()).getDimSize(0);
        if (begin == part.begin && begin + size == part.end)
          return input;
        begin += size;
      }
    }
    auto type = cast<RankedTensorType>(typeOf(stack, part));
    SmallVector<OpFoldResult> offsets(type.getRank(), builder.getIndexAttr(0)), sizes;
    offsets[0] = builder.getIndexAttr(part.begin);
    for (int64_t size : type.getShape())
      sizes.push_back(builder.getIndexAttr(size));
    SmallVector<int64_t> strides(type.getRank(), 1);
    return nn::SliceOp::create(builder, loop.getLoc(), stack, offsets, sizes, strides);
  }

  kernel::LoopOp loop;
  OpBuilder builder;
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
  bool changed = false;
  for (auto loop : llvm::to_vector(program.front().getOps<kernel::LoopOp>())) {
    APInt trips;
    if (!matchPattern(loop.getTrips(), m_ConstantInt(&trips)) || trips.getSExtValue() < 2 * parts ||
        !canSplit(loop))
      continue;
    LoopSplitter(loop, trips.getSExtValue(), parts).run();
    changed = true;
  }
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(program.front())))
    if (isa<nn::ConcatOp>(op) && op.use_empty())
      op.erase();
  return changed;
}

} // namespace mlc
