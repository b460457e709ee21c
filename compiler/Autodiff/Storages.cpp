#include "compiler/Autodiff/Storages.h"
#include "dialects/NN/AttributeNames.h"
#include "dialects/NN/Optimizers.h"

using namespace mlir;

namespace mlc {

constexpr int64_t kAlignment =
    64; ///< bytes, of members and sizes: a cache line, and a vector register

StorageDeclarations::StorageDeclarations(ModuleOp module) : module(module), symbols(module) {
  for (auto storage : module.getOps<nn::StorageOp>())
    if (storage.getKind() == nn::StorageKind::state)
      states[storage->getAttr(nn::kNameAttr)] = storage;
}

nn::StorageOp StorageDeclarations::declare(nn::StorageKind kind, RankedTensorType type,
                                           StringRef name, Location location) {
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  auto storage = nn::StorageOp::create(builder, location, name, kind, type, nullptr, nullptr,
                                       nullptr, nullptr, nullptr, nullptr);
  symbols.insert(storage); // appends a number to the symbol if it is taken
  return storage;
}

nn::StorageOp StorageDeclarations::parameters(ArrayRef<nn::ParameterOp> declared, StringRef name) {
  Builder builder(module.getContext());
  nn::ParameterOp first = declared.front();
  Type element = getElementTypeOrSelf(first.getType());
  int64_t step = kAlignment * 8 / element.getIntOrFloatBitWidth(), size = 0;
  SmallVector<Attribute> entries;
  // Those that leave no gap come first: so far they lie as in a file, whose pages a load can map.
  SmallVector<nn::ParameterOp> members;
  for (bool isWhole : {true, false})
    for (nn::ParameterOp member : declared)
      if ((cast<RankedTensorType>(member.getType()).getNumElements() % step == 0) == isWhole)
        members.push_back(member);
  for (nn::ParameterOp member : members) {
    entries.push_back(builder.getDictionaryAttr(
        {builder.getNamedAttr("name", builder.getStringAttr(member.getSymName())),
         builder.getNamedAttr("offset", builder.getI64IntegerAttr(size))}));
    size = llvm::alignTo(size + cast<RankedTensorType>(member.getType()).getNumElements(), step);
  }
  nn::StorageOp storage = declare(nn::StorageKind::parameter,
                                  RankedTensorType::get({size}, element), name, first.getLoc());
  storage.setMembersAttr(builder.getArrayAttr(entries));
  return storage;
}

nn::StorageOp StorageDeclarations::declareOwned(const Owner &owner, nn::StorageKind kind,
                                                RankedTensorType type, StringRef name,
                                                Location location) {
  nn::StorageOp storage = declare(kind, type, name, location);
  storage->setAttr(nn::kNameAttr, StringAttr::get(module.getContext(), owner.prefix + name));
  if (owner.count)
    storage.setStepAttr(FlatSymbolRefAttr::get(owner.count));
  return storage;
}

StorageDeclarations::Owner StorageDeclarations::owner(nn::TrainStepOp step, StringRef prefix) {
  Owner result{prefix.str(), {}};
  result.count = count(result, "step");
  result.count->setLoc(step.getLoc());
  return result;
}

nn::StorageOp StorageDeclarations::count(const Owner &owner, StringRef name) {
  auto type = RankedTensorType::get({}, IntegerType::get(module.getContext(), 64));
  return declareOwned(owner, nn::StorageKind::step, type, name, module.getLoc());
}

nn::StorageOp StorageDeclarations::slot(const Owner &owner, nn::StorageOp parameters,
                                        StringRef name) {
  auto like = cast<RankedTensorType>(parameters.getType());
  auto type = RankedTensorType::get(like.getShape(), nn::slotElement(like.getElementType()));
  nn::StorageOp storage =
      declareOwned(owner, nn::StorageKind::slot, type, name, parameters.getLoc());
  storage.setLikeAttr(FlatSymbolRefAttr::get(parameters));
  return storage;
}

nn::StorageOp StorageDeclarations::hyperparameter(const Owner &owner,
                                                  const nn::Hyperparameter &declared) {
  Builder builder(module.getContext());
  auto type = RankedTensorType::get({}, builder.getF32Type());
  nn::StorageOp storage =
      declareOwned(owner, nn::StorageKind::hyperparameter, type, declared.name, module.getLoc());
  storage.setInitialAttr(builder.getF64FloatAttr(declared.initial));
  storage.setRange(ArrayRef({declared.range.least, declared.range.most}));
  return storage;
}

nn::StorageOp StorageDeclarations::state(nn::StateOp state) {
  nn::StorageOp &storage = states[state.getSymNameAttr()];
  if (storage)
    return storage;
  storage = declare(nn::StorageKind::state, cast<RankedTensorType>(state.getType()),
                    (state.getSymName() + "_storage").str(), state.getLoc());
  storage->setAttr(nn::kNameAttr, state.getSymNameAttr());
  return storage;
}

nn::StorageOp StorageDeclarations::seed() {
  for (auto storage : module.getOps<nn::StorageOp>())
    if (storage.getKind() == nn::StorageKind::seed)
      return storage;
  auto type = RankedTensorType::get({}, IntegerType::get(module.getContext(), 64));
  return declare(nn::StorageKind::seed, type, "seed", module.getLoc());
}

SmallVector<Member> membersOf(nn::StorageOp storage) {
  SmallVector<Member> members;
  SymbolTable symbols(storage->getParentOfType<ModuleOp>());
  for (auto entry : storage.getMembersAttr().getAsRange<DictionaryAttr>()) {
    auto name = entry.getAs<StringAttr>("name");
    auto parameter = symbols.lookup<nn::ParameterOp>(name);
    members.push_back({name.getValue(), entry.getAs<IntegerAttr>("offset").getInt(),
                       cast<RankedTensorType>(parameter.getType()).getNumElements()});
  }
  return members;
}

static DictionaryAttr storageAttribute(nn::StorageOp storage) {
  Builder builder(storage.getContext());
  return builder.getDictionaryAttr(
      builder.getNamedAttr(nn::kStorageAttr, FlatSymbolRefAttr::get(storage)));
}

StorageAccess::StorageAccess(func::FuncOp function) : function(function) {
  for (BlockArgument argument : function.getArguments())
    if (auto name =
            function.getArgAttrOfType<FlatSymbolRefAttr>(argument.getArgNumber(), nn::kStorageAttr))
      onEntry[name.getAttr()] = argument;
}

Value StorageAccess::read(nn::StorageOp storage) {
  if (auto found = written.find(storage); found != written.end())
    return found->second;
  Value &argument = onEntry[storage.getSymNameAttr()];
  if (!argument) {
    argument = function.getBody().addArgument(storage.getType(), storage.getLoc());
    added.push_back(storage);
  }
  return argument;
}

void StorageAccess::finish() {
  SmallVector<Type> inputs(function.getArgumentTypes()), results(function.getResultTypes());
  SmallVector<DictionaryAttr> inputAttributes, resultAttributes;
  function.getAllArgAttrs(inputAttributes);
  function.getAllResultAttrs(resultAttributes);
  for (nn::StorageOp storage : added) {
    inputs.push_back(storage.getType());
    inputAttributes.push_back(storageAttribute(storage));
  }
  Operation *terminator = function.getBody().front().getTerminator();
  for (auto [storage, value] : written) {
    auto declaration = cast<nn::StorageOp>(storage);
    results.push_back(declaration.getType());
    resultAttributes.push_back(storageAttribute(declaration));
    terminator->insertOperands(terminator->getNumOperands(), value);
  }
  function.setFunctionType(FunctionType::get(function.getContext(), inputs, results));
  function.setAllArgAttrs(inputAttributes);
  function.setAllResultAttrs(resultAttributes);
}

} // namespace mlc
