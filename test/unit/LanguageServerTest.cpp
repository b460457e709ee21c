// What the language server makes of texts and messages, without a session.
#include "tools/mlc-lsp-server/Findings.h"
#include "tools/mlc-lsp-server/Format.h"
#include "gtest/gtest.h"

using namespace mlc::lsp;

/// The line of a text after the first fix for a message at its first byte that is `at`.
static std::string fixed(std::string line, llvm::StringRef at, llvm::StringRef message) {
  SourceText text(line);
  std::vector<Fix> fixes = fixesFor(text, text.text().find(at), message, "/model.mlir");
  if (fixes.empty())
    return "no fix";
  std::vector<TextEdit> edits = fixes.front().edits;
  llvm::sort(edits, [](auto &a, auto &b) { return b.range.start < a.range.start; });
  for (const TextEdit &edit : edits) {
    size_t begin = text.offsetOf(edit.range.start), end = text.offsetOf(edit.range.end);
    line = line.replace(begin, end - begin, edit.newText);
  }
  return line;
}

TEST(SourceText, CountsUnitsOfUtf16) {
  SourceText text("a\n\xc3\xa9\xf0\x9f\x98\x80%x"); // two bytes, one unit; four bytes, two units
  EXPECT_EQ(text.offsetOf(Position(1, 3)), 8u);
  EXPECT_EQ(text.positionOf(8), Position(1, 3));
  EXPECT_EQ(text.wordAt(text.offsetOf(Position(1, 4))).text, "%x");
  EXPECT_EQ(text.offsetOf(Position(1, 99)), 10u);
  EXPECT_EQ(text.offsetOf(Position(99, 0)), 10u);
}

TEST(Fixes, FollowDidYouMean) {
  EXPECT_EQ(fixed("  %y = nn.rellu %x : tensor<4xf32>", "nn.rellu",
                  "expects an operation of the nn dialect, but got nn.rellu\n"
                  "did you mean 'nn.relu' or 'nn.elu'?"),
            "  %y = nn.relu %x : tensor<4xf32>");
  EXPECT_EQ(fixed("  %y = nn.dense %x : tensor<4xf32>", "nn.dense",
                  "there is no op 'dense'\ndid you mean 'nn.linear'?"),
            "  %y = nn.linear %x : tensor<4xf32>");
  EXPECT_EQ(fixed("nn.train_step @s minimizes @l with #nn.adam<lr = 1e-3>", "lr",
                  "expects learning_rate, beta1 or epsilon in #nn.adam, but got 'lr'\n"
                  "did you mean 'learning_rate'?"),
            "nn.train_step @s minimizes @l with #nn.adam<learning_rate = 1e-3>");
  EXPECT_EQ(fixed("  %w = nn.param @weigths : tensor<4xf32>", "nn.param",
                  "expects a declaration `nn.parameter @weigths` in the module, but there is none\n"
                  "did you mean '@weights'?"),
            "  %w = nn.param @weights : tensor<4xf32>");
  EXPECT_EQ(fixed("  %y = nn.relu %x : tensor<4xf32>", "nn.relu",
                  "another place has 'nn.rellu'\ndid you mean 'nn.relu'?"),
            "no fix");
}

TEST(Fixes, AddMarks) {
  EXPECT_EQ(fixed("  y = nn.relu %x : tensor<4xf32>", "y",
                  "expects an operation, but got 'y'\nnames of values begin with %: write %y ="),
            "  %y = nn.relu %x : tensor<4xf32>");
  EXPECT_EQ(fixed("nn.train_step @s minimizes @l with nn.adam", "nn.adam",
                  "expected attribute value\nwrite #nn.adam"),
            "nn.train_step @s minimizes @l with #nn.adam");
}

TEST(Fixes, NameSizesAndTypes) {
  EXPECT_EQ(fixed("func.func @f(%x: tensor<?x5xf32>) {", "%x",
                  "the sizes of %x have no names\n"
                  "write %x: 'tensor<?x5xf32>' {nn.dims = [\"batch\", \"\"]}"),
            "func.func @f(%x: tensor<?x5xf32> {nn.dims = [\"batch\", \"\"]}) {");
  EXPECT_EQ(fixed("func.func @f(%x: tensor<f32>) -> tensor<4xf32> {\n  return %x : tensor<f32>",
                  "return",
                  "type of return operand 0 differs\nreturn a value of that type, or write `-> "
                  "tensor<f32>` as the result type of the function (here 'tensor<4xf32>')"),
            "func.func @f(%x: tensor<f32>) -> tensor<f32> {\n  return %x : tensor<f32>");
}

TEST(Format, IsTheSameAgain) {
  std::string once = format("module @m {\nfunc.func @f(%x: tensor<4xf32>,\n %y: tensor<4xf32>) {\n"
                            "// {\n    return\n}\n\n\n}");
  EXPECT_EQ(once, "module @m {\n  func.func @f(%x: tensor<4xf32>,\n    %y: tensor<4xf32>) {\n"
                  "    // {\n    return\n  }\n\n}\n");
  EXPECT_EQ(format(once), once);
  EXPECT_EQ(format(""), "");
}
