#include "compiler/Target/DotInstruction.h"

namespace mlc {

// Sources: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, VDPBF16PS,
// VPDPBUSD, PMADDWD; Arm Architecture Reference Manual, BFDOT (vector), SDOT (vector).
static const DotInstruction kInstructions[] = {
    {"pairs", /*isFloat=*/true, 2},
    {"vdpbf16ps",
     /*isFloat=*/true,
     2,
     /*isLhsUnsigned=*/false,
     /*isWidened=*/false,
     /*isApart=*/false,
     {"llvm.x86.avx512bf16.dpbf16ps.128", "llvm.x86.avx512bf16.dpbf16ps.256",
      "llvm.x86.avx512bf16.dpbf16ps.512"}},
    {"bfdot",
     /*isFloat=*/true,
     2,
     /*isLhsUnsigned=*/false,
     /*isWidened=*/false,
     /*isApart=*/false,
     {"llvm.aarch64.neon.bfdot", "", ""}},
    {"pairs", /*isFloat=*/false, 2, /*isLhsUnsigned=*/false, /*isWidened=*/true,
     /*isApart=*/true},
    {"quads", /*isFloat=*/false, 4, /*isLhsUnsigned=*/true},
    {"vpmaddwd",
     /*isFloat=*/false,
     2,
     /*isLhsUnsigned=*/false,
     /*isWidened=*/true,
     /*isApart=*/true,
     {"llvm.x86.sse2.pmadd.wd", "llvm.x86.avx2.pmadd.wd", "llvm.x86.avx512.pmaddw.d.512"}},
    {"vpdpbusd",
     /*isFloat=*/false,
     4,
     /*isLhsUnsigned=*/true,
     /*isWidened=*/false,
     /*isApart=*/false,
     {"llvm.x86.avx512.vpdpbusd.128", "llvm.x86.avx512.vpdpbusd.256",
      "llvm.x86.avx512.vpdpbusd.512"}},
    {"sdot",
     /*isFloat=*/false,
     4,
     /*isLhsUnsigned=*/false,
     /*isWidened=*/false,
     /*isApart=*/false,
     {"llvm.aarch64.neon.sdot", "", ""}},
};

const DotInstruction *findDotInstruction(llvm::StringRef name, bool isFloat) {
  for (const DotInstruction &instruction : kInstructions)
    if (instruction.name == name && instruction.isFloat == isFloat)
      return &instruction;
  return nullptr;
}

} // namespace mlc
