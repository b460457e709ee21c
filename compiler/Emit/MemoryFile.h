//===- MemoryFile.h - files without a place in the file system ------*- C++ -*-===//
#ifndef MLC_COMPILER_EMIT_MEMORYFILE_H
#define MLC_COMPILER_EMIT_MEMORYFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace mlc {

/// Bytes that this process can open by path, for libraries that read files: nothing is left behind
/// whatever becomes of the process.
class MemoryFile {
public:
  static llvm::Expected<MemoryFile> create(llvm::StringRef content);
  MemoryFile(MemoryFile &&other) : descriptor(std::exchange(other.descriptor, -1)) {}
  ~MemoryFile();

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor); }

private:
  explicit MemoryFile(int descriptor) : descriptor(descriptor) {}
  int descriptor;
};

} // namespace mlc

#endif // MLC_COMPILER_EMIT_MEMORYFILE_H
