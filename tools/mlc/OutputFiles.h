//===- OutputFiles.h - files that appear whole or not at all --------*- C++ -*-===//
#ifndef MLC_TOOLS_MLC_OUTPUTFILES_H
#define MLC_TOOLS_MLC_OUTPUTFILES_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"

#include <string>
#include <vector>

namespace mlc {

/// Collects outputs in temporary files beside their places; `commit` renames them all. What is not
/// committed vanishes with this object, or with the process at a signal.
class OutputFiles {
public:
  OutputFiles() = default;
  OutputFiles(const OutputFiles &) = delete;
  ~OutputFiles();

  /// Writes `content` for `path`. `mode`: its permissions, less the user's mask.
  llvm::Error add(llvm::StringRef path, llvm::StringRef content, unsigned mode = 0666);
  llvm::Error commit();

private:
  struct File {
    llvm::sys::fs::TempFile temporary;
    std::string path;
  };
  std::vector<File> files;
};

} // namespace mlc

#endif // MLC_TOOLS_MLC_OUTPUTFILES_H
