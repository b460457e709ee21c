// What the dimensions of an attention's operands are, by a letter each.
#ifndef MLC_DIALECTS_NN_ATTENTIONLAYOUT_H
#define MLC_DIALECTS_NN_ATTENTIONLAYOUT_H

#include "dialects/NN/NN.h"

namespace mlc::nn {

/// One letter per dimension of q, k and v: 't' time, 'd' features, 'h' heads, any other letter one
/// of the batch. No letter twice in a word.
struct AttentionLayout {
  std::string q, k, v;

  /// The layout that `text` says, or the default for this rank. Fails, with a diagnostic, where it
  /// does not fit the types.
  static llvm::FailureOr<AttentionLayout> of(std::optional<mlir::Location> location,
                                             mlir::StringAttr text, mlir::RankedTensorType q,
                                             mlir::RankedTensorType k, mlir::RankedTensorType v);
  /// The letters of the batch, in the order of q.
  std::string batch() const;
  bool hasHeads() const { return q.find('h') != std::string::npos; }
  /// Whether k and v have heads; else all heads of q share the ones that are there.
  bool hasKeyHeads() const { return k.find('h') != std::string::npos; }
};

/// How the heads of q use those of k and v: each one of its own, as many in a row one, or all the
/// only one.
enum class HeadUse { paired, grouped, shared };
HeadUse headUse(const AttentionLayout &layout, mlir::RankedTensorType q, mlir::RankedTensorType k);

/// The same of one tensor: the word that `text` says, or the default for its rank. Fails, with a
/// diagnostic, where that does not fit.
llvm::FailureOr<std::string> layoutOf(std::optional<mlir::Location> location, mlir::StringAttr text,
                                      mlir::RankedTensorType x);
/// The letters of the batch among those of a word, in its order.
std::string batchOf(llvm::StringRef word);

/// The size of the dimension of `type` that `word` calls `letter`.
inline int64_t sizeOf(mlir::RankedTensorType type, llvm::StringRef word, char letter) {
  return type.getDimSize(word.find(letter));
}

} // namespace mlc::nn
#endif
