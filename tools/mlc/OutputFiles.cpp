//===- OutputFiles.cpp - files that appear whole or not at all ------------===//
#include "tools/mlc/OutputFiles.h"

#include "llvm/Support/raw_ostream.h"

#include <sys/stat.h>

using namespace mlc;

OutputFiles::~OutputFiles() {
  for (File &file : files)
    llvm::consumeError(file.temporary.discard());
}

static llvm::Error cannotWrite(llvm::StringRef path, std::error_code error) {
  return llvm::createStringError(error, "cannot write " + path + ": " + error.message());
}

/// `mode` without the bits of the user's mask.
static unsigned maskedMode(unsigned mode) {
  mode_t mask = umask(0);
  umask(mask);
  return mode & ~mask;
}

llvm::Error OutputFiles::add(llvm::StringRef path, llvm::StringRef content, unsigned mode) {
  auto temporary = llvm::sys::fs::TempFile::create(path + ".tmp-%%%%%%%%");
  if (!temporary)
    return cannotWrite(path, llvm::errorToErrorCode(temporary.takeError()));
  files.push_back({std::move(*temporary), path.str()});
  int descriptor = files.back().temporary.FD;
  llvm::raw_fd_ostream stream(descriptor, /*shouldClose=*/false);
  stream << content;
  stream.flush();
  if (std::error_code error = stream.error()) {
    stream.clear_error();
    return cannotWrite(path, error);
  }
  fchmod(descriptor, maskedMode(mode));
  return llvm::Error::success();
}

llvm::Error OutputFiles::commit() {
  while (!files.empty()) {
    File file = std::move(files.back());
    files.pop_back();
    if (llvm::Error error = file.temporary.keep(file.path))
      return cannotWrite(file.path, llvm::errorToErrorCode(std::move(error)));
  }
  return llvm::Error::success();
}
