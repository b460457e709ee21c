//===- Options.h - the command line of mlc ---------------------------*- C++ -*-===//
#ifndef MLC_TOOLS_MLC_OPTIONS_H
#define MLC_TOOLS_MLC_OPTIONS_H

#include "tools/ExitStatus.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mlc {

/// --quantize-weights.
struct WeightFormat {
  int64_t bits = 8;
  int64_t group = 0; ///< numbers that share a scale; 0: all that a product sums over
};

/// The command line, as given.
struct Options {
  std::string input;
  std::string output;
  std::string header;
  std::vector<std::string> bindings; ///< languages, as given
  bool cuda = false;
  std::string cpu = "native";
  std::string triple;
  std::string gpuArch = "sm_80";
  std::string weights;
  bool weightsFile = false;
  std::optional<WeightFormat> quantizeWeights;
  std::string precision = "f32";    ///< of products of f32
  std::string winograd = "auto";    ///< of convolutions
  std::vector<std::string> entries; ///< to keep; empty: all
  unsigned optLevel = 3;
  std::string compileTo;
  bool printPhases = false;
  std::optional<std::string> doc; ///< the entry of the reference to print; "": all names
  bool timing = false;
  bool explain = false;
  bool explainKernels = false;
  bool explainMemory = false;
  std::string tilings; ///< file of tilings; with `tune` it may be missing, and is written
  bool tune = false;
  bool findNan = false;
  bool poisonArena = false;
  int64_t chunkBytes = 0;
  std::vector<std::pair<std::string, int64_t>> maxDims;
  std::optional<int64_t> memoryBudget;
  std::optional<int64_t> l1Bytes;
  std::optional<int64_t> l2Bytes;
  std::optional<std::string> bf16Dot;
  std::optional<std::string> i8Dot;
};

/// Parses the arguments. Returns an exit status where there is nothing left to do: after --help, or
/// after a message about wrong usage.
std::optional<int> parseOptions(int argc, const char *const *argv, Options &options);

} // namespace mlc

#endif // MLC_TOOLS_MLC_OPTIONS_H
