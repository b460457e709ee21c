//===- InputFile.cpp - files that are read whole --------------------------===//
#include "tools/InputFile.h"

#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/VirtualFileSystem.h"

#include <algorithm>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace mlc;

const char *mlc::kindOfFile(mode_t mode) {
  return S_ISDIR(mode)    ? "a folder"
         : S_ISFIFO(mode) ? "a pipe"
         : S_ISSOCK(mode) ? "a socket"
         : S_ISREG(mode)  ? "a regular file"
                          : "a device";
}

void mlc::openNoFiles(llvm::SourceMgr &sources) {
  sources.setVirtualFileSystem(llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>());
}

static llvm::Error cannotRead(const std::string &path, const llvm::Twine &why) {
  return llvm::createStringError("cannot read " + path + ": " + why);
}

static std::string tooLarge(size_t mostBytes) {
  return "it has more than " + std::to_string(mostBytes >> 20) + " MiB";
}

/// Appends all that there is; the text of an error, or "".
static std::string readAll(int file, llvm::SmallVectorImpl<char> &bytes, size_t mostBytes) {
  constexpr size_t kLeastRoom = 1 << 16;
  while (bytes.size() <= mostBytes) {
    size_t used = bytes.size();
    size_t room =
        std::min(mostBytes + 1 - used,
                 std::max(kLeastRoom, bytes.capacity() > used ? bytes.capacity() - used : 0));
    bytes.resize_for_overwrite(used + room);
    ssize_t count = read(file, bytes.data() + used, room);
    int error = errno;
    bytes.truncate(used + std::max<ssize_t>(count, 0));
    if (count == 0)
      return "";
    if (count < 0 && error != EINTR)
      return std::generic_category().message(error);
  }
  return tooLarge(mostBytes);
}

/// Opens a regular file.
static llvm::Expected<int> openRegular(const std::string &path, struct stat &info) {
  // Without O_NONBLOCK, opening a pipe would wait for a writer.
  int file = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (file >= 0 && fstat(file, &info) == 0 && S_ISREG(info.st_mode))
    return file;
  std::string problem = std::generic_category().message(errno);
  if (file < 0)
    return cannotRead(path, problem);
  close(file);
  return cannotRead(path, llvm::Twine("it is ") + kindOfFile(info.st_mode));
}

llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> mlc::readFile(const std::string &path,
                                                                  size_t mostBytes) {
  struct stat info = {};
  bool isStandardInput = path == "-";
  llvm::Expected<int> file = isStandardInput ? STDIN_FILENO : openRegular(path, info);
  if (!file)
    return file.takeError();
  llvm::SmallVector<char, 0> bytes;
  std::string problem = tooLarge(mostBytes);
  if (size_t(info.st_size) <= mostBytes) {
    bytes.reserve(info.st_size + 1);
    problem = readAll(*file, bytes, mostBytes);
  }
  if (!isStandardInput)
    close(*file);
  if (!problem.empty())
    return cannotRead(path, problem);
  return std::make_unique<llvm::SmallVectorMemoryBuffer>(std::move(bytes),
                                                         isStandardInput ? "<stdin>" : path,
                                                         /*RequiresNullTerminator=*/true);
}
