//===- DataSection.h - constants and weights of a library -----------*- C++ -*-===//
//
// What may be gigabytes never passes through LLVM or the linker. These see a section without bytes:
// its symbol, and room for it behind everything else in the address space. The bytes follow the
// linked file, which is told where they are, and go there a piece at a time.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_COMPILER_EMIT_DATASECTION_H
#define MLC_COMPILER_EMIT_DATASECTION_H

#include "compiler/Emit/ObjectCode.h"
#include "compiler/HostProgram/ModelDescription.h"

#include "llvm/Support/Error.h"

namespace llvm {
class Triple;
}

namespace mlc {

/// The symbol of the section's first byte.
constexpr llvm::StringLiteral kDataSymbol = "mlc_data";

/// Writes bytes to wherever they go.
using Put = llvm::function_ref<llvm::Error(llvm::StringRef)>;

class DataSection {
public:
  /// Gives the data of a storage the next place.
  void add(size_t storage, uint64_t bytes, DataReader read);

  bool empty() const { return pieces.empty(); }
  uint64_t size() const { return bytes; }
  /// Where the data of a storage begin in the section, if they are there.
  std::optional<uint64_t> offsetOf(size_t storage) const;

  /// Defines the section, in assembly. Read-only; on x86-64 of the large code model's, which
  /// linkers keep out of the way of what is addressed with 32 bits.
  std::string assembly(const llvm::Triple &triple) const;
  /// Where LLD shall put it in a shared library: behind everything else.
  static llvm::StringRef linkerScript();
  /// Extends a linked file up to the bytes and tells it where they are.
  llvm::Error attach(Bytes &linked) const;
  /// Makes the last member of an archive as long as it is with the bytes behind it.
  void attachToArchive(Bytes &archive, uint64_t objectBytes) const;
  /// The bytes themselves.
  llvm::Error write(Put put) const;

private:
  struct Piece {
    size_t storage;
    uint64_t offset;
    uint64_t bytes;
    DataReader read;
  };
  std::vector<Piece> pieces;
  uint64_t bytes = 0;
};

/// Where the data of every storage go.
struct ModelData {
  /// The data of parameters and states, and constants of a page or more, get a place in the
  /// section, or, with the name of a weights file, parameters and states one in that. The rest is
  /// read at once, for the tables; with `isText` all of it is.
  static llvm::Expected<ModelData> create(const ModelDescription &model, bool isText,
                                          llvm::StringRef weightsFile);
  /// The weights file, from its first byte to its last.
  llvm::Error writeFile(Put put) const;
  uint64_t fileBytes() const;

  DataSection section, file;
  /// By storage.
  std::vector<std::vector<char>> inlined;
  /// The name of the weights file, and what it begins with; or "".
  std::string fileName, fileId;
};

} // namespace mlc

#endif // MLC_COMPILER_EMIT_DATASECTION_H
