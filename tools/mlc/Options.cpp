//===- Options.cpp - the command line of mlc ------------------------------===//
//
// The only file of the compiler with exceptions: CLI11 reports by them.
//
//===----------------------------------------------------------------------===//
#include "tools/mlc/Options.h"

#include "tools/CommandPages.h"
#include "tools/EmptyValues.h"
#include "tools/Suggest.h"

#include <filesystem>
#include <iostream>

using namespace mlc;

/// "48K", "2M", "1G" or plain bytes; throws CLI11's error otherwise.
static int64_t parseBytes(const std::string &option, const std::string &text) {
  size_t end = 0;
  int64_t count = -1;
  try {
    count = std::stoll(text, &end);
  } catch (const std::exception &) {
    end = 0;
  }
  std::string unit = text.substr(end);
  int shift = unit == "K" ? 10 : unit == "M" ? 20 : unit == "G" ? 30 : 0;
  if (end == 0 || count <= 0 || count > (int64_t(1) << 40) || (shift == 0 && !unit.empty()))
    throw CLI::ValidationError(option, "expects a number of bytes such as 48K or 2M, but got '" +
                                           text + "'");
  return count << shift;
}

/// "batch=64".
static std::pair<std::string, int64_t> parseDim(const std::string &text) {
  size_t equals = text.find('=');
  std::string name = text.substr(0, equals);
  size_t end = 0;
  int64_t size = 0;
  try {
    if (equals != std::string::npos)
      size = std::stoll(text.substr(equals + 1), &end);
  } catch (const std::exception &) {
    end = 0;
  }
  if (name.empty() || end == 0 || equals + 1 + end != text.size() || size <= 0)
    throw CLI::ValidationError("--max-dims",
                               "expects NAME=SIZE such as batch=64, but got '" + text + "'");
  return {name, size};
}

/// "int8", "int4:group=64".
static WeightFormat parseWeightFormat(const std::string &text) {
  constexpr int64_t kInt4Group = 128;
  WeightFormat format;
  std::string name = text.substr(0, text.find(':')), rest = text.substr(name.size());
  const std::string word = ":group=";
  format.bits = name == "int8" ? 8 : name == "int4" ? 4 : 0;
  format.group = format.bits == 4 ? kInt4Group : 0;
  bool isGroup = rest.compare(0, word.size(), word) == 0 && rest.size() > word.size() &&
                 rest.size() < word.size() + 8 &&
                 rest.find_first_not_of("0123456789", word.size()) == std::string::npos;
  if (isGroup)
    format.group = std::stoll(rest.substr(word.size()));
  // Numbers of a word have one scale.
  bool fits =
      format.bits && format.group % (32 / format.bits) == 0 && (format.group > 0 || !isGroup);
  if (!fits || !(rest.empty() || isGroup))
    throw CLI::ValidationError(
        "--quantize-weights",
        "expects int8 or int4, or with a group, a multiple of 4 of int8 and of 8 of "
        "int4, int4:group=64, but got '" +
            text + "'");
  return format;
}

namespace {
/// Options that are texts on the command line.
struct RawOptions {
  std::string target = "cpu", quantizeWeights, memoryBudget, l1, l2;
  std::vector<std::string> maxDims;
};
} // namespace

static void declare(CLI::App &app, Options &options, RawOptions &raw) {
  app.add_option("INPUT", options.input, "Model: .mlir text in the nn dialect, or .onnx");
  app.add_option("-o", options.output,
                 "Output; its ending picks the product: .so .a .o .s .ll .mlir .ptx .h (default: "
                 "INPUT's stem with .so in the current folder)");
  app.add_option("--header", options.header, "Where the header of a .so, .a or .o goes");
  app.add_option("--bindings", options.bindings,
                 "Write modules of other languages beside the header: fortran, rust")
      ->delimiter(',')
      ->allow_extra_args(false); // what follows is INPUT
  app.add_option("--target", raw.target, "cpu or cuda")
      ->check(CLI::IsMember({"cpu", "cuda"}))
      ->capture_default_str();
  app.add_option("--mcpu", options.cpu, "CPU as LLVM names it, or native")->capture_default_str();
  app.add_option("--mtriple", options.triple, "Target triple, such as aarch64-linux-gnu");
  app.add_option("--gpu-arch", options.gpuArch, "GPU architecture, sm_80 or later")
      ->capture_default_str();
  CLI::Option *weights =
      app.add_option("--weights", options.weights,
                     "Embed these parameters (.safetensors, an index of shards, .npz)");
  app.add_flag("--weights-file", options.weightsFile,
               "Keep them in a file beside the output, with the ending .weights, which create maps")
      ->needs(weights);
  app.add_option("--quantize-weights", raw.quantizeWeights,
                 "Embed matrices that products read in few bits, for inference: int8, int4, or "
                 "with so many numbers to a scale int8:group=64, int4:group=64 (default 128, of "
                 "int8 a column of the product)")
      ->needs(weights);
  app.add_option(
         "--precision", options.precision,
         "Round the operands of products of f32: bf16 or f16; all else, and parameters, stay "
         "f32")
      ->check(CLI::IsMember({"f32", "bf16", "f16"}))
      ->capture_default_str();
  app.add_option("--winograd", options.winograd,
                 "Compute convolutions of short kernels by tiles of fewer products, where it pays: "
                 "auto; or never, or always")
      ->check(CLI::IsMember({"auto", "never", "always"}))
      ->capture_default_str();
  app.add_option("--entries", options.entries,
                 "Keep these entries, and leave out what only others need: NAME,...")
      ->delimiter(',')
      ->allow_extra_args(false); // what follows is INPUT
  app.add_option("--compile-to", options.compileTo, "Stop after this phase and write MLIR text");
  app.add_flag("--print-phases", options.printPhases, "Print the phases and their passes");
  app.add_option("--doc", options.doc,
                 "Print the reference of an op or attribute (nn.relu, adam) or of a family, or "
                 "without NAME all names")
      ->type_name("NAME")
      ->expected(0, 1);
  app.add_flag("--timing", options.timing, "Print where the time went");
  app.add_flag("--explain", options.explain, "Remark what was not fused, and why");
  app.add_flag("--explain-kernels", options.explainKernels,
               "Remark of every entry what its kernels do, their schedules and limits");
  app.add_flag("--explain-memory", options.explainMemory,
               "Remark what lives while each launch of an entry runs, and at the peak");
  CLI::Option *tilings = app.add_option(
      "--tilings", options.tilings,
      "Tilings of products that --tune found, in this file (same file, same bytes of output)");
  app.add_flag("--tune", options.tune,
               "Search on this machine for better tilings of the model's products, add them to the "
               "file of --tilings, and compile with them")
      ->needs(tilings);
  app.add_option("--max-dims", raw.maxDims, "Largest size of a free dimension: NAME=SIZE")
      ->delimiter(',')
      ->allow_extra_args(false); // what follows is INPUT
  app.add_option("--memory-budget", raw.memoryBudget,
                 "Most bytes of an entry's arena: launches in another order, or repeated, with the "
                 "same bits; free dimensions need --max-dims");
  app.add_option("--l1", raw.l1, "Bytes of L1 data cache, instead of what is known of the CPU");
  app.add_option("--l2", raw.l2, "Bytes of L2 cache, instead of what is known of the CPU");
  app.add_option("--bf16-dot", options.bf16Dot,
                 "Products of bf16: none or pairs, instead of the CPU's instruction")
      ->group("");
  app.add_option("--i8-dot", options.i8Dot,
                 "Products of i8: none, pairs or quads, instead of the CPU's instruction")
      ->group("");
  app.add_flag("--find-nan", options.findNan,
               "Let a call fail at the op that makes the first value that is not finite, before "
               "anything is written; slower");
  app.add_flag("--poison-arena", options.poisonArena, "Fill the arena with NaN at every call")
      ->group("");
}

static void convert(const RawOptions &raw, Options &options) {
  options.cuda = raw.target == "cuda";
  for (const std::string &dim : raw.maxDims) {
    options.maxDims.push_back(parseDim(dim));
    for (size_t other = 0; other + 1 < options.maxDims.size(); ++other)
      if (options.maxDims[other].first == options.maxDims.back().first)
        throw CLI::ValidationError("--max-dims",
                                   "gives '" + options.maxDims.back().first + "' twice");
  }
  if (!raw.quantizeWeights.empty())
    options.quantizeWeights = parseWeightFormat(raw.quantizeWeights);
  if (!raw.memoryBudget.empty())
    options.memoryBudget = parseBytes("--memory-budget", raw.memoryBudget);
  if (!raw.l1.empty())
    options.l1Bytes = parseBytes("--l1", raw.l1);
  if (!raw.l2.empty())
    options.l2Bytes = parseBytes("--l2", raw.l2);
  if (options.printPhases || options.doc)
    return;
  if (options.input.empty())
    throw CLI::RequiredError("INPUT");
  if (!options.output.empty() || !options.compileTo.empty())
    return;
  if (options.input == "-") // standard input has no name
    throw CLI::RequiredError("-o");
  options.output =
      std::filesystem::path(options.input).stem().string() + (options.cuda ? ".ptx" : ".so");
}

std::optional<int> mlc::parseOptions(int argc, const char *const *argv, Options &options) {
  CLI::App app("Compiles a model and its training step ahead of time.", "mlc");
  app.set_version_flag("--version", "mlc " MLC_VERSION);
  app.footer("-O0 to -O3 choose the optimisation level (default -O3).\nExit status: 0 done, 1 the "
             "input is wrong, 2 wrong usage, 3 not supported yet.");
  RawOptions raw;
  // CLI11 knows no option of the form -O2: these are taken out first. It wants the rest in reverse.
  // The last level counts, and this loop meets it first.
  bool hasLevel = false;
  std::vector<std::string> arguments;
  for (int i = argc - 1; i > 0; --i) {
    std::string argument = argv[i];
    if (argument.size() == 3 && argument.compare(0, 2, "-O") == 0 && argument[2] >= '0' &&
        argument[2] <= '3') {
      if (!hasLevel)
        options.optLevel = unsigned(argument[2] - '0');
      hasLevel = true;
    } else {
      arguments.push_back(argument);
    }
  }
  declare(app, options, raw);
  if (writePage(app, argc, argv))
    return kDone;
  refuseEmptyValues(app);
  try {
    app.parse(arguments);
    convert(raw, options);
  } catch (const CLI::ParseError &error) {
    bool isHelp = error.get_exit_code() == 0;
    app.exit(error);
    if (std::string meant = suggestOptions(app, error.what()); !isHelp && !meant.empty())
      std::cerr << "mlc: " << meant << "\n";
    return isHelp ? kDone : kWrongUsage;
  }
  return std::nullopt;
}
