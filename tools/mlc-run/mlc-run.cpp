// mlc-run: looks into, calls, trains and measures compiled models, and writes with them.
#include "Commands.h"
#include "runtime/number.h"
#include "tools/CommandPages.h"
#include "tools/EmptyValues.h"
#include "tools/StandardStreams.h"
#include "tools/Suggest.h"

#include <charconv>

using namespace mlc::run;

/// An option that may be repeated, or followed by several NAME=VALUE.
static CLI::Option *addAssignments(CLI::App *command, const char *name,
                                   std::vector<std::string> &target, const char *help) {
  return command->add_option(name, target, help)->type_name("NAME=VALUE")->allow_extra_args(false);
}

/// CLI11's own check names the range of a double, and its conversion takes -1 for 2^64 - 1.
static CLI::Validator whole(uint64_t least, uint64_t most) {
  auto check = [least, most](std::string &text) -> std::string {
    uint64_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size() && least <= value && value <= most)
      return "";
    return fmt::format("expects a whole number of {} to {}, but got '{}'", least, most, text);
  };
  return CLI::Validator(check, "WHOLE");
}
/// Counts, of which sums and products are taken.
constexpr uint64_t kMostCounted = 999999999999999999;

static void addModelOptions(CLI::App *command, ModelOptions &options) {
  command->add_option("MODEL", options.path, "compiled model (.so)")->required();
  command->add_option(
      "--params", options.params,
      "load parameters and state from a .safetensors, its index of shards or an .npz");
  command
      ->add_option("--seed", options.seed,
                   "seed of the initial parameters, of dropout and of the data order (default 0)")
      ->check(whole(0, UINT64_MAX));
  command->add_option("--threads", options.threads, "threads, 0: one per CPU (default)")
      ->check(whole(0, 1024));
  command->add_option("--device", options.device, "cpu (default) or cuda")
      ->check(CLI::IsMember({"cpu", "cuda"}));
}

static const char *const kDataHelp =
    ".npy or .npz (the array NAME, or the only one); NAME may be a position. Other dtypes are "
    "converted only if every value "
    "has an exact form in the declared dtype; nothing is scaled: u8 images stay 0 to 255";

static void addInfo(CLI::App &app, InfoOptions &options) {
  CLI::App *command =
      app.add_subcommand("info", "entry points, shapes, parameters and memory of a model");
  command->add_option("MODEL", options.path, "compiled model (.so)")->required();
  addAssignments(command, "--dim", options.dims, "size of a free dimension, for the arena's bytes");
  command->add_flag("--json", options.json, "as JSON");
  command->callback([&] { info(options); });
}

static void addCall(CLI::App &app, CallOptions &options) {
  CLI::App *command = app.add_subcommand("call", "call one entry point on arrays from files");
  addModelOptions(command, options.model);
  command->add_option("ENTRY", options.entry, "entry point")->required();
  addAssignments(command, "--in", options.in, kDataHelp);
  addAssignments(command, "--out", options.out,
                 "write a result to .npy, or several to one .npz; without --out they are shown");
  addAssignments(command, "--set", options.set, "set a hyperparameter");
  command->add_option("--save", options.save, "save parameters and state afterwards");
  command->add_option("--repeat", options.repeat, "call so many times")
      ->check(whole(1, kMostCounted));
  command->callback([&] { call(options); });
}

static void addFit(CLI::App &app, FitOptions &options) {
  CLI::App *command = app.add_subcommand("fit", "train a model");
  addModelOptions(command, options.model);
  command->add_option("ENTRY", options.entry, "training entry (default: the only one)");
  addAssignments(command, "--data", options.data, kDataHelp);
  command->add_option("--epochs", options.epochs, "passes over the data (default 1)")
      ->check(whole(0, kMostCounted));
  command->add_option("--steps", options.steps, "stop after so many steps in total")
      ->check(whole(0, kMostCounted));
  command->add_option("--batch-size", options.batchSize, "samples per step (default 32)")
      ->check(whole(1, kMostCounted));
  command->add_flag("--no-shuffle", options.noShuffle, "keep the order of the files");
  command->add_option("--save", options.save, "write a checkpoint at the end");
  command->add_option("--save-every", options.saveEvery, "and after every N steps")
      ->check(whole(1, kMostCounted));
  command->add_option("--resume", options.resume,
                      "continue from a checkpoint at its epoch and batch");
  command->add_option("--loss-log", options.lossLog, "write one line 'step loss' per step");
  command->add_option("--validate", options.validate,
                      "entry to call after each epoch: its first result, a scalar, is averaged");
  command->add_option("--accuracy", options.accuracy,
                      "show instead how often its largest result, along the last dimension, is "
                      "that of LABELS: a NAME of the data, or a file");
  addAssignments(command, "--validation-data", options.validationData,
                 "data of --validate (default: those of --data)");
  addAssignments(command, "--set", options.set, "set a hyperparameter, such as learning_rate");
  command->callback([&] { fit(options); });
}

static void addBench(CLI::App &app, BenchOptions &options) {
  CLI::App *command = app.add_subcommand("bench", "measure an entry point on random inputs");
  addModelOptions(command, options.model);
  command->add_option("ENTRY", options.entry, "entry point")->required();
  addAssignments(command, "--dim", options.dims, "size of a free dimension");
  command->add_option("--repeat", options.repeat, "measure so many calls (default: for one second)")
      ->check(whole(1, kMostCounted));
  command->add_flag("--json", options.json, "as JSON");
  command->callback([&] { bench(options); });
}

/// A number in a range; CLI11's own check takes NaN.
static CLI::Validator number(double least, bool isLeastIn) {
  auto check = [least, isLeastIn](std::string &text) -> std::string {
    double value = 0;
    if (mlc_parse_number(text.c_str(), &value) && (isLeastIn ? value >= least : value > least))
      return "";
    return fmt::format("expects a number {} {}, but got '{}'", isLeastIn ? "of at least" : "above",
                       least, text);
  };
  return CLI::Validator(check, "NUMBER");
}

static const char *const kTokenizerHelp =
    "tokenizer.json of Hugging Face, of byte-level byte pair encoding; without it tokens are bytes";

static void addGenerate(CLI::App &app, GenerateOptions &options) {
  CLI::App *command = app.add_subcommand("generate", "continue a text, token by token");
  addModelOptions(command, options.model);
  command->add_option("ENTRY", options.entry,
                      "entry that gives the next token (default: generate, or the only one that "
                      "takes tokens)");
  command->add_option("--tokenizer", options.tokenizer, kTokenizerHelp);
  command->add_option("--prompt", options.prompts, "the text to continue; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--prompts", options.promptFile,
                      "a file with a text to continue in each line");
  command->add_option("--tokens", options.tokens, "how many tokens at most (default 100)")
      ->check(whole(0, kMostCounted));
  command
      ->add_option("--temperature", options.temperature,
                   "what logits are divided by; 0 takes the likeliest token (default 1)")
      ->check(number(0, true));
  command->add_option("--top-k", options.topK, "draw from the K likeliest tokens (default 0: all)")
      ->check(whole(0, INT32_MAX));
  command
      ->add_option("--top-p", options.topP,
                   "draw from the likeliest tokens that have this share together (default 1: all)")
      ->check(number(0, true));
  command
      ->add_option("--repetition-penalty", options.repetitionPenalty,
                   "make tokens that were there less likely (default 1: not)")
      ->check(number(0, false));
  command
      ->add_option("--stop", options.stop,
                   "end before this text; may be repeated. A special token ends it too")
      ->allow_extra_args(false);
  command->callback([&] { generate(options); });
}

static void addTokenize(CLI::App &app, TokenizeOptions &options) {
  CLI::App *command = app.add_subcommand("tokenize", "the tokens of a text, as numbers");
  command->add_option("FILE", options.file, "the text")->required();
  command->add_option("--tokenizer", options.tokenizer, kTokenizerHelp);
  command->add_option("--out", options.out, "write them to .npy, i32; without it they are shown");
  command->callback([&] { tokenize(options); });
}

/// `--in a=1 b=2` means `--in a=1 --in b=2`: an assignment after an assignment belongs to the same
/// option.
static std::vector<std::string> repeatOptions(int count, char **arguments) {
  std::vector<std::string> result;
  std::string current;
  for (int i = 1; i < count; ++i) {
    std::string argument = arguments[i];
    bool isOption = argument.substr(0, 2) == "--";
    bool takesAssignment = argument == "--in" || argument == "--out" || argument == "--data" ||
                           argument == "--set" || argument == "--dim" ||
                           argument == "--validation-data";
    bool follows = !current.empty() && !isOption && argument.find('=') != argument.npos &&
                   result.back() != current;
    if (follows)
      result.push_back(current);
    else if (isOption || argument.find('=') == argument.npos)
      current = takesAssignment ? argument : "";
    result.push_back(argument);
  }
  // CLI11 takes them from the back.
  return {result.rbegin(), result.rend()};
}

static int runCommand(int count, char **arguments) {
  CLI::App app(
      "Looks into, calls, trains and measures models that mlc compiled, and writes with them.\n"
      "Exit status: 0 done, 1 the input or the model is wrong, 2 wrong usage, 3 not supported yet.",
      "mlc-run");
  app.set_version_flag("--version", "mlc-run " MLC_VERSION);
  app.require_subcommand(1);
  InfoOptions infoOptions;
  CallOptions callOptions;
  FitOptions fitOptions;
  BenchOptions benchOptions;
  GenerateOptions generateOptions;
  TokenizeOptions tokenizeOptions;
  addInfo(app, infoOptions);
  addCall(app, callOptions);
  addFit(app, fitOptions);
  fitOptions.commandLine.assign(arguments, arguments + count);
  addBench(app, benchOptions);
  addGenerate(app, generateOptions);
  addTokenize(app, tokenizeOptions);
  if (mlc::writePage(app, count, arguments))
    return mlc::kDone;
  for (CLI::App *known : app.get_subcommands(nullptr))
    mlc::refuseEmptyValues(*known);
  std::string command = count > 1 ? arguments[1] : "--help";
  auto named = [&](CLI::App *known) { return known->get_name() == command; };
  if (command[0] != '-' && app.get_subcommands(named).empty()) {
    std::string meant =
        mlc::didYouMean(command, {"info", "call", "fit", "bench", "generate", "tokenize"});
    failUsage(
        "there is no command '{}'; there are info, call, fit, bench, generate and tokenize{}{}",
        command, meant.empty() ? "" : "; ", meant);
  }
  try {
    app.parse(repeatOptions(count, arguments));
  } catch (const CLI::ParseError &error) {
    if (error.get_exit_code() == 0) // --help
      return app.exit(error);
    std::string meant;
    for (const CLI::App *known : app.get_subcommands())
      meant = mlc::suggestOptions(*known, error.what());
    failUsage("{}{}{}", error.what(), meant.empty() ? "" : "; ", meant);
  }
  return mlc::kDone;
}

/// The status of the command; a failure has said its sentence.
static int runAndReport(int count, char **arguments) {
  try {
    return runCommand(count, arguments);
  } catch (const Failure &failure) {
    std::fflush(stdout);
    fmt::print(stderr, "mlc-run: error: {}\n", failure.what());
    return failure.status;
  } catch (const std::bad_alloc &) {
    fmt::print(stderr, "mlc-run: error: memory ran out\n");
    return mlc::kWrongInput;
  } catch (const std::exception &error) {
    fmt::print(stderr, "mlc-run: error: {}\n", error.what());
    return mlc::kWrongInput;
  }
}

int main(int count, char **arguments) {
  mlc::prepareStandardStreams();
  return mlc::finishStandardStreams("mlc-run", runAndReport(count, arguments));
}
