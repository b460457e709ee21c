//===- Emit.h - the last phase: from a host program to files --------*- C++ -*-===//
#ifndef MLC_COMPILER_EMIT_EMIT_H
#define MLC_COMPILER_EMIT_EMIT_H

#include "compiler/Emit/Bindings.h"
#include "compiler/Emit/DataSection.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"

namespace mlc {

class CpuTarget;

enum class Product { SharedLibrary, Archive, Object, Assembly, LlvmIr, Header };

struct EmitOptions {
  Product product = Product::SharedLibrary;
  unsigned optLevel = 3;
  /// The file name of a shared library, which programs linked with it will look for; or "".
  std::string soname;
  const CpuTarget *target = nullptr;
  /// The languages to write modules in.
  std::vector<const Binding *> bindings;
  /// The name of the file beside the library that shall hold the weights, or "".
  std::string weightsFile;
  /// Adds the passes that turn a module of bufferised kernels into LLVM dialect.
  std::function<void(mlir::OpPassManager &)> addKernelPasses;
};

/// Text or bytes of the product, what follows them, the text of its C header, and of its bindings
/// in their order.
struct Artifact {
  Bytes product;
  ModelData data;
  std::string header;
  std::vector<std::string> bindings;
};

/// Lets modules be translated to LLVM IR; needed once per context.
void registerEmitDialects(mlir::DialectRegistry &registry);

/// Compiles a module after phase 9 (HostProgram.h says what is in it), which is taken apart. The
/// result does not depend on the number of threads. Fails after a diagnostic.
mlir::FailureOr<Artifact> emitModel(mlir::ModuleOp module, ModelDescription model,
                                    const EmitOptions &options, mlir::TimingScope &timing);

} // namespace mlc

#endif // MLC_COMPILER_EMIT_EMIT_H
