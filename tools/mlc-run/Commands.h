// The commands of mlc-run.
#ifndef MLC_TOOLS_RUN_COMMANDS_H
#define MLC_TOOLS_RUN_COMMANDS_H

#include "Model.h"

namespace mlc::run {

struct InfoOptions {
  std::string path;
  std::vector<std::string> dims;
  bool json = false;
};
void info(const InfoOptions &options);

struct CallOptions {
  ModelOptions model;
  std::string entry, save;
  std::vector<std::string> in, out, set;
  int64_t repeat = 1;
};
void call(const CallOptions &options);

struct FitOptions {
  ModelOptions model;
  std::string entry, save, resume, lossLog, validate, accuracy;
  std::vector<std::string> data, validationData, set;
  std::optional<int64_t> epochs, steps, saveEvery;
  int64_t batchSize = 32;
  bool noShuffle = false;
  std::vector<std::string> commandLine; ///< as given, for what is said of how to go on
};
void fit(const FitOptions &options);

struct BenchOptions {
  ModelOptions model;
  std::string entry;
  std::vector<std::string> dims;
  int64_t repeat = 0;
  bool json = false;
};
void bench(const BenchOptions &options);

struct GenerateOptions {
  ModelOptions model;
  std::string entry, tokenizer, promptFile;
  std::vector<std::string> prompts, stop;
  std::optional<double> temperature, topP, repetitionPenalty;
  std::optional<int64_t> topK;
  int64_t tokens = 100;
};
void generate(const GenerateOptions &options);

struct TokenizeOptions {
  std::string tokenizer, file, out;
};
void tokenize(const TokenizeOptions &options);

} // namespace mlc::run
#endif
