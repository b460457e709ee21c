//===- OutputFiles.cpp - files that appear whole or not at all ------------===//
#include "tools/OutputFiles.h"
#include "tools/InputFile.h"

#include "llvm/Support/Signals.h"

#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

using namespace mlc;

static llvm::Error cannotWrite(const std::string &path, const llvm::Twine &why) {
  return llvm::createStringError("cannot write " + path + ": " + why);
}
static llvm::Error cannotWrite(const std::string &path, int error) {
  return cannotWrite(path, std::generic_category().message(error));
}

namespace {
enum class Place { File, Stream };
} // namespace

/// What is at a path, or an error if it is nothing to write to.
static llvm::Expected<Place> placeAt(const std::string &path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0 || S_ISREG(info.st_mode))
    return Place::File; // what is wrong with it, opening says
  if (S_ISCHR(info.st_mode) || S_ISFIFO(info.st_mode))
    return Place::Stream;
  return cannotWrite(path, llvm::Twine("it is ") + kindOfFile(info.st_mode));
}

/// Does not wait for a reader of a pipe.
static llvm::Expected<int> openStream(const std::string &path) {
  int file = open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (file >= 0 && fcntl(file, F_SETFL, 0) == 0)
    return file;
  return errno == ENXIO ? cannotWrite(path, "nobody reads it") : cannotWrite(path, errno);
}

/// Content and tail, to an open file.
static llvm::Error writeAll(const std::string &path, int file, llvm::StringRef content,
                            const OutputFiles::Tail &tail) {
  auto put = [&](llvm::StringRef bytes) {
    return mlc_write_exactly(file, bytes.data(), bytes.size()) ? llvm::Error::success()
                                                               : cannotWrite(path, errno);
  };
  llvm::Error error = put(content);
  return error || !tail ? std::move(error) : tail(put);
}

static llvm::Error writeStream(const std::string &path, llvm::StringRef content,
                               const OutputFiles::Tail &tail) {
  llvm::Expected<int> file = openStream(path);
  if (!file)
    return file.takeError();
  auto before = std::signal(SIGPIPE, SIG_IGN); // a reader that leaves is an error
  llvm::Error error = writeAll(path, *file, content, tail);
  std::signal(SIGPIPE, before);
  if (close(*file) != 0 && !error)
    return cannotWrite(path, errno);
  return error;
}

static void discard(mlc_output &output) {
  std::string temporary = output.temporary ? output.temporary : "";
  mlc_output_discard(&output);
  if (!temporary.empty())
    llvm::sys::DontRemoveFileOnSignal(temporary);
}

OutputFiles::~OutputFiles() {
  for (File &file : files)
    discard(file.output);
}

llvm::Error OutputFiles::check(const std::string &path) {
  llvm::Expected<Place> place = placeAt(path);
  if (!place)
    return place.takeError();
  if (*place == Place::Stream) // whose reader would see its end
    return access(path.c_str(), W_OK) == 0 ? llvm::Error::success() : cannotWrite(path, errno);
  mlc_output output;
  if (const char *problem = mlc_output_open(&output, path.c_str()))
    return cannotWrite(path, problem);
  discard(output);
  return llvm::Error::success();
}

/// `mode` without the bits of the user's mask.
static unsigned maskedMode(unsigned mode) {
  mode_t mask = umask(0);
  umask(mask);
  return mode & ~mask;
}

llvm::Error OutputFiles::add(const std::string &path, llvm::StringRef content, unsigned mode,
                             Tail tail) {
  llvm::Expected<Place> place = placeAt(path);
  if (!place)
    return place.takeError();
  if (*place == Place::Stream) {
    streams.push_back({path, content.str(), std::move(tail)});
    return llvm::Error::success();
  }
  struct stat info;
  bool isNew = stat(path.c_str(), &info) != 0;
  mlc_output output;
  if (const char *problem = mlc_output_open(&output, path.c_str()))
    return cannotWrite(path, problem);
  if (output.temporary)
    llvm::sys::RemoveFileOnSignal(output.temporary);
  files.push_back({path, output});
  if (llvm::Error error = writeAll(path, output.file, content, tail))
    return error;
  if (isNew && fchmod(output.file, maskedMode(mode)) != 0)
    return cannotWrite(path, errno);
  return llvm::Error::success();
}

llvm::Error OutputFiles::commit() {
  // All that can fail comes before the first file is in its place.
  for (File &file : files) {
    if (const char *problem = mlc_output_prepare(&file.output))
      return cannotWrite(file.path, problem);
    llvm::sys::RemoveFileOnSignal(file.output.temporary);
  }
  for (const Stream &stream : streams)
    if (llvm::Error error = writeStream(stream.path, stream.content, stream.tail))
      return error;
  for (File &file : files) {
    std::string temporary = file.output.temporary;
    const char *problem = mlc_output_commit(&file.output);
    llvm::sys::DontRemoveFileOnSignal(temporary);
    if (problem)
      return cannotWrite(file.path, problem);
  }
  files.clear();
  streams.clear();
  return llvm::Error::success();
}

/// Where a file at `path` would be written: links are followed, there or not.
static std::filesystem::path targetOf(std::filesystem::path path) {
  constexpr int kMostLinks = 40;
  std::error_code error;
  for (int links = 0; links < kMostLinks; ++links) {
    std::filesystem::path link = std::filesystem::read_symlink(path, error);
    if (error)
      break;
    path = path.parent_path() / link;
  }
  std::filesystem::path absolute = std::filesystem::absolute(path, error);
  std::filesystem::path target = std::filesystem::weakly_canonical(absolute, error);
  return error ? absolute : target;
}

bool mlc::areSameFile(const std::string &a, const std::string &b) {
  struct stat first, second;
  bool hasFirst = stat(a.c_str(), &first) == 0, hasSecond = stat(b.c_str(), &second) == 0;
  if (hasFirst && hasSecond)
    return S_ISREG(first.st_mode) && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
  return hasFirst == hasSecond && targetOf(a) == targetOf(b);
}
