#include "Commands.h"
#include "GenerationEntry.h"
#include "Npy.h"
#include "TextStream.h"
#include "Tokenizer.h"

#include <algorithm>
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

/// The prompts of the command line, then the lines of the file that are not empty.
static std::vector<std::string> readPrompts(const GenerateOptions &options) {
  std::vector<std::string> prompts = options.prompts;
  if (!options.promptFile.empty()) {
    std::string text = readFile(options.promptFile);
    for (size_t begin = 0; begin < text.size();) {
      size_t end = std::min(text.find('\n', begin), text.size());
      std::string line = text.substr(begin, end - begin);
      if (!line.empty() && line.back() == '\r')
        line.pop_back();
      if (!line.empty())
        prompts.push_back(line);
      begin = end + 1;
    }
    if (prompts.empty())
      failInput("{} has no line that is a prompt", options.promptFile);
  }
  if (prompts.empty())
    failUsage("generate needs a text to continue: give --prompt TEXT or --prompts FILE");
  return prompts;
}

static std::vector<Text> encodePrompts(const Tokenizer &tokenizer, const GenerateOptions &options) {
  std::vector<Text> texts;
  for (const std::string &prompt : readPrompts(options)) {
    texts.push_back(tokenizer.encode(prompt));
    if (texts.back().empty())
      failUsage("--prompt expects a text of at least one token");
  }
  return texts;
}

/// The numbers of the texts that are written together, in the order of the first ones: as many as
/// the entry takes, of one length unless it takes lengths.
static std::vector<std::vector<size_t>> groupTexts(const std::vector<Text> &texts,
                                                   const GenerationEntry &entry) {
  std::vector<std::vector<size_t>> groups;
  for (size_t number = 0; number < texts.size(); ++number) {
    auto found = std::find_if(groups.begin(), groups.end(), [&](const std::vector<size_t> &group) {
      bool fits = entry.takesLengths() || texts[group[0]].size() == texts[number].size();
      return fits && group.size() < entry.mostTexts();
    });
    if (found == groups.end())
      groups.push_back({number});
    else
      found->push_back(number);
  }
  return groups;
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

namespace {
/// How many tokens took how long, of all texts.
struct Pace {
  size_t prompts = 0, tokens = 0, groups = 0;
  double toFirst = 0, afterFirst = 0;
};

class Writer {
public:
  Writer(const Tokenizer &tokenizer, GenerationEntry &entry, const GenerateOptions &options)
      : tokenizer(tokenizer), entry(entry), options(options) {}

  /// Continues texts together; passes on what is new of each, by its place in the group.
  void write(std::vector<Text> texts, const std::vector<TextStream::Sink> &sinks) {
    std::vector<TextStream> streams;
    for (const TextStream::Sink &sink : sinks) {
      streams.emplace_back(options.stop, sink);
      pace.prompts += texts[streams.size() - 1].size();
    }
    std::vector<bool> goesOn(texts.size(), true);
    double begin = seconds(), first = begin;
    for (int64_t made = 0; made < options.tokens; ++made) {
      std::vector<int64_t> tokens = entry.next(texts);
      first = made ? first : seconds();
      for (size_t i = 0; i < texts.size(); ++i)
        if (goesOn[i])
          goesOn[i] = take(tokens[i], texts[i], streams[i]);
        else if (!entry.takesLengths()) // stays as long as the others
          texts[i].push_back(tokens[i]);
      if (std::find(goesOn.begin(), goesOn.end(), true) == goesOn.end())
        break;
    }
    for (TextStream &stream : streams)
      stream.finish();
    pace.toFirst += first - begin;
    pace.afterFirst += seconds() - first;
    ++pace.groups;
  }

  Pace pace;

private:
  /// Whether the text goes on after this token.
  bool take(int64_t token, Text &text, TextStream &stream) {
    std::string_view bytes = bytesOf(tokenizer, token);
    text.push_back(token);
    ++pace.tokens;
    return !tokenizer.isSpecial(token) && stream.add(bytes);
  }

  const Tokenizer &tokenizer;
  GenerationEntry &entry;
  const GenerateOptions &options;
};
} // namespace

static void printPace(const Pace &pace, size_t texts) {
  size_t later = pace.tokens > texts ? pace.tokens - texts : 0;
  std::string name = texts == 1 ? "prompt"
                                : fmt::format("{} prompts, {} at a time", texts,
                                              (texts + pace.groups - 1) / pace.groups);
  fmt::print(stderr, "{}: {}; text: {}\n", name, rate(pace.prompts, pace.toFirst),
             later ? rate(later, pace.afterFirst) + " after the first" : rate(pace.tokens, 0));
}

static void printNow(const std::string &text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

/// One text is printed as it comes, several as soon as those before them are there.
void generate(const GenerateOptions &options) {
  Tokenizer tokenizer = Tokenizer::open(options.tokenizer);
  Model model(options.model.path);
  GenerationEntry entry(model, GenerationEntry::find(model, options.entry));
  setNumbers(entry, options);
  std::vector<Text> texts = encodePrompts(tokenizer, options);
  model.create(options.model);
  Writer writer(tokenizer, entry, options);
  std::vector<std::optional<std::string>> written(texts.size());
  size_t printed = 0;
  for (const std::vector<size_t> &group : groupTexts(texts, entry)) {
    std::vector<Text> together;
    std::vector<TextStream::Sink> sinks;
    for (size_t number : group) {
      together.push_back(texts[number]);
      std::string &text = written[number].emplace();
      sinks.push_back([&](const std::string &more) {
        texts.size() == 1 ? printNow(more) : void(text += more);
      });
    }
    entry.begin(group[0]);
    writer.write(std::move(together), sinks);
    for (; printed < texts.size() && written[printed]; ++printed)
      printNow(texts.size() == 1 ? "\n"
                                 : fmt::format("--- {}\n{}\n", printed + 1, *written[printed]));
  }
  printPace(writer.pace, texts.size());
}

void tokenize(const TokenizeOptions &options) {
  Tokenizer tokenizer = Tokenizer::open(options.tokenizer);
  Text tokens = tokenizer.encode(readFile(options.file));
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
