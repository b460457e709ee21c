#include "compiler/MemoryPlanning/AdvanceUpdates.h"
#include "compiler/MemoryPlanning/ArenaLayout.h"
#include "compiler/MemoryPlanning/Buffers.h"
#include "compiler/MemoryPlanning/EntryOrder.h"
#include "compiler/MemoryPlanning/ExplainPlan.h"
#include "compiler/MemoryPlanning/FitBudget.h"
#include "compiler/MemoryPlanning/Passes.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_PLANMEMORYPASS
#include "compiler/MemoryPlanning/Passes.h.inc"

namespace {
/// A result that a launch, or a loop, may compute where an input lies, and that input.
struct InPlacePair {
  Operation *launch;
  Value result, input;
};

/// Lets a result that may take the place of a dying input share it, in the one's place or the
/// other's. True if it does.
bool shareInput(const InPlacePair &pair, Buffers &buffers) {
  Position place = buffers.rootOf(pair.input), target = buffers.rootOf(pair.result);
  Buffer &root = buffers[place.buffer];
  if (place.buffer == target.buffer) // it is there already
    return false;
  bool diesHere = root.isWritten && root.kind == kernel::PlaceKind::arena &&
                  root.last == buffers.numberOf(pair.launch);
  // Another operand of the launch may view the same buffer: then the pair's promise does not hold
  // for it.
  auto liesThere = [&](Value other) { return buffers.rootOf(other).buffer == place.buffer; };
  if (!diesHere || llvm::count_if(pair.launch->getOperands(), liesThere) != 1 ||
      buffers.bytesOf(pair.result) != buffers.bytesOf(pair.input))
    return false;
  if (buffers.isUnboundRoot(pair.result))
    buffers.embed(pair.result, place.buffer, place.offset);
  else if (buffers.isUnboundRoot(pair.input) &&
           buffers[target.buffer].kind == kernel::PlaceKind::arena)
    buffers.embed(pair.input, target.buffer, target.offset); // a part of what is joined
  else
    return false;
  return true;
}

SmallVector<InPlacePair> inPlacePairs(Operation *op, const SymbolTable &symbols) {
  SmallVector<InPlacePair> found;
  if (auto launch = dyn_cast<kernel::LaunchOp>(op)) {
    auto callee = symbols.lookup<func::FuncOp>(launch.getKernelAttr().getAttr());
    if (auto pairs = callee->getAttrOfType<ArrayAttr>(kernel::kInPlaceAttr))
      for (auto pair : pairs.getAsRange<DenseI64ArrayAttr>())
        found.push_back({op, launch.getResult(pair[0]), launch.getInputs()[pair[1]]});
  } else if (auto loop = dyn_cast<kernel::LoopOp>(op)) {
    auto rewrites =
        kernel::runsOf(op)[0].subprogram->getAttrOfType<DenseI64ArrayAttr>(kRewritesAttr);
    for (int64_t number : rewrites.asArrayRef())
      if (number < static_cast<int64_t>(loop.getInits().size()))
        found.push_back({op, loop.getResult(number), loop.getInits()[number]});
  }
  return found;
}

/// Results that may take over the place of a dying input do.
void reuseInputs(func::FuncOp entry, Buffers &buffers, const SymbolTable &symbols) {
  for (Operation &op : entry.front()) {
    llvm::SmallDenseSet<int> taken;
    DenseSet<Value> shared; // results
    for (const InPlacePair &pair : inPlacePairs(&op, symbols)) {
      int place = buffers.rootOf(pair.input).buffer;
      if (taken.contains(place) || shared.contains(pair.result) || !shareInput(pair, buffers))
        continue;
      taken.insert(place);
      shared.insert(pair.result);
    }
  }
}

struct PlanMemoryPass : impl::PlanMemoryPassBase<PlanMemoryPass> {
  using PlanMemoryPassBase::PlanMemoryPassBase;

  void runOnOperation() override {
    SymbolTable symbolsOfModule(getOperation());
    symbols = &symbolsOfModule;
    SmallVector<Attribute> constants;
    for (func::FuncOp entry : kernel::programs(getOperation()))
      if (failed(plan(entry, constants)))
        return signalPassFailure();
    if (failed(checkMaxDims()) || (memoryBudget > 0 && failed(checkBudget())))
      return signalPassFailure();
    if (!constants.empty())
      getOperation()->setAttr(kConstantsAttr, ArrayAttr::get(&getContext(), constants));
  }

  /// A misspelt name would leave the plan as it is without a word.
  LogicalResult checkMaxDims() {
    for (const std::string &text : maxDims)
      if (StringRef name = StringRef(text).split('=').first; !usedMaxDims.contains(name))
        return getOperation().emitError("expects the name of a free dimension in --max-dims, but "
                                        "no entry has a dimension '")
               << name << "'";
    return success();
  }

  LogicalResult plan(func::FuncOp entry, SmallVectorImpl<Attribute> &constants) {
    hoistChecks(entry.front());
    sinkUpdates(entry);
    if (!kernel::isSubprogram(entry))
      advanceUpdates(entry);
    if (memoryBudget > 0 && !kernel::isSubprogram(entry) && failed(fit(entry)))
      return failure();
    return giveMemory(entry, constants);
  }

  /// Gives every tensor a place, for the order that there is.
  LogicalResult giveMemory(func::FuncOp entry, SmallVectorImpl<Attribute> &constants) {
    Bindings bound = bindResults(entry);
    Buffers buffers(entry, constants);
    applyBindings(bound, buffers);
    reuseInputs(entry, buffers, *symbols);
    FailureOr<SmallVector<AffineExpr>> maxima = maximaOf(entry, buffers.sizes().freeDimensions());
    if (failed(maxima))
      return failure();
    if (failed(layOut(entry, buffers, *maxima)))
      return failure();
    buffers.writePlaces();
    if (!isTrial)
      copyCount += bound.copyCount;
    return success();
  }

  /// Finds an order within the budget, or notes the least that is one.
  LogicalResult fit(func::FuncOp entry) {
    FailureOr<SmallVector<AffineExpr>> maxima =
        maximaOf(entry, nn::DimensionAnalysis(entry).freeDimensions());
    if (failed(maxima))
      return failure();
    auto plan = [&](func::FuncOp candidate) -> FailureOr<int64_t> {
      llvm::SaveAndRestore trial(isTrial, true);
      SmallVector<Attribute> constants;
      if (failed(giveMemory(candidate, constants)))
        return failure();
      auto arena = candidate->getAttrOfType<AffineMapAttr>(kArenaAttr).getValue();
      if (arena.isConstant())
        return arena.getConstantResults().front();
      InFlightDiagnostic diagnostic = entry.emitError("not supported yet: --memory-budget where "
                                                      "the size of a dimension is free");
      diagnostic.attachNote() << "give the largest size of every free dimension of @"
                              << entry.getSymName() << " by --max-dims NAME=SIZE";
      return diagnostic;
    };
    FailureOr<int64_t> bytes = fitToBudget(entry, memoryBudget, *maxima, plan);
    if (failed(bytes))
      return failure();
    if (*bytes > leastBytes)
      leastBytes = *bytes, largest = entry;
    return success();
  }

  /// One message, with a number that all entries can meet.
  LogicalResult checkBudget() {
    if (leastBytes <= memoryBudget)
      return success();
    InFlightDiagnostic diagnostic = largest.emitError("expects a memory budget of at least ")
                                    << leastBytes << " bytes for @" << largest.getSymName()
                                    << ", but got " << int64_t(memoryBudget);
    diagnostic.attachNote() << "give --memory-budget=" << leastBytes
                            << " or more, or make its tensors smaller";
    return diagnostic;
  }

  /// Every free dimension's largest size where `max-dims` names it, else its symbol.
  FailureOr<SmallVector<AffineExpr>> maximaOf(func::FuncOp entry,
                                              ArrayRef<nn::FreeDimension> free) {
    SmallVector<AffineExpr> maxima;
    SmallVector<int64_t> sizes;
    for (auto [symbol, dimension] : llvm::enumerate(free)) {
      maxima.push_back(getAffineSymbolExpr(symbol, &getContext()));
      sizes.push_back(-1);
      if (kernel::isSubprogram(entry)) // its names are not the user's
        continue;
      for (const std::string &text : maxDims) {
        auto [name, size] = StringRef(text).split('=');
        if (name != dimension.name)
          continue;
        usedMaxDims.insert(name);
        if (size.getAsInteger(10, sizes.back()) || sizes.back() < 0)
          return entry.emitError("expects --max-dims NAME=SIZE, but got '") << text << "'";
        if (sizes.back() > nn::kMostElements)
          return entry.emitError("expects sizes of at most 2^44 in --max-dims, but got '")
                 << text << "'";
        maxima.back() = getAffineConstantExpr(sizes.back(), &getContext());
      }
    }
    if (llvm::any_of(sizes, [](int64_t size) { return size >= 0; }))
      entry->setAttr(kMaxDimsAttr, DenseI64ArrayAttr::get(&getContext(), sizes));
    return maxima;
  }

  /// Whether an expression over sizes grows with each of them.
  static bool isMonotone(AffineExpr expr) {
    if (auto number = dyn_cast<AffineConstantExpr>(expr))
      return number.getValue() >= 0;
    auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
    if (!binary)
      return true;
    if (expr.getKind() == AffineExprKind::Add && isa<AffineConstantExpr>(binary.getRHS()))
      return isMonotone(binary.getLHS()); // n - 1 grows as n does
    bool isDivision =
        expr.getKind() == AffineExprKind::FloorDiv || expr.getKind() == AffineExprKind::CeilDiv;
    return expr.getKind() != AffineExprKind::Mod && isMonotone(binary.getLHS()) &&
           isMonotone(binary.getRHS()) && (!isDivision || isa<AffineConstantExpr>(binary.getRHS()));
  }

  LogicalResult checkAddressable(func::FuncOp entry, AffineExpr bytes, StringRef what) {
    bool isFree = false; // of dimensions that a call tells, and checks
    bytes.walk([&](AffineExpr part) { isFree |= isa<AffineSymbolExpr>(part); });
    if (isFree || nn::magnitude(bytes, 1) <= kMostArenaBytes)
      return success();
    InFlightDiagnostic diagnostic = entry.emitError("expects ")
                                    << what << " of at most 2^47 bytes, but @" << entry.getSymName()
                                    << " needs more";
    diagnostic.attachNote() << "make its tensors, or the sizes of --max-dims, smaller";
    return diagnostic;
  }

  LogicalResult layOut(func::FuncOp entry, Buffers &buffers, ArrayRef<AffineExpr> maxima) {
    SmallVector<ArenaBuffer> arena;
    SmallVector<int> roots;
    for (size_t i = 0; i < buffers.size(); ++i) {
      const Buffer &buffer = buffers[i];
      if (buffer.parent >= 0 || buffer.kind != kernel::PlaceKind::arena)
        continue;
      // The largest sizes need the most bytes only where these grow with every size.
      bool isMonotone = PlanMemoryPass::isMonotone(buffer.bytes);
      AffineExpr bytes = isMonotone ? buffer.bytes.replaceSymbols(maxima) : buffer.bytes;
      if (failed(checkAddressable(entry, bytes, "tensors")))
        return failure();
      arena.push_back({bytes, buffer.first, buffer.last, {}});
      roots.push_back(i);
    }
    AffineExpr total = layOutArena(arena, &getContext());
    if (failed(checkAddressable(entry, total, "an arena")))
      return failure();
    for (auto [root, placed] : llvm::zip(roots, arena))
      buffers[root].arenaOffset = placed.offset;
    unsigned symbols = maxima.size();
    entry->setAttr(kArenaAttr, AffineMapAttr::get(AffineMap::get(
                                   0, symbols, simplifyAffineExpr(total, 0, symbols))));
    if (isTrial)
      return success();
    constexpr int64_t kHint = 64; // for the figures only
    arenaBytes.updateMax(bytesAt(total, kHint));
    peakLiveBytes.updateMax(mlc::peakLiveBytes(arena, kHint));
    if (explain)
      entry.emitRemark() << explainPlan({entry, buffers, arena, roots, total, kHint});
    return success();
  }

  const SymbolTable *symbols = nullptr; ///< for the kernels, which stay as they are
  llvm::StringSet<> usedMaxDims;
  bool isTrial = false;   ///< the plan of an order that may not be taken
  int64_t leastBytes = 0; ///< of the entry that needs most within the budget, or misses it most
  func::FuncOp largest;
};
} // namespace
} // namespace mlc
