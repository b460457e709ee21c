//===- ModelDescription.h - what a compiled model tells about itself -*- C++ -*-===//
//
// The plain data from which the emitter writes the C header, the typed wrappers, the descriptor of
// runtime/model.h and the generic table of runtime/include/mlc/mlc.h. HostProgram fills it from the
// IR.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_COMPILER_HOSTPROGRAM_MODELDESCRIPTION_H
#define MLC_COMPILER_HOSTPROGRAM_MODELDESCRIPTION_H

#include "dialects/NN/QuantizedPart.h"
#include "runtime/model.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace mlc {

/// Reads `to.size()` bytes of some data from `offset`, a multiple of 64, on.
using DataReader = std::function<llvm::Error(uint64_t offset, llvm::MutableArrayRef<char> to)>;

/// `kFreeDim` in a shape: the size is given by the caller (a `?` of the model text).
constexpr int64_t kFreeDim = -1;

/// One input, result, parameter or state.
struct TensorDescription {
  /// A C identifier; inputs and results become C parameters of this name.
  std::string name;
  mlc_dtype dtype = MLC_F32;
  /// One size per axis, `kFreeDim` where free.
  std::vector<int64_t> shape;
  /// One `nn.dims` name per axis, "" where unnamed. May be left empty: all unnamed.
  std::vector<std::string> dimNames;
  /// Inputs: per axis the index into `EntryDescription::dims`, or -1 where static. May be left
  /// empty when the shape is static. Not used for results, parameters and states.
  std::vector<int32_t> dimIndex;
  /// Parameters and states: whether a training entry updates it by gradients (false for
  /// `nn.state`).
  bool trainable = false;
};

/// One entry point. The four functions are defined in the host module, under these symbols, with
/// the signatures of `mlc_entry` in runtime/model.h.
struct EntryDescription {
  /// A C identifier: the C function is `<model>_<name>`.
  std::string name;
  mlc_entry_kind kind = MLC_INFERENCE;
  std::vector<TensorDescription> inputs;
  std::vector<TensorDescription> results;
  /// Free dimensions in the order of the C arguments; each a C identifier ("batch"; an unnamed one
  /// is named by its first place, "x_dim0").
  std::vector<std::string> dims;
  /// Floating-point operations of one call where every dimension is static, else 0.
  double flops = 0;
  std::string checkSizesSymbol;
  std::string runSymbol;
  std::string arenaBytesSymbol;
  std::string scratchBytesSymbol;
  std::string resultShapeSymbol;
  std::string costSymbol;
  /// Bytes of the arena, and of scratch per thread, where no dimension changes them.
  std::optional<int64_t> arenaBytes, scratchBytes;
  /// Whether it reads packed storages.
  bool readsPacked = false;
  /// Whether it changes parameters or states.
  bool writesState = false;
  /// Training: index of the storage that counts its steps.
  int32_t step = -1;
  /// The author's comment or a sentence about the entry; becomes part of its C comment. May be
  /// empty.
  std::string documentation;
};

/// What a packed storage is a copy of, and its layout: `nn::PanelsAttr`.
struct PanelsDescription {
  int32_t source = 0; ///< index of the storage
  int64_t elementBytes = 0;
  int64_t offset = 0; ///< of the matrix, in elements
  int64_t depth = 1;
  int64_t columns = 1;
  /// Of the weight, and which of its dimensions are the depth, in order.
  std::vector<int64_t> shape, depthDims;
  int64_t width = 0;
  int64_t products = 1;
};

/// A flat buffer that lives as long as the model: `mlc_storage`.
struct StorageDescription {
  std::string name;
  mlc_storage_kind kind = MLC_STORAGE_PARAMETER;
  mlc_dtype dtype = MLC_F32;
  int64_t bytes = 0;
  /// Slots: index of the parameter storage that they belong to.
  int32_t parameterStorage = -1;
  /// Slots, hyperparameters, other counts: index of the storage that counts their training entry's
  /// steps.
  int32_t step = -1;
  /// Hyperparameters: the value at create, and what it may be set to, both ends included.
  double initial = 0;
  double least = 0;
  double most = 0;
  /// Constants: the bytes, `bytes` of them. Parameters, states and packed copies: what they are at
  /// create, or null where initialisers say it.
  DataReader data;
  std::optional<PanelsDescription> panels;
};

/// One parameter or `nn.state` inside a storage: `mlc_member`.
struct MemberDescription {
  TensorDescription tensor;
  int32_t storage = 0;
  mlc_initializer_kind initializer = MLC_INIT_CONSTANT;
  int64_t byteOffset = 0;
  double a = 0;
  double b = 0;
  bool isTransient = false;
  std::optional<nn::QuantizedPart> quantized;
};

/// A sentence, and what a call returns: `mlc_check`.
struct CheckDescription {
  std::string message;
  mlc_status status = MLC_INDEX_OUT_OF_RANGE;
  int32_t input = -1;
  int64_t size = 0;
  int64_t ignored = 0;
};

/// Everything that the artifact says about the model. Orders are the orders of the descriptor.
struct ModelDescription {
  /// The module's name, a C identifier: the prefix of every exported symbol.
  std::string name;
  /// "mlc X.Y.Z"; filled by the emitter when empty.
  std::string compiler;
  /// "cpu x86_64 znver4"; filled by the emitter when empty.
  std::string target;
  /// Required features as /proc/cpuinfo names them; filled by the emitter from the target.
  std::vector<std::string> cpuFeatures;
  std::vector<EntryDescription> entries;
  /// Writes the packed storages; not the user's.
  std::optional<EntryDescription> refresh;
  std::vector<StorageDescription> storages;
  /// Parameters in order of declaration, then states.
  std::vector<MemberDescription> members;
  /// Names of parameters and states that files may hold and the library does not.
  std::vector<std::string> leftOut;
  /// Run-time checks: `run` and `check_sizes` return 1 + an index into this list.
  std::vector<CheckDescription> checks;
};

} // namespace mlc

#endif // MLC_COMPILER_HOSTPROGRAM_MODELDESCRIPTION_H
