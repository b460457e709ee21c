//===- DataSection.cpp - constants and weights of a library ---------------===//
#include "compiler/Emit/DataSection.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ELFTypes.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"
#include "llvm/TargetParser/Triple.h"

using namespace mlc;
using llvm::StringRef;

using Elf = llvm::object::ELF64LE;

/// Of both the section and the data of each storage: 64 bytes, as storages in memory.
static constexpr uint64_t kPageBytes = 4096, kDataAlignment = 64, kChunkBytes = 1 << 20;
static constexpr llvm::StringLiteral kSection = ".lrodata.mlc";

void DataSection::add(size_t storage, uint64_t size, DataReader read) {
  pieces.push_back({storage, bytes, size, std::move(read)});
  bytes = llvm::alignTo(bytes + size, kDataAlignment);
}

std::optional<uint64_t> DataSection::offsetOf(size_t storage) const {
  for (const Piece &piece : pieces)
    if (piece.storage == storage)
      return piece.offset;
  return std::nullopt;
}

std::string DataSection::assembly(const llvm::Triple &triple) const {
  std::string flags = triple.getArch() == llvm::Triple::x86_64 ? "al" : "a";
  return (".section " + kSection + ",\"" + flags + "\",%nobits\n.balign " +
          llvm::Twine(kPageBytes) + "\n.globl " + kDataSymbol + "\n.hidden " + kDataSymbol + "\n" +
          kDataSymbol + ":\n.skip " + llvm::Twine(bytes) + "\n")
      .str();
}

StringRef DataSection::linkerScript() {
  return "SECTIONS { .lrodata.mlc : { *(.lrodata.mlc) } } INSERT AFTER .bss;\n";
}

/// The header of the section, of which a linked file has one.
static Elf::Shdr *findSection(Bytes &linked) {
  auto *file = reinterpret_cast<Elf::Ehdr *>(linked.data());
  auto *sections = reinterpret_cast<Elf::Shdr *>(linked.data() + file->e_shoff);
  const char *names = linked.data() + sections[file->e_shstrndx].sh_offset;
  for (Elf::Shdr &section : llvm::make_range(sections, sections + file->e_shnum))
    if (names + section.sh_name == kSection)
      return &section;
  return nullptr;
}

llvm::Error DataSection::attach(Bytes &linked) const {
  if (empty())
    return llvm::Error::success();
  Elf::Shdr *section = findSection(linked);
  if (!section || section->sh_size != bytes)
    return llvm::createStringError("linking failed: the section of the model's data was lost");
  uint64_t address = section->sh_addr, pageBytes = kPageBytes;
  auto *file = reinterpret_cast<Elf::Ehdr *>(linked.data());
  auto *segments = reinterpret_cast<Elf::Phdr *>(linked.data() + file->e_phoff);
  Elf::Phdr *segment = nullptr;
  for (Elf::Phdr &known : llvm::make_range(segments, segments + file->e_phnum))
    if (known.p_type == llvm::ELF::PT_LOAD && known.p_vaddr == address && known.p_filesz == 0)
      segment = &known;
  if (file->e_phnum && !segment)
    return llvm::createStringError("linking failed: the model's data share a segment");
  // Offset and address must be equal modulo the page size of the target.
  if (segment)
    pageBytes = std::max<uint64_t>(pageBytes, segment->p_align);
  uint64_t offset = llvm::alignTo(linked.size(), pageBytes) + address % pageBytes;
  if (segment) {
    segment->p_offset = offset;
    segment->p_filesz = bytes;
  }
  section->sh_type = llvm::ELF::SHT_PROGBITS;
  section->sh_offset = offset;
  linked.resize(offset);
  return llvm::Error::success();
}

void DataSection::attachToArchive(Bytes &archive, uint64_t objectBytes) const {
  if (empty())
    return;
  // struct ar_hdr: the size is 10 characters at 48 of the 60 before the member.
  constexpr size_t kHeaderBytes = 60, kSizePlace = 48, kSizeBytes = 10;
  char *size = archive.data() + archive.size() - objectBytes - kHeaderBytes + kSizePlace;
  std::string text = std::to_string(objectBytes + bytes);
  text.resize(kSizeBytes, ' ');
  std::copy(text.begin(), text.end(), size);
}

llvm::Error DataSection::write(Put put) const {
  static constexpr char kZeros[kDataAlignment] = {};
  std::vector<char> chunk;
  uint64_t written = 0;
  auto pad = [&](uint64_t until) {
    StringRef zeros(kZeros, until - written);
    written = until;
    return put(zeros);
  };
  for (const Piece &piece : pieces) {
    if (llvm::Error error = pad(piece.offset))
      return error;
    for (uint64_t at = 0; at < piece.bytes; at += chunk.size()) {
      chunk.resize(std::min(kChunkBytes, piece.bytes - at));
      if (llvm::Error error = piece.read(at, chunk))
        return error;
      if (llvm::Error error = put(StringRef(chunk.data(), chunk.size())))
        return error;
    }
    written += piece.bytes;
  }
  return pad(bytes);
}

/// A line of text that the weights file of this model and no other begins with: of names, dtypes,
/// shapes and places, not of the values, which may be others'.
static std::string layoutId(const ModelDescription &model) {
  std::string layout;
  llvm::raw_string_ostream stream(layout);
  for (const StorageDescription &storage : model.storages)
    if (storage.data && storage.kind != MLC_STORAGE_CONSTANT)
      stream << storage.kind << " " << storage.dtype << " " << storage.bytes << " "
             << (storage.panels ? storage.panels->width : 0) << "\n";
  for (const MemberDescription &member : model.members) {
    stream << member.tensor.name << " " << member.tensor.dtype << " " << member.storage << " "
           << member.byteOffset;
    for (int64_t size : member.tensor.shape)
      stream << " " << size;
    stream << "\n";
  }
  return "mlc weights 1 " +
         llvm::utohexstr(llvm::xxh3_64bits(llvm::StringRef(layout)), /*LowerCase=*/true, 16) + " " +
         model.name + "\n";
}

llvm::Expected<ModelData> ModelData::create(const ModelDescription &model, bool isText,
                                            StringRef weightsFile) {
  ModelData data;
  data.inlined.resize(model.storages.size());
  for (auto [index, storage] : llvm::enumerate(model.storages)) {
    if (!storage.data || storage.bytes == 0)
      continue;
    bool isWeight = storage.kind != MLC_STORAGE_CONSTANT;
    if (isText && storage.panels) // the library packs them
      continue;
    if (isWeight && !weightsFile.empty()) {
      data.file.add(index, storage.bytes, storage.data);
    } else if (!isText && (isWeight || storage.bytes >= int64_t(kPageBytes))) {
      data.section.add(index, storage.bytes, storage.data);
    } else {
      data.inlined[index].resize(storage.bytes);
      if (llvm::Error error = storage.data(0, data.inlined[index]))
        return std::move(error);
    }
  }
  if (!data.file.empty()) {
    data.fileName = weightsFile.str();
    data.fileId = layoutId(model);
  }
  return data;
}

uint64_t ModelData::fileBytes() const {
  return file.empty() ? 0 : llvm::alignTo(fileId.size(), kPageBytes) + file.size();
}

llvm::Error ModelData::writeFile(Put put) const {
  std::string page = fileId;
  page.resize(llvm::alignTo(fileId.size(), kPageBytes), '\0');
  if (llvm::Error error = put(page))
    return error;
  return file.write(put);
}
