#include "compiler/MemoryPlanning/ScheduledEntry.h"
#include "compiler/MemoryPlanning/Buffers.h"
#include "compiler/MemoryPlanning/EntryOrder.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc {

int64_t ScheduledEntry::numberOf(AffineExpr expr) const {
  auto number = dyn_cast<AffineConstantExpr>(expr.replaceSymbols(maxima));
  return number ? number.getValue() : 0;
}

/// What the op costs in about cycles of a core; a loop as often as it runs.
double ScheduledEntry::costOf(Operation *op, nn::DimensionAnalysis &sizes) const {
  constexpr double kFlopsPerCycle = 32, kBytesPerCycle = 16;
  double cost = 1;
  if (auto launch = dyn_cast<kernel::LaunchOp>(op)) {
    if (auto map = kernel::calleeOf(launch)->getAttrOfType<AffineMapAttr>(kernel::kCostAttr)) {
      auto number = [&](unsigned result) {
        auto [tiles, grid] = kernel::shareOf(launch);
        return double(numberOf(
                   kernel::atCall(map.getValue().getResult(result), launch.getDims(), sizes))) *
               double(tiles) / double(grid);
      };
      cost += number(0) / kFlopsPerCycle + number(1) / kBytesPerCycle;
    }
  }
  for (kernel::Run run : kernel::runsOf(op)) {
    nn::DimensionAnalysis inner(run.subprogram);
    for (Operation &member : run.subprogram.front())
      if (kernel::writesMemory(&member))
        cost += costOf(&member, inner);
  }
  if (auto loop = dyn_cast<kernel::LoopOp>(op); loop && loop.getTrips())
    cost *= std::max<int64_t>(1, numberOf(sizes.index(loop.getTrips())));
  return cost;
}

/// Which bytes of a storage an op touches of a tensor, its operand or result of this number; all
/// where they are not known.
StorageAccess ScheduledEntry::accessOf(Operation *op, unsigned number, Buffers &buffers) const {
  unsigned operands = op->getNumOperands();
  Value tensor = number < operands ? op->getOperand(number) : op->getResult(number - operands);
  Position place = buffers.rootOf(tensor);
  auto begin = dyn_cast<AffineConstantExpr>(place.offset);
  auto bytes = dyn_cast<AffineConstantExpr>(buffers.bytesOf(tensor));
  int storage = buffers[place.buffer].index;
  if (!begin || !bytes)
    return {storage, 0, INT64_MAX};
  auto launch = dyn_cast<kernel::LaunchOp>(op);
  kernel::PartAttr part = launch ? kernel::partOf(launch) : kernel::PartAttr();
  unsigned inputs = launch ? launch.getInputs().size() : operands;
  unsigned touched = number < operands ? number : inputs + number - operands;
  if (part && part.isWhole(touched, inputs)) {
    int64_t each = elementBytes(getElementTypeOrSelf(tensor.getType()));
    return {storage, begin.getValue() + each * part.getBegins()[touched],
            begin.getValue() + each * part.getEnds()[touched]};
  }
  return {storage, begin.getValue(), begin.getValue() + bytes.getValue()};
}

/// As PlanMemory's reuseInputs lets results take the place of inputs, which must die there.
void ScheduledEntry::addInPlace(kernel::LaunchOp launch, Buffers &buffers,
                                ScheduledLaunch &scheduled) {
  auto pairs = kernel::calleeOf(launch)->getAttrOfType<ArrayAttr>(kernel::kInPlaceAttr);
  if (!pairs)
    return;
  for (auto pair : pairs.getAsRange<DenseI64ArrayAttr>()) {
    int read = buffers.rootOf(launch.getInputs()[pair[1]]).buffer;
    bool isOnlyOperand = llvm::count_if(launch.getInputs(), [&](Value other) {
                           return buffers.rootOf(other).buffer == read;
                         }) == 1;
    if (isOnlyOperand)
      scheduled.inPlace.push_back({buffers.rootOf(launch.getResult(pair[0])).buffer, read});
  }
}

void ScheduledEntry::addLaunch(Operation *bound, Operation *original, Buffers &buffers) {
  auto scheduled = llvm::makeIntrusiveRefCnt<ScheduledLaunch>();
  ScheduledLaunch &launch = *scheduled;
  launch.node = nodes.size();
  nodes.push_back(original);
  for (auto [number, operand] : llvm::enumerate(bound->getOperands())) {
    if (!isa<RankedTensorType>(operand.getType()))
      continue;
    const Buffer &root = buffers[buffers.rootOf(operand).buffer];
    if (root.isWritten) {
      launch.reads.push_back(buffers.rootOf(operand).buffer);
      addParts(buffers.positionOf(operand).buffer, launch.uses);
    } else if (root.kind == kernel::PlaceKind::storage)
      launch.storageReads.push_back(accessOf(bound, number, buffers));
  }
  auto partOf = dyn_cast<kernel::LaunchOp>(bound);
  bool isPart = partOf && kernel::partOf(partOf), overwrites = false, hasOwn = false;
  for (OpResult result : bound->getResults()) {
    int root = buffers.rootOf(result).buffer;
    launch.writes.push_back(root);
    launch.makes.push_back(buffers.positionOf(result).buffer);
    hasOwn |= initial.buffers[root].isOwn;
    overwrites |= !isPart && overwrittenBy(result) != Value();
    if (buffers[root].kind == kernel::PlaceKind::storage)
      launch.storageWrites.push_back(
          accessOf(bound, bound->getNumOperands() + result.getResultNumber(), buffers));
    if (original)
      bufferOf[original->getResult(result.getResultNumber())] = root;
  }
  for (int buffer : buffers.temporariesOf(bound)) {
    if (buffers[buffer].isWritten) // a result
      continue;
    launch.temporaryBytes += llvm::alignTo(numberOf(buffers[buffer].bytes), 64);
    initial.buffers[buffer].bytes = 0; // it is told here
  }
  if (auto op = dyn_cast<kernel::LaunchOp>(bound))
    addInPlace(op, buffers, launch);
  launch.cost = costOf(bound, buffers.sizes());
  launch.canMove = original && !kernel::canFail(bound) && !overwrites;
  launch.canRepeat = launch.canMove && hasOwn;
  initial.launches.push_back(scheduled);
}

/// A buffer and all that lie in it.
void ScheduledEntry::addParts(int buffer, SmallVectorImpl<int> &parts) const {
  parts.push_back(buffer);
  for (int part : partsOf[buffer])
    addParts(part, parts);
}

/// The buffers of the plan, by their numbers there.
void ScheduledEntry::addBuffers(Buffers &buffers) {
  initial.buffers.resize(buffers.size());
  partsOf.resize(buffers.size());
  for (size_t number = 0; number < buffers.size(); ++number)
    if (int parent = buffers[number].parent; parent >= 0)
      partsOf[parent].push_back(number);
  for (size_t number = 0; number < buffers.size(); ++number)
    if (buffers[number].kind == kernel::PlaceKind::arena)
      initial.buffers[number].bytes = llvm::alignTo(numberOf(buffers[number].bytes), 64);
}

ScheduledEntry::ScheduledEntry(func::FuncOp entry, ArrayRef<AffineExpr> maxima)
    : entry(entry), maxima(maxima) {
  IRMapping mapping;
  func::FuncOp bound = entry.clone(mapping);
  insertBeside(entry, bound);
  DenseMap<Operation *, Operation *> originals;
  for (Operation &op : entry.front())
    originals[mapping.lookup(&op)] = &op;
  Bindings bindings = bindResults(bound);
  SmallVector<Attribute> constants;
  Buffers buffers(bound, constants);
  applyBindings(bindings, buffers);
  addBuffers(buffers);
  for (Operation &op : bound.front())
    if (kernel::writesMemory(&op))
      for (Value result : op.getResults())
        initial.buffers[buffers.positionOf(result).buffer].isOwn = buffers.isUnboundRoot(result);
  for (Operation &op : bound.front()) {
    if (!kernel::isStep(&op))
      continue;
    addLaunch(&op, originals.lookup(&op), buffers);
    if (kernel::canFail(&op))
      initial.fixedCount = initial.launches.size();
  }
  for (Value tensor : bound.front().getTerminator()->getOperands())
    initial.buffers[buffers.rootOf(tensor).buffer].isKept = true;
  bound.erase();
}

namespace {
/// Writes the ops of one schedule.
class ScheduleWriter {
public:
  ScheduleWriter(func::FuncOp entry, func::FuncOp target, const LaunchSchedule &schedule,
                 const llvm::DenseMap<Value, int> &bufferOf)
      : schedule(schedule), bufferOf(bufferOf), builder(entry.getContext()) {
    Block *block = builder.createBlock(&target.getBody());
    for (BlockArgument argument : entry.getArguments())
      plain[argument] = block->addArgument(argument.getType(), argument.getLoc());
  }

  void write(Operation *op, const ScheduledLaunch &launch) {
    Operation *written = clone(op, launch);
    for (auto [number, result] : llvm::enumerate(op->getResults())) {
      int buffer = launch.writes[number];
      if (schedule.buffers[buffer].original >= 0 || schedule.buffers[buffer].isOwn)
        own[buffer] = written->getResult(number);
      if (schedule.buffers[buffer].original < 0)
        plain[result] = written->getResult(number);
    }
  }

private:
  Operation *clone(Operation *op, const ScheduledLaunch &reader) {
    IRMapping mapping;
    for (Value operand : op->getOperands())
      mapping.map(operand, valueFor(operand, reader));
    return builder.clone(*op, mapping);
  }

  /// The value that a launch reads where the entry has `value`.
  Value valueFor(Value value, const ScheduledLaunch &reader) {
    if (auto found = bufferOf.find(value); found != bufferOf.end())
      for (int buffer : reader.reads)
        if (buffer == found->second || schedule.buffers[buffer].original == found->second)
          if (Value known = own.lookup(buffer))
            return known;
    if (Value known = plain.lookup(value))
      return known;
    return viewFor(cast<OpResult>(value), reader);
  }

  /// A view, a concat or an index of what the launch reads; each once.
  Value viewFor(OpResult value, const ScheduledLaunch &reader) {
    Operation *op = value.getOwner();
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(valueFor(operand, reader));
    for (Operation *known : views[op])
      if (llvm::equal(known->getOperands(), operands))
        return known->getResult(value.getResultNumber());
    views[op].push_back(clone(op, reader));
    return views[op].back()->getResult(value.getResultNumber());
  }

  const LaunchSchedule &schedule;
  const llvm::DenseMap<Value, int> &bufferOf;
  OpBuilder builder;
  llvm::DenseMap<Value, Value> plain; ///< of values of the entry: what they are in the result
  llvm::DenseMap<int, Value> own;     ///< of buffers that may be written again
  llvm::DenseMap<Operation *, SmallVector<Operation *, 2>> views;
};
} // namespace

func::FuncOp ScheduledEntry::write(const LaunchSchedule &schedule) {
  auto target = cast<func::FuncOp>(entry->cloneWithoutRegions());
  ScheduleWriter writer(entry, target, schedule, bufferOf);
  for (const auto &launch : schedule.launches)
    if (Operation *op = nodes[launch->node]) // else a copy, which the planner inserts
      writer.write(op, *launch);
  ScheduledLaunch end;
  writer.write(entry.front().getTerminator(), end);
  return target;
}

} // namespace mlc
