// Products in register tiles whose rhs lies in panels, or is laid in some on the way.
#include "test/unit/CompiledProduct.h"

using namespace mlir;

namespace mlc::tile {
namespace {

/// lhs[rows, depth] times rhs[depth, columns], row-major.
Product ofMatrices(const Arguments &in, int64_t rows, int64_t columns, int64_t depth) {
  Product product;
  product.rows = in.all({rows});
  product.columns = in.all({columns});
  product.depth = in.all({depth});
  product.lhs = in.operand(in.lhs, {{}, in.all({depth}), in.all({1})});
  product.rhs = in.operand(in.rhs, {{}, in.all({1}), in.all({columns})});
  product.type = product.lhs.element;
  return product;
}

/// Sums that are stored, and sums that wait for all columns of a row.
Epilogue stored(const Arguments &in, int64_t columns) { return plain(in, columns); }
Epilogue around(const Arguments &in, int64_t columns) {
  Epilogue epilogue = plain(in, columns);
  epilogue.isPlain = epilogue.holdsSums = false;
  return epilogue;
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
  bool isLarge = columns * depth * int64_t(sizeof(float)) > ScheduleOptions().l1Bytes;
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

/// rhs is read where it lies by the first tile of a panel, which packs it for those below: columns
/// that fill no panel or no vector, one depth block or several, more rows than one block has.
template <typename MakeEpilogue>
void checkCopied(LaneOptions lanes, int64_t rows, int64_t columns, int64_t depth,
                 MakeEpilogue epilogue) {
  Compiled<float, float, float> compiled(lanes, [&](const Arguments &in) {
    Product product = ofMatrices(in, rows, columns, depth);
    product.epilogue = epilogue(in, columns);
    EXPECT_TRUE(ProductLoops(in.emitter, product, in.options, in.scratch).plan().tiling.copiesRhs);
    return product;
  });
  auto a = numbers<float>(rows * depth, 1), b = numbers<float>(depth * columns, 2);
  std::vector<float> result(rows * columns, -1);
  compiled.run(a, b, result, numbers<float>(columns, 3));
  EXPECT_EQ(result, (matrixProduct<float, float, float>(rows, columns, depth, a, b, false)));
}

TEST(RegisterTile, FirstTilesCopyPanels) {
  for (LaneOptions lanes : kMachines) {
    checkCopied(lanes, 37, 530, 90, stored);
    checkCopied(lanes, 36, 301, 900, stored);
    checkCopied(lanes, 50, 515, 400, around);
    checkCopied(lanes, 61, 1024, 300, around);
  }
}

/// Numbers of 8 bits become floats, scaled by their column.
void checkQuantised(int64_t rows, int64_t columns, int64_t depth) {
  for (LaneOptions lanes : kMachines) {
    Compiled<float, int8_t, float> compiled(lanes, [&](const Arguments &in) {
      Product product = ofMatrices(in, rows, columns, depth);
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

} // namespace
} // namespace mlc::tile
