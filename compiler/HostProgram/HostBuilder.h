// Builds LLVM-dialect functions over the structs of runtime/model.h.
#ifndef MLC_COMPILER_HOSTPROGRAM_HOSTBUILDER_H
#define MLC_COMPILER_HOSTPROGRAM_HOSTBUILDER_H

#include "dialects/Kernel/Kernel.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace mlc {

/// A function under construction: a head block for values that are computed once, and a body that
/// grows block by block.
class HostBuilder {
public:
  /// Starts a function at the builder's insertion point. Argument `dimsArgument` holds the free
  /// dimensions, or, for `run`, the mlc_frame that points at them.
  HostBuilder(mlir::OpBuilder &module, mlir::Location location, llvm::StringRef name,
              mlir::Type result, llvm::ArrayRef<mlir::Type> arguments);

  mlir::LLVM::LLVMFuncOp function() { return func; }
  mlir::Value argument(unsigned number) { return func.getArgument(number); }
  mlir::OpBuilder &builder() { return body; }
  mlir::Location location() const { return loc; }
  mlir::Type i64() { return body.getI64Type(); }
  mlir::Type pointer() { return mlir::LLVM::LLVMPointerType::get(body.getContext()); }

  mlir::Value constant(int64_t value);
  mlir::Value constant32(int64_t value);
  /// The value of a size expression; symbol i is free dimension i.
  mlir::Value evaluate(mlir::AffineExpr expr);
  /// The same; `overflow` (i1, null at first) gets whether a number was beyond 64 bits, unless that
  /// cannot be for dimensions of at most nn::kMostElements.
  mlir::Value evaluate(mlir::AffineExpr expr, mlir::Value &overflow);
  /// The same as an f64, about.
  mlir::Value evaluateReal(mlir::AffineExpr expr);
  /// `a * b`, as above.
  mlir::Value multiply(mlir::Value a, mlir::Value b, mlir::Value &overflow);
  /// Adds a condition to an `overflow`.
  void addOverflow(mlir::Value isOverflow, mlir::Value &overflow);
  /// `pointer` moved by `bytes`.
  mlir::Value offset(mlir::Value pointer, mlir::AffineExpr bytes);
  /// The `index`-th 8-byte slot of an array.
  mlir::Value slot(mlir::Value array, int64_t index);
  void store(mlir::Value value, mlir::Value array, int64_t index);
  /// Says where the free dimensions are: an array of i64.
  void setDims(mlir::Value array) { dims = array; }
  /// Free dimension `number`.
  mlir::Value dimension(unsigned number) { return loadOnce(dims, number, i64()); }
  /// A value loaded from an array, once, in the head.
  mlir::Value loadOnce(mlir::Value array, int64_t index, mlir::Type type);
  /// Space for `slots` 8-byte values on the stack.
  mlir::Value allocate(int64_t slots);
  /// Leaves the function with `value` if `condition` (i1) holds.
  void returnIf(mlir::Value condition, mlir::Value value);
  /// Makes a new block and continues there; returns it.
  mlir::Block *startBlock();
  /// Ends the function.
  void finish(mlir::Value value = {});

private:
  mlir::Location loc;
  mlir::LLVM::LLVMFuncOp func;
  mlir::OpBuilder head, body;
  mlir::Block *firstBody;
  mlir::Value dims;
  llvm::DenseMap<std::pair<mlir::Value, int64_t>, mlir::Value> loaded;
};

} // namespace mlc
#endif
