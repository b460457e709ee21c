// Every op that the dialect registers has its entry in the reference, and nothing else has.
#include "tools/reference/Reference.h"
#include "dialects/NN/NN.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace mlc;

TEST(Reference, HasEveryOp) {
  MLIRContext context;
  context.loadDialect<nn::NNDialect>();
  size_t count = 0;
  for (RegisteredOperationName op : context.getRegisteredOperationsByDialect("nn")) {
    std::vector<const ReferenceEntry *> found = entriesNamed(op.getStringRef());
    ASSERT_EQ(found.size(), 1u) << op.getStringRef().str();
    EXPECT_TRUE(found.front()->isOp());
    ++count;
  }
  size_t entries =
      llvm::count_if(referenceEntries(), [](const ReferenceEntry &entry) { return entry.isOp(); });
  EXPECT_EQ(entries, count);
  EXPECT_GT(count, 100u);
}

TEST(Reference, SaysAllOfEveryEntry) {
  for (const ReferenceEntry &entry : referenceEntries()) {
    for (llvm::StringRef part : {"```mlir\n", "**Semantics**", "**Source**", "**PyTorch**"})
      EXPECT_TRUE(entry.text.contains(part)) << entry.name.str();
    if (entry.isOp()) {
      EXPECT_TRUE(entry.text.contains("**Shapes**")) << entry.name.str();
      EXPECT_TRUE(entry.text.contains("**Derivative**")) << entry.name.str();
    }
  }
}

TEST(Reference, FindsNearNames) {
  auto nearest = [](llvm::StringRef name) {
    std::vector<const ReferenceEntry *> found = entriesNear(name);
    return found.empty() ? "" : found.front()->name.str();
  };
  EXPECT_EQ(nearest("rellu"), "nn.relu");
  EXPECT_EQ(nearest("nn.softmx"), "nn.softmax");
  EXPECT_EQ(nearest("sigmoid"), "nn.logistic");
  EXPECT_EQ(nearest("qqqqqqqqq"), "");
}
