// Man pages and completions of shells, from the definitions of a tool's options.
#ifndef MLC_TOOLS_COMMANDPAGES_H
#define MLC_TOOLS_COMMANDPAGES_H

#include <CLI/CLI.hpp>

namespace mlc {

/// Where the arguments are `--write-page=man`, `bash`, `zsh` or `fish`: prints that page of the
/// tool and returns true. The build calls it; --help does not tell.
bool writePage(const CLI::App &app, int argc, const char *const *argv);

} // namespace mlc

#endif
