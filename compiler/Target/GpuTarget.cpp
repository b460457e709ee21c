//===- GpuTarget.cpp - what the code generator must know of a GPU ---------===//
#include "compiler/Target/GpuTarget.h"
#include "compiler/Target/LlvmTarget.h"

#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlc;

static llvm::Triple gpuTriple() { return llvm::Triple("nvptx64-nvidia-cuda"); }

GpuTarget::GpuTarget() {
  kindName = "gpu";
  vectorWidth = 0;
  elementsOfTile = 1;
  hasPanels = false;
  hasChains = false;
}

llvm::Expected<GpuTarget> GpuTarget::create(llvm::StringRef arch) {
  auto target = findLlvmTarget(gpuTriple());
  if (!target)
    return target.takeError();
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget(
      (*target)->createMCSubtargetInfo(gpuTriple(), "", ""));
  unsigned generation = 0;
  llvm::StringRef digits = arch;
  bool wellFormed = digits.consume_front("sm_") && !digits.consumeInteger(10, generation);
  if (!wellFormed || !subtarget->isCPUStringValid(arch))
    return llvm::createStringError("unknown GPU architecture '" + arch +
                                   "': expects sm_80 or later, such as sm_90a");
  if (generation < 80)
    return llvm::createStringError("GPU architecture '" + arch +
                                   "' is too old: expects sm_80 or later");
  GpuTarget gpu;
  gpu.archName = arch.str();
  // LLVM's default PTX version is older than what sm_90a needs, and it aborts on the contradiction.
  gpu.ptxVersion = generation >= 100 ? "+ptx86" : "+ptx80";
  return gpu;
}

std::unique_ptr<llvm::TargetMachine> GpuTarget::createMachine(unsigned optLevel) const {
  return createLlvmMachine(gpuTriple(), archName, ptxVersion, optLevel);
}
