//===- DataSection.h - constants and weights of a library -----------*- C++ -*-===//
//
// What may be gigabytes never passes through LLVM or the linker. These see a section without bytes:
// its symbol, and room for it behind everything else in the address space. The bytes follow the
// linked file, which is told where they are, and go there a piece at a time.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_COMPILER_EMIT_DATASECTION_H
#define MLC_COMPILER_EMIT_DATASECTION_H

#include "compiler/Emit/ModelDescription.h"
#include "compiler/Emit/ObjectCode.h"

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
  /// Gives every parameter's and state's data a place, and constants of a page or more. The rest is
  /// read at once, for the tables. With `isText` all of it is.
  static llvm::Expected<DataSection> create(const ModelDescription &model, bool isText);

  bool empty() const { return pieces.empty(); }
  /// Where the data of a storage begin in the section, if they are there.
  std::optional<uint64_t> offsetOf(size_t storage) const;
  /// The data of a storage that is not in the section.
  llvm::ArrayRef<char> inlineData(size_t storage) const;

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
  std::vector<std::vector<char>> inlined;
  uint64_t bytes = 0;
};

} // namespace mlc

#endif // MLC_COMPILER_EMIT_DATASECTION_H
