// Products in register tiles over views of many kinds.
#include "test/unit/CompiledProduct.h"

using namespace mlir;

namespace mlc::tile {
namespace {

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
  auto rowsOfTile = [](const Convolution &convolution) {
    Compiled<float, float, float> compiled(
        {64, 32}, [&](const Arguments &in) { return convolution.product(in, false); });
    return compiled.rowsOfTile;
  };
  EXPECT_EQ(rowsOfTile({28, 28, 128, 128, 3, 1}), 14);
  EXPECT_EQ(rowsOfTile({28, 28, 4, 128, 3, 1}), 7); // short runs
}

//===-- Other views -------------------------------------------------------------------------===//

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

/// Words of four numbers of 8 bits, by plain operations on vectors and on registers of matrices;
/// the last word is not full, and the last tile has a few rows, one register of them, or nearly
/// two.
TEST(RegisterTile, DotProductsOfWords) {
  for (LaneOptions lanes : kMachines)
    for (const char *name : {"quads", "matrices"})
      for (auto [rows, columns, depth] : {std::tuple(13, 35, 27), {77, 70, 1667}, {63, 16, 64}}) {
        Compiled<int8_t, int8_t, int32_t> compiled(
            lanes, [&, rows = rows, columns = columns, depth = depth](const Arguments &in) {
              Product product;
              product.rows = {rows == 63 ? in.free : in.constant(rows)};
              product.columns = in.all({columns});
              product.depth = in.all({depth});
              product.lhs = in.operand(in.lhs, {{}, in.all({depth}), in.all({1})});
              product.rhs = in.operand(in.rhs, {{}, in.all({1}), in.all({columns})});
              product.type = in.emitter.builder.getI32Type();
              product.dot = DotForm(findDotInstruction(name, /*isFloat=*/false));
              product.epilogue = plain(in, columns);
              return product;
            });
        auto a = numbers<int8_t>(rows * depth, 1), b = numbers<int8_t>(depth * columns, 2);
        std::vector<int32_t> result(rows * columns, -1);
        compiled.run(a, b, result, {0}, rows);
        EXPECT_EQ(result,
                  (matrixProduct<int8_t, int8_t, int32_t>(rows, columns, depth, a, b, false)))
            << name << " " << rows;
      }
}

/// lhs comes as words, those of a depth side by side, and the sums are added to what is there, in
/// rows of whole vectors.
TEST(RegisterTile, AddsProductsOfGivenWords) {
  constexpr int64_t kColumns = 40, kPitch = 48, kDepth = 108, kOfWord = 4;
  for (LaneOptions lanes : kMachines)
    for (const char *name : {"quads", "matrices"})
      for (int64_t rows : {13, 32, 77}) {
        DotForm dot(findDotInstruction(name, /*isFloat=*/false));
        Compiled<int32_t, int8_t, int32_t> compiled(lanes, [&](const Arguments &in) {
          Product product;
          product.rows = in.all({rows});
          product.columns = in.all({kColumns});
          product.depth = in.all({kDepth});
          product.lhs = in.operand(in.lhs, {{}, in.all({1}), in.all({rows})});
          product.lhs.element = in.emitter.builder.getI8Type();
          product.lhs.isInWords = true;
          product.rhs = in.operand(in.rhs, {{}, in.all({1}), in.all({kColumns})});
          product.type = in.emitter.builder.getI32Type();
          product.dot = dot;
          product.epilogue = plain(in, kPitch);
          product.epilogue.adds = true;
          return product;
        });
        auto a = numbers<int8_t>(rows * kDepth, 1), b = numbers<int8_t>(kDepth * kColumns, 2);
        auto before = numbers<int32_t>(rows * kPitch, 3), result = before;
        std::vector<int32_t> words(rows * kDepth / kOfWord);
        for (int64_t row = 0; row < rows; ++row)
          for (int64_t depth = 0; depth < kDepth; ++depth)
            reinterpret_cast<int8_t *>(&words[depth / kOfWord * rows + row])[depth % kOfWord] =
                a[row * kDepth + depth] ^ (dot.hasOffset() ? -128 : 0);
        compiled.run(words, b, result, {0});
        auto products = matrixProduct<int8_t, int8_t, int32_t>(rows, kColumns, kDepth, a, b, false);
        for (int64_t row = 0; row < rows; ++row)
          for (int64_t column = 0; column < kColumns; ++column)
            ASSERT_EQ(result[row * kPitch + column],
                      before[row * kPitch + column] + products[row * kColumns + column])
                << name << " " << rows;
      }
}

/// Windows of narrow numbers: words in place, in depths that are cut too, packed run by run, and in
/// the product of their gradient, whose depth are positions.
TEST(RegisterTile, WordsOfWindows) {
  constexpr int64_t kSize = 10, kOutputs = 35;
  for (LaneOptions lanes : kMachines)
    for (auto [isGradient, name] :
         {std::pair(false, "quads"), {true, "quads"}, {false, "matrices"}, {true, "matrices"}})
      for (auto [channels, kernel] : {std::pair(4, 3), {3, 3}, {8, 1}, {64, 3}, {400, 3}}) {
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
          product.dot = DotForm(findDotInstruction(name, /*isFloat=*/false));
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

/// The product of a gradient by the image: kernels lie along the depth, in runs from the last to
/// the first, which squares of words do not cross.
TEST(RegisterTile, WordsOfTurnedKernels) {
  constexpr int64_t kSize = 10, kKernel = 3, kOutputs = 35, kPositions = kSize - kKernel + 1;
  for (LaneOptions lanes : kMachines)
    for (const char *name : {"quads", "matrices"})
      for (int64_t channels : {64, 20}) {
        int64_t line = kSize * channels, along = kKernel * channels, depth = kKernel * along;
        Compiled<int8_t, int8_t, int32_t> compiled(lanes, [&](const Arguments &in) {
          Product product;
          product.rows = in.all({kPositions, kPositions});
          product.columns = in.all({kOutputs});
          product.depth = in.all({kKernel, along});
          product.lhs = in.operand(in.lhs, {{}, in.all({line, channels}), in.all({line, 1})});
          product.rhs = in.operand(in.rhs, {{}, in.all({depth}), in.all({-along, 1})});
          product.rhs.offset = in.emitter.constantIndex((kKernel - 1) * along);
          product.type = in.emitter.builder.getI32Type();
          product.dot = DotForm(findDotInstruction(name, /*isFloat=*/false));
          product.epilogue = plain(in, kOutputs);
          return product;
        });
        std::vector<int8_t> image = numbers<int8_t>(kSize * line, 1), windows,
                            kernels(kOutputs * depth);
        for (int64_t row = 0; row < kPositions * kPositions; ++row)
          for (int64_t at = 0; at < depth; ++at)
            windows.push_back(image[(row / kPositions + at / along) * line +
                                    row % kPositions * channels + at % along]);
        auto other = numbers<int8_t>(depth * kOutputs, 2);
        for (int64_t at = 0; at < depth; ++at)
          for (int64_t column = 0; column < kOutputs; ++column)
            kernels[column * depth + (kKernel - 1 - at / along) * along + at % along] =
                other[at * kOutputs + column];
        std::vector<int32_t> result(kPositions * kPositions * kOutputs, -1);
        compiled.run(image, kernels, result, {0});
        EXPECT_EQ(result, (matrixProduct<int8_t, int8_t, int32_t>(kPositions * kPositions, kOutputs,
                                                                  depth, windows, other, false)))
            << name << " " << channels;
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
