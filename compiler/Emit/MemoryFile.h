//===- MemoryFile.h - files without a place in the file system ------*- C++ -*-===//
#ifndef MLC_COMPILER_EMIT_MEMORYFILE_H
#define MLC_COMPILER_EMIT_MEMORYFILE_H

#include "compiler/Emit/ObjectCode.h"
#include "llvm/Support/Error.h"

#include <string>
#include <thread>

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

/// The other direction: bytes that a library writes to a path, kept in memory.
class MemoryPipe {
public:
  static llvm::Expected<std::unique_ptr<MemoryPipe>> create();
  ~MemoryPipe();

  std::string path() const { return "/proc/self/fd/" + std::to_string(writer); }
  /// What was written, once the library is done.
  Bytes finish();

private:
  MemoryPipe(int reader, int writer);
  void drain();
  int reader, writer;
  Bytes bytes;
  std::thread draining; // a pipe holds little: somebody must read while the library writes
};

} // namespace mlc

#endif // MLC_COMPILER_EMIT_MEMORYFILE_H
