//===- CpuCaches.cpp - data cache sizes of CPUs ---------------------------===//
#include "compiler/Target/CpuCaches.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlc;

static constexpr int64_t kKiB = 1024;

static constexpr CpuCaches kib(int64_t l1, int64_t l2) { return {l1 * kKiB, l2 * kKiB}; }

CpuCaches mlc::knownCaches(llvm::StringRef cpu) {
  return llvm::StringSwitch<CpuCaches>(cpu)
      .Cases({"znver1", "znver2", "znver3"}, kib(32, 512))
      .Case("znver4", kib(32, 1024))
      .Case("znver5", kib(48, 1024))
      .Cases({"haswell", "broadwell", "skylake", "core-avx2", "core-avx-i"}, kib(32, 256))
      .Cases({"skylake-avx512", "cascadelake", "cooperlake", "skx"}, kib(32, 1024))
      .Cases({"cannonlake", "rocketlake", "icelake-client"}, kib(48, 512))
      .Cases({"icelake-server", "tigerlake", "alderlake"}, kib(48, 1280))
      .Cases({"raptorlake", "meteorlake", "arrowlake", "arrowlake-s"}, kib(48, 2048))
      .Cases({"sapphirerapids", "emeraldrapids", "graniterapids", "graniterapids-d"}, kib(48, 2048))
      .Case("lunarlake", kib(48, 2560))
      .Cases({"cortex-a53", "cortex-a55", "cortex-a72"}, kib(32, 256))
      .Cases({"cortex-a76", "cortex-a77", "cortex-a78"}, kib(64, 256))
      .Cases({"cortex-x1", "cortex-x2", "neoverse-n1", "neoverse-v1", "neoverse-n2"}, kib(64, 1024))
      .Cases({"neoverse-n3", "neoverse-v2", "neoverse-v3"}, kib(64, 2048))
      .Cases({"apple-m1", "apple-m2", "apple-m3", "apple-m4"}, kib(128, 3072))
      .Case("a64fx", kib(64, 680))
      .Default(kib(32, 256));
}

/// The text of one file of sysfs without its newline, or "".
static std::string readSysfs(const llvm::Twine &path) {
  auto file = llvm::MemoryBuffer::getFileAsStream(path);
  return file ? (*file)->getBuffer().trim().str() : std::string();
}

/// "48K" or "1M" in bytes; 0 if malformed.
static int64_t parseSize(llvm::StringRef text) {
  int64_t unit = text.consume_back("K") ? kKiB : text.consume_back("M") ? kKiB * kKiB : 1;
  int64_t count = 0;
  return text.getAsInteger(10, count) ? 0 : count * unit;
}

CpuCaches mlc::hostCaches() {
  CpuCaches caches;
  for (int index = 0; index < 8; ++index) {
    std::string folder =
        ("/sys/devices/system/cpu/cpu0/cache/index" + llvm::Twine(index) + "/").str();
    std::string level = readSysfs(folder + "level");
    if (level.empty())
      break;
    if (readSysfs(folder + "type") == "Instruction")
      continue;
    int64_t bytes = parseSize(readSysfs(folder + "size"));
    if (level == "1")
      caches.l1 = bytes;
    else if (level == "2")
      caches.l2 = bytes;
  }
  return caches;
}
