// Evaluates what the optimizer and schedule attributes build, and compares it with PyTorch in
// double precision.
#include "dialects/NN/Optimizers.h"
#include "dialects/NN/Evaluator.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace mlir;
using namespace mlc::nn;

namespace {

struct OptimizerGolden {
  const char *text;
  double parameters[3];
};
struct ScheduleGolden {
  const char *text;
  double factors[5];
};
struct ClipGolden {
  double bound, gradients[5];
};
struct FanGolden {
  const char *text;
  std::vector<int64_t> shape;
  bool isUniform;
  double width;
};
#include "OptimizerGoldens.inc"

/// The optimizer of a model's author that the goldens speak of.
constexpr const char *kModule = R"(
  func.func @heavy_ball(%p: tensor<?xf64>, %g: tensor<?xf64>, %m: tensor<?xf64>, %rate: tensor<f32>, %momentum: tensor<f32>,
                        %step: tensor<i64>) -> (tensor<?xf64>, tensor<?xf64>) {
    %n = nn.dim %p, 0 : tensor<?xf64>
    %rate64 = nn.cast %rate : tensor<f32> -> tensor<f64>
    %momentum64 = nn.cast %momentum : tensor<f32> -> tensor<f64>
    %rates = nn.broadcast %rate64 [%n] dims = [] : tensor<f64> -> tensor<?xf64>
    %shares = nn.broadcast %momentum64 [%n] dims = [] : tensor<f64> -> tensor<?xf64>
    %kept = nn.mul %m, %shares : tensor<?xf64>
    %new = nn.add %kept, %g : tensor<?xf64>
    %change = nn.mul %new, %rates : tensor<?xf64>
    %p2 = nn.sub %p, %change : tensor<?xf64>
    return %p2, %new : tensor<?xf64>, tensor<?xf64>
  })";

class Optimizers : public testing::Test {
protected:
  Optimizers() {
    context.loadDialect<NNDialect, func::FuncDialect, arith::ArithDialect>();
    module = parseSourceString<ModuleOp>(kModule, &context);
    vector = RankedTensorType::get({3}, Float64Type::get(&context));
    scalar = RankedTensorType::get({}, Float32Type::get(&context));
    counter = RankedTensorType::get({}, IntegerType::get(&context, 64));
  }

  /// A function whose body is what `build` makes of its arguments.
  func::FuncOp makeFunction(ArrayRef<Type> arguments,
                            function_ref<SmallVector<Value>(ArrayRef<TensorExpr>)> build) {
    OpBuilder builder(&context);
    builder.setInsertionPointToEnd(module->getBody());
    Location location = builder.getUnknownLoc();
    std::string name = "made_" + std::to_string(made++);
    auto function =
        func::FuncOp::create(builder, location, name, builder.getFunctionType(arguments, {}));
    builder.setInsertionPointToStart(function.addEntryBlock());
    SmallVector<TensorExpr> inputs;
    for (Value argument : function.getArguments())
      inputs.emplace_back(builder, location, argument);
    SmallVector<Value> results = build(inputs);
    func::ReturnOp::create(builder, location, results);
    function.setFunctionType(builder.getFunctionType(arguments, ValueRange(results).getTypes()));
    EXPECT_TRUE(succeeded(verify(function)));
    return function;
  }
  Tensor tensor(RankedTensorType type, ArrayRef<double> values) {
    Tensor result(type);
    for (auto [element, value] : llvm::zip_equal(result.data, values))
      element = type.getElementType().isInteger()
                    ? Scalar::ofInteger(static_cast<int64_t>(value), 64)
                    : Scalar::real(value);
    return result;
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  RankedTensorType vector, scalar, counter;
  unsigned made = 0;
};

void expectNear(double got, double expected, StringRef what) {
  EXPECT_NEAR(got, expected, 1e-12 * std::max(1.0, std::fabs(expected))) << what.str();
}

TEST_F(Optimizers, UpdateAsPyTorch) {
  for (const OptimizerGolden &golden : kOptimizers) {
    auto optimizer =
        dyn_cast_or_null<OptimizerAttrInterface>(parseAttribute(golden.text, &context));
    ASSERT_TRUE(optimizer) << golden.text;
    size_t slots = optimizer.slots().size();
    SmallVector<Hyperparameter> hyperparameters = optimizer.hyperparameters();
    SmallVector<Type> types(2 + slots, vector);
    types.append(hyperparameters.size(), scalar);
    types.push_back(counter);
    func::FuncOp update = makeFunction(types, [&](ArrayRef<TensorExpr> arguments) {
      OptimizerInputs inputs;
      inputs.parameter = arguments[0];
      inputs.gradient = arguments[1];
      inputs.slots.assign(arguments.begin() + 2, arguments.begin() + 2 + slots);
      inputs.hyperparameters.assign(arguments.begin() + 2 + slots, arguments.end() - 1);
      inputs.step = arguments.back();
      FailureOr<SmallVector<Value>> results = optimizer.buildUpdate(inputs);
      EXPECT_TRUE(succeeded(results));
      return *results;
    });
    SmallVector<Tensor> state = {tensor(vector, {0.5, -1.25, 2.0})};
    state.append(slots, tensor(vector, {0.0, 0.0, 0.0}));
    for (int step = 0; step < 5; ++step) {
      SmallVector<double> gradient;
      for (int i = 0; i < 3; ++i)
        gradient.push_back(((7 * i + 3 * step) % 11 - 5) / 4.0);
      SmallVector<Tensor> arguments = {state[0], tensor(vector, gradient)};
      arguments.append(state.begin() + 1, state.end());
      for (const Hyperparameter &entry : hyperparameters)
        arguments.push_back(tensor(scalar, entry.initial));
      arguments.push_back(tensor(counter, static_cast<double>(step)));
      auto results = Evaluator(*module).call(update, arguments);
      ASSERT_TRUE(succeeded(results)) << golden.text;
      state = *results;
    }
    for (int i = 0; i < 3; ++i)
      expectNear(state[0].data[i].value, golden.parameters[i], golden.text);
  }
}

// A bf16 parameter is updated in f32 and rounded once.
TEST_F(Optimizers, NarrowParametersKeepTheirTypes) {
  auto narrow = RankedTensorType::get({3}, BFloat16Type::get(&context));
  auto optimizer = cast<OptimizerAttrInterface>(parseAttribute("#nn.adam", &context));
  SmallVector<Type> types(4, narrow);
  types.append(5, scalar);
  types.push_back(counter);
  func::FuncOp update = makeFunction(types, [&](ArrayRef<TensorExpr> arguments) {
    OptimizerInputs inputs{
        arguments[0], arguments[1], {arguments[2], arguments[3]}, {}, arguments[9]};
    inputs.hyperparameters.assign(arguments.begin() + 4, arguments.end() - 1);
    return *optimizer.buildUpdate(inputs);
  });
  for (Type type : update.getResultTypes())
    EXPECT_EQ(type, Type(narrow));
}

TEST_F(Optimizers, SchedulesAsPyTorch) {
  const double steps[] = {0, 1, 3, 9, 10};
  for (const ScheduleGolden &golden : kSchedules) {
    auto schedule = dyn_cast_or_null<ScheduleAttrInterface>(parseAttribute(golden.text, &context));
    ASSERT_TRUE(schedule) << golden.text;
    func::FuncOp factor = makeFunction({Type(scalar)}, [&](ArrayRef<TensorExpr> arguments) {
      auto lengthOf = [&](const Hyperparameter &length) {
        return arguments[0].scalar(length.initial);
      };
      return SmallVector<Value>{schedule.buildFactor(arguments[0], lengthOf)};
    });
    for (auto [step, expected] : llvm::zip_equal(steps, golden.factors)) {
      auto results = Evaluator(*module).call(factor, tensor(scalar, step));
      ASSERT_TRUE(succeeded(results));
      // Constants of the factor are f32.
      EXPECT_NEAR((*results)[0].data[0].value, expected, 1e-6)
          << golden.text << " at step " << step;
    }
  }
}

TEST_F(Optimizers, ClipAsPyTorch) {
  auto pair = RankedTensorType::get({2}, Float64Type::get(&context));
  for (const ClipGolden &golden : kClips) {
    func::FuncOp clip =
        makeFunction({Type(vector), Type(pair)}, [&](ArrayRef<TensorExpr> arguments) {
          return llvm::map_to_vector(clipByGlobalNorm(arguments, golden.bound),
                                     [](const TensorExpr &x) { return x.value(); });
        });
    auto results =
        Evaluator(*module).call(clip, {tensor(vector, {1.0, -2.0, 3.0}), tensor(pair, {0.5, 4.0})});
    ASSERT_TRUE(succeeded(results));
    for (int i = 0; i < 5; ++i)
      expectNear(i < 3 ? (*results)[0].data[i].value : (*results)[1].data[i - 3].value,
                 golden.gradients[i], "clip");
  }
}

TEST_F(Optimizers, FansAsPyTorch) {
  for (const FanGolden &golden : kFans) {
    auto attribute =
        dyn_cast_or_null<InitializerAttrInterface>(parseAttribute(golden.text, &context));
    ASSERT_TRUE(attribute) << golden.text;
    Initializer law =
        attribute.initializerFor(RankedTensorType::get(golden.shape, Float32Type::get(&context)));
    EXPECT_EQ(law.kind, golden.isUniform ? InitializerKind::uniform : InitializerKind::normal)
        << golden.text;
    expectNear(law.a, golden.isUniform ? -golden.width : 0.0, golden.text);
    expectNear(law.b, golden.width, golden.text);
  }
}

} // namespace
