// Products in register tiles straight over views, without any op: compiled to machine code and
// compared with plain loops.
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

using namespace mlir;

namespace mlc::tile {
namespace {

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
Epilogue withExtra(const Arguments &arguments, int64_t columns) {
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
Epilogue plain(const Arguments &arguments, int64_t columns) {
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
  epilogue.isPlain = epilogue.holdsSums = true;
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

constexpr LaneOptions kMachines[] = {{16, 16, /*hasMaskedMoves=*/false}, {32, 16}, {64, 32}};

//===-- Convolution -------------------------------------------------------------------------===//

/// An image, already padded: input[height, width, channels], weights[kernel, kernel, channels,
/// outputs], result[rows, columns, outputs].
struct Convolution {
  int64_t rows, columns, channels, outputs, kernel, stride;
  int64_t width() const { return (columns - 1) * stride + kernel; }
  int64_t height() const { return (rows - 1) * stride + kernel; }

  /// No element of the input is copied: rows of the result overlap in it. The depth is the rows of
  /// the kernel, and in each the columns and channels, which lie side by side.
  Product product(const Arguments &in, bool hasFreeRows) const {
    Product product;
    int64_t line = width() * channels, along = kernel * channels;
    product.rows = {hasFreeRows ? in.free : in.constant(rows), in.constant(columns)};
    product.columns = in.all({outputs});
    product.depth = in.all({kernel, along});
    product.lhs =
        in.operand(in.lhs, {{}, in.all({stride * line, stride * channels}), in.all({line, 1})});
    product.rhs = in.operand(in.rhs, {{}, in.all({1}), in.all({along * outputs, outputs})});
    product.type = product.lhs.element;
    product.epilogue = withExtra(in, outputs);
    return product;
  }

  std::vector<float> expected(const std::vector<float> &input, const std::vector<float> &weights,
                              const std::vector<float> &bias) const {
    std::vector<float> result;
    for (int64_t y = 0; y < rows; ++y)
      for (int64_t x = 0; x < columns; ++x)
        for (int64_t o = 0; o < outputs; ++o) {
          float sum = bias[o];
          for (int64_t ky = 0; ky < kernel; ++ky)
            for (int64_t i = 0; i < kernel * channels; ++i)
              sum += input[((y * stride + ky) * width() + x * stride) * channels + i] *
                     weights[(ky * kernel * channels + i) * outputs + o];
          result.push_back(sum);
        }
    return result;
  }

  void check(LaneOptions lanes, bool hasFreeRows, bool isDeep = false) const {
    Compiled<float, float, float> compiled(
        lanes, [&](const Arguments &in) { return product(in, hasFreeRows); });
    auto input = numbers<float>(height() * width() * channels, 1),
         weights = numbers<float>(kernel * kernel * channels * outputs, 2),
         bias = numbers<float>(outputs, 3);
    std::vector<float> result(rows * columns * outputs, -1);
    compiled.run(input, weights, result, bias, rows);
    EXPECT_EQ(result, expected(input, weights, bias));
    EXPECT_EQ(compiled.isDepthCut, isDeep);
  }
};

/// A view of two dimensions of rows and two of the depth, which overlap.
TEST(RegisterTile, Convolution) {
  for (LaneOptions lanes : kMachines)
    for (bool hasFreeRows : {false, true}) {
      Convolution{9, 11, 5, 19, 3, 1}.check(lanes, hasFreeRows);
      Convolution{4, 7, 3, 32, 7, 2}.check(lanes, hasFreeRows);
      Convolution{5, 13, 4, 19, 3, 1}.check(lanes, hasFreeRows); // tiles go on in the next row
      Convolution{1, 1, 2, 8, 1, 1}.check(lanes, hasFreeRows);
    }
}

/// So many channels that weights are packed on the way, in blocks of the depth that are rows of the
/// kernel.
TEST(RegisterTile, DeepConvolution) {
  for (LaneOptions lanes : kMachines)
    Convolution{12, 12, 400, 300, 3, 1}.check(lanes, /*hasFreeRows=*/false, /*isDeep=*/true);
}

/// lhs is read where it lies, whole rows of the kernel at a time.
TEST(RegisterTile, ReadsOverlappingRowsInPlace) {
  Convolution convolution{9, 11, 16, 32, 3, 1};
  Compiled<float, float, float> compiled(
      {32, 16}, [&](const Arguments &in) { return convolution.product(in, false); });
  StringRef text = compiled.text;
  EXPECT_TRUE(text.contains("scf.for")) << compiled.text;
  EXPECT_FALSE(text.contains("vector<8xindex>")) << compiled.text; // no gathers
  EXPECT_TRUE(text.contains("memref.load %arg0["));
}

/// One address serves for all rows of a tile: none goes on in the next row of the image.
TEST(RegisterTile, TilesFitInRowsOfAnImage) {
  Convolution convolution{28, 28, 128, 128, 3, 1};
  Compiled<float, float, float> compiled(
      {64, 32}, [&](const Arguments &in) { return convolution.product(in, false); });
  EXPECT_EQ(compiled.rowsOfTile, 7);
}

//===-- Other views -------------------------------------------------------------------------===//

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

/// lhs[2, rows, depth] times rhs[2, depth, columns], the sum of both: two dimensions of the depth,
/// the inner of which nobody knows before run time.
void checkSumOfTwo(LaneOptions lanes, int64_t rows, int64_t columns, int64_t depth) {
  Compiled<float, float, float> compiled(lanes, [&](const Arguments &in) {
    Product product;
    product.rows = in.all({rows});
    product.columns = in.all({columns});
    product.depth = {in.constant(2), in.free};
    product.lhs = in.operand(in.lhs, {{}, {in.free}, {in.free * rows, in.constant(1)}});
    product.rhs = in.operand(in.rhs, {{}, in.all({1}), {in.free * columns, in.constant(columns)}});
    product.type = product.lhs.element;
    product.epilogue = plain(in, columns);
    return product;
  });
  auto a = numbers<float>(2 * rows * depth, 1), b = numbers<float>(2 * depth * columns, 2);
  std::vector<float> result(rows * columns, -1);
  compiled.run(a, b, result, {0}, depth);
  auto half = [&](int64_t number) {
    std::vector<float> x(a.begin() + number * rows * depth, a.end()),
        y(b.begin() + number * depth * columns, b.end());
    return matrixProduct<float, float, float>(rows, columns, depth, x, y, false);
  };
  std::vector<float> expected = half(0), second = half(1);
  for (size_t i = 0; i < expected.size(); ++i)
    expected[i] += second[i];
  EXPECT_EQ(result, expected);
}

/// In place, and packed in blocks of a depth that is then one dimension.
TEST(RegisterTile, NestedDepthOfAnySize) {
  for (LaneOptions lanes : kMachines) {
    checkSumOfTwo(lanes, 21, 24, 33);
    checkSumOfTwo(lanes, 40, 1700, 90);
    checkSumOfTwo(lanes, 21, 24, 0);
  }
}

/// lhs[depth, rows], as weight gradients have it: rows are packed once for all columns where the
/// depth, which run time tells, leaves room for that, or else for every block of columns.
void checkColumnsOfLhs(LaneOptions lanes, int64_t rows, int64_t columns, ArrayRef<int64_t> depths) {
  Compiled<float, float, float> compiled(lanes, [&](const Arguments &in) {
    Product product;
    product.rows = in.all({rows});
    product.columns = in.all({columns});
    product.depth = {in.free};
    product.lhs = in.operand(in.lhs, {{}, in.all({1}), in.all({rows})});
    product.rhs = in.operand(in.rhs, {{}, in.all({1}), in.all({columns})});
    product.type = product.lhs.element;
    product.epilogue = plain(in, columns);
    ProductLoops loops(in.emitter, product, in.options, in.scratch);
    EXPECT_TRUE(keepsLhs(loops.plan().problem, loops.plan().tiling));
    return product;
  });
  for (int64_t depth : depths) {
    auto a = numbers<float>(rows * depth, 1), b = numbers<float>(depth * columns, 2);
    std::vector<float> result(rows * columns, -1), transposed(a.size());
    for (int64_t i = 0; i < rows * depth; ++i)
      transposed[i % rows * depth + i / rows] = a[i];
    compiled.run(a, b, result, {0}, depth);
    EXPECT_EQ(result,
              (matrixProduct<float, float, float>(rows, columns, depth, transposed, b, false)));
  }
}

TEST(RegisterTile, FreeDepthOfRowsPackedOnce) {
  checkColumnsOfLhs({32, 16}, 512, 530, {0, 37, 300, 2100});
  checkColumnsOfLhs({64, 32}, 520, 1600, {1, 270});
}

/// rhs lies packed. So few rows that each panel serves all of their tiles, which fetch the next
/// one; more rows; columns that fill no panel; a depth that is cut.
template <typename MakeEpilogue>
void checkGivenPanels(LaneOptions lanes, int64_t columns, int64_t depth, ArrayRef<int64_t> allRows,
                      bool hasFreeRows, MakeEpilogue epilogue) {
  int64_t width = 2 * lanes.lanes(32);
  auto b = numbers<float>(depth * columns, 2), extra = numbers<float>(columns, 3);
  std::vector<float> panels(llvm::alignTo(columns, width) * depth, 0);
  for (int64_t at = 0; at < depth; ++at)
    for (int64_t column = 0; column < columns; ++column)
      panels[(column / width * depth + at) * width + column % width] = b[at * columns + column];
  auto product = [&](const Arguments &in, int64_t rows) {
    Product product;
    product.rows = {hasFreeRows ? in.free : in.constant(rows)};
    product.columns = in.all({columns});
    product.depth = in.all({depth});
    product.lhs = in.operand(in.lhs, {{}, in.all({depth}), in.all({1})});
    product.rhs.element = product.type = product.lhs.element;
    product.rhs.panels = in.rhs;
    product.rhs.panelColumns = width;
    product.epilogue = epilogue(in, columns);
    return product;
  };
  bool isLarge = columns * depth * int64_t(sizeof(float)) > ScheduleOptions().l2Bytes;
  std::unique_ptr<Compiled<float, float, float>> compiled;
  for (int64_t rows : allRows) {
    if (!compiled || !hasFreeRows)
      compiled = std::make_unique<Compiled<float, float, float>>(
          lanes, [&](const Arguments &in) { return product(in, rows); });
    EXPECT_EQ(StringRef(compiled->text).contains("memref.prefetch %arg1["), isLarge);
    auto a = numbers<float>(rows * depth, 1);
    std::vector<float> result(rows * columns, -1);
    compiled->run(a, panels, result, extra, rows);
    EXPECT_EQ(result, (matrixProduct<float, float, float>(rows, columns, depth, a, b, false)));
  }
}

TEST(RegisterTile, FewTilesTakePanelsTogether) {
  auto stored = [](const Arguments &in, int64_t columns) { return plain(in, columns); };
  auto around = [](const Arguments &in, int64_t columns) {
    Epilogue epilogue = plain(in, columns); // its sums wait for all columns of a row
    epilogue.isPlain = epilogue.holdsSums = false;
    return epilogue;
  };
  for (LaneOptions lanes : kMachines) {
    for (int64_t rows : {13, 20, 24})
      checkGivenPanels(lanes, 100, 70, rows, /*hasFreeRows=*/false, stored);
    int64_t some[] = {0, 1, 5, 7, 12, 13, 20, 24, 25, 33, 48, 49, 61};
    checkGivenPanels(lanes, 200, 100, some, /*hasFreeRows=*/true, stored);
    checkGivenPanels(lanes, 330, 60, some, /*hasFreeRows=*/true, around);
    checkGivenPanels(lanes, 70, 2500, {20, 53}, /*hasFreeRows=*/true, around);
    checkGivenPanels(lanes, 130, 2500, {20, 53}, /*hasFreeRows=*/true, stored);
    checkGivenPanels(lanes, 600, 500, {20, 53}, /*hasFreeRows=*/true, stored);
  }
}

/// Numbers of 8 bits become floats, scaled by their column.
void checkQuantised(int64_t rows, int64_t columns, int64_t depth) {
  for (LaneOptions lanes : kMachines) {
    Compiled<float, int8_t, float> compiled(lanes, [&](const Arguments &in) {
      Product product;
      product.rows = in.all({rows});
      product.columns = in.all({columns});
      product.depth = in.all({depth});
      product.lhs = in.operand(in.lhs, {{}, in.all({depth}), in.all({1})});
      product.rhs = in.operand(in.rhs, {{}, in.all({1}), in.all({columns})});
      product.type = product.lhs.element;
      VectorBuilder &emitter = in.emitter;
      product.rhs.onLoad = [&emitter, scales = in.extra](Value loaded, LaneIndex column, Value) {
        Type type = emitter.builder.getF32Type();
        Value number = arith::SIToFPOp::create(emitter.builder, emitter.location,
                                               emitter.laneType(type), loaded);
        Value scale = emitter.splat(emitter.load(scales, column, type));
        return Value(arith::MulFOp::create(emitter.builder, emitter.location, number, scale));
      };
      product.epilogue = plain(in, columns);
      return product;
    });
    auto a = numbers<float>(rows * depth, 1), scales = numbers<float>(columns, 3);
    auto b = numbers<int8_t>(depth * columns, 2);
    std::vector<float> result(rows * columns, -1);
    compiled.run(a, b, result, scales);
    auto expected = matrixProduct<float, int8_t, float>(rows, columns, depth, a, b, false);
    for (size_t i = 0; i < expected.size(); ++i)
      expected[i] *= scales[i % columns];
    EXPECT_EQ(result, expected);
  }
}

/// As the tile loads them, or, where many rows need them again, when rhs is packed.
TEST(RegisterTile, QuantisedColumns) {
  checkQuantised(37, 48, 65);
  checkQuantised(260, 530, 21);
}

/// lhs has no memory: its numbers are computed, and packed. rhs lies along the depth.
TEST(RegisterTile, ComputedRows) {
  constexpr int64_t kRows = 29, kColumns = 50, kDepth = 40;
  for (LaneOptions lanes : kMachines) {
    Compiled<float, float, float> compiled(lanes, [&](const Arguments &in) {
      Product product;
      product.rows = in.all({kRows});
      product.columns = in.all({kColumns});
      product.depth = in.all({kDepth});
      VectorBuilder &emitter = in.emitter;
      product.lhs.element = product.type = emitter.builder.getF32Type();
      product.lhs.isComputedAlongDepth = true;
      product.lhs.valueAt = [&emitter, buffer = in.lhs](ArrayRef<LaneIndex>, LaneIndex row,
                                                        LaneIndex depth) {
        Type type = emitter.builder.getF32Type();
        LaneIndex at = emitter.add(emitter.mul(row, emitter.constantIndex(kDepth)), depth);
        Value number = emitter.load(buffer, at, type);
        return Value(arith::NegFOp::create(emitter.builder, emitter.location, number));
      };
      product.rhs = in.operand(in.rhs, {{}, in.all({kDepth}), in.all({1})});
      product.epilogue = plain(in, kColumns);
      return product;
    });
    auto a = numbers<float>(kRows * kDepth, 1), b = numbers<float>(kDepth * kColumns, 2);
    std::vector<float> result(kRows * kColumns, -1);
    compiled.run(a, b, result, {0});
    for (float &number : a)
      number = -number;
    EXPECT_EQ(result, (matrixProduct<float, float, float>(kRows, kColumns, kDepth, a, b, true)));
  }
}

/// Words of four numbers of 8 bits, by plain operations; the last word is not full.
TEST(RegisterTile, DotProductsOfWords) {
  constexpr int64_t kRows = 13, kColumns = 35, kDepth = 27;
  const DotInstruction *quads = findDotInstruction("quads", /*isFloat=*/false);
  ASSERT_TRUE(quads);
  for (LaneOptions lanes : kMachines) {
    Compiled<int8_t, int8_t, int32_t> compiled(lanes, [&](const Arguments &in) {
      Product product;
      product.rows = in.all({kRows});
      product.columns = in.all({kColumns});
      product.depth = in.all({kDepth});
      product.lhs = in.operand(in.lhs, {{}, in.all({kDepth}), in.all({1})});
      product.rhs = in.operand(in.rhs, {{}, in.all({1}), in.all({kColumns})});
      product.type = in.emitter.builder.getI32Type();
      product.dot = DotForm(quads);
      product.epilogue = plain(in, kColumns);
      return product;
    });
    auto a = numbers<int8_t>(kRows * kDepth, 1), b = numbers<int8_t>(kDepth * kColumns, 2);
    std::vector<int32_t> result(kRows * kColumns, -1);
    compiled.run(a, b, result, {0});
    EXPECT_EQ(result,
              (matrixProduct<int8_t, int8_t, int32_t>(kRows, kColumns, kDepth, a, b, false)));
  }
}

/// Windows of narrow numbers: words in place, in depths that are cut too, packed run by run, and in
/// the product of their gradient, whose depth are positions.
TEST(RegisterTile, WordsOfWindows) {
  constexpr int64_t kSize = 10, kOutputs = 35;
  const DotInstruction *quads = findDotInstruction("quads", /*isFloat=*/false);
  ASSERT_TRUE(quads);
  for (LaneOptions lanes : kMachines)
    for (bool isGradient : {false, true})
      for (auto [channels, kernel] : {std::pair(4, 3), {3, 3}, {8, 1}, {400, 3}}) {
        int64_t positions = kSize - kernel + 1, line = kSize * channels, along = kernel * channels;
        if (isGradient)
          positions = positions / 4 * 4; // whole words of a line
        Compiled<int8_t, int8_t, int32_t> compiled(lanes, [&](const Arguments &in) {
          Product product;
          product.rows = in.all({positions, positions});
          product.depth = in.all({kernel, along});
          SmallVector<AffineExpr> ofRows = in.all({line, channels}), ofDepth = in.all({line, 1}),
                                  ofRhs = in.all({along * kOutputs, kOutputs});
          if (isGradient) {
            std::swap(product.rows, product.depth);
            std::swap(ofRows, ofDepth);
            ofRhs = in.all({positions * kOutputs, kOutputs});
          }
          product.columns = in.all({kOutputs});
          product.lhs = in.operand(in.lhs, {{}, ofRows, ofDepth});
          product.rhs = in.operand(in.rhs, {{}, in.all({1}), ofRhs});
          product.type = in.emitter.builder.getI32Type();
          product.dot = DotForm(quads);
          product.epilogue = plain(in, kOutputs);
          return product;
        });
        int64_t rows = positions * positions, depth = kernel * along;
        std::vector<int8_t> image = numbers<int8_t>(kSize * line, 1), windows;
        for (int64_t row = 0; row < rows; ++row)
          for (int64_t at = 0; at < depth; ++at)
            windows.push_back(image[(row / positions + at / along) * line +
                                    row % positions * channels + at % along]);
        if (isGradient) {
          std::vector<int8_t> turned;
          for (int64_t at = 0; at < depth; ++at)
            for (int64_t row = 0; row < rows; ++row)
              turned.push_back(windows[row * depth + at]);
          windows = turned;
          std::swap(rows, depth);
        }
        auto other = numbers<int8_t>(depth * kOutputs, 2);
        std::vector<int32_t> result(rows * kOutputs, -1);
        compiled.run(image, other, result, {0});
        EXPECT_EQ(result, (matrixProduct<int8_t, int8_t, int32_t>(rows, kOutputs, depth, windows,
                                                                  other, false)));
      }
}

/// A few rows take the way that reads rhs in order; one view serves every batch position.
TEST(RegisterTile, FewRowsOfSeveralBatches) {
  constexpr int64_t kBatches = 3, kRows = 2, kColumns = 40, kDepth = 30;
  Compiled<float, float, float> compiled({32, 16}, [&](const Arguments &in) {
    Product product;
    product.batch = in.all({kBatches});
    product.rows = in.all({kRows});
    product.columns = in.all({kColumns});
    product.depth = in.all({kDepth});
    product.lhs = in.operand(in.lhs, {in.all({kRows * kDepth}), in.all({kDepth}), in.all({1})});
    product.rhs = in.operand(in.rhs, {in.all({0}), in.all({1}), in.all({kColumns})});
    product.type = product.lhs.element;
    VectorBuilder &emitter = in.emitter;
    product.epilogue.store = [&emitter, result = in.result](ArrayRef<LaneIndex> batch, Value row,
                                                            LaneIndex column, Value sum) {
      Value line = emitter.add(emitter.mul(batch[0].base, kRows), row);
      LaneIndex at = emitter.add(emitter.uniform(emitter.mul(line, kColumns)), column);
      emitter.store(result, at, sum, emitter.builder.getF32Type());
    };
    return product;
  });
  auto a = numbers<float>(kBatches * kRows * kDepth, 1), b = numbers<float>(kDepth * kColumns, 2);
  std::vector<float> result(kBatches * kRows * kColumns, -1);
  compiled.run(a, b, result, {0});
  EXPECT_EQ(result,
            (matrixProduct<float, float, float>(kBatches * kRows, kColumns, kDepth, a, b, false)));
}

/// Two products around a pass over what is between them, in a loop over heads, as attention has
/// them: max(q k', 0) v, of which the scores wait in scratch memory.
struct Heads {
  static constexpr int64_t kHeads = 3, kLength = 30, kWidth = 20;

  void emit(const Arguments &in, Value head) const {
    VectorBuilder &emitter = in.emitter;
    Type type = emitter.builder.getF32Type();
    Value first = emitter.mul(head, kLength * kWidth),
          scores = in.scratch.allocate(type, kLength * kLength);
    auto emitProduct = [&](Product product, Value to, Value offset, bool isScore) {
      int64_t columns = numberOf(product.columns[0]);
      product.type = type;
      product.epilogue.store = [&, columns](ArrayRef<LaneIndex>, Value row, LaneIndex column,
                                            Value sum) {
        Value zero = emitter.splat(emitter.constant(emitter.builder.getF32FloatAttr(0)));
        if (isScore)
          sum = arith::MaximumFOp::create(emitter.builder, emitter.location, sum, zero);
        Value line = emitter.add(offset, emitter.mul(row, columns));
        emitter.store(to, emitter.add(emitter.uniform(line), column), sum, type);
      };
      ProductLoops loops(emitter, std::move(product), in.options, in.scratch);
      loops.emit(emitter.constantIndex(0), emitter.value(loops.tiles()));
    };
    Product score, sum;
    score.rows = score.columns = sum.rows = sum.depth = in.all({kLength});
    score.depth = sum.columns = in.all({kWidth});
    score.lhs = in.operand(in.lhs, {{}, in.all({kWidth}), in.all({1})});
    score.rhs = in.operand(in.rhs, {{}, in.all({kWidth}), in.all({1})});
    sum.lhs = in.operand(scores, {{}, in.all({kLength}), in.all({1})});
    sum.rhs = in.operand(in.extra, {{}, in.all({1}), in.all({kWidth})});
    score.lhs.offset = score.rhs.offset = sum.rhs.offset = first;
    emitProduct(score, scores, emitter.constantIndex(0), /*isScore=*/true);
    emitProduct(sum, in.result, first, /*isScore=*/false);
  }
};

TEST(RegisterTile, TwoProductsInALoop) {
  constexpr int64_t kSize = Heads::kLength * Heads::kWidth, kLength = Heads::kLength;
  using Test = Compiled<float, float, float>;
  for (LaneOptions lanes : kMachines) {
    Test compiled(
        [&](const Arguments &in) {
          in.emitter.forLoop(in.emitter.constantIndex(0), in.emitter.constantIndex(Heads::kHeads),
                             1, [&](Value head) { Heads().emit(in, head); });
        },
        lanes);
    auto q = numbers<float>(Heads::kHeads * kSize, 1), k = numbers<float>(q.size(), 2),
         v = numbers<float>(q.size(), 3);
    std::vector<float> result(q.size(), -1), expected;
    compiled.run(q, k, result, v);
    for (int64_t head = 0; head < Heads::kHeads; ++head) {
      auto part = [&](const std::vector<float> &all) {
        return std::vector<float>(all.begin() + head * kSize, all.begin() + (head + 1) * kSize);
      };
      auto scores = matrixProduct<float, float, float>(kLength, kLength, Heads::kWidth, part(q),
                                                       part(k), true);
      for (float &score : scores)
        score = std::max(score, 0.0f);
      llvm::append_range(expected, matrixProduct<float, float, float>(
                                       kLength, Heads::kWidth, kLength, scores, part(v), false));
    }
    EXPECT_EQ(result, expected);
  }
}

} // namespace
} // namespace mlc::tile
