//===- CpuTarget.cpp - what the code generator must know of a CPU --------===//
#include "compiler/Target/CpuTarget.h"
#include "compiler/Target/CpuCaches.h"
#include "compiler/Target/LlvmTarget.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/MC/MCInstrInfo.h"
#include "llvm/MC/MCSchedule.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"

#if defined(__linux__) && defined(__x86_64__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

using namespace mlc;

namespace {

/// A feature of generated code: LLVM's name and the kernel's.
struct FeatureName {
  const char *llvm;
  const char *cpuinfo;
};

// Only what instruction selection may use for our code: vectors, bit manipulation, conversions.
constexpr FeatureName kX86Features[] = {
    {"sse3", "pni"},
    {"ssse3", "ssse3"},
    {"sse4.1", "sse4_1"},
    {"sse4.2", "sse4_2"},
    {"popcnt", "popcnt"},
    {"movbe", "movbe"},
    {"avx", "avx"},
    {"f16c", "f16c"},
    {"fma", "fma"},
    {"avx2", "avx2"},
    {"bmi", "bmi1"},
    {"bmi2", "bmi2"},
    {"lzcnt", "abm"},
    {"avx512f", "avx512f"},
    {"avx512cd", "avx512cd"},
    {"avx512dq", "avx512dq"},
    {"avx512bw", "avx512bw"},
    {"avx512vl", "avx512vl"},
    {"avx512ifma", "avx512ifma"},
    {"avx512vbmi", "avx512vbmi"},
    {"avx512vbmi2", "avx512_vbmi2"},
    {"avx512vnni", "avx512_vnni"},
    {"avx512bitalg", "avx512_bitalg"},
    {"avx512vpopcntdq", "avx512_vpopcntdq"},
    {"avx512bf16", "avx512_bf16"},
    {"avx512fp16", "avx512_fp16"},
    {"gfni", "gfni"},
    {"avxvnni", "avx_vnni"},
};

constexpr FeatureName kAArch64Features[] = {
    {"neon", "asimd"},     {"fullfp16", "asimdhp"}, {"lse", "atomics"}, {"rdm", "asimdrdm"},
    {"complxnum", "fcma"}, {"dotprod", "asimddp"},  {"sve", "sve"},     {"fp16fml", "asimdfhm"},
    {"sve2", "sve2"},      {"i8mm", "i8mm"},        {"bf16", "bf16"},   {"cssc", "cssc"},
};

} // namespace

static llvm::Triple hostTriple() { return llvm::Triple(llvm::sys::getDefaultTargetTriple()); }

/// Features in which this machine differs from what LLVM expects of `cpu`: virtual machines mask
/// some.
static std::string hostFeatureDifference(const llvm::Target &target, const llvm::Triple &triple,
                                         llvm::StringRef cpu) {
  std::unique_ptr<llvm::MCSubtargetInfo> expected(target.createMCSubtargetInfo(triple, cpu, ""));
  std::vector<std::string> differences;
  for (const auto &[feature, present] : llvm::sys::getHostCPUFeatures())
    if (expected->checkFeatures(("+" + feature).str()) != present)
      differences.push_back(((present ? "+" : "-") + feature).str());
  llvm::sort(differences,
             [](llvm::StringRef a, llvm::StringRef b) { return a.drop_front() < b.drop_front(); });
  return llvm::join(differences, ",");
}

/// Whether this system gives the registers of AMX to processes that ask, as the runtime will: Linux
/// 5.16, but not every sandbox.
static bool givesMatrices() {
#if defined(__linux__) && defined(__x86_64__)
  constexpr long kRequestState = 0x1023, kTileData = 18; // arch/x86/include/uapi/asm/prctl.h
  return syscall(SYS_arch_prctl, kRequestState, kTileData) == 0;
#else
  return false;
#endif
}

static DotNames dotNamesOf(const llvm::MCSubtargetInfo &subtarget, bool isX86, unsigned bytes,
                           bool isNative) {
  auto has = [&](const char *feature) {
    return subtarget.checkFeatures((llvm::Twine("+") + feature).str());
  };
  if (!isX86)
    return {has("bf16") ? "bfdot" : "", has("dotprod") ? "sdot" : ""};
  bool isWide = bytes == 64,
       hasMatrices = isWide && has("amx-tile") && (!isNative || givesMatrices());
  DotNames names;
  if (isWide && has("avx512bf16"))
    names.bf16 = "vdpbf16ps";
  if (isWide ? has("avx512vnni") : bytes == 32 && has("avxvnni"))
    names.i8 = "vpdpbusd";
  else if (isWide ? has("avx512bw") : bytes == 16 || has("avx2"))
    names.i8 = "vpmaddwd";
  if (hasMatrices && has("amx-bf16") && has("avx512bf16"))
    names.bf16 = "tdpbf16ps";
  if (hasMatrices && has("amx-int8"))
    names.i8 = "tdpbssd";
  return names;
}

/// Replaces `name` by the user's choice, which must be one for every CPU.
static llvm::Error chooseDot(const std::optional<std::string> &wanted, bool isFloat,
                             std::string &name) {
  if (!wanted)
    return llvm::Error::success();
  name = *wanted == "none" ? "" : *wanted;
  const DotInstruction *instruction = findDotInstruction(name, isFloat);
  if (name.empty() || (instruction && instruction->isPlain()))
    return llvm::Error::success();
  return llvm::createStringError("unknown dot product '" + name + "' of " +
                                 (isFloat ? "bf16: expects none, pairs or matrices"
                                          : "i8: expects none, pairs, quads or matrices"));
}

/// Vector multiply-adds in a cycle as LLVM's model of the CPU has them; 2 where there is no model.
static double multiplyAddRate(const llvm::Target &target, const llvm::MCSubtargetInfo &subtarget,
                              const CpuTarget &info) {
  constexpr double kUsual = 2;
  llvm::StringRef name = info.triple().isAArch64()     ? "FMLAv4f32"
                         : !info.hasFusedMultiplyAdd() ? "MULPSrr"
                         : info.vectorBytes() == 64    ? "VFMADD231PSZr"
                         : info.vectorBytes() == 32    ? "VFMADD231PSYr"
                                                       : "VFMADD231PSr";
  std::unique_ptr<llvm::MCInstrInfo> instructions(target.createMCInstrInfo());
  const llvm::MCSchedModel &model = subtarget.getSchedModel();
  if (!model.hasInstrSchedModel())
    return kUsual;
  for (unsigned opcode = 0; opcode < instructions->getNumOpcodes(); ++opcode) {
    if (instructions->getName(opcode) != name)
      continue;
    unsigned number = instructions->get(opcode).getSchedClass();
    const llvm::MCSchedClassDesc *cost = model.getSchedClassDesc(number);
    if (!cost->isValid() || cost->isVariant())
      return kUsual;
    double cycles = llvm::MCSchedModel::getReciprocalThroughput(subtarget, *cost);
    return cycles > 0 ? 1 / cycles : kUsual;
  }
  return kUsual;
}

llvm::Expected<CpuTarget> CpuTarget::create(const CpuOptions &options) {
  CpuTarget info;
  llvm::Triple host = hostTriple();
  info.targetTriple =
      options.triple.empty() ? host : llvm::Triple(llvm::Triple::normalize(options.triple));
  auto target = findLlvmTarget(info.targetTriple);
  if (!target)
    return target.takeError();
  bool native = options.cpu == "native" && info.targetTriple.getArch() == host.getArch();
  if (native)
    info.cpuName = llvm::sys::getHostCPUName().str();
  else
    info.cpuName = options.cpu == "native" ? "generic" : options.cpu;
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget(
      (*target)->createMCSubtargetInfo(info.targetTriple, "generic", ""));
  if (!subtarget->isCPUStringValid(info.cpuName))
    return llvm::createStringError("unknown CPU '" + info.cpuName + "' for " +
                                   info.targetTriple.str());
  if (native)
    info.featureString = hostFeatureDifference(**target, info.targetTriple, info.cpuName);
  subtarget.reset(
      (*target)->createMCSubtargetInfo(info.targetTriple, info.cpuName, info.featureString));

  bool x86 = info.targetTriple.isX86();
  if (x86 && !subtarget->checkFeatures("+64bit"))
    return llvm::createStringError("CPU '" + info.cpuName + "' is too old: expects a 64-bit CPU");
  if (x86 && subtarget->checkFeatures("+avx512f")) {
    info.vectorWidth = 64;
    info.registerCount = 32;
    // Several CPUs prefer 256 bits for code that is not vectorised throughout; ours is.
    info.featureString += info.featureString.empty() ? "-prefer-256-bit" : ",-prefer-256-bit";
  } else if (x86) {
    info.vectorWidth = subtarget->checkFeatures("+avx") ? 32 : 16;
    info.registerCount = 16;
  } else {
    info.vectorWidth = 16;
  }
  info.maskedMoves = subtarget->checkFeatures(x86 ? "+avx" : "+sve");
  info.scaleInstruction = x86 && info.vectorWidth == 64;
  info.fusedMultiplyAdd = !x86 || subtarget->checkFeatures("+fma");
  for (const FeatureName &name :
       x86 ? llvm::ArrayRef(kX86Features) : llvm::ArrayRef(kAArch64Features))
    if (subtarget->checkFeatures((llvm::Twine("+") + name.llvm).str()))
      info.requiredFeatures.push_back(name.cpuinfo);

  info.dots = dotNamesOf(*subtarget, x86, info.vectorWidth, native);
  if (llvm::Error error =
          llvm::joinErrors(chooseDot(options.bf16Dot, /*isFloat=*/true, info.dots.bf16),
                           chooseDot(options.i8Dot, /*isFloat=*/false, info.dots.i8)))
    return std::move(error);

  info.multiplyAddsOfCycle = multiplyAddRate(**target, *subtarget, info);
  CpuCaches known = knownCaches(info.cpuName);
  CpuCaches measured = native ? hostCaches() : CpuCaches();
  info.l1 = options.l1Bytes.value_or(measured.l1 ? measured.l1 : known.l1);
  info.l2 = options.l2Bytes.value_or(measured.l2 ? measured.l2 : known.l2);
  return info;
}

bool CpuTarget::isHost() const {
  llvm::Triple host = hostTriple();
  // Another environment is another C library; a triple may leave it open.
  return host.getArch() == targetTriple.getArch() && host.getOS() == targetTriple.getOS() &&
         (host.getEnvironment() == targetTriple.getEnvironment() ||
          targetTriple.getEnvironment() == llvm::Triple::UnknownEnvironment);
}

std::string CpuTarget::description() const {
  return ("cpu " + targetTriple.getArchName() + " " + cpuName).str();
}

std::unique_ptr<llvm::TargetMachine> CpuTarget::createMachine(unsigned optLevel) const {
  return createLlvmMachine(targetTriple, cpuName, featureString, optLevel);
}
