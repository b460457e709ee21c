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
  std::optional<mlir::SymbolTable> symbols;         ///< of the model
  llvm::SmallVector<mlir::Attribute> checks;        ///< mlc_check, as dictionaries
  llvm::DenseMap<mlir::Attribute, int64_t> numbers; ///< of the checks
  llvm::StringMap<mlir::LLVM::LLVMFuncOp> declared;
  int64_t storageCount = 0;
  bool poison = false;

  /// The number of a check with these fields of mlc_check beside the message.
  int64_t numberOf(const llvm::Twine &message, mlc_status status,
                   llvm::ArrayRef<mlir::NamedAttribute> more = {}) {
    mlir::Builder builder(model.getContext());
    llvm::SmallVector<mlir::NamedAttribute> fields(more);
    fields.push_back(builder.getNamedAttr("message", builder.getStringAttr(message)));
    fields.push_back(builder.getNamedAttr("status", builder.getI64IntegerAttr(status)));
    mlir::Attribute check = builder.getDictionaryAttr(fields);
    auto [known, isNew] = numbers.try_emplace(check, checks.size());
    if (isNew)
      checks.push_back(check);
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
