// A product in register tiles straight over views, without any op: compiled to machine code, to be
// compared with plain loops.
#ifndef MLC_TEST_UNIT_COMPILEDPRODUCT_H
#define MLC_TEST_UNIT_COMPILEDPRODUCT_H

#include "compiler/Codegen/CPU/RegisterTile/RegisterTile.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/Extensions/AllExtensions.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "llvm/Support/TargetSelect.h"

#include <gtest/gtest.h>
#include <random>

namespace mlc::tile {

using namespace mlir;

/// Parts of one argument of the function.
class TestScratch : public Scratch {
public:
  TestScratch(VectorBuilder &emitter, Value memory) : emitter(emitter), memory(memory) {}
  Value allocate(Type element, int64_t elements) override {
    Value offset = emitter.constantIndex(bytes);
    bytes += llvm::alignTo(elements * element.getIntOrFloatBitWidth() / 8, 64);
    return view(offset, MemRefType::get({elements}, element));
  }
  Value viewAs(Value allocated, Type element) override {
    auto whole = allocated.getDefiningOp<memref::ViewOp>();
    MemRefType type = whole.getType();
    int64_t bits = type.getNumElements() * type.getElementTypeBitWidth();
    return view(whole.getByteShift(),
                MemRefType::get({bits / element.getIntOrFloatBitWidth()}, element));
  }
  int64_t bytes = 0;

private:
  Value view(Value offset, MemRefType type) {
    return memref::ViewOp::create(emitter.builder, emitter.location, type, memory, offset,
                                  ValueRange());
  }
  VectorBuilder &emitter;
  Value memory;
};

/// What a test makes a product of: the function's arguments.
struct Arguments {
  VectorBuilder &emitter;
  const ScheduleOptions &options;
  Scratch &scratch;
  Value lhs, rhs, result, extra; ///< extra: a number for each column
  AffineExpr free;               ///< a size that run time tells

  AffineExpr constant(int64_t value) const {
    return getAffineConstantExpr(value, emitter.builder.getContext());
  }
  SmallVector<AffineExpr> all(ArrayRef<int64_t> values) const {
    return llvm::map_to_vector(values, [&](int64_t value) { return constant(value); });
  }
  /// Of elements that lie one after the other.
  Operand operand(Value buffer, Strides strides) const {
    Operand operand;
    operand.buffer = buffer;
    operand.element = cast<MemRefType>(buffer.getType()).getElementType();
    operand.strides = std::move(strides);
    return operand;
  }
};

/// void f(lhs, rhs, result, extra, scratch, free size), compiled for one kind of vectors.
template <typename L, typename R, typename S> class Compiled {
public:
  using Describe = llvm::function_ref<Product(const Arguments &)>;
  using Emit = llvm::function_ref<void(const Arguments &)>;
  /// One product.
  Compiled(LaneOptions lanes, Describe describe)
      : Compiled(
            [&](const Arguments &in) {
              ProductLoops loops(in.emitter, describe(in), in.options, in.scratch);
              loops.emit(in.emitter.constantIndex(0), in.emitter.value(loops.tiles()));
              isDepthCut = loops.plan().isDepthCut;
              rowsOfTile = loops.plan().tiling.rowStep;
            },
            lanes) {}
  Compiled(Emit emitBody, LaneOptions lanes) {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    DialectRegistry registry;
    registerAllDialects(registry);
    registerAllExtensions(registry);
    registerAllToLLVMIRTranslations(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
    OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
    emit(*module, lanes, emitBody);
    compile(*module);
  }

  void run(std::vector<L> lhs, std::vector<R> rhs, std::vector<S> &result, std::vector<float> extra,
           int64_t free = 0) {
    ASSERT_TRUE(engine);
    std::vector<std::aligned_storage_t<64, 64>> scratch(scratchBytes / 64 + 1);
    MemRef a = view(lhs), b = view(rhs), c = view(result), d = view(extra), s = view(scratch);
    s.size *= 64;
    void *pointers[] = {&a, &b, &c, &d, &s};
    void *arguments[] = {&pointers[0], &pointers[1], &pointers[2],
                         &pointers[3], &pointers[4], &free};
    llvm::Error error = engine->invokePacked("_mlir_ciface_f", arguments);
    ASSERT_FALSE(bool(error));
  }

  std::string text;        ///< of the loops
  bool isDepthCut = false; ///< into blocks, of one product
  int64_t rowsOfTile = 0;

private:
  struct MemRef {
    void *allocated, *aligned;
    int64_t offset, size, stride;
  };
  template <typename T> static MemRef view(std::vector<T> &values) {
    return {values.data(), values.data(), 0, int64_t(values.size()), 1};
  }
  template <typename T> Type elementType(Builder &builder) {
    if (std::is_same_v<T, float>)
      return builder.getF32Type();
    return builder.getIntegerType(sizeof(T) * 8);
  }

  void emit(ModuleOp module, LaneOptions lanes, Emit emitBody) {
    OpBuilder builder(module.getBodyRegion());
    auto buffer = [&](Type element) -> Type {
      return MemRefType::get({ShapedType::kDynamic}, element);
    };
    SmallVector<Type> types = {buffer(elementType<L>(builder)), buffer(elementType<R>(builder)),
                               buffer(elementType<S>(builder)), buffer(builder.getF32Type()),
                               buffer(builder.getI8Type()),     builder.getIndexType()};
    auto function =
        func::FuncOp::create(builder, module.getLoc(), "f", builder.getFunctionType(types, {}));
    function->setAttr("llvm.emit_c_interface", builder.getUnitAttr());
    function.addEntryBlock();
    VectorBuilder emitter(function, module.getLoc(), lanes);
    emitter.bindIndex(function.getArgument(5));
    TestScratch scratch(emitter, function.getArgument(4));
    ScheduleOptions options;
    options.lanes = lanes;
    emitBody({emitter, options, scratch, function.getArgument(0), function.getArgument(1),
              function.getArgument(2), function.getArgument(3), builder.getAffineSymbolExpr(0)});
    emitter.builder.setInsertionPointToEnd(&function.getBody().front());
    func::ReturnOp::create(emitter.builder, module.getLoc());
    scratchBytes = scratch.bytes;
    llvm::raw_string_ostream(text) << module;
  }

  void compile(ModuleOp module) {
    PassManager passes(&context);
    passes.addPass(createSCFToControlFlowPass());
    passes.addPass(createConvertVectorToLLVMPass());
    passes.addPass(createFinalizeMemRefToLLVMConversionPass());
    passes.addPass(createArithToLLVMConversionPass());
    passes.addPass(createConvertIndexToLLVMPass());
    passes.addPass(createConvertFuncToLLVMPass());
    passes.addPass(createConvertControlFlowToLLVMPass());
    passes.addPass(createReconcileUnrealizedCastsPass());
    if (failed(passes.run(module)))
      return;
    ExecutionEngineOptions options;
    options.jitCodeGenOptLevel = llvm::CodeGenOptLevel::Default;
    auto created = ExecutionEngine::create(module, options);
    if (created)
      engine = std::move(*created);
    else
      llvm::consumeError(created.takeError());
  }

  MLIRContext context;
  std::unique_ptr<ExecutionEngine> engine;
  int64_t scratchBytes = 0;
};

/// Sums plus the column's number, row by row.
inline Epilogue withExtra(const Arguments &arguments, int64_t columns) {
  VectorBuilder &emitter = arguments.emitter;
  Epilogue epilogue;
  Type element = cast<MemRefType>(arguments.result.getType()).getElementType();
  epilogue.store = [=, &emitter](ArrayRef<LaneIndex>, Value row, LaneIndex column, Value sum) {
    Value extra = emitter.load(arguments.extra, column, emitter.builder.getF32Type());
    LaneIndex at = emitter.add(emitter.uniform(emitter.mul(row, columns)), column);
    emitter.store(arguments.result, at, emitter.addValues(sum, extra), element);
  };
  return epilogue;
}

/// Sums, stored from registers.
inline Epilogue plain(const Arguments &arguments, int64_t columns) {
  VectorBuilder &emitter = arguments.emitter;
  Epilogue epilogue;
  Type element = cast<MemRefType>(arguments.result.getType()).getElementType();
  epilogue.address = [=, &emitter](ArrayRef<LaneIndex>, Value row, LaneIndex column) {
    return emitter.add(emitter.uniform(emitter.mul(row, columns)), column);
  };
  epilogue.store = [=, &emitter](ArrayRef<LaneIndex>, Value row, LaneIndex column, Value sum) {
    LaneIndex at = emitter.add(emitter.uniform(emitter.mul(row, columns)), column);
    emitter.store(arguments.result, at, sum, element);
  };
  epilogue.isPlain = epilogue.holdsSums = epilogue.isRowMajor = true;
  epilogue.result = arguments.result;
  return epilogue;
}

/// Small whole numbers: sums are exact in any order.
template <typename T> std::vector<T> numbers(size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<T> values(count);
  for (T &value : values)
    value = T(int(random() % 7) - 3);
  return values;
}

inline constexpr LaneOptions kMachines[] = {{16, 16, /*hasMaskedMoves=*/false}, {32, 16}, {64, 32}};

/// result[r, c] = sum over d of lhs * rhs (+ extra[c]), by plain loops.
template <typename L, typename R, typename S>
std::vector<S> matrixProduct(int64_t rows, int64_t columns, int64_t depth, const std::vector<L> &a,
                             const std::vector<R> &b, bool isTransposed) {
  std::vector<S> result(rows * columns, 0);
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column)
      for (int64_t d = 0; d < depth; ++d)
        result[row * columns + column] +=
            S(a[row * depth + d]) * S(b[isTransposed ? column * depth + d : d * columns + column]);
  return result;
}

} // namespace mlc::tile

#endif
