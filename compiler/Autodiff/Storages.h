// The buffers that outlive a call, and functions that read and write them.
#ifndef MLC_COMPILER_AUTODIFF_STORAGES_H
#define MLC_COMPILER_AUTODIFF_STORAGES_H

#include "dialects/NN/NN.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"

namespace mlc {

/// Declares storages at the end of a module. The symbol is made from the name and unique; the
/// attribute `nn.name` keeps the name that files and users know: of a count of steps, a
/// hyperparameter, a slot ("m") or a state.
class StorageDeclarations {
public:
  explicit StorageDeclarations(mlir::ModuleOp module);

  /// A training step, to which storages belong.
  struct Owner {
    std::string prefix;  ///< of their names: "", or "fit/" where the model has several
    nn::StorageOp count; ///< the count of finished steps
  };
  /// Declares the count of the steps of a training step: rank 0, i64.
  Owner owner(nn::TrainStepOp step, llvm::StringRef prefix);

  /// One flat storage for parameters of one dtype, in the order given. Each starts on a multiple of
  /// 64 bytes, and the size is a multiple of 64 bytes; nothing lies in the gaps but zeros.
  nn::StorageOp parameters(llvm::ArrayRef<nn::ParameterOp> members, llvm::StringRef name);
  /// A slot of the optimizer, laid out like `parameters`, in the dtype nn::slotElement.
  nn::StorageOp slot(const Owner &owner, nn::StorageOp parameters, llvm::StringRef name);
  nn::StorageOp hyperparameter(const Owner &owner, const nn::Hyperparameter &declared);
  /// What a training step counts besides its steps: rank 0, i64, 0 at first.
  nn::StorageOp count(const Owner &owner, llvm::StringRef name);
  nn::StorageOp state(nn::StateOp state);
  /// The storage of the state of this name.
  nn::StorageOp state(mlir::StringAttr name) { return state(symbols.lookup<nn::StateOp>(name)); }
  /// The seed: rank 0, i64. The module has at most one.
  nn::StorageOp seed();

private:
  nn::StorageOp declareOwned(const Owner &owner, nn::StorageKind kind, mlir::RankedTensorType type,
                             llvm::StringRef name, mlir::Location location);
  nn::StorageOp declare(nn::StorageKind kind, mlir::RankedTensorType type, llvm::StringRef name,
                        mlir::Location location);

  mlir::ModuleOp module;
  mlir::SymbolTable symbols;
  llvm::DenseMap<mlir::Attribute, nn::StorageOp> states; ///< by the state's name
};

/// One parameter in a flat storage: its elements are [offset, offset + size).
struct Member {
  llvm::StringRef name;
  int64_t offset, size;
};
llvm::SmallVector<Member> membersOf(nn::StorageOp storage);

/// A function whose arguments and results with `nn.storage` stand for storages.
class StorageAccess {
public:
  explicit StorageAccess(mlir::func::FuncOp function);

  /// The value of a storage at this point of the rewriting: what was written last, or its value on
  /// entry. Adds the block argument that stands for it if there is none.
  mlir::Value read(nn::StorageOp storage);
  void write(nn::StorageOp storage, mlir::Value value) { written[storage] = value; }
  /// Ends the rewriting: gives the function its new arguments, and returns what was written, in the
  /// order of the first write, each with its `nn.storage`.
  void finish();

private:
  mlir::func::FuncOp function;
  llvm::DenseMap<mlir::Attribute, mlir::Value> onEntry; ///< by the storage's name
  llvm::SmallVector<nn::StorageOp> added;               ///< storages of new arguments
  llvm::MapVector<mlir::Operation *, mlir::Value> written;
};

} // namespace mlc
#endif
