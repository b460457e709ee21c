//===- Signature.h - what headers and bindings say of an entry ------*- C++ -*-===//
#ifndef MLC_COMPILER_EMIT_SIGNATURE_H
#define MLC_COMPILER_EMIT_SIGNATURE_H

#include "compiler/HostProgram/ModelDescription.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"

namespace mlc {

/// "predict(x: f32 [batch, 784]) -> (result0: f32 [batch, 10])"; a free size without a name is a
/// question mark.
std::string signatureText(const EntryDescription &entry);
/// "f32 [batch, 784]".
std::string shapeText(const TensorDescription &tensor, const EntryDescription &entry);
/// Index into the entry's dims of a free axis of an input or result, or -1: the call computes it.
int32_t dimOfAxis(const TensorDescription &tensor, const EntryDescription &entry, size_t axis);

/// Names of one scope, made different from each other.
class DistinctNames {
public:
  enum class Case { Counts, Ignored };
  explicit DistinctNames(Case letters = Case::Counts) : letters(letters) {}
  /// `wanted`, with underscores appended where it is taken.
  std::string unique(std::string wanted);

private:
  Case letters;
  llvm::StringSet<> taken;
};

} // namespace mlc

#endif // MLC_COMPILER_EMIT_SIGNATURE_H
