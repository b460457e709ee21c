//===- CpuCaches.h - data cache sizes of CPUs -----------------------*- C++ -*-===//
#ifndef MLC_COMPILER_TARGET_CPUCACHES_H
#define MLC_COMPILER_TARGET_CPUCACHES_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>

namespace mlc {

/// Data caches of one core, in bytes; a cache shared by several cores counts with one core's share.
struct CpuCaches {
  int64_t l1 = 0;
  int64_t l2 = 0;
};

/// The caches of the CPU that LLVM calls `cpu`, from the vendors' manuals. LLVM's own figures are
/// missing or wrong for many. An unknown CPU gets 32 KiB and 256 KiB, which every current core has.
CpuCaches knownCaches(llvm::StringRef cpu);

/// The caches of the machine that the compiler runs on, as its kernel reports them; a size that it
/// does not report is 0.
CpuCaches hostCaches();

} // namespace mlc

#endif // MLC_COMPILER_TARGET_CPUCACHES_H
