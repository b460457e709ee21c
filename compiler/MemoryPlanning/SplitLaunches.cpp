#include "compiler/MemoryPlanning/SplitLaunches.h"
#include "compiler/MemoryPlanning/Buffers.h"
#include "compiler/MemoryPlanning/EntryOrder.h"
#include "dialects/NN/AttributeNames.h"
#include "dialects/NN/TensorExpr.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace mlc {

static int64_t elementsOf(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getNumElements();
}

static int64_t bytesOf(Value tensor) {
  return elementsOf(tensor) * elementBytes(getElementTypeOrSelf(tensor.getType()));
}

/// What a tensor is a reshape of.
static Value unshaped(Value tensor) {
  for (nn::View view = nn::viewOf(tensor); view.isWhole; view = nn::viewOf(tensor))
    tensor = view.tensor;
  return tensor;
}

/// The tensors that lie one after the other in what is joined of them; itself where it is not.
static void collectPieces(Value tensor, SmallVectorImpl<Value> &pieces) {
  Operation *op = unshaped(tensor).getDefiningOp();
  if (!op || !nn::joinsOperands(op))
    return pieces.push_back(tensor);
  for (Value piece : op->getOperands())
    collectPieces(piece, pieces);
}
static SmallVector<Value> piecesOf(Value tensor) {
  SmallVector<Value> pieces;
  collectPieces(tensor, pieces);
  return pieces;
}

namespace {
/// Elements, counted from the first of a tensor.
struct Range {
  int64_t begin, end;
  int64_t size() const { return end - begin; }
};

/// Makes tensors of some elements of another one, flat.
class PieceBuilder {
public:
  explicit PieceBuilder(Operation *before) : builder(before), location(before->getLoc()) {}

  /// The pieces that begin in the range are there, whole; what is needed of the piece before them
  /// is copied, right after that was computed.
  Value take(Value tensor, Range range) {
    SmallVector<Value> parts;
    int64_t begin = 0, first = -1;
    for (Value piece : piecesOf(tensor)) {
      int64_t end = begin + elementsOf(piece);
      if (begin <= range.begin && range.end <= end) // all in one
        return slice(piece, {range.begin - begin, range.end - begin});
      if (begin < range.end && end > range.begin) {
        first = first < 0 ? std::max(begin, range.begin) : first;
        parts.push_back(begin >= range.begin ? reshape(piece, elementsOf(piece))
                                             : copyTail(piece, range.begin - begin));
      }
      begin = end;
    }
    Value whole = nn::concat(builder, location, parts, 0);
    return slice(whole, {range.begin - first, range.end - first});
  }

  Value reshape(Value tensor, ArrayRef<int64_t> shape) {
    auto type = cast<RankedTensorType>(tensor.getType());
    if (type.getShape() == shape)
      return tensor;
    return nn::TensorExpr(builder, location, unshaped(tensor)).reshape(shape).value();
  }

private:
  Value slice(Value tensor, Range range) {
    Value flat = reshape(tensor, elementsOf(tensor));
    if (range.size() == elementsOf(flat))
      return flat;
    return nn::TensorExpr(builder, location, flat).sliceAlong(0, range.begin, range.size()).value();
  }

  Value copyTail(Value piece, int64_t begin) {
    OpBuilder::InsertionGuard guard(builder);
    if (Operation *producer = unshaped(piece).getDefiningOp())
      builder.setInsertionPointAfter(producer);
    Value tail = slice(unshaped(piece), {begin, elementsOf(piece)});
    return kernel::CopyOp::create(builder, location, tail.getType(), tail, ArrayAttr());
  }

  OpBuilder builder;
  Location location;
};

/// Splits one launch.
class LaunchSplitter {
public:
  LaunchSplitter(kernel::LaunchOp launch, func::FuncOp callee, const LaunchParts &wanted)
      : launch(launch), wanted(wanted), inputs(launch.getInputs().size()) {
    if (auto rows = callee->getAttrOfType<DenseI64ArrayAttr>(kernel::kRowsAttr))
      numbers = rows;
    auto pairs = callee->getAttrOfType<ArrayAttr>(kernel::kInPlaceAttr);
    inPlace = pairs ? pairs : ArrayAttr::get(launch.getContext(), {});
  }

  bool takesRows(unsigned input) const { return each()[input] > 0; }

  /// Large results.
  SmallVector<Value> results() {
    SmallVector<Value> large;
    for (OpResult result : launch->getResults())
      if (bytesOf(result) >= wanted.leastBytes && !isOfStorage(result))
        large.push_back(result);
    return large;
  }

  /// Large inputs that are taken row by row.
  SmallVector<Value> largeInputs() {
    SmallVector<Value> large;
    for (auto [number, input] : llvm::enumerate(launch.getInputs()))
      if (takesRows(number) && input.getDefiningOp() && bytesOf(input) >= wanted.leastBytes)
        large.push_back(input);
    return large;
  }

  /// Whether all results are new contents of storages, in place, and several pieces are read.
  bool isUpdate() {
    findUpdates();
    bool readsPieces = false;
    for (unsigned input = 0; input < inputs; ++input)
      readsPieces |= piecesOfRows(input).size() > 1;
    return readsPieces && !llvm::is_contained(updates, -1);
  }

  bool run() {
    cut();
    if (cuts.size() < 3)
      return false;
    findUpdates();
    SmallVector<Range> parts;
    for (size_t i = 0; i + 1 < cuts.size(); ++i)
      parts.push_back({cuts[i], cuts[i + 1]});
    sortByInputs(parts);
    for (const Range &rows : parts)
      create(rows);
    replace();
    return true;
  }

  /// Whether the sizes of what is taken row by row are numbers, and such a tensor of the arena is
  /// large.
  bool canSplit(func::FuncOp callee) {
    if (!numbers || kernel::partOf(launch) ||
        !callee->getAttrOfType<AffineMapAttr>(kernel::kGridAttr).getValue().isConstant())
      return false;
    bool isWorth = false;
    for (unsigned number = 0; number < tensorCount(); ++number) {
      if (each()[number] == 0)
        continue;
      if (!cast<RankedTensorType>(tensor(number).getType()).hasStaticShape())
        return false;
      bool isWhole = true;
      Value origin = originOf(tensor(number), isWhole);
      isWorth |= !isa<BlockArgument>(origin) && !isOfStorage(origin) &&
                 bytesOf(tensor(number)) >= wanted.leastBytes;
    }
    rowCount = elementsOf(tensor(inputs)) / std::max<int64_t>(1, each()[inputs]);
    return isWorth;
  }

private:
  ArrayRef<int64_t> each() const { return numbers.asArrayRef().drop_front(2); }
  Value tensor(unsigned number) {
    return number < inputs ? Value(launch.getInputs()[number])
                           : Value(launch.getResult(number - inputs));
  }
  /// The pieces of an input that is taken row by row.
  SmallVector<Value> piecesOfRows(unsigned input) {
    return each()[input] > 0 ? piecesOf(tensor(input)) : SmallVector<Value>();
  }
  unsigned tensorCount() { return inputs + launch->getNumResults(); }

  /// Whether a result becomes the new contents of a storage.
  bool isOfStorage(Value value) {
    return value.getDefiningOp() == launch && storageOf(cast<OpResult>(value));
  }
  Attribute storageOf(OpResult result) {
    auto entry = launch->getParentOfType<func::FuncOp>();
    for (OpOperand &use : entry.front().getTerminator()->getOpOperands()) {
      if (use.get() == result)
        if (Attribute storage = entry.getResultAttr(use.getOperandNumber(), nn::kStorageAttr))
          return storage;
    }
    return {};
  }

  /// Where pieces of the inputs end, in whole tiles; else parts of equal size.
  void cut() {
    int64_t step = numbers[1], least = std::max(rowCount / (4 * wanted.parts), step);
    SmallVector<int64_t> wishes;
    for (unsigned input = 0; input < inputs; ++input) {
      int64_t end = 0;
      for (Value piece : piecesOfRows(input))
        wishes.push_back((end += elementsOf(piece)) / each()[input] / step * step);
      if (!wishes.empty() && wishes.back() == rowCount / step * step)
        wishes.pop_back();
    }
    if (wishes.empty())
      for (int64_t part = 1; part < wanted.parts; ++part)
        wishes.push_back(llvm::divideCeil(rowCount * part / wanted.parts, step) * step);
    llvm::sort(wishes);
    cuts = {0};
    for (int64_t wish : wishes)
      if (wish >= cuts.back() + least && wish < rowCount)
        cuts.push_back(wish);
    cuts.push_back(rowCount);
  }

  /// Results that change a storage in place, with the input that holds its old contents.
  void findUpdates() {
    updates.clear();
    for (OpResult result : launch->getResults()) {
      updates.push_back(-1);
      auto entry = launch->getParentOfType<func::FuncOp>();
      Attribute storage = result.hasOneUse() ? storageOf(result) : Attribute();
      for (auto pair : inPlace.getAsRange<DenseI64ArrayAttr>()) {
        auto argument = dyn_cast<BlockArgument>(launch.getInputs()[pair[1]]);
        if (storage && pair[0] == result.getResultNumber() && argument && each()[pair[1]] > 0 &&
            entry.getArgAttr(argument.getArgNumber(), nn::kStorageAttr) == storage)
          updates.back() = pair[1];
      }
    }
  }

  /// The part whose inputs are computed first comes first.
  void sortByInputs(SmallVectorImpl<Range> &parts) {
    llvm::DenseMap<Operation *, int64_t> positions;
    for (Operation &op : *launch->getBlock())
      positions[&op] = positions.size();
    SmallVector<std::pair<int64_t, Range>> order;
    for (const Range &part : parts)
      order.push_back({-1, part});
    for (unsigned input = 0; input < inputs; ++input) {
      int64_t begin = 0;
      for (Value piece : piecesOfRows(input)) {
        int64_t end = begin + elementsOf(piece), each = this->each()[input];
        Operation *producer = unshaped(piece).getDefiningOp();
        for (auto &[ready, rows] : order)
          if (producer && begin < rows.end * each && end > rows.begin * each)
            ready = std::max(ready, positions.lookup(producer));
        begin = end;
      }
    }
    llvm::sort(order, [](const auto &a, const auto &b) {
      return std::pair(a.first, a.second.begin) < std::pair(b.first, b.second.begin);
    });
    for (size_t i = 0; i < parts.size(); ++i)
      parts[i] = order[i].second;
  }

  Range elements(const Range &rows, unsigned number) {
    int64_t each = this->each()[number];
    return {rows.begin * each, rows.end * each};
  }

  bool isUpdated(unsigned input) const { return llvm::is_contained(updates, int64_t(input)); }

  void create(const Range &rows) {
    PieceBuilder pieces(launch);
    SmallVector<Value> operands;
    SmallVector<Type> types;
    SmallVector<int64_t> begins, ends, overwrites;
    for (unsigned number = 0; number < tensorCount(); ++number) {
      Range range = elements(rows, number);
      begins.push_back(range.begin);
      ends.push_back(range.end);
      if (number < inputs) {
        Value input = launch.getInputs()[number];
        bool isWhole = isUpdated(number) || each()[number] == 0;
        operands.push_back(isWhole ? newest(input, number) : pieces.take(input, range));
        continue;
      }
      auto type = cast<RankedTensorType>(tensor(number).getType());
      int64_t update = updates[number - inputs];
      if (update >= 0)
        overwrites.append({number - inputs, update});
      types.push_back(update >= 0 ? Type(type) : Type(type.clone({range.size()})));
    }
    OpBuilder builder(launch);
    auto part = kernel::LaunchOp::create(builder, launch.getLoc(), types, launch.getKernelAttr(),
                                         operands, launch.getDims(), ArrayAttr());
    part->setAttr(kernel::kPartAttr, attributeFor(rows, begins, ends, overwrites));
    made.push_back({rows.begin, part});
  }

  /// A storage as the part before left it.
  Value newest(Value input, unsigned number) {
    if (!isUpdated(number) || made.empty())
      return input;
    return made.back().second->getResult(llvm::find(updates, number) - updates.begin());
  }

  kernel::PartAttr attributeFor(const Range &rows, ArrayRef<int64_t> begins, ArrayRef<int64_t> ends,
                                ArrayRef<int64_t> overwrites) {
    MLIRContext *context = launch.getContext();
    auto array = [&](ArrayRef<int64_t> list) { return DenseI64ArrayAttr::get(context, list); };
    int64_t tiles = numbers[0], step = numbers[1];
    return kernel::PartAttr::get(
        context,
        array({rows.begin / step * tiles, int64_t(llvm::divideCeil(rows.end, step)) * tiles}),
        array(begins), array(ends), array(overwrites));
  }

  void replace() {
    PieceBuilder pieces(launch);
    OpBuilder builder(launch);
    SmallVector<Value> results;
    for (OpResult result : launch->getResults()) {
      unsigned number = result.getResultNumber();
      if (updates[number] >= 0) {
        results.push_back(made.back().second->getResult(number));
        continue;
      }
      SmallVector<std::pair<int64_t, kernel::LaunchOp>> inOrder(made);
      llvm::sort(inOrder, llvm::less_first());
      SmallVector<Value> parts = llvm::map_to_vector(
          inOrder, [&](auto &part) -> Value { return part.second->getResult(number); });
      Value whole = nn::concat(builder, launch.getLoc(), parts, 0);
      results.push_back(pieces.reshape(whole, cast<RankedTensorType>(result.getType()).getShape()));
    }
    launch->replaceAllUsesWith(results);
    launch.erase();
  }

  kernel::LaunchOp launch;
  LaunchParts wanted;
  unsigned inputs;
  DenseI64ArrayAttr numbers; ///< kernel.rows
  ArrayAttr inPlace;
  int64_t rowCount = 0;
  SmallVector<int64_t> cuts;    ///< rows
  SmallVector<int64_t> updates; ///< of each result: the input that it changes, or -1
  SmallVector<std::pair<int64_t, kernel::LaunchOp>> made; ///< with the first row
};
} // namespace

namespace {
/// The launches to split. What is read as a whole in the end stays whole, so that it can be
/// computed again.
class SplitChoice {
public:
  SplitChoice(func::FuncOp program, const LaunchParts &wanted) : inPassing(wanted.inPassing) {
    for (auto launch : program.front().getOps<kernel::LaunchOp>()) {
      func::FuncOp callee = kernel::calleeOf(launch);
      LaunchSplitter splitter(launch, callee, wanted);
      if (splitter.canSplit(callee) && (!wanted.updatesOnly || splitter.isUpdate()))
        splitters.insert({launch, splitter});
    }
    for (size_t before = 1; before != 0;) { // what stays whole reads whole
      before = whole.size() + 1;
      for (auto &[launch, splitter] : splitters)
        if (staysWhole(splitter))
          whole.insert(launch);
      before = whole.size() + 1 - before;
    }
  }

  bool run() {
    if (inPassing && llvm::none_of(splitters, [&](auto &entry) {
          return !whole.contains(entry.first) && isAnyReadWhole(entry.second);
        }))
      return false; // nothing that is not split otherwise
    bool changed = false;
    for (auto &[launch, splitter] : splitters)
      changed |= !whole.contains(launch) && splitter.run();
    return changed;
  }

private:
  bool staysWhole(LaunchSplitter &splitter) {
    return isAnyReadWhole(splitter) && !(inPassing && readsInPassing(splitter));
  }
  bool isAnyReadWhole(LaunchSplitter &splitter) {
    return llvm::any_of(splitter.results(), [&](Value result) { return isReadWhole(result); });
  }
  /// Whether an input is large, made in parts, and for this launch only.
  bool readsInPassing(LaunchSplitter &splitter) {
    return llvm::any_of(splitter.largeInputs(), [&](Value input) {
      for (; input.hasOneUse(); input = nn::viewOf(input).tensor)
        if (!nn::viewOf(input).isWhole)
          return splitters.contains(input.getDefiningOp()) &&
                 !whole.contains(input.getDefiningOp());
      return false;
    });
  }
  bool isReadWhole(Value tensor) {
    return llvm::any_of(tensor.getUses(), [&](OpOperand &use) {
      Operation *user = use.getOwner();
      if (nn::joinsOperands(user) ||
          llvm::any_of(user->getResults(), [](Value view) { return nn::viewOf(view).isWhole; }))
        return isReadWhole(user->getResult(0));
      auto found = splitters.find(user);
      return found == splitters.end() || whole.contains(user) ||
             !found->second.takesRows(use.getOperandNumber());
    });
  }

  llvm::MapVector<Operation *, LaunchSplitter> splitters;
  llvm::DenseSet<Operation *> whole;
  bool inPassing;
};
} // namespace

bool splitLaunches(func::FuncOp program, const LaunchParts &wanted) {
  bool changed = SplitChoice(program, wanted).run();
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(program.front())))
    if (op.use_empty() && (nn::joinsOperands(&op) || llvm::any_of(op.getResults(), [](Value view) {
                             return bool(nn::viewOf(view));
                           })))
      op.erase();
  return changed;
}

} // namespace mlc
