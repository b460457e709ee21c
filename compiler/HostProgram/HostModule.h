// What the functions of all programs of a module share.
#ifndef MLC_COMPILER_HOSTPROGRAM_HOSTMODULE_H
#define MLC_COMPILER_HOSTPROGRAM_HOSTMODULE_H

#include "compiler/HostProgram/HostBuilder.h"
#include "mlc/mlc.h"
#include "llvm/ADT/StringMap.h"

namespace mlc {

/// Slots of mlc_frame, 8 bytes each.
enum FrameSlot { kDims, kInputs, kResults, kStorages, kArena, kPool, kFrameSlots };

/// What all entries of a module share.
struct HostModule {
  mlir::ModuleOp model, host;
  std::optional<mlir::SymbolTable> symbols; ///< of the model
  llvm::SmallVector<mlir::Attribute> checks;
  llvm::SmallVector<int32_t> statuses; ///< of the checks that fail: mlc_status
  llvm::DenseMap<std::pair<mlir::Attribute, int32_t>, int64_t> numbers; ///< of the checks
  llvm::StringMap<mlir::LLVM::LLVMFuncOp> declared;
  int64_t storageCount = 0;
  bool poison = false;

  int64_t numberOf(const llvm::Twine &message, mlc_status status) {
    mlir::Attribute text = mlir::StringAttr::get(model.getContext(), message);
    auto [known, isNew] = numbers.try_emplace({text, status}, checks.size());
    if (isNew) {
      checks.push_back(text);
      statuses.push_back(status);
    }
    return known->second;
  }
  mlir::func::FuncOp kernel(kernel::LaunchOp launch) {
    return symbols->lookup<mlir::func::FuncOp>(launch.getKernel());
  }
  /// The first byte of a tensor, for the frame that `run` has.
  mlir::Value pointerTo(HostBuilder &run, mlir::Attribute place);
};

} // namespace mlc
#endif
