// One program under every way to run it.
#ifndef MLC_TEST_FUZZ_DIFFERENTIAL_H
#define MLC_TEST_FUZZ_DIFFERENTIAL_H

#include "test/fuzz/Reference.h"
#include <string>

namespace mlc::fuzz {

struct CheckOptions {
  bool phases = true;    ///< evaluate what phases 4 and 5 make of the program, at -O0 and -O3
  bool compile = true;   ///< compile at -O0 and -O3, and run on 1, 2 and 3 threads
  std::string directory; ///< where libraries go
  std::vector<std::string> entries; ///< only these, if there are any
};

enum class Verdict { Agrees, Unstable, Fails };

struct Report {
  Verdict verdict = Verdict::Agrees;
  unsigned redraws = 0; ///< inputs that lay next to a discontinuity
  std::string message;  ///< what failed
};

/// Runs the program `text` on inputs drawn from `seed`; inputs next to a discontinuity are drawn
/// again, a few times.
Report checkProgram(llvm::StringRef text, uint64_t seed, const CheckOptions &options);

/// Says where `actual` is outside of the tolerance, or has another shape, another integer, another
/// class of float; empty if nowhere.
std::string explainDifference(const Result &expected, const nn::Tensor &actual);

} // namespace mlc::fuzz
#endif
