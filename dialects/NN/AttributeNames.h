// The names of the attributes that ops do not declare: of modules, functions, their arguments and
// results, storages.
#ifndef MLC_DIALECTS_NN_ATTRIBUTENAMES_H
#define MLC_DIALECTS_NN_ATTRIBUTENAMES_H

#include "llvm/ADT/StringRef.h"

namespace mlc::nn {

/// Of an argument or result: the storage whose value it is. A symbol.
constexpr llvm::StringLiteral kStorageAttr = "nn.storage";
/// What users call an argument, a result, or the tensor in a storage.
constexpr llvm::StringLiteral kNameAttr = "nn.name";
/// Of an argument: the names of its dimensions, "" where one has none.
constexpr llvm::StringLiteral kDimsAttr = "nn.dims";
/// In nn.dims, the first dimension of an argument of a training step that accumulates gradients.
constexpr llvm::StringLiteral kPartsName = "accumulate";
/// Of an argument of a kernel or subprogram that has a `?` (later of memrefs), and of a result: its
/// sizes as an affine_map over the function's index arguments as symbols, one result per dimension.
constexpr llvm::StringLiteral kSizesAttr = "nn.sizes";
/// Of an argument or a storage: its value where the evaluator runs the function.
constexpr llvm::StringLiteral kValueAttr = "nn.value";
/// Of a view: how many elements at both ends of each dimension of its operand are zero, first those
/// before: products with them need not be computed.
constexpr llvm::StringLiteral kZerosAttr = "nn.zeros";
/// Of an op: it is computed where it stands, though an equal one before has the same value, which
/// would be kept long. A unit attribute.
constexpr llvm::StringLiteral kAgainAttr = "nn.again";
/// Of a convolution: whether it and its derivatives are computed by tiles of minimal filtering,
/// "never" or "always" where they can; where it pays without the attribute.
constexpr llvm::StringLiteral kWinogradAttr = "nn.winograd";
constexpr llvm::StringLiteral kNever = "never", kAlways = "always";
/// Of an entry: `nn.write` acts in it though it does not train.
constexpr llvm::StringLiteral kUpdatesAttr = "nn.updates";
/// Of an entry: "training" or "gradient"; without it is inference.
constexpr llvm::StringLiteral kKindAttr = "nn.kind";

} // namespace mlc::nn
#endif
