#include "tools/mlc-opt/Evaluate.h"
#include "dialects/NN/AttributeNames.h"
#include "dialects/NN/Evaluator.h"
#include "dialects/NN/NN.h"
#include "mlir/Pass/Pass.h"

using namespace mlir;

namespace mlc {
namespace {

/// The tensors that outlive a call: parameters and states, or the storages that they became.
class StoredValues {
public:
  explicit StoredValues(ModuleOp module) : module(module) {}

  /// Gives the declarations their values.
  LogicalResult initialize(nn::Evaluator &evaluator) {
    for (Operation &op : module.getOps()) {
      auto type = op.getAttrOfType<TypeAttr>("type"); // of a declaration
      if (type && failed(nn::checkEvaluable(op.getLoc(), type.getValue())))
        return failure();
      if (auto parameter = dyn_cast<nn::ParameterOp>(op))
        setInitial(evaluator.parameters, &op, parameter.getSymName(), parameter.getInit(),
                   parameter.getType());
      if (auto state = dyn_cast<nn::StateOp>(op))
        setInitial(evaluator.states, &op, state.getSymName(), state.getInit(), state.getType());
    }
    for (auto storage : module.getOps<nn::StorageOp>())
      setStorage(storage, evaluator);
    return success();
  }

  std::map<std::string, nn::Tensor> storages;

private:
  using Values = std::map<std::string, nn::Tensor>;

  static void setInitial(Values &values, Operation *declaration, StringRef name, Attribute init,
                         Type type) {
    if (auto value = declaration->getAttrOfType<DenseElementsAttr>(nn::kValueAttr))
      values[name.str()] = nn::tensorOf(value);
    else if (std::optional<double> number = constantOf(init, type)) {
      auto tensorType = cast<RankedTensorType>(type);
      values[name.str()] =
          nn::Tensor(tensorType, nn::cast(nn::Scalar::real(*number), tensorType.getElementType()));
    }
  }
  /// The number that the initialiser fills with, if it is one number.
  static std::optional<double> constantOf(Attribute init, Type type) {
    auto initializer = dyn_cast<nn::InitializerAttrInterface>(init);
    if (!initializer)
      return std::nullopt;
    nn::Initializer law = initializer.initializerFor(cast<RankedTensorType>(type));
    return law.kind == nn::InitializerKind::constant ? std::optional(law.a) : std::nullopt;
  }
  void setStorage(nn::StorageOp storage, nn::Evaluator &evaluator) {
    auto type = cast<RankedTensorType>(storage.getType());
    double initial = storage.getInitial() ? storage.getInitial()->convertToDouble() : 0.0;
    nn::Tensor value(type, nn::cast(nn::Scalar::real(initial), type.getElementType()));
    if (storage.getKind() == nn::StorageKind::state)
      if (auto found = evaluator.states.find(stateOf(storage)); found != evaluator.states.end())
        value = found->second;
    if (storage.getKind() == nn::StorageKind::parameter)
      for (auto member : storage.getMembersAttr().getAsRange<DictionaryAttr>()) {
        auto found = evaluator.parameters.find(member.getAs<StringAttr>("name").str());
        if (found != evaluator.parameters.end())
          llvm::copy(found->second.data,
                     value.data.begin() + member.getAs<IntegerAttr>("offset").getInt());
      }
    storages[storage.getSymName().str()] = value;
  }
  static std::string stateOf(nn::StorageOp storage) {
    auto name = storage->getAttrOfType<StringAttr>(nn::kNameAttr);
    return name ? name.str() : storage.getSymName().str();
  }

  ModuleOp module;
};

struct EvaluatePass : PassWrapper<EvaluatePass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(EvaluatePass)
  EvaluatePass() = default;
  EvaluatePass(const EvaluatePass &other) : PassWrapper(other) {}

  StringRef getArgument() const final { return "evaluate"; }
  void getDependentDialects(DialectRegistry &registry) const final {
    registry.insert<arith::ArithDialect,
                    func::FuncDialect>(); // the evaluator builds static copies with them
  }
  StringRef getDescription() const final {
    return "Run the public functions whose arguments have values, and print the results";
  }

  Option<bool> round{
      *this, "round",
      llvm::cl::desc(
          "Round the result of every op to its dtype; otherwise everything is a double")};
  Option<unsigned> digits{
      *this, "digits",
      llvm::cl::desc("Significant digits of printed floats; 0: as many as the dtype holds")};
  Option<unsigned> calls{*this, "calls", llvm::cl::desc("How often each function is called"),
                         llvm::cl::init(1)};

  void runOnOperation() override {
    nn::Evaluator evaluator(getOperation(), round ? nn::Rounding::eachOp : nn::Rounding::none);
    StoredValues stored(getOperation());
    if (failed(stored.initialize(evaluator)))
      return signalPassFailure();
    for (auto function : getOperation().getOps<func::FuncOp>())
      for (unsigned call = 0; function.isPublic() && call < calls; ++call)
        if (failed(evaluate(function, evaluator, stored)))
          return signalPassFailure();
  }

  LogicalResult evaluate(func::FuncOp function, nn::Evaluator &evaluator, StoredValues &stored) {
    SmallVector<nn::Tensor> arguments;
    for (unsigned i = 0; i < function.getNumArguments(); ++i) {
      if (Attribute attribute = function.getArgAttr(i, nn::kValueAttr)) {
        auto value = dyn_cast<DenseElementsAttr>(attribute);
        if (!value)
          return function.emitError("expects a dense `nn.value`, but got ") << attribute;
        Type type = function.getArgumentTypes()[i], given = value.getType();
        if (failed(verifyCompatibleShape(type, given)) ||
            getElementTypeOrSelf(type) != value.getElementType())
          return function.emitError("expects `nn.value` of type ") << type << ", but got " << given;
        if (failed(nn::checkEvaluable(function.getLoc(), given)))
          return failure();
        arguments.push_back(nn::tensorOf(value));
      } else if (auto storage = function.getArgAttrOfType<FlatSymbolRefAttr>(i, nn::kStorageAttr))
        arguments.push_back(stored.storages[storage.getValue().str()]);
      else
        return success(); // a function of unknown arguments
    }
    FailureOr<nn::Evaluator::Tensors> results = evaluator.call(function, arguments);
    if (failed(results))
      return failure();
    for (auto [number, result] : llvm::enumerate(*results)) {
      llvm::outs() << '@' << function.getSymName() << '[' << number << "] = ";
      nn::print(llvm::outs(), result, digits);
      llvm::outs() << '\n';
      if (auto storage = function.getResultAttrOfType<FlatSymbolRefAttr>(number, nn::kStorageAttr))
        stored.storages[storage.getValue().str()] = result;
    }
    llvm::outs().flush();
    return success();
  }
};
} // namespace

void registerEvaluatePass() { PassRegistration<EvaluatePass>(); }
} // namespace mlc
