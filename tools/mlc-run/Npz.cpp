// .npz: a zip archive of .npy files (PKWARE APPNOTE 6.3.3; sizes by the central directory, with
// zip64 fields).
#include "Failure.h"
#include "Npy.h"

#include <zlib.h>

namespace mlc::run {

namespace {
/// One file of the archive, as the central directory tells it.
struct Member {
  std::string name;
  uint64_t method, crc, packed, size, offset;
};

/// Bounds-checked little-endian reads.
class Archive {
public:
  Archive(std::string_view bytes, const std::string &path) : bytes(bytes), path(path) {}

  uint64_t number(uint64_t at, int width) const {
    std::string_view part = slice(at, uint64_t(width));
    uint64_t value = 0;
    for (int i = width; i-- > 0;)
      value = value << 8 | (unsigned char)part[size_t(i)];
    return value;
  }
  std::string_view slice(uint64_t at, uint64_t size) const {
    if (at > bytes.size() || size > bytes.size() - at)
      fail();
    return bytes.substr(at, size);
  }
  [[noreturn]] void fail() const {
    failInput("{} is not a valid .npz file: it is truncated or damaged", path);
  }

  std::vector<Member> members() const;
  std::string extract(const Member &member) const;

private:
  void readZip64(Member &member, uint64_t at, uint64_t end) const;
  std::string_view bytes;
  const std::string &path;
};
} // namespace

/// The extra field 0x0001 holds, in this order, those of size, packed size and offset that are all
/// ones before it.
void Archive::readZip64(Member &member, uint64_t at, uint64_t end) const {
  while (at + 4 <= end) {
    uint64_t id = number(at, 2), size = number(at + 2, 2);
    uint64_t field = at + 4, fieldEnd = field + size;
    for (uint64_t *value : {&member.size, &member.packed, &member.offset})
      if (id == 1 && *value == 0xffffffff && field + 8 <= fieldEnd) {
        *value = number(field, 8);
        field += 8;
      }
    at = fieldEnd;
  }
}

std::vector<Member> Archive::members() const {
  size_t end = bytes.rfind(std::string_view("PK\5\6", 4));
  if (end == bytes.npos)
    fail();
  uint64_t count = number(end + 10, 2), at = number(end + 16, 4);
  if (at == 0xffffffff || count == 0xffff)
    failUnsupported("{} is an .npz whose directory lies beyond 4 GiB", path);
  std::vector<Member> result;
  for (uint64_t i = 0; i < count; ++i) {
    if (number(at, 4) != 0x02014b50)
      fail();
    uint64_t nameBytes = number(at + 28, 2), extraBytes = number(at + 30, 2),
             commentBytes = number(at + 32, 2);
    Member member = {std::string(slice(at + 46, nameBytes)),
                     number(at + 10, 2),
                     number(at + 16, 4),
                     number(at + 20, 4),
                     number(at + 24, 4),
                     number(at + 42, 4)};
    readZip64(member, at + 46 + nameBytes, at + 46 + nameBytes + extraBytes);
    at += 46 + nameBytes + extraBytes + commentBytes;
    result.push_back(std::move(member));
  }
  return result;
}

std::string Archive::extract(const Member &member) const {
  if (number(member.offset, 4) != 0x04034b50)
    fail();
  uint64_t begin =
      member.offset + 30 + number(member.offset + 26, 2) + number(member.offset + 28, 2);
  std::string_view packed = slice(begin, member.packed);
  std::string result;
  if (member.method == 0) {
    result = packed;
  } else if (member.method == 8) {
    // Deflate shrinks at most 1032-fold: a larger claim is damage, not data.
    if (member.size > packed.size() * 1032 + 64)
      fail();
    result.resize(member.size);
    z_stream stream = {};
    inflateInit2(&stream, -15);
    int status = Z_OK;
    uint64_t in = 0, out = 0;
    while (status == Z_OK) {
      stream.next_in = (Bytef *)packed.data() + in;
      stream.avail_in = uInt(std::min<uint64_t>(packed.size() - in, 1 << 30));
      stream.next_out = (Bytef *)result.data() + out;
      stream.avail_out = uInt(std::min<uint64_t>(result.size() - out, 1 << 30));
      uint64_t inBefore = stream.avail_in, outBefore = stream.avail_out;
      status = inflate(&stream, Z_NO_FLUSH);
      in += inBefore - stream.avail_in;
      out += outBefore - stream.avail_out;
    }
    inflateEnd(&stream);
    if (status != Z_STREAM_END || out != result.size())
      fail();
  } else {
    failUnsupported("{} is compressed by method {}; write it with np.savez", path, member.method);
  }
  if (result.size() != member.size ||
      crc32_z(0, (const Bytef *)result.data(), result.size()) != member.crc)
    fail();
  return result;
}

static std::string stem(const std::string &file) {
  return file.size() > 4 && file.substr(file.size() - 4) == ".npy" ? file.substr(0, file.size() - 4)
                                                                   : file;
}

Tensor parseNpz(std::string_view bytes, const std::string &name, const std::string &path) {
  Archive archive(bytes, path);
  std::vector<Member> members = archive.members();
  const Member *chosen = members.size() == 1 ? &members[0] : nullptr;
  std::string names;
  for (const Member &member : members) {
    if (stem(member.name) == name)
      chosen = &member;
    names += (names.empty() ? "" : ", ") + printable(stem(member.name));
  }
  if (!chosen)
    failInput("{} has no array {}; it has {}", path, name, names.empty() ? "none" : names);
  return parseNpy(archive.extract(*chosen), path + ":" + printable(stem(chosen->name)));
}

static void put(std::string &bytes, uint64_t value, int width) {
  for (int i = 0; i < width; ++i)
    bytes += char(value >> (8 * i));
}

/// Version, flags, method, time, date (1980-01-01: the same input gives the same bytes), crc,
/// sizes, name length.
static void putCommon(std::string &bytes, const std::string &name, const std::string &file) {
  put(bytes, 20, 2);
  put(bytes, 0, 4);
  put(bytes, 0, 2);
  put(bytes, 33, 2);
  put(bytes, crc32_z(0, (const Bytef *)file.data(), file.size()), 4);
  put(bytes, file.size(), 4);
  put(bytes, file.size(), 4);
  put(bytes, name.size(), 2);
  put(bytes, 0, 2);
}

std::string formatNpz(const std::vector<std::pair<std::string, std::string>> &files) {
  std::string bytes, directory;
  for (const auto &[stem, file] : files) {
    std::string name = stem + ".npy";
    uint64_t offset = bytes.size();
    if (offset + file.size() > 0xfffffff0)
      failUnsupported("an .npz beyond 4 GiB; write .npy files");
    put(bytes, 0x04034b50, 4);
    putCommon(bytes, name, file);
    bytes += name + file;
    put(directory, 0x02014b50, 4);
    put(directory, 20, 2);
    putCommon(directory, name, file);
    put(directory, 0, 10 - 4);
    put(directory, 0, 4);
    put(directory, offset, 4);
    directory += name;
  }
  uint64_t begin = bytes.size();
  bytes += directory;
  put(bytes, 0x06054b50, 4);
  put(bytes, 0, 4);
  put(bytes, files.size(), 2);
  put(bytes, files.size(), 2);
  put(bytes, directory.size(), 4);
  put(bytes, begin, 4);
  put(bytes, 0, 2);
  return bytes;
}

} // namespace mlc::run
