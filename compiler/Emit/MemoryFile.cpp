//===- MemoryFile.cpp - files without a place in the file system ----------===//
#include "compiler/Emit/MemoryFile.h"

#include <cerrno>
#include <sys/mman.h>
#include <unistd.h>

using namespace mlc;

static llvm::Error systemError(const char *what) {
  return llvm::createStringError(std::error_code(errno, std::generic_category()),
                                 llvm::Twine(what) + ": " + std::generic_category().message(errno));
}

llvm::Expected<MemoryFile> MemoryFile::create(llvm::StringRef content) {
  int descriptor = memfd_create("mlc", MFD_CLOEXEC);
  if (descriptor < 0)
    return systemError("cannot create a file in memory");
  MemoryFile file(descriptor);
  while (!content.empty()) {
    ssize_t written = write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return systemError("cannot write a file in memory");
    content = content.drop_front(written);
  }
  return file;
}

MemoryFile::~MemoryFile() {
  if (descriptor >= 0)
    close(descriptor);
}
