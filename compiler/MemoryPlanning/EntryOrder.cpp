#include "compiler/MemoryPlanning/EntryOrder.h"
#include "compiler/MemoryPlanning/Passes.h"
#include "dialects/Kernel/Subprogram.h"
#include "dialects/NN/AttributeNames.h"

using namespace mlir;

namespace mlc {

void insertBeside(func::FuncOp entry, func::FuncOp copy) {
  OpBuilder builder(entry);
  builder.setInsertionPointAfter(entry);
  builder.insert(copy);
}

void hoistChecks(Block &block) {
  llvm::SetVector<Operation *> needed;
  for (Operation &op : block)
    if (kernel::canFail(&op))
      needed.insert(&op);
  for (size_t i = 0; i < needed.size(); ++i)
    for (Value operand : needed[i]->getOperands())
      if (Operation *producer = operand.getDefiningOp())
        needed.insert(producer);
  SmallVector<Operation *> sorted(needed.begin(), needed.end());
  llvm::sort(sorted, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  for (Operation *op : llvm::reverse(sorted))
    op->moveBefore(&block, block.begin());
}

/// Of a program's op, which would be in a kernel if it computed anything.
static bool isView(Operation *op) {
  return llvm::any_of(op->getResults(), [](Value result) { return bool(nn::viewOf(result)); });
}

Value originOf(Value tensor, bool &isWhole) {
  while (nn::View view = nn::viewOf(tensor)) {
    isWhole &= view.isWhole;
    tensor = view.tensor;
  }
  return tensor;
}

static FlatSymbolRefAttr storageOfResult(func::FuncOp entry, unsigned result) {
  return entry.getResultAttrOfType<FlatSymbolRefAttr>(result, nn::kStorageAttr);
}

Value overwrittenBy(OpResult result) {
  auto launch = dyn_cast<kernel::LaunchOp>(result.getOwner());
  for (unsigned input = 0; launch && input < launch.getInputs().size(); ++input)
    if (kernel::overwrites(launch, result.getResultNumber(), input))
      return launch.getInputs()[input];
  return {};
}

void sinkUpdates(func::FuncOp entry) {
  Operation *terminator = entry.front().getTerminator(), *anchor = terminator;
  DenseSet<Operation *> late{terminator}, updates;
  for (auto [number, tensor] : llvm::enumerate(terminator->getOperands())) {
    bool isWhole = true;
    Value value = storageOfResult(entry, number) ? originOf(tensor, isWhole) : Value();
    for (; value && value.getDefiningOp(); value = originOf(value, isWhole)) {
      updates.insert(value.getDefiningOp());
      if (!(value = overwrittenBy(cast<OpResult>(value))))
        break;
    }
  }
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(entry.front()))) {
    // A view of what is given stays where it is copied before an update of that.
    bool isWhole = true,
         liesInGiven = isView(&op) && originOf(op.getResult(0), isWhole).getDefiningOp();
    if (!(updates.contains(&op) || liesInGiven) || op.use_empty() ||
        !llvm::all_of(op.getUsers(), [&](Operation *user) { return late.contains(user); }))
      continue;
    op.moveBefore(anchor);
    anchor = &op;
    late.insert(&op);
  }
}

namespace {
/// Elements of a tensor, counted from its first.
struct ElementRange {
  int64_t begin = 0, end = INT64_MAX;
  bool isKnown = true; ///< where a tensor that is those elements begins
  bool overlaps(const ElementRange &other) const { return begin < other.end && other.begin < end; }
};

/// What a view shows of the elements [range) of what it is a view of; all where sizes are free.
ElementRange viewedBy(OpResult view, ElementRange range, nn::DimensionAnalysis &sizes) {
  if (nn::viewOf(view).isWhole || !range.isKnown)
    return range;
  auto offset = dyn_cast<AffineConstantExpr>(
      cast<nn::KernelOpInterface>(view.getOwner()).viewOffset(view.getResultNumber(), sizes));
  auto elements = dyn_cast<AffineConstantExpr>(sizes.elements(view));
  if (!offset || !elements)
    return {0, INT64_MAX, /*isKnown=*/false};
  int64_t begin = range.begin + offset.getValue();
  return {begin, begin + elements.getValue()};
}

/// What a launch touches of a tensor (inputs, then results) that is those elements of another.
ElementRange touchedBy(Operation *user, unsigned tensor, ElementRange range) {
  auto launch = dyn_cast<kernel::LaunchOp>(user);
  kernel::PartAttr part = launch ? kernel::partOf(launch) : kernel::PartAttr();
  if (!range.isKnown || !part || !part.isWhole(tensor, launch.getInputs().size()))
    return range;
  return {range.begin + part.getBegins()[tensor], range.begin + part.getEnds()[tensor]};
}

/// Follows the rules of bindResults for one entry.
class Binder {
public:
  explicit Binder(func::FuncOp entry)
      : entry(entry), sizes(entry), terminator(entry.front().getTerminator()) {
    for (Operation &op : entry.front())
      if (kernel::canFail(&op))
        lastCheck = &op;
    for (auto storage : entry->getParentOfType<ModuleOp>().getOps<nn::StorageOp>())
      storages.push_back(storage.getSymNameAttr());
  }

  void run() {
    for (Operation &op : llvm::make_early_inc_range(entry.front()))
      if (nn::joinsOperands(&op))
        separatePieces(&op);
    SmallVector<unsigned> updates;
    int64_t result = 0;
    for (unsigned number = 0; number < terminator->getNumOperands(); ++number) {
      if (storageOfResult(entry, number))
        updates.push_back(number);
      else
        bindResult(number, result++);
    }
    for (unsigned number : updates)
      bindUpdate(number);
  }

  /// Copies what updates of a part overwrite, where it must stay or lies elsewhere.
  SmallVector<Overwrite> separateOverwritten() {
    SmallVector<Overwrite> overwrites;
    for (auto launch : llvm::to_vector(entry.front().getOps<kernel::LaunchOp>()))
      for (OpResult result : launch->getResults())
        if (Value operand = overwrittenBy(result); operand && !isInPlace(result, operand)) {
          OpBuilder builder(launch);
          Value copied = copy(builder, operand);
          for (auto [number, input] : llvm::enumerate(launch.getInputsMutable()))
            if (kernel::overwrites(launch, result.getResultNumber(), number))
              input.set(copied);
          overwrites.push_back({copied, result});
        }
    return overwrites;
  }

  /// The results that may lie where the argument of the same number and type lies: no step but the
  /// one that computes it, in place, reads the argument from then on.
  SmallVector<int64_t> findRewrites() {
    SmallVector<int64_t> rewrites;
    for (auto [number, tensor] : llvm::enumerate(terminator->getOperands())) {
      bool isWhole = true;
      Value origin = originOf(tensor, isWhole);
      if (number < entry.getNumArguments() && isWhole && origin.getDefiningOp<kernel::LaunchOp>() &&
          entry.getArgument(number).getType() == tensor.getType() &&
          isFreeAt(entry.getArgument(number), cast<OpResult>(origin)))
        rewrites.push_back(number);
    }
    return rewrites;
  }

  unsigned copyCount = 0;
  SmallVector<Binding> bindings;

private:
  /// Every operand that is joined to others must be a buffer of its own, which `op` then owns.
  void separatePieces(Operation *op) {
    for (OpOperand &operand : op->getOpOperands()) {
      bool isWhole = true;
      Value origin = originOf(operand.get(), isWhole);
      if (!isWhole || !isWritten(origin) || !owned.insert(origin).second) {
        OpBuilder builder(op);
        operand.set(copy(builder, operand.get()));
        owned.insert(operand.get());
      }
    }
  }

  void bindResult(unsigned number, int64_t index) {
    Value tensor = terminator->getOperand(number);
    bool isWhole = true;
    Value origin = originOf(tensor, isWhole);
    if (!isWhole || !isWritten(origin) || isBeforeChecks(origin) || !owned.insert(origin).second) {
      // What is not computed is copied before a storage that it lies in is updated.
      OpBuilder builder = isWritten(origin) ? OpBuilder(terminator) : afterChecks(tensor);
      origin = copy(builder, tensor);
      terminator->setOperand(number, origin);
    }
    bindings.push_back({origin, kernel::PlaceKind::result, index});
  }

  void bindUpdate(unsigned number) {
    Value tensor = terminator->getOperand(number);
    FlatSymbolRefAttr storage = storageOfResult(entry, number);
    BlockArgument argument = argumentOf(storage);
    if (tensor == argument)
      return;
    bool isWhole = true;
    Value origin = originOf(tensor, isWhole);
    if (!isWhole || !origin.getDefiningOp<kernel::LaunchOp>() || isBeforeChecks(origin) ||
        !isFreeAt(argument, cast<OpResult>(origin)) || !owned.insert(origin).second) {
      OpBuilder builder(terminator);
      if (!isWritten(origin)) // another storage, whose contents may change before the end
        tensor = copyEarly(tensor);
      origin = copy(builder, tensor);
      terminator->setOperand(number, origin);
    }
    bindings.push_back({origin, kernel::PlaceKind::storage, numberOf(storage)});
    bindOverwritten(argument, cast<OpResult>(origin), numberOf(storage));
  }

  int64_t numberOf(FlatSymbolRefAttr storage) {
    return llvm::find(storages, storage.getAttr()) - storages.begin();
  }

  /// Where an update of a part is written to a storage, what it overwrites is too, if that can be
  /// there from its computation on.
  void bindOverwritten(BlockArgument argument, OpResult update, int64_t storage) {
    bool isWhole = true;
    Value operand = overwrittenBy(update);
    auto earlier = dyn_cast_or_null<OpResult>(operand ? originOf(operand, isWhole) : Value());
    if (!earlier || !isWhole || !isa<kernel::LaunchOp>(earlier.getOwner()) ||
        isBeforeChecks(earlier) || !isFreeAt(argument, earlier) || !isFreeAt(earlier, update) ||
        !owned.insert(earlier).second)
      return;
    bindings.push_back({earlier, kernel::PlaceKind::storage, storage});
    bindOverwritten(argument, earlier, storage);
  }

  /// Whether what is overwritten lies where the update is written: both in one storage, which
  /// bindUpdate and bindOverwritten have found free for it.
  bool isInPlace(OpResult update, Value overwritten) {
    const Binding *written = bindingOf(update);
    bool isWhole = true;
    Value old = originOf(overwritten, isWhole);
    if (!written || written->kind != kernel::PlaceKind::storage || !isWhole)
      return false;
    if (auto argument = dyn_cast<BlockArgument>(old)) {
      auto storage =
          entry.getArgAttrOfType<FlatSymbolRefAttr>(argument.getArgNumber(), nn::kStorageAttr);
      return storage && numberOf(storage) == written->index;
    }
    const Binding *before = bindingOf(old);
    return before && before->kind == written->kind && before->index == written->index;
  }

  const Binding *bindingOf(Value tensor) {
    auto *found =
        llvm::find_if(bindings, [&](const Binding &binding) { return binding.tensor == tensor; });
    return found == bindings.end() ? nullptr : found;
  }

  BlockArgument argumentOf(FlatSymbolRefAttr storage) {
    for (BlockArgument argument : entry.getArguments())
      if (entry.getArgAttr(argument.getArgNumber(), nn::kStorageAttr) == storage)
        return argument;
    return {};
  }

  Value copyEarly(Value tensor) {
    OpBuilder builder = afterChecks(tensor);
    return copy(builder, tensor);
  }

  Value copy(OpBuilder &builder, Value tensor) {
    ++copyCount;
    return kernel::CopyOp::create(builder, tensor.getLoc(), tensor.getType(), tensor, ArrayAttr());
  }

  bool isWritten(Value origin) const {
    Operation *producer = origin.getDefiningOp();
    return producer && (kernel::writesMemory(producer) || nn::joinsOperands(producer));
  }

  /// A builder at the first place where `tensor` exists and no check follows.
  OpBuilder afterChecks(Value tensor) {
    OpBuilder builder = OpBuilder::atBlockBegin(&entry.front());
    Operation *producer = tensor.getDefiningOp();
    bool isCheckLast = lastCheck && (!producer || producer->isBeforeInBlock(lastCheck));
    if (Operation *last = isCheckLast ? lastCheck : producer)
      builder.setInsertionPointAfter(last);
    return builder;
  }

  /// Whether a failing check could still follow the computation of `origin`, which then must not be
  /// seen from outside.
  bool isBeforeChecks(Value origin) {
    if (!lastCheck)
      return false;
    Operation *producer = origin.getDefiningOp();
    if (producer == lastCheck || producer->isBeforeInBlock(lastCheck))
      return true;
    bool ignored = true;
    return nn::joinsOperands(producer) && llvm::any_of(producer->getOperands(), [&](Value input) {
             return isBeforeChecks(originOf(input, ignored));
           });
  }

  /// Whether `update` may overwrite the old contents: everything else that reads them has run, and
  /// the launch itself reads them in place.
  bool isFreeAt(Value old, OpResult update) {
    if (!old)
      return true;
    auto launch = dyn_cast<kernel::LaunchOp>(update.getOwner());
    ElementRange written =
        launch ? touchedBy(launch, launch.getInputs().size() + update.getResultNumber(), {})
               : ElementRange();
    SmallVector<std::pair<OpOperand *, ElementRange>> worklist;
    auto add = [&](Value tensor, ElementRange range) {
      for (OpOperand &use : tensor.getUses())
        worklist.push_back({&use, range});
    };
    add(old, {});
    while (!worklist.empty()) {
      auto [use, range] = worklist.pop_back_val();
      Operation *user = use->getOwner();
      if (isView(user))
        for (OpResult view : user->getResults())
          add(view, viewedBy(view, range, sizes));
      else if (!touchedBy(user, use->getOperandNumber(), range).overlaps(written))
        continue;
      else if (user == update.getOwner() ? !readsInPlace(update, *use)
                                         : !user->isBeforeInBlock(update.getOwner()))
        return false;
    }
    return true;
  }

  bool readsInPlace(OpResult update, OpOperand &use) {
    bool isWhole = true;
    originOf(use.get(), isWhole);
    auto launch = cast<kernel::LaunchOp>(update.getOwner());
    func::FuncOp callee = kernel::calleeOf(launch);
    auto pairs = callee ? callee->getAttrOfType<ArrayAttr>(kernel::kInPlaceAttr) : ArrayAttr();
    return isWhole && pairs &&
           llvm::any_of(pairs.getAsRange<DenseI64ArrayAttr>(), [&](DenseI64ArrayAttr pair) {
             return pair[0] == update.getResultNumber() && pair[1] == use.getOperandNumber();
           });
  }

  func::FuncOp entry;
  nn::DimensionAnalysis sizes;
  Operation *terminator, *lastCheck = nullptr;
  SmallVector<StringAttr> storages;
  DenseSet<Value> owned; ///< origins that are bound or joined to others
};
} // namespace

Bindings bindResults(func::FuncOp entry) {
  Binder binder(entry);
  binder.run();
  SmallVector<Overwrite> overwrites = binder.separateOverwritten();
  if (kernel::isSubprogram(entry))
    entry->setAttr(kRewritesAttr,
                   DenseI64ArrayAttr::get(entry.getContext(), binder.findRewrites()));
  return {std::move(binder.bindings), std::move(overwrites), binder.copyCount};
}

} // namespace mlc
