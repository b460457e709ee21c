//===- Emit.cpp - the last phase: from a host program to files ------------===//
#include "compiler/Emit/Emit.h"
#include "compiler/Emit/CHeader.h"
#include "compiler/Emit/Embedded.h"
#include "compiler/Emit/Link.h"
#include "compiler/Emit/ModelModule.h"
#include "compiler/Emit/Partition.h"
#include "compiler/HostProgram/HostProgram.h"
#include "compiler/Names/Names.h"
#include "compiler/Target/CpuTarget.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Threading.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;
using namespace mlc;

void mlc::registerEmitDialects(DialectRegistry &registry) {
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  registerNVVMDialectTranslation(registry);
}

namespace {

/// One compilation of one model.
class Emission {
public:
  Emission(ModuleOp module, const ModelDescription &model, const EmitOptions &options,
           TimingScope &timing)
      : module(module), model(model), options(options), timing(timing) {}

  FailureOr<Artifact> run();

private:
  LogicalResult lowerKernels();
  FailureOr<Bytes> compilePart(ModuleOp part);
  Bytes compileModelModule();
  LogicalResult compileObjects();
  FailureOr<Bytes> emitText();
  FailureOr<Bytes> emitBinary();
  LogicalResult checkLibraries();

  ModuleOp module;
  const ModelDescription &model;
  const EmitOptions &options;
  TimingScope &timing;
  ModelData data;
  OwningOpRef<ModuleOp> parts;
  SmallVector<ModuleOp> units;
  std::vector<Bytes> objects;
};

} // namespace

LogicalResult Emission::lowerKernels() {
  TimingScope scope = timing.nest("lower kernels");
  parts = partitionKernels(module);
  if (options.addKernelPasses) {
    PassManager manager(module.getContext(), ModuleOp::getOperationName());
    manager.enableTiming(scope);
    manager.enableVerifier(false); // mlc-opt does, in the tests
    options.addKernelPasses(manager.nest<ModuleOp>());
    if (failed(manager.run(*parts)))
      return failure();
  }
  for (ModuleOp part : parts->getOps<ModuleOp>())
    units.push_back(part);
  auto host = module.lookupSymbol<ModuleOp>(kHostModuleName);
  assert(host && "the host phase makes it");
  units.push_back(host);
  return success();
}

static std::unique_ptr<llvm::Module> translate(ModuleOp unit, llvm::LLVMContext &context,
                                               const llvm::TargetMachine &machine, bool verifies) {
  // The name goes into the object: it must not be the path of anyone's machine.
  std::unique_ptr<llvm::Module> module =
      translateModuleToLLVMIR(unit, context, "mlc", /*disableVerification=*/!verifies);
  if (module)
    prepareModule(*module, machine);
  return module;
}

FailureOr<Bytes> Emission::compilePart(ModuleOp part) {
  llvm::LLVMContext context;
  std::unique_ptr<llvm::TargetMachine> machine = options.target->createMachine(options.optLevel);
  TimingScope translation = timing.nest("translate to LLVM IR");
  std::unique_ptr<llvm::Module> unit = translate(part, context, *machine, /*verifies=*/false);
  translation.stop();
  if (!unit)
    return failure();
  TimingScope optimisation = timing.nest("optimise");
  optimizeModule(*unit, *machine, options.optLevel);
  optimisation.stop();
  TimingScope selection = timing.nest("generate code");
  return generateCode(*unit, *machine, CodeKind::Object);
}

Bytes Emission::compileModelModule() {
  TimingScope scope = timing.nest("tables and C functions");
  llvm::LLVMContext context;
  // Functions of a few instructions, and tables: nothing there is worth the time of an optimiser.
  std::unique_ptr<llvm::TargetMachine> machine = options.target->createMachine(/*optLevel=*/0);
  std::unique_ptr<llvm::Module> unit = buildModelModule(context, model, data, *machine);
  return generateCode(*unit, *machine, CodeKind::Object);
}

LogicalResult Emission::compileObjects() {
  objects.resize(units.size() + 1);
  LogicalResult result = failableParallelForEachN(
      module.getContext(), 0, objects.size(), [&](size_t index) -> LogicalResult {
        if (index == units.size()) {
          objects[index] = compileModelModule();
          return success();
        }
        FailureOr<Bytes> object = compilePart(units[index]);
        if (failed(object))
          return failure();
        objects[index] = std::move(*object);
        return success();
      });
  return result;
}

/// The whole model as one text: all parts in one LLVM module, which is verified: this is what
/// people look at, and the tests.
FailureOr<Bytes> Emission::emitText() {
  llvm::LLVMContext context;
  std::unique_ptr<llvm::TargetMachine> machine = options.target->createMachine(options.optLevel);
  std::unique_ptr<llvm::Module> whole = buildModelModule(context, model, data, *machine);
  llvm::Linker linker(*whole);
  for (ModuleOp unit : units) {
    std::unique_ptr<llvm::Module> translated =
        translate(unit, context, *machine, /*verifies=*/true);
    if (!translated || linker.linkInModule(std::move(translated)))
      return failure();
  }
  optimizeModule(*whole, *machine, options.optLevel);
  if (options.product == Product::Assembly)
    return generateCode(*whole, *machine, CodeKind::Assembly);
  Bytes text;
  llvm::raw_svector_ostream stream(text);
  whole->print(stream, nullptr);
  return text;
}

/// The folder of the target's C library: this machine's, or Debian's of a foreign architecture.
static std::string librariesOf(const CpuTarget &target) {
  if (target.isHost())
    return cLibraryFolder();
  return ("/usr/" + target.triple().getArchName() + "-linux-gnu/lib").str();
}

FailureOr<Bytes> Emission::emitBinary() {
  if (failed(compileObjects()))
    return failure();
  TimingScope scope = timing.nest("link");
  LinkOptions link;
  link.exports = exportedFunctions(model);
  link.runtime = embeddedRuntime(*options.target);
  link.libraries = librariesOf(*options.target);
  link.soname = options.soname;
  if (!data.section.empty())
    link.script = DataSection::linkerScript();
  bool shared = options.product == Product::SharedLibrary;
  if (shared)
    link.exports.push_back(kLoadedTableSymbol.str());
  llvm::Expected<Bytes> linked =
      shared ? linkSharedLibrary(objects, link) : linkObject(objects, link);
  if (linked)
    if (llvm::Error error = data.section.attach(*linked))
      linked = std::move(error);
  if (linked && options.product == Product::Archive) {
    uint64_t objectBytes = linked->size();
    linked = makeArchive(*linked, model.name + ".o");
    if (linked)
      data.section.attachToArchive(*linked, objectBytes);
  }
  if (!linked)
    return module.emitError(llvm::toString(linked.takeError()));
  if (link.runtime.empty())
    module.emitRemark("the runtime is not part of this object: compile runtime/*.c of mlc for ")
        << options.target->triple().str() << " and link it in";
  return std::move(*linked);
}

/// A shared library needs the target's runtime and C library.
LogicalResult Emission::checkLibraries() {
  std::string libraries = librariesOf(*options.target);
  bool hasRuntime = !embeddedRuntime(*options.target).empty();
  if (hasRuntime && llvm::sys::fs::exists(libraries + "/libc.so.6"))
    return success();
  InFlightDiagnostic diagnostic = module.emitError("not supported yet: a shared library for ")
                                  << options.target->triple().str();
  Diagnostic &note = diagnostic.attachNote();
  if (hasRuntime)
    note << "its C library is not in " << libraries
         << ": install it (Debian: libc6-arm64-cross), or ";
  note << "write an object (.o), and link it with the runtime there";
  return diagnostic;
}

FailureOr<Artifact> Emission::run() {
  Artifact artifact;
  artifact.header = writeCHeader(model);
  for (const Binding *binding : options.bindings)
    artifact.bindings.push_back(binding->write(model));
  if (options.product == Product::Header)
    return artifact;
  if (options.product == Product::SharedLibrary && failed(checkLibraries()))
    return failure();
  bool text = options.product == Product::Assembly || options.product == Product::LlvmIr;
  llvm::Expected<ModelData> placed = ModelData::create(model, text, options.weightsFile);
  if (!placed)
    return module.emitError(llvm::toString(placed.takeError()));
  data = std::move(*placed);
  if (failed(lowerKernels()))
    return failure();
  FailureOr<Bytes> product = text ? emitText() : emitBinary();
  if (failed(product))
    return failure();
  artifact.product = std::move(*product);
  artifact.data = std::move(data);
  return artifact;
}

/// What the kernels' dot products need beside the features of vectors.
static void addDotFeatures(ModuleOp module, std::vector<std::string> &features) {
  llvm::StringSet<> calls;
  module.walk([&](LLVM::CallIntrinsicOp op) { calls.insert(op.getIntrin()); });
  for (const DotInstruction &instruction : dotInstructions())
    if (calls.contains(instruction.matrixIntrinsic))
      for (llvm::StringRef feature : instruction.cpuinfoFeatures)
        if (!llvm::is_contained(features, feature))
          features.push_back(feature.str());
}

FailureOr<Artifact> mlc::emitModel(ModuleOp module, ModelDescription model,
                                   const EmitOptions &options, TimingScope &timing) {
  if (model.compiler.empty())
    model.compiler = "mlc " MLC_VERSION;
  if (model.target.empty())
    model.target = options.target->description();
  if (model.cpuFeatures.empty())
    model.cpuFeatures = options.target->cpuinfoFeatures();
  addDotFeatures(module, model.cpuFeatures);
  return Emission(module, model, options, timing).run();
}
