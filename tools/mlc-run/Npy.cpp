#include "Npy.h"
#include "Failure.h"
#include "runtime/output_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace mlc::run {

static constexpr std::string_view kMagic("\x93NUMPY", 6);
static constexpr size_t kMaxRank = 32;

namespace {
struct File {
  int number;
  ~File() {
    if (number >= 0)
      close(number);
  }
};
} // namespace

std::string readFile(const std::string &path, size_t mostBytes) {
  // Without O_NONBLOCK, opening a pipe would wait for a writer.
  File file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  struct stat info;
  if (file.number < 0 || fstat(file.number, &info) != 0)
    failInput("{} could not be opened: {}", path, std::strerror(errno));
  if (!S_ISREG(info.st_mode))
    failInput("{} is not a regular file", path);
  std::string bytes(std::min(size_t(info.st_size), mostBytes), 0);
  size_t used = 0;
  while (used < bytes.size()) {
    ssize_t got = read(file.number, bytes.data() + used, bytes.size() - used);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      failInput("{} could not be read: {}", path, std::strerror(errno));
    if (got == 0)
      break;
    used += size_t(got);
  }
  bytes.resize(used);
  return bytes;
}

int openStream(const std::string &path) {
  struct stat info;
  if (stat(path.c_str(), &info) == 0 && !S_ISFIFO(info.st_mode) && !S_ISCHR(info.st_mode))
    failInput("{} could not be written: it is a {}", path,
              S_ISDIR(info.st_mode)   ? "folder"
              : S_ISBLK(info.st_mode) ? "disk"
                                      : "socket");
  // A pipe that nobody reads would be waited for; what is read, is written as usual.
  int file = open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0 || fcntl(file, F_SETFL, 0) != 0)
    failInput("{} could not be written: {}", path,
              errno == ENXIO ? "nobody reads it" : std::strerror(errno));
  return file;
}

bool isStream(const std::string &path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode);
}

static void writeStream(const std::string &path, std::string_view bytes) {
  File file{openStream(path)};
  if (!mlc_write_exactly(file.number, bytes.data(), bytes.size()))
    failInput("{} could not be written: {}", path, std::strerror(errno));
}

void writeFile(const std::string &path, std::string_view bytes) {
  if (isStream(path))
    return writeStream(path, bytes);
  mlc_output output;
  const char *problem = mlc_output_open(&output, path.c_str());
  if (!problem && !mlc_write_exactly(output.file, bytes.data(), bytes.size())) {
    problem = std::strerror(errno);
    mlc_output_discard(&output);
  } else if (!problem) {
    problem = mlc_output_commit(&output);
  }
  if (problem)
    failInput("{} could not be written: {}", path, problem);
}

void checkDistinct(const std::vector<std::pair<std::string, std::string>> &files) {
  std::map<std::filesystem::path, std::string> seen;
  for (const auto &[option, path] : files) {
    if (path.empty() || isStream(path))
      continue;
    std::error_code error; // what cannot be resolved is refused where it is written
    auto [at, isNew] = seen.emplace(
        std::filesystem::weakly_canonical(std::filesystem::absolute(path), error), option);
    if (!isNew && !error)
      failUsage("{} and {} are one file, {}", at->second, option, path);
  }
}

namespace {
/// The header of an .npy: a Python dict with three keys.
class HeaderReader {
public:
  HeaderReader(std::string_view text, const std::string &path) : text(text), path(path) {}

  void read() {
    expect('{');
    while (!accept('}')) {
      std::string key = readString();
      expect(':');
      if (key == "descr")
        descr = readString();
      else if (key == "fortran_order")
        fortranOrder = readBool();
      else if (key == "shape")
        readShape();
      else
        fail();
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    if (descr.empty() || !hasShape)
      fail();
  }

  std::string descr;
  bool fortranOrder = false;
  std::vector<int64_t> shape;

private:
  [[noreturn]] void fail() {
    failInput("{} is not a valid .npy file: its header is malformed", path);
  }

  bool accept(char c) {
    while (!text.empty() && (text[0] == ' ' || text[0] == '\n' || text[0] == '\t'))
      text.remove_prefix(1);
    if (text.empty() || text[0] != c)
      return false;
    text.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!accept(c))
      fail();
  }
  std::string readString() {
    if (accept('['))
      failInput("{} holds records, but should hold numbers of one dtype", path);
    char quote = accept('\'') ? '\'' : '"';
    if (quote == '"')
      expect('"');
    size_t end = text.find(quote);
    if (end == text.npos)
      fail();
    std::string value(text.substr(0, end));
    text.remove_prefix(end + 1);
    return value;
  }
  bool readBool() {
    accept(' ');
    for (std::string_view word : {"False", "True"})
      if (text.substr(0, word.size()) == word) {
        text.remove_prefix(word.size());
        return word == "True";
      }
    fail();
  }
  void readShape() {
    hasShape = true;
    shape.clear();
    expect('(');
    while (!accept(')')) {
      accept(' ');
      int64_t size = 0;
      size_t digits = 0;
      for (; !text.empty() && text[0] >= '0' && text[0] <= '9' && digits < 18;
           ++digits, text.remove_prefix(1))
        size = size * 10 + (text[0] - '0');
      if (!digits || shape.size() == kMaxRank)
        fail();
      shape.push_back(size);
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
  }

  std::string_view text;
  const std::string &path;
  bool hasShape = false;
};
} // namespace

std::string printable(std::string_view text) {
  std::string result(text.substr(0, 64));
  for (char &c : result)
    c = c >= 0x20 && c < 0x7f ? c : '?';
  return result;
}

static int parseDescr(const std::string &descr, const std::string &path) {
  static const std::pair<const char *, int> known[] = {
      {"<f4", MLC_F32}, {"<f8", MLC_F64}, {"<f2", MLC_F16},  {"|b1", MLC_I1},   {"|i1", MLC_I8},
      {"<i4", MLC_I32}, {"<i8", MLC_I64}, {"|u1", MLC_UI8},  {"<u4", MLC_UI32}, {"<i2", kI16},
      {"<u2", kUI16},   {"<u8", kUI64},   {"<V2", MLC_BF16}, {"|V2", MLC_BF16}};
  for (auto [name, dtype] : known)
    if (descr == name)
      return dtype;
  if (descr[0] == '>')
    failInput("{} is big-endian ({}); write it little-endian", path, printable(descr));
  failInput("{} holds {}, which no model takes; convert it with astype", path, printable(descr));
}

/// Elements stored with the first dimension innermost, put in row-major order.
static void copyFortran(const char *source, Tensor &tensor) {
  size_t rank = tensor.shape.size();
  int64_t size = dtypeBytes(tensor.dtype);
  std::vector<int64_t> index(rank, 0), stride(rank, 1);
  for (size_t i = 1; i < rank; ++i)
    stride[i] = stride[i - 1] * tensor.shape[i - 1];
  for (int64_t element = 0; element < tensor.count(); ++element) {
    int64_t from = 0;
    for (size_t i = 0; i < rank; ++i)
      from += index[i] * stride[i];
    std::memcpy(tensor.data() + element * size, source + from * size, size_t(size));
    for (size_t i = rank; i-- > 0 && ++index[i] == tensor.shape[i];)
      index[i] = 0;
  }
}

Tensor parseNpy(std::string_view bytes, const std::string &path) {
  if (bytes.size() < 12 || bytes.substr(0, 6) != kMagic)
    failInput("{} is not an .npy file", path);
  int major = (unsigned char)bytes[6];
  size_t lengthBytes = major == 1 ? 2 : 4, length = 0;
  if (major < 1 || major > 3)
    failInput("{} has .npy version {}, but versions 1 to 3 are known", path, major);
  for (size_t i = lengthBytes; i-- > 0;)
    length = length << 8 | (unsigned char)bytes[8 + i];
  size_t begin = 8 + lengthBytes + length;
  if (begin > bytes.size())
    failInput("{} is truncated inside its header", path);
  HeaderReader header(bytes.substr(8 + lengthBytes, length), path);
  header.read();
  int dtype = parseDescr(header.descr, path);
  int64_t count = elementCount(header.shape, path), available = int64_t(bytes.size() - begin);
  if (available != count * dtypeBytes(dtype))
    failInput("{} has {} bytes of data, but {} {} needs {}{}", path, available, dtypeName(dtype),
              shapeText(header.shape), count * dtypeBytes(dtype),
              available < count * dtypeBytes(dtype) ? "; it is truncated" : "");
  Tensor tensor(dtype, header.shape, path);
  if (header.fortranOrder && header.shape.size() > 1)
    copyFortran(bytes.data() + begin, tensor);
  else
    std::memcpy(tensor.data(), bytes.data() + begin, size_t(available));
  return tensor;
}

static const char *descrOf(int dtype) {
  switch (dtype) {
  case MLC_F64:
    return "<f8";
  case MLC_F16:
    return "<f2";
  case MLC_I1:
    return "|b1";
  case MLC_I8:
    return "|i1";
  case MLC_I32:
    return "<i4";
  case MLC_I64:
    return "<i8";
  case MLC_UI8:
    return "|u1";
  case MLC_UI32:
    return "<u4";
  default:
    return "<f4";
  }
}

std::string formatNpy(const Tensor &tensor) {
  if (tensor.dtype == MLC_BF16)
    return formatNpy(tensor.converted(MLC_F32, "result"));
  std::string shape;
  for (int64_t size : tensor.shape)
    shape += fmt::format("{}{}", size, tensor.shape.size() == 1 ? "," : ", ");
  if (tensor.shape.size() > 1)
    shape.resize(shape.size() - 2);
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}",
                                   descrOf(tensor.dtype), shape);
  header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 11, ' ');
  header += '\n';
  std::string bytes(kMagic);
  bytes += {1, 0, char(header.size() & 0xff), char(header.size() >> 8)};
  return bytes + header + std::string((const char *)tensor.data(), size_t(tensor.byteCount()));
}

[[noreturn]] static void failNotAnArray(const std::string &path) {
  std::string ending = std::filesystem::path(path).extension();
  const char *reader = ending == ".csv"                      ? "np.loadtxt(F, delimiter=',')"
                       : ending == ".tsv"                    ? "np.loadtxt(F, delimiter='\\t')"
                       : ending == ".txt"                    ? "np.loadtxt(F)"
                       : ending == ".pt" || ending == ".pth" ? "torch.load(F).numpy()"
                                                             : "an array";
  failInput("{} is not an .npy or .npz file; write one with NumPy: np.save('{}.npy', {})", path,
            std::filesystem::path(path).stem().string(), reader);
}

Tensor readArray(const std::string &path, const std::string &name) {
  // A file that is none of ours may be larger than the memory.
  std::string start = readFile(path, kMagic.size());
  if (start.substr(0, 2) == "PK")
    return parseNpz(readFile(path), name, path);
  if (start != kMagic)
    failNotAnArray(path);
  return parseNpy(readFile(path), path);
}

} // namespace mlc::run
