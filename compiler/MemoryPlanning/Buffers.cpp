#include "compiler/MemoryPlanning/Buffers.h"
#include "compiler/MemoryPlanning/EntryOrder.h"
#include "compiler/MemoryPlanning/Passes.h"
#include "dialects/NN/AttributeNames.h"

using namespace mlir;

namespace mlc {

int64_t elementBytes(Type element) { return std::max(1u, element.getIntOrFloatBitWidth() / 8); }

void applyBindings(const Bindings &bindings, Buffers &buffers) {
  for (const Binding &binding : bindings.bindings) {
    Buffer &buffer = buffers[buffers.positionOf(binding.tensor).buffer];
    buffer.kind = binding.kind;
    buffer.index = binding.index;
  }
  for (const Overwrite &overwrite : bindings.overwrites)
    buffers.embed(overwrite.copied, buffers.positionOf(overwrite.result).buffer,
                  buffers.sizes().constant(0));
}

Buffers::Buffers(func::FuncOp entry, SmallVectorImpl<Attribute> &constants)
    : entry(entry), dimensions(entry), constants(constants) {
  unsigned number = 0;
  for (Operation &op : entry.front())
    numbers[&op] = ++number;
  addArguments();
  for (Operation &op : entry.front())
    addOp(op);
}

AffineExpr Buffers::bytesOf(Value tensor) {
  AffineExpr bytes = dimensions.constant(elementBytes(getElementTypeOrSelf(tensor.getType())));
  for (AffineExpr size : dimensions.shape(tensor))
    bytes = bytes * size;
  return simplifyAffineExpr(bytes, 0, dimensions.freeDimensions().size());
}

int Buffers::addBuffer(Value tensor, kernel::PlaceKind kind, int64_t index) {
  Buffer buffer;
  buffer.kind = kind;
  buffer.index = index;
  buffer.bytes = bytesOf(tensor);
  if (Operation *producer = tensor.getDefiningOp())
    buffer.first = buffer.last = numbers[producer];
  buffers.push_back(buffer);
  positions[tensor] = {static_cast<int>(buffers.size()) - 1, dimensions.constant(0)};
  return buffers.size() - 1;
}

/// Inputs are numbered without the storages; storages in the order of their declarations.
void Buffers::addArguments() {
  SmallVector<StringAttr> storages;
  for (auto storage : entry->getParentOfType<ModuleOp>().getOps<nn::StorageOp>())
    storages.push_back(storage.getSymNameAttr());
  int64_t input = 0;
  for (BlockArgument argument : entry.getArguments()) {
    if (!isa<RankedTensorType>(argument.getType()))
      continue;
    auto storage =
        entry.getArgAttrOfType<FlatSymbolRefAttr>(argument.getArgNumber(), nn::kStorageAttr);
    if (storage)
      addBuffer(argument, kernel::PlaceKind::storage,
                llvm::find(storages, storage.getAttr()) - storages.begin());
    else
      addBuffer(argument, kernel::PlaceKind::input, input++);
  }
}

void Buffers::use(Value tensor, unsigned number) {
  if (!isa<RankedTensorType>(tensor.getType()))
    return;
  Buffer &root = buffers[rootOf(tensor).buffer];
  root.last = std::max(root.last, number);
}

void Buffers::addOp(Operation &op) {
  for (Value operand : op.getOperands())
    use(operand, numbers[&op]);
  if (auto constant = dyn_cast<nn::ConstantOp>(op)) {
    DenseElementsAttr values = constant.getDense();
    auto *known = llvm::find(constants, values);
    addBuffer(constant, kernel::PlaceKind::constant, known - constants.begin());
    if (known == constants.end())
      constants.push_back(values);
  } else if (kernel::writesMemory(&op)) {
    for (Value result : op.getResults())
      buffers[addBuffer(result, kernel::PlaceKind::arena, 0)].isWritten = true;
    addTemporaries(&op);
  } else if (auto kernelOp = dyn_cast<nn::KernelOpInterface>(op)) {
    kernelOp.joinsOperands() ? addJoined(kernelOp) : addView(kernelOp);
  }
}

/// What lives while subprograms run: their arenas, a second buffer per value that a loop carries,
/// or its result again where trips may write what they read, and whether a loop goes on.
void Buffers::addTemporaries(Operation *op) {
  for (kernel::Run run : kernel::runsOf(op)) {
    auto arena = run.subprogram->getAttrOfType<AffineMapAttr>(kArenaAttr).getValue();
    AffineExpr bytes = kernel::atCall(arena.getResult(0), run.dims, dimensions);
    temporaries[op].push_back(addBuffer(op, bytes));
  }
  auto loop = dyn_cast<kernel::LoopOp>(op);
  if (!loop)
    return;
  auto rewrites = kernel::runsOf(op)[0].subprogram->getAttrOfType<DenseI64ArrayAttr>(kRewritesAttr);
  for (auto [number, init] : llvm::enumerate(loop.getInits()))
    temporaries[op].push_back(llvm::is_contained(rewrites.asArrayRef(), int64_t(number))
                                  ? positionOf(loop.getResult(number)).buffer
                                  : addBuffer(op, bytesOf(init)));
  if (loop.getCondition())
    temporaries[op].push_back(addBuffer(op, dimensions.constant(1)));
}

int Buffers::addBuffer(Operation *op, AffineExpr bytes) {
  Buffer buffer;
  buffer.bytes = bytes;
  buffer.first = buffer.last = numbers[op];
  buffers.push_back(buffer);
  return buffers.size() - 1;
}

/// What is left of a program's ops is views, and what the host knows.
void Buffers::addView(nn::KernelOpInterface op) {
  for (OpResult result : op->getResults())
    if (nn::View view = op.view(result.getResultNumber())) {
      Position position = positions[view.tensor]; // a copy: the last line may move the table
      AffineExpr elements = op.viewOffset(result.getResultNumber(), dimensions);
      position.offset =
          position.offset + elements * elementBytes(getElementTypeOrSelf(result.getType()));
      positions[result] = position;
    }
}

/// The operands become parts of the result; bindResults saw to it that each is a whole buffer of
/// its own.
void Buffers::addJoined(nn::KernelOpInterface op) {
  Value result = op->getResult(0);
  int whole = addBuffer(result, kernel::PlaceKind::arena, 0);
  buffers[whole].isWritten = true;
  int64_t bytes = elementBytes(getElementTypeOrSelf(result.getType()));
  for (auto [operand, offset] : llvm::zip_equal(op->getOperands(), op.pieceOffsets(dimensions)))
    embed(operand, whole, offset * bytes);
}

Position Buffers::rootOf(Position position) const {
  while (position.buffer >= 0 && buffers[position.buffer].parent >= 0) {
    const Buffer &part = buffers[position.buffer];
    position = {part.parent, position.offset + part.parentOffset};
  }
  return position;
}

bool Buffers::isUnboundRoot(Value tensor) {
  Position position = positionOf(tensor);
  const Buffer &buffer = buffers[position.buffer];
  return buffer.parent < 0 && buffer.kind == kernel::PlaceKind::arena &&
         position.offset == dimensions.constant(0) && buffer.bytes == bytesOf(tensor);
}

void Buffers::embed(Value tensor, int parent, AffineExpr offset) {
  Buffer &part = buffers[positionOf(tensor).buffer];
  part.parent = parent;
  part.parentOffset = offset;
  Buffer &root = buffers[rootOf({parent, offset}).buffer];
  root.first = std::min(root.first, part.first);
  root.last = std::max(root.last, part.last);
}

void Buffers::writePlaces() {
  MLIRContext *context = entry.getContext();
  unsigned symbols = dimensions.freeDimensions().size();
  auto placeAt = [&](Position at) -> Attribute {
    Position position = rootOf(at);
    const Buffer &root = buffers[position.buffer];
    AffineExpr offset = position.offset;
    if (root.kind == kernel::PlaceKind::arena)
      offset = offset + root.arenaOffset;
    return kernel::PlaceAttr::get(
        context, root.kind, root.index,
        AffineMap::get(0, symbols, simplifyAffineExpr(offset, 0, symbols)));
  };
  auto placeOf = [&](Value tensor) { return placeAt(positionOf(tensor)); };
  for (Operation &op : entry.front()) {
    SmallVector<Attribute> places;
    for (Value operand : op.getOperands())
      if (isa<RankedTensorType>(operand.getType()))
        places.push_back(placeOf(operand));
    if (isa<nn::AssertOp>(op))
      op.setAttr(kPlacesAttr, ArrayAttr::get(context, places));
    if (!kernel::writesMemory(&op))
      continue;
    llvm::append_range(places, llvm::map_range(op.getResults(), placeOf));
    for (int buffer : temporaries.lookup(&op))
      places.push_back(placeAt({buffer, dimensions.constant(0)}));
    op.setAttr("places", ArrayAttr::get(context, places));
  }
}

} // namespace mlc
