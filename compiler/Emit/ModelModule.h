//===- ModelModule.h - a model's tables and C functions as LLVM IR --*- C++ -*-===//
#ifndef MLC_COMPILER_EMIT_MODELMODULE_H
#define MLC_COMPILER_EMIT_MODELMODULE_H

#include "compiler/Emit/CHeader.h"

#include <memory>

namespace llvm {
class LLVMContext;
class Module;
class TargetMachine;
} // namespace llvm

namespace mlc {

struct ModelData;

/// Builds the descriptor of runtime/model.h, the generic table of mlc.h, and one function per
/// prototype of the header, all forwarding to the runtime. Only these functions are visible from
/// outside a library.
std::unique_ptr<llvm::Module> buildModelModule(llvm::LLVMContext &context,
                                               const ModelDescription &model, const ModelData &data,
                                               const llvm::TargetMachine &machine);

} // namespace mlc

#endif // MLC_COMPILER_EMIT_MODELMODULE_H
