#include "compiler/Target/DotInstruction.h"

namespace mlc {

/// Takes subnormal numbers as zero, as the instructions do.
static constexpr llvm::StringLiteral kRounding = "llvm.x86.avx512bf16.cvtneps2bf16.512";

/// Of registers of matrices; without an intrinsic by plain operations.
static constexpr DotInstruction matrixInstruction(llvm::StringLiteral name, bool isFloat,
                                                  llvm::StringLiteral intrinsic = "",
                                                  llvm::StringLiteral feature = "") {
  DotInstruction instruction = {name, isFloat, isFloat ? 2 : 4};
  instruction.takesMatrices = true;
  instruction.matrixIntrinsic = intrinsic;
  if (!intrinsic.empty()) {
    instruction.rounding = isFloat ? kRounding : llvm::StringLiteral("");
    instruction.cpuinfoFeatures[0] = "amx_tile";
    instruction.cpuinfoFeatures[1] = feature;
  }
  return instruction;
}

// Sources: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, VDPBF16PS,
// VPDPBUSD, PMADDWD, TDPBF16PS, TDPBSSD; Arm Architecture Reference Manual, BFDOT (vector), SDOT
// (vector).
static const DotInstruction kInstructions[] = {
    {"pairs", /*isFloat=*/true, 2},
    {"vdpbf16ps",
     /*isFloat=*/true,
     2,
     /*isLhsUnsigned=*/false,
     /*isWidened=*/false,
     /*isApart=*/false,
     {"llvm.x86.avx512bf16.dpbf16ps.128", "llvm.x86.avx512bf16.dpbf16ps.256",
      "llvm.x86.avx512bf16.dpbf16ps.512"},
     kRounding},
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
    matrixInstruction("tdpbf16ps", /*isFloat=*/true, "llvm.x86.tdpbf16ps", "amx_bf16"),
    matrixInstruction("tdpbssd", /*isFloat=*/false, "llvm.x86.tdpbssd", "amx_int8"),
    matrixInstruction("matrices", /*isFloat=*/true),
    matrixInstruction("matrices", /*isFloat=*/false),
};

llvm::ArrayRef<DotInstruction> dotInstructions() { return kInstructions; }

const DotInstruction *findDotInstruction(llvm::StringRef name, bool isFloat) {
  for (const DotInstruction &instruction : kInstructions)
    if (instruction.name == name && instruction.isFloat == isFloat)
      return &instruction;
  return nullptr;
}

const DotInstruction *bytesDot(const DotInstruction *i8Dot) {
  if (i8Dot && i8Dot->takesMatrices) // every CPU with AMX has VNNI
    i8Dot = findDotInstruction(i8Dot->isPlain() ? "quads" : "vpdpbusd", /*isFloat=*/false);
  return i8Dot && i8Dot->products == 4 && i8Dot->isLhsUnsigned ? i8Dot : nullptr;
}

} // namespace mlc
