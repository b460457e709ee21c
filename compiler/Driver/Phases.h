// The ten phases of a compilation. Pipeline.cpp lists their passes.
#ifndef MLC_COMPILER_DRIVER_PHASES_H
#define MLC_COMPILER_DRIVER_PHASES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <optional>

namespace llvm {
class raw_ostream;
}

namespace mlc {

enum class Phase {
  Import,
  Verify,
  Differentiate,
  Simplify,
  Fuse,
  Schedule,
  Bufferize,
  PlanMemory,
  Host,
  Emit
};

struct PhaseInfo {
  Phase phase;
  llvm::StringLiteral name;     ///< of `--compile-to`
  llvm::StringLiteral sentence; ///< what is true after it
};

/// All phases in order.
llvm::ArrayRef<PhaseInfo> phases();
const PhaseInfo &infoOf(Phase phase);
/// The phase of that name, if there is one.
std::optional<Phase> phaseNamed(llvm::StringRef name);
/// Prints every phase, its sentence and its passes: `--print-phases`.
void printPhases(llvm::raw_ostream &os);

} // namespace mlc
#endif
