//===- MemoryFile.cpp - files without a place in the file system ----------===//
#include "compiler/Emit/MemoryFile.h"

#include <cerrno>
#include <fcntl.h>
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

llvm::Expected<std::unique_ptr<MemoryPipe>> MemoryPipe::create() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return systemError("cannot create a pipe");
  return std::unique_ptr<MemoryPipe>(new MemoryPipe(ends[0], ends[1]));
}

MemoryPipe::MemoryPipe(int reader, int writer)
    : reader(reader), writer(writer), draining([this] { drain(); }) {}

void MemoryPipe::drain() {
  char buffer[1 << 16];
  ssize_t count;
  while ((count = read(reader, buffer, sizeof buffer)) > 0 || (count < 0 && errno == EINTR))
    if (count > 0)
      bytes.append(buffer, buffer + count);
}

Bytes MemoryPipe::finish() {
  if (writer >= 0)
    close(std::exchange(writer, -1));
  if (draining.joinable())
    draining.join();
  return std::move(bytes);
}

MemoryPipe::~MemoryPipe() {
  finish();
  close(reader);
}
