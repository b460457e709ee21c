// mlc-lsp-server: an editor's knowledge of models. It speaks the language server protocol on
// standard input and output, over LLVM's transport.
#include "tools/ExitStatus.h"
#include "tools/LlvmStreams.h"
#include "tools/mlc-lsp-server/Server.h"

#include "compiler/Import/ModelText.h"

#include "llvm/Support/LSP/Logging.h"
#include "llvm/Support/LSP/Transport.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/thread.h"

static constexpr llvm::StringLiteral kHelp =
    R"(Tells an editor about models in the nn dialect: mistakes as mlc finds them, quick fixes, the
reference under the pointer, completion, definitions and uses, an outline, formatting.
Usage: mlc-lsp-server [OPTIONS]

It speaks the language server protocol on standard input and output; docs/editors.md
sets editors up.

Options:
  -h,--help     Print this help message and exit
  --version     Display program version information and exit
  --stdio       Accepted, as some editors give it: there is no other transport
  --verbose     Log messages to standard error

Exit status: 0 done, 1 the protocol was not kept, 2 wrong usage.
)";

static int serve() {
  llvm::sys::ChangeStdinToBinary();
  llvm::lsp::JSONTransport transport(stdin, llvm::outs());
  int status = mlc::kWrongInput;
  // A parser recurses as deep as its text is nested.
  llvm::thread worker(std::optional(mlc::kStackBytes),
                      [&] { status = mlc::lsp::serve(transport); });
  worker.join();
  return status;
}

static int run(int argc, char **argv) {
  for (int i = 1; i < argc; ++i) {
    llvm::StringRef option = argv[i];
    if (option == "-h" || option == "--help" || option == "--version") {
      llvm::outs() << (option == "--version" ? "mlc-lsp-server " MLC_VERSION "\n" : kHelp);
      return mlc::kDone;
    }
    if (option == "--verbose") {
      llvm::lsp::Logger::setLogLevel(llvm::lsp::Logger::Level::Info);
    } else if (option != "--stdio") {
      llvm::errs() << "mlc-lsp-server: there is no option '" << option
                   << "'\nRun with --help for more information.\n";
      return mlc::kWrongUsage;
    }
  }
  return serve();
}

int main(int argc, char **argv) {
  mlc::prepareStandardStreams();
  return mlc::finishLlvmStreams("mlc-lsp-server", run(argc, argv));
}
