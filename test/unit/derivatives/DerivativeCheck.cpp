#include "test/unit/derivatives/DerivativeCheck.h"
#include "compiler/Autodiff/Passes.h"
#include "dialects/NN/Evaluator.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include <random>

using namespace mlir;
using namespace mlc::nn;

namespace mlc::test {
namespace {

using Tensors = std::vector<Tensor>;

bool isFloat(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && isa<FloatType>(tensor.getElementType());
}
std::string textOf(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}
/// "%x0, %x1"
std::string names(const std::string &stem, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i)
    text += (i ? ", %" : "%") + stem + std::to_string(i);
  return text;
}
std::string join(ArrayRef<Type> types) { return llvm::join(llvm::map_range(types, textOf), ", "); }

/// The functions of one case: @f, its VJP by every subset of arguments, and the VJP of the VJP by
/// all.
class Derivatives {
public:
  Derivatives(MLIRContext *context, const Case &testCase) : context(context), testCase(testCase) {}

  /// Builds and expands the module. Fails with messages in `errors`.
  LogicalResult build(std::vector<std::string> &errors);
  FailureOr<Evaluator::Tensors> call(const std::string &function, const Tensors &arguments) {
    return Evaluator(*module).call(module->lookupSymbol<func::FuncOp>(function), arguments);
  }
  bool hasDerivative() const { return !floatArguments.empty() && !floatResults.empty(); }

  SmallVector<Type> arguments, results;
  SmallVector<Type> floatArguments, floatResults;
  SmallVector<unsigned> floatPositions; ///< of the arguments
  OwningOpRef<ModuleOp> module;

private:
  LogicalResult parseFunction();
  std::string vjpText(const std::string &name, const std::string &callee, ArrayRef<Type> inputs,
                      ArrayRef<Type> outputs, ArrayRef<Type> cotangents, ArrayRef<unsigned> wrt);
  LogicalResult addDecomposed();

  MLIRContext *context;
  const Case &testCase;
};

/// @f, returning the results of its last op.
LogicalResult Derivatives::parseFunction() {
  std::string text = "func.func private @f(";
  for (auto [number, argument] : llvm::enumerate(testCase.arguments))
    text +=
        std::string(number ? ", %" : "%") + static_cast<char>('a' + number) + ": " + argument.type;
  module = parseSourceString<ModuleOp>(text + ") {\n" + testCase.body + "\nreturn\n}",
                                       ParserConfig(context));
  if (!module)
    return failure();
  auto function = module->lookupSymbol<func::FuncOp>("f");
  Operation *terminator = function.getBody().front().getTerminator(),
            *op = terminator->getPrevNode();
  if (op->getName().getStringRef() != testCase.op)
    return op->emitError("the recipe must end with ") << testCase.op;
  terminator->setOperands(op->getResults());
  function.setType(FunctionType::get(context, function.getArgumentTypes(), op->getResultTypes()));
  llvm::append_range(arguments, function.getArgumentTypes());
  llvm::append_range(results, function.getResultTypes());
  llvm::copy_if(results, std::back_inserter(floatResults), isFloat);
  for (auto [position, type] : llvm::enumerate(arguments))
    if (isFloat(type)) {
      floatArguments.push_back(type);
      floatPositions.push_back(position);
    }
  return success();
}

std::string Derivatives::vjpText(const std::string &name, const std::string &callee,
                                 ArrayRef<Type> inputs, ArrayRef<Type> outputs,
                                 ArrayRef<Type> cotangents, ArrayRef<unsigned> wrt) {
  std::string signature, positions, returned;
  for (auto [number, type] : llvm::enumerate(inputs))
    signature += (number ? ", %x" : "%x") + std::to_string(number) + ": " + textOf(type);
  for (auto [number, type] : llvm::enumerate(cotangents))
    signature += ", %u" + std::to_string(number) + ": " + textOf(type);
  SmallVector<Type> gradients;
  for (unsigned position : wrt) {
    positions += (positions.empty() ? "" : ", ") + std::to_string(position);
    returned +=
        (returned.empty() ? "%r#" : ", %r#") + std::to_string(outputs.size() + gradients.size());
    gradients.push_back(inputs[position]);
  }
  SmallVector<Type> all(outputs);
  llvm::append_range(all, gradients);
  return "func.func @" + name + "(" + signature + ") -> (" + join(gradients) +
         ") {\n%r:" + std::to_string(all.size()) + " = nn.vjp @" + callee + "(" +
         names("x", inputs.size()) + ") cotangents(" + names("u", cotangents.size()) + ") wrt(" +
         positions + ") : (" + join(inputs) + "), (" + join(cotangents) + ") -> (" + join(all) +
         ")\nreturn " + returned + " : " + join(gradients) + "\n}\n";
}

/// @decomposed: @f with the op replaced by its decomposition, if it has both that and a rule of its
/// own.
LogicalResult Derivatives::addDecomposed() {
  auto function = cast<func::FuncOp>(module->lookupSymbol<func::FuncOp>("f")->clone());
  function.setName("decomposed");
  module->push_back(function);
  Operation *op = function.getBody().front().getTerminator()->getPrevNode();
  auto composite = dyn_cast<CompositeOpInterface>(op);
  if (!composite || !isa<DifferentiableOpInterface>(op))
    return success();
  OpBuilder builder(op);
  FailureOr<SmallVector<Value>> values = composite.decompose(builder);
  if (failed(values))
    return failure();
  op->replaceAllUsesWith(*values);
  op->erase();
  return success();
}

LogicalResult Derivatives::build(std::vector<std::string> &errors) {
  ScopedDiagnosticHandler handler(
      context, [&](Diagnostic &diagnostic) { errors.push_back(diagnostic.str()); });
  if (failed(parseFunction()))
    return failure();
  if (!hasDerivative())
    return success();
  if (failed(addDecomposed()))
    return failure();
  std::string text;
  llvm::raw_string_ostream stream(text);
  for (auto function : module->getOps<func::FuncOp>())
    stream << function << "\n";
  for (unsigned mask = 1; mask < 1u << floatPositions.size(); ++mask) {
    SmallVector<unsigned> wrt;
    for (auto [bit, position] : llvm::enumerate(floatPositions))
      if (mask >> bit & 1)
        wrt.push_back(position);
    text += vjpText("vjp_" + std::to_string(mask), "f", arguments, results, floatResults, wrt);
  }
  text += vjpText("vjp", "f", arguments, results, floatResults, floatPositions);
  text += vjpText("vjp_decomposed", "decomposed", arguments, results, floatResults, floatPositions);
  SmallVector<Type> inputs(arguments);
  llvm::append_range(inputs, floatResults);
  SmallVector<unsigned> all(floatPositions);
  llvm::append_range(all, llvm::seq<unsigned>(arguments.size(), inputs.size()));
  text += vjpText("vjp_vjp", "vjp", inputs, floatArguments, floatArguments, all);
  module = parseSourceString<ModuleOp>(text, ParserConfig(context));
  if (!module)
    return failure();
  PassManager passes(context);
  passes.addPass(createInlineCallsPass());
  passes.addPass(createExpandDerivativesPass());
  return passes.run(*module);
}

//===- Numbers ----------------------------------------------------------------===//

class Checker {
public:
  Checker(MLIRContext *context, const Case &testCase)
      : testCase(testCase), derivatives(context, testCase),
        random(std::hash<std::string>()(testCase.body)),
        handler(context, [this](Diagnostic &diagnostic) { errors.push_back(diagnostic.str()); }) {}

  std::vector<std::string> run();

private:
  Tensor draw(const Argument &argument);
  Tensor drawLike(const Tensor &like, double low = 0.3, double high = 1.5);
  void compare(const std::string &what, const Tensor &got, const std::vector<double> &expected);
  std::vector<double> transposedJacobian(const std::string &function, Tensors inputs,
                                         unsigned position, const Tensors &cotangents);
  void checkSubsets();
  void checkSecondOrder();
  void checkLinearity();
  void checkClosure();
  bool evaluate(const std::string &function, const Tensors &inputs, Tensors &results);

  const Case &testCase;
  Derivatives derivatives;
  std::mt19937_64 random;
  std::vector<std::string> errors;
  ScopedDiagnosticHandler handler;
  Tensors arguments, cotangents;
  std::vector<std::vector<double>> gradients; ///< by dual numbers, per float argument
};

Tensor Checker::draw(const Argument &argument) {
  auto type = cast<RankedTensorType>(parseType(argument.type, derivatives.module->getContext()));
  if (!type.hasStaticShape())
    type = type.clone(argument.shape);
  Tensor tensor(type);
  std::uniform_real_distribution<double> real(argument.low, argument.high);
  std::uniform_int_distribution<int64_t> integer(static_cast<int64_t>(argument.low),
                                                 static_cast<int64_t>(argument.high));
  for (Scalar &scalar : tensor.data) {
    if (!isa<FloatType>(tensor.element))
      scalar = Scalar::ofInteger(integer(random), tensor.element.getIntOrFloatBitWidth());
    else
      scalar = Scalar::real(real(random) * (argument.positive || random() % 2 ? 1.0 : -1.0));
  }
  return tensor;
}
Tensor Checker::drawLike(const Tensor &like, double low, double high) {
  return draw({textOf(typeOf(like)), {}, low, high});
}

bool Checker::evaluate(const std::string &function, const Tensors &inputs, Tensors &results) {
  FailureOr<Evaluator::Tensors> values = derivatives.call(function, inputs);
  if (failed(values)) {
    errors.push_back("@" + function + " cannot be evaluated");
    return false;
  }
  results.assign(values->begin(), values->end());
  return true;
}

void Checker::compare(const std::string &what, const Tensor &got,
                      const std::vector<double> &expected) {
  constexpr double kTolerance = 1e-10;
  if (got.data.size() != expected.size()) {
    errors.push_back(what + ": wrong number of elements");
    return;
  }
  for (size_t i = 0; i < expected.size(); ++i) {
    double error = std::fabs(got.data[i].value - expected[i]);
    if (error <= kTolerance * std::max(1.0, std::fabs(expected[i])))
      continue;
    errors.push_back(what + ": element " + std::to_string(i) + " is " +
                     std::to_string(got.data[i].value) + ", but should be " +
                     std::to_string(expected[i]) + " (off by " + std::to_string(error * 1e12) +
                     "e-12)");
    return;
  }
}

/// Element i of the result: sum over the float results r of <cotangent r, d r / d (element i of the
/// input)>, by dual numbers.
std::vector<double> Checker::transposedJacobian(const std::string &function, Tensors inputs,
                                                unsigned position, const Tensors &cotangents) {
  std::vector<double> gradient;
  for (Scalar &scalar : inputs[position].data) {
    scalar.tangent = 1.0;
    Tensors results;
    if (!evaluate(function, inputs, results))
      return gradient;
    scalar.tangent = 0.0;
    double sum = 0.0;
    auto cotangent = cotangents.begin();
    for (const Tensor &result : results) {
      if (!isa<FloatType>(result.element))
        continue;
      for (auto [u, dual] : llvm::zip_equal(cotangent->data, result.data))
        sum += u.value * dual.tangent;
      ++cotangent;
    }
    gradient.push_back(sum);
  }
  return gradient;
}

void Checker::checkSubsets() {
  for (unsigned position : derivatives.floatPositions)
    gradients.push_back(transposedJacobian("f", arguments, position, cotangents));
  Tensors inputs = arguments;
  llvm::append_range(inputs, cotangents);
  for (unsigned mask = 1; mask < 1u << derivatives.floatPositions.size(); ++mask) {
    Tensors results;
    if (!evaluate("vjp_" + std::to_string(mask), inputs, results))
      return;
    auto result = results.begin();
    for (auto [bit, position] : llvm::enumerate(derivatives.floatPositions))
      if (mask >> bit & 1)
        compare("first derivative by operand " + std::to_string(position) + " of subset " +
                    std::to_string(mask),
                *result++, gradients[bit]);
  }
  Tensors results;
  if (evaluate("vjp_decomposed", inputs, results))
    for (auto [position, result, gradient] :
         llvm::zip_equal(derivatives.floatPositions, results, gradients))
      compare("derivative of the decomposition by operand " + std::to_string(position), result,
              gradient);
}

void Checker::checkSecondOrder() {
  Tensors inputs = arguments, second, results;
  llvm::append_range(inputs, cotangents);
  for (unsigned position : derivatives.floatPositions)
    second.push_back(drawLike(arguments[position]));
  Tensors all = inputs;
  llvm::append_range(all, second);
  if (!evaluate("vjp_vjp", all, results))
    return;
  SmallVector<unsigned> positions(derivatives.floatPositions);
  llvm::append_range(positions, llvm::seq<unsigned>(arguments.size(), inputs.size()));
  for (auto [position, result] : llvm::zip_equal(positions, results))
    compare("second derivative by operand " + std::to_string(position), result,
            transposedJacobian("vjp", inputs, position, second));
}

/// vjp(3 u + v) = 3 vjp(u) + vjp(v)
void Checker::checkLinearity() {
  Tensors inputs = arguments, others = arguments, results;
  for (const Tensor &cotangent : cotangents) {
    Tensor other = drawLike(cotangent), sum = other;
    for (auto [s, u] : llvm::zip_equal(sum.data, cotangent.data))
      s = s + Scalar::real(3.0) * u;
    inputs.push_back(sum);
    others.push_back(other);
  }
  Tensors otherResults;
  if (!evaluate("vjp", inputs, results) || !evaluate("vjp", others, otherResults))
    return;
  for (auto [result, other, gradient] : llvm::zip_equal(results, otherResults, gradients)) {
    std::vector<double> expected = gradient;
    for (auto [e, o] : llvm::zip_equal(expected, other.data))
      e = 3.0 * e + o.value;
    compare("linearity", result, expected);
  }
}

void Checker::checkClosure() {
  StringRef own = StringRef(testCase.op).split('.').first;
  for (StringRef name : {"vjp", "vjp_vjp"})
    derivatives.module->lookupSymbol<func::FuncOp>(name).getBody().walk([&](Operation *op) {
      StringRef dialect = op->getName().getDialectNamespace();
      bool isIndex = llvm::all_of(op->getResultTypes(), [](Type type) { return type.isIndex(); });
      if (dialect != "nn" && dialect != own && !isa<func::ReturnOp>(op) && !isIndex)
        errors.push_back("@" + name.str() + " holds " + op->getName().getStringRef().str() +
                         ", which is no op of nn");
    });
}

std::vector<std::string> Checker::run() {
  if (failed(derivatives.build(errors))) {
    errors.push_back("the module cannot be built from: " + testCase.body);
    return errors;
  }
  if (!derivatives.hasDerivative())
    return errors;
  for (const Argument &argument : testCase.arguments)
    arguments.push_back(draw(argument));
  Tensors results;
  if (!evaluate("f", arguments, results))
    return errors;
  for (const Tensor &result : results)
    if (isa<FloatType>(result.element))
      cotangents.push_back(drawLike(result));
  checkSubsets();
  checkSecondOrder();
  checkLinearity();
  checkClosure();
  return errors;
}
} // namespace

std::vector<std::string> checkDerivatives(MLIRContext *context, const Case &testCase) {
  return Checker(context, testCase).run();
}

std::vector<Case> casesFor(MLIRContext *context, const std::string &op) {
  if (std::vector<Case> recipes = recipesFor(op); !recipes.empty())
    return recipes;
  for (const char *element : {"f64", "i32"})
    for (const char *operands : {"%a", "%a, %b"}) {
      std::vector<Case> cases;
      for (const char *size : {"6", "?"}) {
        Argument argument{std::string("tensor<") + size + "x" + element + ">", {3}};
        cases.push_back({op, "%y = " + op + " " + operands + " : " + argument.type,
                         std::vector<Argument>(operands[2] == ',' ? 2 : 1, argument)});
      }
      std::vector<std::string> errors;
      if (succeeded(Derivatives(context, cases[0]).build(errors)))
        return cases;
      if (errors.empty() || llvm::StringRef(errors[0]).contains("derivative"))
        return cases; // the check shall say what is wrong
    }
  return {};
}

} // namespace mlc::test
