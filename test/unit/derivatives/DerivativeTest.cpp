// Every differentiable op of the dialect, found by reflection; and wrong rules, every one of which
// must be found out.
#include "dialects/NN/ControlFlow.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "test/unit/derivatives/DerivativeCheck.h"
#include "test/unit/derivatives/Planted.h"
#include "llvm/Support/MemoryBuffer.h"
#include <gtest/gtest.h>

using namespace mlir;

namespace mlc::test {
namespace {

MLIRContext *context() {
  static MLIRContext *loaded = [] {
    auto *created = new MLIRContext(MLIRContext::Threading::DISABLED);
    created->loadDialect<nn::NNDialect, planted::PlantedDialect, func::FuncDialect,
                         arith::ArithDialect>();
    return created;
  }();
  return loaded;
}

std::vector<std::string> differentiableOps(StringRef dialect) {
  std::vector<std::string> names;
  for (RegisteredOperationName name : context()->getRegisteredOperations())
    if (name.getDialectNamespace() == dialect && !name.hasInterface<nn::BodyOpInterface>() &&
        (name.hasInterface<nn::DifferentiableOpInterface>() ||
         name.hasInterface<nn::CompositeOpInterface>()))
      names.push_back(name.getStringRef().str());
  return names;
}

/// Ops with regions, whose derivatives are made of those of the ops in them.
std::vector<std::string> opsWithBodies() {
  std::vector<std::string> names;
  for (RegisteredOperationName name : context()->getRegisteredOperations())
    if (name.hasInterface<nn::BodyOpInterface>())
      names.push_back(name.getStringRef().str());
  return names;
}

std::string nameOf(const testing::TestParamInfo<std::string> &info) {
  return StringRef(info.param).split('.').second.str();
}

class DerivativeOf : public testing::TestWithParam<std::string> {};
class DerivativeOfBody : public testing::TestWithParam<std::string> {};
class WrongDerivativeOf : public testing::TestWithParam<std::string> {};

TEST_P(DerivativeOf, EqualsDualNumbers) {
  std::vector<Case> cases = casesFor(context(), GetParam());
  EXPECT_FALSE(cases.empty()) << GetParam()
                              << " needs a recipe in test/unit/derivatives/Recipes.cpp";
  for (const Case &testCase : cases)
    for (const std::string &error : checkDerivatives(context(), testCase))
      ADD_FAILURE() << error << "\nin " << testCase.body;
}

TEST_P(DerivativeOfBody, EqualsDualNumbers) {
  std::vector<Case> cases = recipesFor(GetParam());
  EXPECT_FALSE(cases.empty()) << GetParam()
                              << " needs a recipe in test/unit/derivatives/Recipes.cpp";
  for (const Case &testCase : cases)
    for (const std::string &error : checkDerivatives(context(), testCase))
      ADD_FAILURE() << error << "\nin " << testCase.body;
}

TEST_P(DerivativeOf, HasCorners) {
  auto table = llvm::MemoryBuffer::getFile(CORNERS_TABLE);
  ASSERT_TRUE(table) << CORNERS_TABLE;
  EXPECT_TRUE((*table)->getBuffer().contains("\n" + GetParam() + " f32 |") ||
              (*table)->getBuffer().contains("\n" + GetParam() + " i32 |"))
      << GetParam()
      << " needs its value and derivatives at 0, -0, ties, infinities, NaN, the largest "
      << "and the smallest numbers: test/corners/make_table.py";
}

TEST_P(WrongDerivativeOf, IsFoundOut) {
  std::vector<Case> cases = casesFor(context(), GetParam());
  ASSERT_FALSE(cases.empty());
  for (const Case &testCase : cases)
    EXPECT_FALSE(checkDerivatives(context(), testCase).empty()) << testCase.body;
}

INSTANTIATE_TEST_SUITE_P(NN, DerivativeOf, testing::ValuesIn(differentiableOps("nn")), nameOf);
INSTANTIATE_TEST_SUITE_P(NN, DerivativeOfBody, testing::ValuesIn(opsWithBodies()), nameOf);
INSTANTIATE_TEST_SUITE_P(Planted, WrongDerivativeOf,
                         testing::ValuesIn(differentiableOps("planted")), nameOf);

TEST(Reflection, FindsTheDialect) {
  EXPECT_GE(differentiableOps("nn").size(), 60u);
  EXPECT_GE(differentiableOps("planted").size(), 8u);
}

} // namespace
} // namespace mlc::test
