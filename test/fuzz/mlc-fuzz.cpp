// mlc-fuzz: random well-typed programs, compiled and compared with the reference evaluator.
#include "compiler/Driver/Pipeline.h"
#include "test/fuzz/Differential.h"
#include "test/fuzz/Generator.h"
#include "test/fuzz/Shrink.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace mlir;
using namespace mlc;
using namespace mlc::fuzz;

static llvm::cl::OptionCategory category("mlc-fuzz options");
static llvm::cl::opt<uint64_t> firstSeed("seed", llvm::cl::desc("seed of the first program"),
                                         llvm::cl::init(1), llvm::cl::cat(category));
static llvm::cl::opt<unsigned> count("count",
                                     llvm::cl::desc("how many programs, of consecutive seeds"),
                                     llvm::cl::init(1), llvm::cl::cat(category));
static llvm::cl::opt<std::string> keep("keep", llvm::cl::desc("folder for programs that fail"),
                                       llvm::cl::init("."), llvm::cl::cat(category));
static llvm::cl::opt<std::string>
    file("file", llvm::cl::desc("check this program instead of a generated one"),
         llvm::cl::cat(category));
static llvm::cl::opt<std::string>
    shrink("shrink",
           llvm::cl::desc("with --file: print a smaller program whose entry of this name fails"),
           llvm::cl::cat(category));
static llvm::cl::opt<bool> onlyPrint("print", llvm::cl::desc("print the programs, run nothing"),
                                     llvm::cl::cat(category));
static llvm::cl::opt<bool> noPhases("no-phases",
                                    llvm::cl::desc("do not evaluate between the phases"),
                                    llvm::cl::cat(category));
static llvm::cl::opt<bool> noCompile("no-compile", llvm::cl::desc("do not compile and run"),
                                     llvm::cl::cat(category));
static llvm::cl::opt<int64_t> mostOps("most-ops", llvm::cl::desc("ops of a program"),
                                      llvm::cl::init(40), llvm::cl::cat(category));
static llvm::cl::opt<unsigned> seconds("seconds", llvm::cl::desc("processor time of one program"),
                                       llvm::cl::init(60), llvm::cl::cat(category));

static llvm::cl::opt<bool> noParameters("no-parameters",
                                        llvm::cl::desc("models without parameters"),
                                        llvm::cl::cat(category));
static llvm::cl::list<std::string> entries("entries", llvm::cl::desc("run only these entries"),
                                           llvm::cl::CommaSeparated, llvm::cl::cat(category));

static std::string generateText(uint64_t seed) {
  DialectRegistry registry;
  registerDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadDialect<nn::NNDialect, func::FuncDialect, arith::ArithDialect>();
  GeneratorOptions options;
  options.maxOps = mostOps;
  options.parameters = !noParameters;
  options.minOps = std::min<int64_t>(options.minOps, mostOps);
  std::string text;
  llvm::raw_string_ostream os(text);
  Generator(&context, seed, options).generate()->print(os);
  return text;
}

/// What the compiler prints goes to a file; its start belongs to the report.
static void redirectDiagnostics(const std::string &directory) {
  int log = open((directory + "/log").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  dup2(log, STDERR_FILENO);
}
static std::string diagnosticsIn(const std::string &directory) {
  auto log = llvm::MemoryBuffer::getFile(directory + "/log");
  return log ? (*log)->getBuffer().take_front(600).str() : "";
}

/// Processor time, so that a busy machine makes no failure; a deadlock ends by the clock.
static void limitTime() {
  // Past the soft limit SIGXCPU ends the process.
  rlimit limit = {seconds, RLIM_INFINITY};
  setrlimit(RLIMIT_CPU, &limit);
  alarm(10 * seconds);
}

/// The check in a process of its own: a crash or a hang is one failing program, not the end of the
/// run.
static Report checkInChild(const std::string &text, uint64_t seed, const CheckOptions &options) {
  int channel[2];
  if (pipe(channel) != 0)
    llvm::report_fatal_error("no pipe");
  llvm::outs().flush();
  pid_t child = fork();
  if (child == 0) {
    close(channel[0]);
    limitTime();
    redirectDiagnostics(options.directory);
    Report report = checkProgram(text, seed, options);
    std::string line = llvm::formatv("{0} {1}\n{2}", static_cast<int>(report.verdict),
                                     report.redraws, report.message);
    [[maybe_unused]] ssize_t written =
        write(channel[1], line.data(), std::min<size_t>(line.size(), 4000));
    _exit(0);
  }
  close(channel[1]);
  std::string answer;
  char buffer[4096];
  for (ssize_t size; (size = read(channel[0], buffer, sizeof buffer)) > 0;)
    answer.append(buffer, static_cast<size_t>(size));
  close(channel[0]);
  int status = 0;
  waitpid(child, &status, 0);
  Report report;
  if (WIFSIGNALED(status) || WEXITSTATUS(status) != 0) {
    report.verdict = Verdict::Fails;
    int signal = WTERMSIG(status);
    bool isLate = signal == SIGALRM || signal == SIGXCPU;
    report.message = isLate ? llvm::formatv("no end after {0} s", seconds.getValue()).str()
                            : llvm::formatv("crash: {0}", strsignal(signal)).str();
    report.message += "\n" + diagnosticsIn(options.directory);
    return report;
  }
  auto [head, message] = StringRef(answer).split('\n');
  int verdict = 0;
  head.split(' ').first.getAsInteger(10, verdict);
  head.split(' ').second.getAsInteger(10, report.redraws);
  report.verdict = static_cast<Verdict>(verdict);
  report.message = message.str();
  if (report.verdict == Verdict::Fails)
    report.message += "\n" + diagnosticsIn(options.directory);
  return report;
}

static void keepProgram(const std::string &text, uint64_t seed, const Report &report) {
  SmallString<128> path(keep.getValue());
  llvm::sys::path::append(path, llvm::formatv("fuzz-{0}.mlir", seed).str());
  std::error_code error;
  llvm::raw_fd_ostream os(path, error);
  os << "// mlc-fuzz --seed " << seed << " --file " << path << '\n';
  for (StringRef line : llvm::split(StringRef(report.message), '\n'))
    os << "// " << line << '\n';
  os << text;
  llvm::outs() << "seed " << seed << ": " << report.message << "\n  reproduce: mlc-fuzz --seed "
               << seed << " --file " << path << '\n';
}

/// A smaller program fails in the same way if its message starts with the same words.
static int printShrunk(const std::string &text, const CheckOptions &options) {
  Report original = checkInChild(text, firstSeed, options);
  if (original.verdict != Verdict::Fails) {
    llvm::errs() << "mlc-fuzz: the program does not fail\n";
    return 1;
  }
  StringRef kind = StringRef(original.message).split(':').first;
  std::string message = original.message;
  llvm::outs() << shrinkProgram(text, shrink,
                                [&](const std::string &smaller) {
                                  Report report = checkInChild(smaller, firstSeed, options);
                                  bool fails = report.verdict == Verdict::Fails &&
                                               StringRef(report.message).starts_with(kind);
                                  if (fails)
                                    message = report.message;
                                  return fails;
                                })
               << "// " << message << '\n';
  return 0;
}

static int run() {
  unsigned failures = 0, redraws = 0, unstable = 0;
  CheckOptions options;
  options.phases = !noPhases;
  options.compile = !noCompile;
  options.entries.assign(entries.begin(), entries.end());
  SmallString<128> folder;
  if (llvm::sys::fs::createUniqueDirectory("mlc-fuzz", folder))
    return 2;
  options.directory = folder.str().str();
  llvm::scope_exit cleanup([&] { llvm::sys::fs::remove_directories(folder); });
  if (!shrink.empty() && !file.empty())
    return printShrunk((*llvm::MemoryBuffer::getFile(file))->getBuffer().str(), options);
  for (unsigned i = 0; i < count; ++i) {
    uint64_t seed = firstSeed + i;
    std::string text;
    if (!file.empty())
      text = (*llvm::MemoryBuffer::getFile(file))->getBuffer().str();
    else
      text = generateText(seed);
    if (onlyPrint) {
      llvm::outs() << text << (i + 1 < count ? "// -----\n" : "");
      continue;
    }
    Report report = checkInChild(text, seed, options);
    redraws += report.redraws;
    unstable += report.verdict == Verdict::Unstable;
    if (report.verdict == Verdict::Fails) {
      ++failures;
      if (file.empty())
        keepProgram(text, seed, report);
      else
        llvm::outs() << report.message << '\n';
    }
    if (i % 50 == 49)
      llvm::outs() << i + 1 << " of " << count << ", " << failures << " failures\n";
    llvm::outs().flush();
  }
  if (!onlyPrint)
    llvm::outs() << count << " programs, " << redraws << " redraws, " << unstable
                 << " next to a discontinuity, " << failures << " failures\n";
  return failures != 0;
}

int main(int argc, char **argv) {
  llvm::cl::HideUnrelatedOptions(category);
  llvm::cl::ParseCommandLineOptions(
      argc, argv, "Random well-typed programs, compiled and compared with the evaluator\n");
  if (!file.empty() && !llvm::MemoryBuffer::getFile(file)) {
    llvm::errs() << "mlc-fuzz: no file " << file << '\n';
    return 2;
  }
  return run();
}
