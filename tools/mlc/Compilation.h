//===- Compilation.h - one run of the compiler -----------------------*- C++ -*-===//
#ifndef MLC_TOOLS_MLC_COMPILATION_H
#define MLC_TOOLS_MLC_COMPILATION_H

#include "compiler/Codegen/CPU/RegisterTile/TilingTable.h"
#include "compiler/Emit/ObjectCode.h"
#include "compiler/Target/CpuTarget.h"
#include "tools/mlc/Options.h"

namespace mlc {

/// Compiles as the options say and writes the outputs. Returns the exit status; messages go to
/// standard error, and nothing is written on failure.
int compile(const Options &options);

/// Compiles a text as the options say, with tilings of its products, to a shared library in memory.
/// Reads and writes no file. Returns an exit status.
int compileText(const Options &options, const std::string &text, const std::string &tilings,
                Bytes &library);

/// The file of --tilings. Fails with a sentence that names it.
llvm::Expected<TilingTable> readTilingTable(const std::string &path);

/// The machine that the options name. Fails with a sentence about them.
llvm::Expected<CpuTarget> resolveTarget(const Options &options);

/// The products of the model whose tilings a search can choose (ContractionTuning.h), each once.
/// Returns an exit status.
int collectProducts(const Options &options, std::vector<std::string> &products);

} // namespace mlc

#endif // MLC_TOOLS_MLC_COMPILATION_H
