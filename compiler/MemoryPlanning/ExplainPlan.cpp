#include "compiler/MemoryPlanning/ExplainPlan.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace mlc {

/// What makes the results of an op.
static std::string makerOf(Operation *op) {
  if (auto launch = dyn_cast<kernel::LaunchOp>(op))
    return launch.getKernel().str();
  for (const kernel::Run &run : kernel::runsOf(op))
    return ("@" + func::FuncOp(run.subprogram).getSymName()).str();
  return op->getName().stripDialect().str();
}

static std::string typeText(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text.substr(StringRef("tensor").size());
}

namespace {
/// Writes the text of one plan.
class Explainer {
public:
  explicit Explainer(ExplainedPlan plan) : plan(plan) {
    for (Operation &op : plan.program.front())
      if (kernel::isStep(&op))
        launches.push_back(&op);
    for (Operation *op : launches)
      live.push_back(liveBytes(plan.buffers.numberOf(op)));
    for (Operation &op : plan.program.front())
      nameBuffersOf(op);
  }

  std::string run() {
    writeSummary();
    if (!plan.arena.empty()) {
      writeCurve();
      writePeak();
    }
    return std::move(text);
  }

private:
  int64_t bytesOf(const ArenaBuffer &buffer) const { return bytesAt(buffer.bytes, plan.size); }

  int64_t liveBytes(unsigned position) const {
    int64_t bytes = 0;
    for (const ArenaBuffer &buffer : plan.arena)
      if (buffer.first <= position && position <= buffer.last)
        bytes += bytesOf(buffer);
    return bytes;
  }

  /// The first tensor in a buffer gives it its name.
  void nameBuffersOf(Operation &op) {
    std::string place = kernel::placeInText(op.getLoc());
    auto add = [&](int buffer, const Twine &name) {
      names.try_emplace(buffer, (name + (place.empty() ? "" : " at " + place)).str());
    };
    for (Value result : op.getResults())
      if (isa<RankedTensorType>(result.getType()))
        add(plan.buffers.rootOf(result).buffer, typeText(result.getType()) + " of " + makerOf(&op));
    auto runs = kernel::runsOf(&op);
    auto loop = dyn_cast<kernel::LoopOp>(op);
    for (auto [number, buffer] : llvm::enumerate(plan.buffers.temporariesOf(&op)))
      if (number < runs.size())
        add(buffer, "arena of @" + runs[number].subprogram.getSymName());
      else if (number < runs.size() + loop.getInits().size())
        add(buffer, "second buffer of what " + makerOf(&op) + " carries");
      else
        add(buffer, "whether " + makerOf(&op) + " runs again");
  }

  void writeSummary() {
    int64_t bytes = bytesAt(plan.total, plan.size), least = peakLiveBytes(plan.arena, plan.size);
    os << llvm::formatv("{0}: arena of {1} bytes for {2} buffers and {3} launches; {4} bytes live "
                        "at one time",
                        plan.program.getSymName(), bytes, plan.arena.size(), launches.size(),
                        least);
    if (bytes > least)
      os << llvm::formatv(", {0:F1} % less", 100.0 * (bytes - least) / bytes);
    if (!isa<AffineConstantExpr>(plan.total))
      os << " (free sizes taken as " << plan.size << ")";
  }

  /// One line per launch; of long programs, per run of launches.
  void writeCurve() {
    constexpr size_t kMostLines = 48, kBar = 40;
    size_t each = llvm::divideCeil(launches.size(), kMostLines);
    int64_t peak = std::max<int64_t>(1, *llvm::max_element(live));
    for (size_t begin = 0; begin < launches.size(); begin += each) {
      auto most = std::max_element(live.begin() + begin,
                                   live.begin() + std::min(begin + each, live.size()));
      Operation *op = launches[most - live.begin()];
      os << llvm::formatv("\n  {0,5} {1,14}  {2}{3}  {4}", most - live.begin() + 1, *most,
                          std::string(kBar * *most / peak, '#'),
                          std::string(kBar - kBar * *most / peak, ' '), makerOf(op));
      if (std::string place = kernel::placeInText(op->getLoc()); !place.empty())
        os << " at " << place;
    }
  }

  /// The number of the first launch at or after a position, or of the last at or before it.
  size_t launchFrom(unsigned position) const {
    auto isBefore = [&](Operation *op) { return plan.buffers.numberOf(op) < position; };
    return llvm::count_if(launches, isBefore) + 1;
  }
  size_t launchTo(unsigned position) const {
    auto isUpTo = [&](Operation *op) { return plan.buffers.numberOf(op) <= position; };
    return llvm::count_if(launches, isUpTo);
  }

  void writePeak() {
    size_t peak = llvm::max_element(live) - live.begin();
    unsigned position = plan.buffers.numberOf(launches[peak]);
    SmallVector<size_t> contents;
    for (auto [number, buffer] : llvm::enumerate(plan.arena))
      if (buffer.first <= position && position <= buffer.last)
        contents.push_back(number);
    llvm::sort(contents, [&](size_t a, size_t b) {
      return std::tuple(-bytesOf(plan.arena[a]), a) < std::tuple(-bytesOf(plan.arena[b]), b);
    });
    os << llvm::formatv("\n  at the peak, launch {0}:", peak + 1);
    for (size_t number : contents) {
      const ArenaBuffer &buffer = plan.arena[number];
      os << llvm::formatv("\n  {0,20}  launches {1} to {2}: {3}", bytesOf(buffer),
                          launchFrom(buffer.first), launchTo(buffer.last),
                          names.lookup(plan.roots[number]));
    }
  }

  ExplainedPlan plan;
  SmallVector<Operation *> launches;
  std::vector<int64_t> live; ///< while each launch runs
  llvm::DenseMap<int, std::string> names;
  std::string text;
  llvm::raw_string_ostream os{text};
};
} // namespace

std::string explainPlan(const ExplainedPlan &plan) { return Explainer(plan).run(); }

} // namespace mlc
