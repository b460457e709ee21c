// The --help of tools that read their command line by LLVM's library: theirs, without the thousand
// options of LLVM and MLIR, which --help-hidden has.
#ifndef MLC_TOOLS_OWNHELP_H
#define MLC_TOOLS_OWNHELP_H

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <map>

namespace mlc {

inline bool asksForHelp(int argc, char **argv) {
  auto isHelp = [](llvm::StringRef argument) { return argument == "--help" || argument == "-h"; };
  return std::any_of(argv + 1, argv + argc, isHelp);
}

/// Prints `text`, the options of `category` by name, and the exit statuses.
inline void printOwnHelp(llvm::StringRef text, llvm::cl::OptionCategory &category) {
  std::map<std::string, llvm::StringRef> lines{
      {"--help-hidden", "The options of LLVM and MLIR too, and all passes"}};
  for (auto &[name, option] : llvm::cl::getRegisteredOptions()) {
    if (!llvm::is_contained(option->Categories, &category))
      continue;
    std::string spelling = (name.size() == 1 ? "-" : "--") + name.str();
    if (!option->ValueStr.empty())
      spelling += (" <" + option->ValueStr + ">").str();
    lines[spelling] = option->HelpStr;
  }
  llvm::outs() << text << "\nOptions:\n";
  for (auto &[spelling, help] : lines)
    llvm::outs() << "  " << llvm::left_justify(spelling, 29) << ' ' << help << '\n';
  llvm::outs() << "\nExit status: 0 done, 1 the input is wrong, 2 wrong usage.\n";
}

} // namespace mlc

#endif
