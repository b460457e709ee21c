//===- OutputFiles.h - files that appear whole or not at all --------*- C++ -*-===//
#ifndef MLC_TOOLS_OUTPUTFILES_H
#define MLC_TOOLS_OUTPUTFILES_H

#include "runtime/output_file.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <functional>
#include <string>
#include <vector>

namespace mlc {

/// The one place where the compiler's tools write files. Collects outputs beside their places;
/// `commit` puts them all there. A file keeps its mode, a link stays a link. A pipe or a character
/// device is written to, never replaced. What is not committed vanishes with this object, or with
/// the process at a signal.
class OutputFiles {
public:
  OutputFiles() = default;
  OutputFiles(const OutputFiles &) = delete;
  ~OutputFiles();

  /// Fails if nothing could be written to `path`, before the work whose result would go there.
  static llvm::Error check(const std::string &path);
  /// What follows a content, written piece by piece.
  using Tail = std::function<llvm::Error(llvm::function_ref<llvm::Error(llvm::StringRef)> put)>;

  /// Writes `content` for `path`. `mode`: permissions of a new file, less the user's mask.
  llvm::Error add(const std::string &path, llvm::StringRef content, unsigned mode = 0666,
                  Tail tail = nullptr);
  llvm::Error commit();

private:
  struct File {
    std::string path;
    mlc_output output;
  };
  struct Stream {
    std::string path, content;
    Tail tail;
  };
  std::vector<File> files;
  std::vector<Stream> streams;
};

/// Whether two paths name one file, there or not: one written would be the end of the other.
/// Devices and pipes are no files.
bool areSameFile(const std::string &a, const std::string &b);

} // namespace mlc

#endif // MLC_TOOLS_OUTPUTFILES_H
