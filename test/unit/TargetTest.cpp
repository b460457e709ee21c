// What the compiler believes of CPUs, known and asked for by the user.
#include "compiler/Target/CpuTarget.h"
#include "compiler/Target/GpuTarget.h"

#include "llvm/Target/TargetMachine.h"
#include <gtest/gtest.h>

using namespace mlc;

namespace {

CpuTarget targetOf(std::string cpu, std::string triple = "x86_64-linux-gnu") {
  CpuOptions options;
  options.cpu = std::move(cpu);
  options.triple = std::move(triple);
  return llvm::cantFail(CpuTarget::create(options));
}

std::string messageOf(const CpuOptions &options) {
  llvm::Expected<CpuTarget> target = CpuTarget::create(options);
  return target ? "" : llvm::toString(target.takeError());
}

bool requires_(const CpuTarget &target, llvm::StringRef feature) {
  return llvm::is_contained(target.cpuinfoFeatures(), feature);
}

TEST(CpuTarget, VectorsFollowFromTheFeatures) {
  EXPECT_EQ(targetOf("x86-64").vectorBytes(), 16u);
  EXPECT_EQ(targetOf("x86-64-v3").vectorBytes(), 32u);
  EXPECT_EQ(targetOf("x86-64-v3").vectorRegisters(), 16u);
  CpuTarget zen5 = targetOf("znver5");
  EXPECT_EQ(zen5.vectorBytes(), 64u);
  EXPECT_EQ(zen5.vectorRegisters(), 32u);
  EXPECT_EQ(zen5.vectorLanes(32), 16u);
  EXPECT_EQ(targetOf("generic", "aarch64-linux-gnu").vectorBytes(), 16u);
  EXPECT_EQ(targetOf("generic", "aarch64-linux-gnu").vectorRegisters(), 32u);
}

TEST(CpuTarget, FusedMultiplyAdd) {
  EXPECT_FALSE(targetOf("x86-64").hasFusedMultiplyAdd());
  EXPECT_TRUE(targetOf("haswell").hasFusedMultiplyAdd());
  EXPECT_TRUE(targetOf("generic", "aarch64-linux-gnu").hasFusedMultiplyAdd());
}

TEST(CpuTarget, MultiplyAddsPerCycleAreThoseOfTheModel) {
  EXPECT_EQ(targetOf("znver4").multiplyAddsPerCycle(), 1); // 512 bits in two halves
  EXPECT_EQ(targetOf("haswell").multiplyAddsPerCycle(), 2);
  EXPECT_EQ(targetOf("skylake-avx512").multiplyAddsPerCycle(), 2);
  EXPECT_EQ(targetOf("x86-64").multiplyAddsPerCycle(), 1); // multiplications alone
  EXPECT_EQ(targetOf("cortex-a72", "aarch64-linux-gnu").multiplyAddsPerCycle(), 1);
  EXPECT_EQ(targetOf("neoverse-v1", "aarch64-linux-gnu").multiplyAddsPerCycle(), 4);
}

TEST(CpuTarget, DotProductsFollowFromTheFeatures) {
  EXPECT_EQ(targetOf("znver4").dotNames().bf16, "vdpbf16ps");
  EXPECT_EQ(targetOf("znver4").dotNames().i8, "vpdpbusd");
  EXPECT_EQ(targetOf("sapphirerapids").dotNames().bf16, "tdpbf16ps");
  EXPECT_EQ(targetOf("sapphirerapids").dotNames().i8, "tdpbssd");
  // Its registers are asked for where a kernel uses them.
  EXPECT_FALSE(requires_(targetOf("sapphirerapids"), "amx_tile"));
  EXPECT_EQ(targetOf("cascadelake").dotNames().bf16, "");
  EXPECT_EQ(targetOf("cascadelake").dotNames().i8, "vpdpbusd");
  EXPECT_EQ(targetOf("skylake-avx512").dotNames().i8, "vpmaddwd");
  EXPECT_EQ(targetOf("alderlake").dotNames().i8, "vpdpbusd"); // in 32 bytes
  EXPECT_EQ(targetOf("haswell").dotNames().bf16, "");
  EXPECT_EQ(targetOf("haswell").dotNames().i8, "vpmaddwd");
  EXPECT_EQ(targetOf("sandybridge").dotNames().i8, ""); // 32 bytes, but no integers in them
  EXPECT_EQ(targetOf("generic", "aarch64-linux-gnu").dotNames().i8, "");
  EXPECT_EQ(targetOf("neoverse-v1", "aarch64-linux-gnu").dotNames().bf16, "bfdot");
  EXPECT_EQ(targetOf("neoverse-v1", "aarch64-linux-gnu").dotNames().i8, "sdot");
}

TEST(CpuTarget, DotProductsOfTheUserNeedNoFeature) {
  CpuOptions options;
  options.bf16Dot = "pairs";
  options.i8Dot = "none";
  CpuTarget target = llvm::cantFail(CpuTarget::create(options));
  EXPECT_EQ(target.dotNames().bf16, "pairs");
  EXPECT_EQ(target.dotNames().i8, "");
  options.i8Dot = "vpdpbusd";
  EXPECT_EQ(messageOf(options),
            "unknown dot product 'vpdpbusd' of i8: expects none, pairs, quads or matrices");
}

TEST(CpuTarget, RequiredFeaturesHaveTheKernelsNames) {
  CpuTarget v3 = targetOf("x86-64-v3");
  EXPECT_TRUE(requires_(v3, "avx2") && requires_(v3, "fma") && requires_(v3, "pni"));
  EXPECT_FALSE(requires_(v3, "avx512f"));
  EXPECT_TRUE(requires_(targetOf("icelake-server"), "avx512_vbmi2"));
  EXPECT_TRUE(targetOf("x86-64").cpuinfoFeatures().empty());
}

TEST(CpuTarget, CachesComeFromTheTableOrTheUser) {
  EXPECT_EQ(targetOf("znver5").l1Bytes(), 48 * 1024);
  EXPECT_EQ(targetOf("skylake").l2Bytes(), 256 * 1024);
  CpuOptions options;
  options.cpu = "znver5";
  options.l1Bytes = 1000;
  options.l2Bytes = 2000;
  CpuTarget target = llvm::cantFail(CpuTarget::create(options));
  EXPECT_EQ(target.l1Bytes(), 1000);
  EXPECT_EQ(target.l2Bytes(), 2000);
}

TEST(CpuTarget, NativeIsThisMachine) {
  CpuTarget native = llvm::cantFail(CpuTarget::create({}));
  EXPECT_TRUE(native.isHost());
  EXPECT_NE(native.cpu(), "native");
  EXPECT_GT(native.l1Bytes(), 0);
  EXPECT_GE(native.l2Bytes(), native.l1Bytes());
  EXPECT_NE(native.createMachine(3), nullptr);
}

TEST(CpuTarget, UnknownNamesAreRefused) {
  CpuOptions cpu;
  cpu.cpu = "pentium99";
  EXPECT_NE(messageOf(cpu).find("unknown CPU 'pentium99'"), std::string::npos);
  CpuOptions triple;
  triple.triple = "vax-dec-ultrix";
  EXPECT_NE(messageOf(triple).find("expects an x86_64 or aarch64 triple"), std::string::npos);
}

TEST(GpuTarget, AThreadIsATileOfScalarCode) {
  GpuTarget target = llvm::cantFail(GpuTarget::create("sm_90a"));
  EXPECT_EQ(target.kind(), "gpu");
  EXPECT_EQ(target.vectorBytes(), 0u);
  EXPECT_EQ(target.tileElements(), 1);
  EXPECT_TRUE(target.hasFusedMultiplyAdd());
  EXPECT_FALSE(target.hasScaleInstruction() || target.packsParameters());
  EXPECT_NE(target.createMachine(3), nullptr);
}

TEST(GpuTarget, OldArchitecturesAreRefused) {
  EXPECT_EQ(llvm::toString(GpuTarget::create("sm_75").takeError()),
            "GPU architecture 'sm_75' is too old: expects sm_80 or later");
}

} // namespace
