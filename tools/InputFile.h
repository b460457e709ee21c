//===- InputFile.h - files that are read whole ----------------------*- C++ -*-===//
#ifndef MLC_TOOLS_INPUTFILE_H
#define MLC_TOOLS_INPUTFILE_H

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

#include <string>
#include <sys/types.h>

namespace mlc {

/// Larger files are no model, no tilings.
constexpr size_t kMostModelBytes = size_t(1) << 30;
constexpr size_t kMostTilingsBytes = size_t(1) << 24;

/// The one place where the compiler's tools read files (weights are the runtime's): the bytes of a
/// regular file, or of standard input for "-", at most so many. Devices, pipes and folders are
/// refused: some have no end, and some are waited for.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> readFile(const std::string &path,
                                                             size_t mostBytes = kMostModelBytes);

/// Locations in a text may name any file: with this, none is opened to show its line.
void openNoFiles(llvm::SourceMgr &sources);

/// "a device", "a folder", ...: what is no regular file.
const char *kindOfFile(mode_t mode);

} // namespace mlc

#endif // MLC_TOOLS_INPUTFILE_H
