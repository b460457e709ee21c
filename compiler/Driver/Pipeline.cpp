// The table of contents of the compiler: every pass, in order, by phase.
#include "compiler/Driver/Pipeline.h"
#include "compiler/Autodiff/Passes.h"
#include "compiler/Codegen/Common/ExpandMath.h"
#include "compiler/Codegen/Passes.h"
#include "compiler/Fusion/Passes.h"
#include "compiler/GraphTransforms/Passes.h"
#include "compiler/HostProgram/Passes.h"
#include "compiler/Import/Passes.h"
#include "compiler/MemoryPlanning/Passes.h"
#include "compiler/Target/Target.h"
#include "dialects/Kernel/Kernel.h"
#include "mlir/InitAllDialects.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"

using namespace mlir;

namespace mlc {

static constexpr PhaseInfo kPhases[] = {
    {Phase::Import, "import", "the model file is an nn module whose entries are well-formed"},
    {Phase::Verify, "verify", "every shape is checked and every index operand guarded by a check"},
    {Phase::Differentiate, "differentiate",
     "parameters are values; derivatives and training steps are plain nn ops"},
    {Phase::Simplify, "simplify",
     "composites are decomposed; nothing is computed twice or for nothing"},
    {Phase::Fuse, "fuse", "the graph is cut into kernels; equal kernels are one"},
    {Phase::Schedule, "schedule", "every kernel is vectorised loops over the tiles of a grid"},
    {Phase::Bufferize, "bufferize", "every kernel reads and writes the buffers that it is given"},
    {Phase::PlanMemory, "plan-memory",
     "every tensor has a place in the arena, the arguments, the results or the storages"},
    {Phase::Host, "host",
     "every entry is a function that checks, computes offsets and launches kernels"},
    {Phase::Emit, "emit", "the library, its header, and all that is in between"},
};

using MakePass = std::unique_ptr<Pass> (*)(const PipelineOptions &);

/// One pass of a phase. Passes on functions run on every function of the module.
struct Step {
  Phase phase;
  MakePass make;
  bool onFunctions = false;
};

/// A pass without options of ours.
#define PLAIN(create) [](const PipelineOptions &) -> std::unique_ptr<Pass> { return create(); }

static std::unique_ptr<Pass> selectEntries(const PipelineOptions &options) {
  if (options.entries.empty())
    return nullptr;
  SelectEntriesPassOptions pass;
  for (const std::string &entry : options.entries)
    pass.entries.push_back(entry);
  return createSelectEntriesPass(pass);
}

static const Target &targetOf(const PipelineOptions &options) {
  static const Target everywhere;
  return options.target ? *options.target : everywhere;
}

/// Tiles are for vectors of numbers that keep their digits.
static std::unique_ptr<Pass> chooseConvolutions(const PipelineOptions &options) {
  ChooseConvolutionsPassOptions pass;
  bool hasTiles = options.optLevel > 0 && targetOf(options).packsParameters();
  pass.winograd = options.winograd;
  if (options.winograd == "auto" && (!hasTiles || options.precision != "f32"))
    pass.winograd = "never";
  return createChooseConvolutionsPass(pass);
}

static std::unique_ptr<Pass> formKernels(const PipelineOptions &options) {
  FormKernelsPassOptions pass;
  pass.fuse = options.optLevel > 0;
  pass.chainProducts = pass.fuse && targetOf(options).chainsProducts();
  pass.explain = options.explain;
  return createFormKernelsPass(pass);
}

static std::unique_ptr<Pass> findNan(const PipelineOptions &options) {
  return options.findNan ? createFindNanPass() : nullptr;
}

static std::unique_ptr<Pass> chunkRows(const PipelineOptions &options) {
  if (options.optLevel == 0)
    return nullptr;
  ChunkRowsPassOptions pass;
  if (options.chunkBytes > 0) {
    pass.leastBytes = pass.chunkBytes = pass.imageBytes = options.chunkBytes;
    pass.fewestRows = 1;
  }
  return createChunkRowsPass(pass);
}

static std::unique_ptr<Pass> expandTrainSteps(const PipelineOptions &options) {
  ExpandTrainStepsPassOptions pass;
  pass.scaleLoss = options.precision == "f16";
  return createExpandTrainStepsPass(pass);
}

static std::unique_ptr<Pass> quantizeWeights(const PipelineOptions &options) {
  if (!options.weightBits)
    return nullptr;
  QuantizeWeightsPassOptions pass;
  pass.bits = options.weightBits;
  pass.group = options.weightGroup;
  return createQuantizeWeightsPass(pass);
}

static std::unique_ptr<Pass> lowerPrecision(const PipelineOptions &options) {
  if (options.precision == "f32")
    return nullptr;
  LowerPrecisionPassOptions pass;
  pass.dtype = options.precision;
  return createLowerPrecisionPass(pass);
}

static std::unique_ptr<Pass> sinkWidenings(const PipelineOptions &options) {
  SinkWideningsPassOptions pass;
  pass.bf16Dot = targetOf(options).dotNames().bf16;
  pass.i8Dot = targetOf(options).dotNames().i8;
  return createSinkWideningsPass(pass);
}

static std::unique_ptr<Pass> packParameters(const PipelineOptions &options) {
  const Target &target = targetOf(options);
  if (!target.packsParameters() || options.optLevel == 0)
    return nullptr;
  PackParametersPassOptions pass;
  pass.vectorBytes = target.vectorBytes();
  pass.vectorRegisters = target.vectorRegisters();
  pass.bf16Dot = target.dotNames().bf16;
  pass.i8Dot = target.dotNames().i8;
  return createPackParametersPass(pass);
}

static std::unique_ptr<Pass> tabulateStreams(const PipelineOptions &options) {
  return options.optLevel > 0 ? createTabulateStreamsPass() : nullptr;
}

static std::unique_ptr<Pass> scheduleKernels(const PipelineOptions &options) {
  ScheduleKernelsPassOptions pass = scheduleOptionsFor(targetOf(options), options.optLevel);
  pass.explain = options.explainKernels || options.keepExplanations;
  pass.inParts = options.memoryBudget > 0;
  pass.tilings = options.tilings;
  return createScheduleKernelsPass(pass);
}

static std::unique_ptr<Pass> explainKernels(const PipelineOptions &options) {
  if (!options.explainKernels)
    return nullptr;
  ScheduleKernelsPassOptions schedule = scheduleOptionsFor(targetOf(options), options.optLevel);
  ExplainKernelsPassOptions pass;
  pass.vectorBytes = schedule.vectorBytes;
  pass.l2Bytes = schedule.l2Bytes;
  pass.fmaPerCycle = targetOf(options).multiplyAddsPerCycle();
  return createExplainKernelsPass(pass);
}

static std::unique_ptr<Pass> planMemory(const PipelineOptions &options) {
  PlanMemoryPassOptions pass;
  for (const auto &[name, size] : options.maxDims)
    pass.maxDims.push_back(name + "=" + std::to_string(size));
  pass.explain = options.explainMemory;
  pass.memoryBudget = options.memoryBudget;
  return createPlanMemoryPass(pass);
}

static std::unique_ptr<Pass> buildHostProgram(const PipelineOptions &options) {
  BuildHostProgramPassOptions pass;
  pass.poison = options.poisonArena;
  return createBuildHostProgramPass(pass);
}

static std::unique_ptr<Pass> expandMath(const PipelineOptions &options) {
  ExpandMathPassOptions pass;
  pass.fma = targetOf(options).hasFusedMultiplyAdd();
  pass.ldexp = targetOf(options).hasScaleInstruction();
  return createExpandMathPass(pass);
}

static std::unique_ptr<Pass> convertKernelsToLLVM(const PipelineOptions &options) {
  ConvertKernelsToLLVMPassOptions pass;
  pass.target = targetOf(options).kind().str();
  return createConvertKernelsToLLVMPass(pass);
}

static constexpr bool kFunctions = true;

static const Step kSteps[] = {
    {Phase::Import, PLAIN(createCheckEntriesPass)},
    {Phase::Import, selectEntries},

    {Phase::Verify, PLAIN(createInsertIndexChecksPass)},

    {Phase::Differentiate, chooseConvolutions},
    {Phase::Differentiate, PLAIN(createInlineCallsPass)},
    {Phase::Differentiate, PLAIN(createExpandDerivativesPass)},
    {Phase::Differentiate, expandTrainSteps},
    {Phase::Differentiate, PLAIN(createSymbolDCEPass)},
    {Phase::Differentiate, quantizeWeights},
    {Phase::Differentiate, PLAIN(createLiftParametersPass)},

    {Phase::Simplify, PLAIN(createDecomposeCompositesPass)},
    {Phase::Simplify, PLAIN(createVerifyDimensionsPass), kFunctions},
    {Phase::Simplify, PLAIN(createCanonicalizerPass)},
    {Phase::Simplify, PLAIN(createResolveDimsPass), kFunctions},
    {Phase::Simplify, PLAIN(createSinkTransposesPass), kFunctions},
    {Phase::Simplify, PLAIN(createFoldTransposesPass), kFunctions},
    {Phase::Simplify, PLAIN(createCSEPass)},
    {Phase::Simplify, lowerPrecision},
    {Phase::Simplify, sinkWidenings},
    {Phase::Simplify, chunkRows, kFunctions},
    {Phase::Simplify, findNan},
    {Phase::Simplify, PLAIN(createSplitReductionsPass), kFunctions},
    {Phase::Simplify, PLAIN(createCanonicalizerPass)},
    {Phase::Simplify, PLAIN(createCSEPass)},

    {Phase::Fuse, PLAIN(createOutlineBodiesPass)},
    {Phase::Fuse, packParameters},
    {Phase::Fuse, tabulateStreams},
    {Phase::Fuse, PLAIN(createUpdateInPlacePass)},
    {Phase::Fuse, formKernels},
    {Phase::Fuse, PLAIN(createMergeEqualKernelsPass)},

    {Phase::Schedule, scheduleKernels},
    {Phase::Schedule, explainKernels},
    {Phase::Bufferize, PLAIN(createBufferizeKernelsPass)},

    {Phase::PlanMemory, planMemory},

    {Phase::Host, buildHostProgram},

    // The emitter runs these on parts of the module, in parallel; what follows them is LLVM's.
    {Phase::Emit, expandMath, kFunctions},
    {Phase::Emit, PLAIN(createCSEPass)},
    {Phase::Emit, convertKernelsToLLVM},
};

ArrayRef<PhaseInfo> phases() { return kPhases; }

const PhaseInfo &infoOf(Phase phase) { return kPhases[static_cast<int>(phase)]; }

std::optional<Phase> phaseNamed(StringRef name) {
  for (const PhaseInfo &info : kPhases)
    if (info.name == name)
      return info.phase;
  return std::nullopt;
}

void printPhases(llvm::raw_ostream &os) {
  for (const PhaseInfo &info : kPhases) {
    os << llvm::format("%2d %-14s", static_cast<int>(info.phase) + 1, info.name.data())
       << info.sentence << '\n';
    for (const Step &step : kSteps)
      if (step.phase == info.phase)
        if (std::unique_ptr<Pass> pass = step.make({})) // some passes are made on request only
          os << "                   " << pass->getArgument() << '\n';
  }
}

void registerDialects(DialectRegistry &registry) {
  registerAllDialects(registry);
  registry.insert<nn::NNDialect, kernel::KernelDialect>();
}

void buildPipeline(OpPassManager &manager, Phase first, Phase last,
                   const PipelineOptions &options) {
  for (const Step &step : kSteps) {
    if (step.phase < first || step.phase > last)
      continue;
    if (std::unique_ptr<Pass> pass = step.make(options))
      step.onFunctions ? manager.addNestedPass<func::FuncOp>(std::move(pass))
                       : manager.addPass(std::move(pass));
  }
}

void registerPassesAndPhases() {
  registerAutodiffPasses();
  registerImportPasses();
  registerExpandMathPasses();
  registerGraphTransformsPasses();
  registerFusionPasses();
  registerCodegenPasses();
  registerMemoryPlanningPasses();
  registerHostProgramPasses();
  for (const PhaseInfo &info : kPhases) {
    registerPassPipeline(
        "phase-" + info.name.str(), info.sentence,
        [phase = info.phase](OpPassManager &manager, StringRef,
                             function_ref<LogicalResult(const Twine &)>) {
          return buildPipeline(manager, phase, phase, {}), success();
        },
        [](function_ref<void(const detail::PassOptions &)>) {});
    registerPassPipeline(
        "to-" + info.name.str(), "all phases up to " + info.name.str(),
        [phase = info.phase](OpPassManager &manager, StringRef,
                             function_ref<LogicalResult(const Twine &)>) {
          return buildPipeline(manager, Phase::Import, phase, {}), success();
        },
        [](function_ref<void(const detail::PassOptions &)>) {});
  }
}

} // namespace mlc
