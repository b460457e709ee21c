#include "Commands.h"
#include "GenerationEntry.h"
#include "Npy.h"
#include "TextStream.h"
#include "Tokenizer.h"

#include <chrono>
#include <cstring>

namespace mlc::run {

static double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

static void setNumbers(GenerationEntry &entry, const GenerateOptions &options) {
  auto set = [&](const char *input, const char *option, const auto &value) {
    if (value)
      entry.set(input, option, double(*value));
  };
  set("temperature", "--temperature", options.temperature);
  set("top_k", "--top-k", options.topK);
  set("top_p", "--top-p", options.topP);
  set("repetition_penalty", "--repetition-penalty", options.repetitionPenalty);
  set("seed", "--seed", options.model.seed);
}

static std::vector<int64_t> encodePrompt(const Tokenizer &tokenizer, const std::string &prompt) {
  std::vector<int64_t> text = tokenizer.encode(prompt);
  if (text.empty())
    failUsage("--prompt expects a text of at least one token");
  return text;
}

static std::string_view bytesOf(const Tokenizer &tokenizer, int64_t token) {
  std::optional<std::string_view> bytes = tokenizer.bytesOf(token);
  if (!bytes)
    failInput("the model gave token {}, which {} do not have; --tokenizer FILE names another "
              "tokenizer",
              token, tokenizer.name());
  return *bytes;
}

/// Time for so many tokens, as people compare it.
static std::string rate(size_t tokens, double time) {
  return fmt::format("{} token{} in {:.3f} s, {:.1f} tokens/s", tokens, tokens == 1 ? "" : "s",
                     time, time > 0 ? double(tokens) / time : 0.0);
}

void generate(const GenerateOptions &options) {
  Tokenizer tokenizer = Tokenizer::open(options.tokenizer);
  Model model(options.model.path);
  const mlc_entry_info &info = GenerationEntry::find(model, options.entry);
  GenerationEntry entry(model, info);
  setNumbers(entry, options);
  model.create(options.model);
  std::vector<int64_t> text = encodePrompt(tokenizer, options.prompt);
  size_t prompt = text.size();
  TextStream stream(options.stop);
  double begin = seconds(), first = begin;
  bool goesOn = true;
  while (goesOn && int64_t(text.size() - prompt) < options.tokens) {
    int64_t token = entry.next(text);
    if (text.size() == prompt)
      first = seconds();
    std::string_view bytes = bytesOf(tokenizer, token);
    text.push_back(token);
    goesOn = !tokenizer.isSpecial(token) && stream.add(bytes);
  }
  stream.finish();
  print("\n");
  double end = seconds();
  size_t made = text.size() - prompt;
  fmt::print(stderr, "prompt: {}; text: {}\n", rate(prompt, first - begin),
             made > 1 ? rate(made - 1, end - first) + " after the first" : rate(made, 0));
}

void tokenize(const TokenizeOptions &options) {
  Tokenizer tokenizer = Tokenizer::open(options.tokenizer);
  std::vector<int64_t> tokens = tokenizer.encode(readFile(options.file));
  if (options.out.empty()) {
    for (size_t i = 0; i < tokens.size(); ++i)
      print("{}{}", i ? " " : "", tokens[i]);
    return print("\n");
  }
  Tensor ids(MLC_I32, {int64_t(tokens.size())}, options.out);
  for (size_t i = 0; i < tokens.size(); ++i) {
    int32_t id = int32_t(tokens[i]);
    std::memcpy(ids.data() + i * sizeof id, &id, sizeof id);
  }
  writeFile(options.out, formatNpy(ids));
}

} // namespace mlc::run
