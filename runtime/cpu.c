#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The system refuses a set that is smaller than its own. */
int mlc_available_cpus(void) {
  enum { kFirst = 1024, kLast = 1 << 24 };
  for (size_t cpus = kFirst; cpus <= kLast; cpus *= 2) {
    cpu_set_t *set = CPU_ALLOC(cpus);
    if (!set)
      return 1;
    size_t bytes = CPU_ALLOC_SIZE(cpus);
    bool known = sched_getaffinity(0, bytes, set) == 0, larger = !known && errno == EINVAL;
    int count = known ? CPU_COUNT_S(bytes, set) : 1;
    CPU_FREE(set);
    if (!larger)
      return count < 1 ? 1 : count;
  }
  return 1;
}

#if defined(__x86_64__)
#include <cpuid.h>

enum { kEax, kEbx, kEcx, kEdx };

/* Where CPUID tells of a feature: leaf, subleaf, register, bit; names as in /proc/cpuinfo. */
static const struct {
  const char *name;
  uint32_t leaf;
  uint8_t subleaf, reg, bit;
} kFeatures[] = {
    {"pni", 1, 0, kEcx, 0},
    {"sse3", 1, 0, kEcx, 0},
    {"pclmulqdq", 1, 0, kEcx, 1},
    {"ssse3", 1, 0, kEcx, 9},
    {"fma", 1, 0, kEcx, 12},
    {"cx16", 1, 0, kEcx, 13},
    {"sse4_1", 1, 0, kEcx, 19},
    {"sse4_2", 1, 0, kEcx, 20},
    {"movbe", 1, 0, kEcx, 22},
    {"popcnt", 1, 0, kEcx, 23},
    {"aes", 1, 0, kEcx, 25},
    {"xsave", 1, 0, kEcx, 26},
    {"avx", 1, 0, kEcx, 28},
    {"f16c", 1, 0, kEcx, 29},
    {"rdrand", 1, 0, kEcx, 30},
    {"bmi1", 7, 0, kEbx, 3},
    {"avx2", 7, 0, kEbx, 5},
    {"bmi2", 7, 0, kEbx, 8},
    {"avx512f", 7, 0, kEbx, 16},
    {"avx512dq", 7, 0, kEbx, 17},
    {"adx", 7, 0, kEbx, 19},
    {"avx512ifma", 7, 0, kEbx, 21},
    {"avx512cd", 7, 0, kEbx, 28},
    {"sha_ni", 7, 0, kEbx, 29},
    {"avx512bw", 7, 0, kEbx, 30},
    {"avx512vl", 7, 0, kEbx, 31},
    {"avx512vbmi", 7, 0, kEcx, 1},
    {"avx512_vbmi2", 7, 0, kEcx, 6},
    {"gfni", 7, 0, kEcx, 8},
    {"vaes", 7, 0, kEcx, 9},
    {"vpclmulqdq", 7, 0, kEcx, 10},
    {"avx512_vnni", 7, 0, kEcx, 11},
    {"avx512_bitalg", 7, 0, kEcx, 12},
    {"avx512_vpopcntdq", 7, 0, kEcx, 14},
    {"avx512_vp2intersect", 7, 0, kEdx, 8},
    {"amx_bf16", 7, 0, kEdx, 22},
    {"avx512_fp16", 7, 0, kEdx, 23},
    {"amx_tile", 7, 0, kEdx, 24},
    {"amx_int8", 7, 0, kEdx, 25},
    {"avx_vnni", 7, 1, kEax, 4},
    {"avx512_bf16", 7, 1, kEax, 5},
    {"abm", 0x80000001, 0, kEcx, 5},
    {"lzcnt", 0x80000001, 0, kEcx, 5},
};

/* The register states that the system saves: bits 1 and 2 for AVX, 5 to 7 for AVX-512, 17 and 18
 * for AMX. */
static uint64_t enabled_states(void) {
  uint32_t eax, ebx, ecx, edx;
  if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx >> 27 & 1))
    return 0;
  __asm__("xgetbv" : "=a"(eax), "=d"(edx) : "c"(0));
  return (uint64_t)edx << 32 | eax;
}

static bool is_enabled(const char *name, uint64_t states) {
  if (strncmp(name, "avx512", 6) == 0)
    return (states & 0xe6) == 0xe6;
  if (strncmp(name, "amx", 3) == 0)
    return (states & 0x60000) == 0x60000;
  if (strncmp(name, "avx", 3) == 0 || strcmp(name, "fma") == 0 || strcmp(name, "f16c") == 0 ||
      name[0] == 'v')
    return (states & 6) == 6;
  return true;
}

static bool has_feature(const char *name, uint64_t states) {
  for (size_t i = 0; i < sizeof kFeatures / sizeof kFeatures[0]; ++i) {
    if (strcmp(name, kFeatures[i].name) != 0)
      continue;
    uint32_t regs[4];
    if (!__get_cpuid_count(kFeatures[i].leaf, kFeatures[i].subleaf, &regs[0], &regs[1], &regs[2],
                           &regs[3]))
      return false;
    return (regs[kFeatures[i].reg] >> kFeatures[i].bit & 1) && is_enabled(name, states);
  }
  return false;
}

#elif defined(__aarch64__)
#include <sys/auxv.h>

/* Bits of AT_HWCAP and AT_HWCAP2 (arch/arm64/include/uapi/asm/hwcap.h); names as in
 * /proc/cpuinfo. */
static const struct {
  const char *name;
  unsigned long vector;
  int bit;
} kFeatures[] = {
    {"fp", AT_HWCAP, 0},        {"asimd", AT_HWCAP, 1},    {"atomics", AT_HWCAP, 8},
    {"fphp", AT_HWCAP, 9},      {"asimdhp", AT_HWCAP, 10}, {"asimdrdm", AT_HWCAP, 12},
    {"fcma", AT_HWCAP, 14},     {"asimddp", AT_HWCAP, 20}, {"sve", AT_HWCAP, 22},
    {"asimdfhm", AT_HWCAP, 23}, {"sve2", AT_HWCAP2, 1},    {"i8mm", AT_HWCAP2, 13},
    {"bf16", AT_HWCAP2, 14},    {"cssc", AT_HWCAP2, 34},
};

static uint64_t enabled_states(void) { return 0; }

static bool has_feature(const char *name, uint64_t states) {
  (void)states;
  for (size_t i = 0; i < sizeof kFeatures / sizeof kFeatures[0]; ++i)
    if (strcmp(name, kFeatures[i].name) == 0)
      return getauxval(kFeatures[i].vector) >> kFeatures[i].bit & 1;
  return false;
}

#else
static uint64_t enabled_states(void) { return 0; }
static bool has_feature(const char *name, uint64_t states) { return name && states; }
#endif

/* A name that no table here has is missing: nothing tells that it is there. */
const char *mlc_missing_cpu_feature(const char *const *features) {
  uint64_t states = enabled_states();
  for (; features && *features; ++features)
    if (!has_feature(*features, states))
      return *features;
  return NULL;
}

const char *mlc_refused_cpu_feature(const char *const *features) {
#if defined(__x86_64__)
  /* arch/x86/include/uapi/asm/prctl.h; the state of the registers of AMX */
  enum { kRequestState = 0x1023, kTileData = 18 };
  for (; features && *features; ++features)
    if (strncmp(*features, "amx", 3) == 0 && syscall(SYS_arch_prctl, kRequestState, kTileData) != 0)
      return *features;
#else
  (void)features;
#endif
  return NULL;
}
