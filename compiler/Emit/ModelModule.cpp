//===- ModelModule.cpp - a model's tables and C functions as LLVM IR ------===//
//
// Field orders repeat runtime/model.h and runtime/include/mlc/mlc.h; the sizes are checked against
// them.
//
//===----------------------------------------------------------------------===//
#include "compiler/Emit/ModelModule.h"
#include "compiler/Emit/DataSection.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlc;
using llvm::ArrayRef;
using llvm::Constant;
using llvm::GlobalVariable;
using llvm::SmallVector;
using llvm::StringRef;
using llvm::Twine;

namespace {

class ModelModuleBuilder {
public:
  ModelModuleBuilder(llvm::Module &module, const ModelDescription &model, const ModelData &data)
      : module(module), context(module.getContext()), model(model), data(data), ir(context),
        pointer(ir.getPtrTy()) {}

  void build();

private:
  Constant *i32(int64_t value) { return ir.getInt32(uint32_t(value)); }
  Constant *i64(int64_t value) { return ir.getInt64(uint64_t(value)); }
  Constant *f64(double value) { return llvm::ConstantFP::get(ir.getDoubleTy(), value); }
  Constant *null() { return llvm::ConstantPointerNull::get(pointer); }
  Constant *record(ArrayRef<Constant *> fields);
  /// Private; its name is for readers of the IR, and none of the model's, which may hold any bytes.
  Constant *global(Constant *value, const Twine &name, unsigned alignment = 8);
  /// A private array of structs or pointers, or null if empty.
  Constant *array(ArrayRef<Constant *> elements, const Twine &name, size_t elementSize);
  Constant *string(StringRef text);
  Constant *strings(ArrayRef<std::string> texts, const Twine &name, bool nullTerminated = false);
  Constant *bytes(ArrayRef<char> data, const Twine &name);
  Constant *integers(ArrayRef<int64_t> values, const Twine &name);
  Constant *integers32(ArrayRef<int32_t> values, const Twine &name);
  /// A function defined in the host module or the runtime.
  Constant *external(StringRef name, llvm::Type *result, ArrayRef<llvm::Type *> parameters = {});

  /// The data of a storage, wherever they are, or null.
  Constant *storageData(size_t storage);
  /// The place of its data in the weights file, or -1.
  int64_t filePlace(size_t storage);

  Constant *tensorInfo(const TensorDescription &tensor);
  Constant *tensorInfos(ArrayRef<TensorDescription> tensors, const Twine &name);
  Constant *inputDims(const EntryDescription &entry);
  void buildEntries();
  void buildStorages();
  void buildMembers();
  void buildDescriptor();
  void buildTable();

  llvm::Function *exported(const Twine &name, llvm::Type *result,
                           ArrayRef<llvm::Type *> parameters);
  /// Returns from the function at once if its first argument is the handle of another model.
  void refuseForeignHandle(llvm::Function *function);
  /// The body of a function that passes its parameters to `mlc_rt_<name>`.
  void forwardTo(llvm::Function *function, StringRef name);
  /// `<model>_<name>`, which forwards to `mlc_rt_<name>`.
  void forward(StringRef name, llvm::Type *result, ArrayRef<llvm::Type *> parameters);
  /// The same for the table alone.
  Constant *tableFunction(StringRef name, ArrayRef<llvm::Type *> parameters);
  void buildCreate();
  void buildCall(int32_t index, const EntryDescription &entry);
  void buildShape(int32_t index, const EntryDescription &entry);
  llvm::Value *pointerArray(ArrayRef<llvm::Value *> values, llvm::Type *element);

  llvm::Module &module;
  llvm::LLVMContext &context;
  const ModelDescription &model;
  const ModelData &data;
  llvm::IRBuilder<> ir;
  llvm::PointerType *pointer;
  llvm::StringMap<Constant *> stringCache;

  Constant *entryInfos = nullptr, *entries = nullptr, *storages = nullptr, *members = nullptr,
           *parameterInfos = nullptr, *descriptor = nullptr;
  llvm::Function *create = nullptr;
  llvm::StringMap<llvm::Function *> forwarded;
};

} // namespace

Constant *ModelModuleBuilder::record(ArrayRef<Constant *> fields) {
  return llvm::ConstantStruct::getAnon(context, fields);
}

Constant *ModelModuleBuilder::global(Constant *value, const Twine &name, unsigned alignment) {
  auto *variable = new GlobalVariable(module, value->getType(), /*isConstant=*/true,
                                      llvm::GlobalValue::PrivateLinkage, value, name);
  variable->setAlignment(llvm::Align(alignment));
  return variable;
}

Constant *ModelModuleBuilder::array(ArrayRef<Constant *> elements, const Twine &name,
                                    size_t elementSize) {
  if (elements.empty())
    return null();
  llvm::Type *type = elements.front()->getType();
  // A field too many or too few would shift everything behind it.
  if (module.getDataLayout().getTypeAllocSize(type) != elementSize)
    llvm::report_fatal_error("struct of " + name + " does not match the runtime's header");
  return global(llvm::ConstantArray::get(llvm::ArrayType::get(type, elements.size()), elements),
                name);
}

Constant *ModelModuleBuilder::string(StringRef text) {
  Constant *&cached = stringCache[text];
  if (!cached)
    cached = global(llvm::ConstantDataArray::getString(context, text), "text", 1);
  return cached;
}

Constant *ModelModuleBuilder::strings(ArrayRef<std::string> texts, const Twine &name,
                                      bool nullTerminated) {
  SmallVector<Constant *> pointers;
  for (const std::string &text : texts)
    pointers.push_back(string(text));
  if (nullTerminated)
    pointers.push_back(null());
  return array(pointers, name, sizeof(const char *));
}

Constant *ModelModuleBuilder::bytes(ArrayRef<char> data, const Twine &name) {
  if (data.empty())
    return null();
  StringRef text(data.data(), data.size());
  return global(llvm::ConstantDataArray::getString(context, text, /*AddNull=*/false), name, 64);
}

Constant *ModelModuleBuilder::integers(ArrayRef<int64_t> values, const Twine &name) {
  if (values.empty())
    return null();
  SmallVector<uint64_t> words(values.begin(), values.end());
  return global(llvm::ConstantDataArray::get(context, words), name);
}

Constant *ModelModuleBuilder::integers32(ArrayRef<int32_t> values, const Twine &name) {
  if (values.empty())
    return null();
  SmallVector<uint32_t> words(values.begin(), values.end());
  return global(llvm::ConstantDataArray::get(context, words), name);
}

Constant *ModelModuleBuilder::external(StringRef name, llvm::Type *result,
                                       ArrayRef<llvm::Type *> parameters) {
  if (llvm::Function *known = module.getFunction(name))
    return known;
  auto *type = llvm::FunctionType::get(result, parameters, /*isVarArg=*/false);
  auto *function = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, name, module);
  function->setVisibility(llvm::GlobalValue::HiddenVisibility);
  function->setDSOLocal(true);
  function->setDoesNotThrow();
  return function;
}

Constant *ModelModuleBuilder::tensorInfo(const TensorDescription &tensor) {
  std::vector<std::string> names = tensor.dimNames;
  names.resize(tensor.shape.size());
  return record({string(tensor.name), i32(tensor.dtype), i32(tensor.shape.size()),
                 integers(tensor.shape, "shape"), strings(names, "dims"), i32(tensor.trainable)});
}

Constant *ModelModuleBuilder::tensorInfos(ArrayRef<TensorDescription> tensors, const Twine &name) {
  SmallVector<Constant *> infos;
  for (const TensorDescription &tensor : tensors)
    infos.push_back(tensorInfo(tensor));
  return array(infos, name, sizeof(mlc_tensor_info));
}

Constant *ModelModuleBuilder::inputDims(const EntryDescription &entry) {
  SmallVector<Constant *> perInput;
  for (const TensorDescription &input : entry.inputs) {
    std::vector<int32_t> indices = input.dimIndex;
    indices.resize(input.shape.size(), -1);
    perInput.push_back(integers32(indices, "dim_index"));
  }
  return array(perInput, "input_dims", sizeof(const int32_t *));
}

void ModelModuleBuilder::buildEntries() {
  std::vector<EntryDescription> all = model.entries;
  if (model.refresh)
    all.push_back(*model.refresh);
  SmallVector<Constant *> infos;
  for (const EntryDescription &entry : all)
    infos.push_back(
        record({string(entry.name), i32(entry.kind), i32(entry.inputs.size()),
                i32(entry.results.size()), i32(entry.dims.size()),
                tensorInfos(entry.inputs, "inputs"), tensorInfos(entry.results, "results"),
                strings(entry.dims, "dim_names"), f64(entry.flops)}));
  entryInfos = array(infos, "entry_infos", sizeof(mlc_entry_info));

  SmallVector<Constant *> rows;
  for (auto [index, entry] : llvm::enumerate(all)) {
    Constant *info = llvm::ConstantExpr::getInBoundsGetElementPtr(
        ir.getInt8Ty(), entryInfos, i64(index * sizeof(mlc_entry_info)));
    auto function = [&](StringRef name) { return external(name, ir.getVoidTy()); };
    rows.push_back(
        record({info, function(entry.checkSizesSymbol), function(entry.runSymbol),
                function(entry.arenaBytesSymbol), function(entry.scratchBytesSymbol),
                function(entry.resultShapeSymbol), function(entry.costSymbol), inputDims(entry),
                i32(entry.readsPacked), i32(entry.writesState), i32(entry.step), i32(0)}));
  }
  entries = array(rows, "entries", sizeof(mlc_entry));
}

Constant *ModelModuleBuilder::storageData(size_t storage) {
  std::optional<uint64_t> offset = data.section.offsetOf(storage);
  if (!offset)
    return bytes(data.inlined[storage], "data");
  GlobalVariable *section = module.getNamedGlobal(kDataSymbol);
  if (!section) {
    section = new GlobalVariable(module, ir.getInt8Ty(), /*isConstant=*/true,
                                 llvm::GlobalValue::ExternalLinkage, nullptr, kDataSymbol);
    section->setVisibility(llvm::GlobalValue::HiddenVisibility);
    module.appendModuleInlineAsm(data.section.assembly(module.getTargetTriple()));
  }
  return llvm::ConstantExpr::getGetElementPtr(ir.getInt8Ty(), section, i64(*offset));
}

int64_t ModelModuleBuilder::filePlace(size_t storage) {
  std::optional<uint64_t> offset = data.file.offsetOf(storage);
  return offset ? int64_t(data.fileBytes() - data.file.size() + *offset) : -1;
}

void ModelModuleBuilder::buildStorages() {
  SmallVector<Constant *> rows;
  for (auto [index, storage] : llvm::enumerate(model.storages))
    rows.push_back(
        record({string(storage.name), i32(storage.kind), i32(storage.dtype), i64(storage.bytes),
                i32(storage.parameterStorage), i32(storage.step), f64(storage.initial),
                f64(storage.least), f64(storage.most), storageData(index), i64(filePlace(index))}));
  storages = array(rows, "storages", sizeof(mlc_storage));
}

void ModelModuleBuilder::buildMembers() {
  SmallVector<Constant *> infos;
  for (const MemberDescription &member : model.members)
    infos.push_back(tensorInfo(member.tensor));
  parameterInfos = array(infos, "parameters", sizeof(mlc_tensor_info));
  SmallVector<Constant *> rows;
  for (auto [index, member] : llvm::enumerate(model.members)) {
    Constant *info = llvm::ConstantExpr::getInBoundsGetElementPtr(
        ir.getInt8Ty(), parameterInfos, i64(index * sizeof(mlc_tensor_info)));
    rows.push_back(
        record({info, i32(member.storage), i32(member.initializer), i64(member.byteOffset),
                f64(member.a), f64(member.b), i32(member.isTransient)}));
  }
  members = array(rows, "members", sizeof(mlc_member));
}

void ModelModuleBuilder::buildDescriptor() {
  buildEntries();
  buildStorages();
  buildMembers();
  SmallVector<Constant *> checks;
  for (const CheckDescription &check : model.checks)
    checks.push_back(record({string(check.message), i32(check.status), i32(check.input),
                             i64(check.size), i64(check.ignored)}));
  Constant *value = record(
      {i32(MLC_DESCRIPTOR_VERSION), i32(model.entries.size()), string(model.name),
       string(model.compiler), string(model.target),
       strings(model.cpuFeatures, "cpu_features", /*nullTerminated=*/true), entries,
       i32(model.storages.size()), i32(model.members.size()), i32(model.checks.size()),
       i32(model.refresh ? model.entries.size() : -1), storages, members,
       array(checks, "checks", sizeof(mlc_check)),
       data.file.empty() ? null() : string(data.fileName), string(data.fileId),
       i64(data.fileBytes()), strings(model.leftOut, "left_out"), i64(model.leftOut.size())});
  descriptor = array({value}, "descriptor", sizeof(mlc_model_descriptor));
}

llvm::Function *ModelModuleBuilder::exported(const Twine &name, llvm::Type *result,
                                             ArrayRef<llvm::Type *> parameters) {
  auto *type = llvm::FunctionType::get(result, parameters, /*isVarArg=*/false);
  auto *function = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, name, module);
  function->setDSOLocal(true);
  function->setDoesNotThrow();
  ir.SetInsertPoint(llvm::BasicBlock::Create(context, "", function));
  return function;
}

void ModelModuleBuilder::refuseForeignHandle(llvm::Function *function) {
  llvm::Value *handle = function->getArg(0);
  auto block = [&] { return llvm::BasicBlock::Create(context, "", function); };
  llvm::BasicBlock *compare = block(), *refuse = block(), *go = block();
  ir.CreateCondBr(ir.CreateIsNull(handle), go, compare); // the runtime answers to null
  ir.SetInsertPoint(compare);
  llvm::Value *isOurs = ir.CreateICmpEQ(ir.CreateLoad(pointer, handle), descriptor);
  ir.CreateCondBr(isOurs, go, refuse,
                  llvm::MDBuilder(context).createBranchWeights(/*TrueWeight=*/1000, 1));
  ir.SetInsertPoint(refuse);
  llvm::Type *result = function->getReturnType(), *i32Type = ir.getInt32Ty();
  auto call = [&](StringRef name, llvm::Type *type, llvm::Value *argument) {
    auto *callee = llvm::cast<llvm::Function>(external(name, type, {pointer}));
    return ir.CreateCall(callee, {argument});
  };
  if (result->isPointerTy()) // last_error: of the calling thread
    ir.CreateRet(call("mlc_rt_last_error", pointer, null()));
  else if (llvm::Value *status = call("mlc_rt_refuse_handle", i32Type, descriptor);
           result->isVoidTy())
    ir.CreateRetVoid();
  else
    ir.CreateRet(status);
  ir.SetInsertPoint(go);
}

void ModelModuleBuilder::forwardTo(llvm::Function *function, StringRef name) {
  refuseForeignHandle(function);
  llvm::FunctionType *type = function->getFunctionType();
  auto *target = llvm::cast<llvm::Function>(
      external(("mlc_rt_" + name).str(), type->getReturnType(), type->params()));
  SmallVector<llvm::Value *> arguments;
  for (llvm::Argument &argument : function->args())
    arguments.push_back(&argument);
  llvm::CallInst *call = ir.CreateCall(target, arguments);
  call->setTailCall();
  type->getReturnType()->isVoidTy() ? ir.CreateRetVoid() : ir.CreateRet(call);
}

void ModelModuleBuilder::forward(StringRef name, llvm::Type *result,
                                 ArrayRef<llvm::Type *> parameters) {
  llvm::Function *function = exported(model.name + "_" + name, result, parameters);
  forwardTo(function, name);
  forwarded[name] = function;
}

Constant *ModelModuleBuilder::tableFunction(StringRef name, ArrayRef<llvm::Type *> parameters) {
  llvm::Function *function = exported(name, ir.getInt32Ty(), parameters);
  function->setLinkage(llvm::GlobalValue::InternalLinkage);
  forwardTo(function, name);
  return function;
}

void ModelModuleBuilder::buildCreate() {
  llvm::Type *i32Type = ir.getInt32Ty();
  create = exported(model.name + "_create", i32Type, {pointer, pointer});
  auto *target =
      llvm::cast<llvm::Function>(external("mlc_rt_create", i32Type, {pointer, pointer, pointer}));
  ir.CreateRet(ir.CreateCall(target, {descriptor, create->getArg(0), create->getArg(1)}));
}

llvm::Value *ModelModuleBuilder::pointerArray(ArrayRef<llvm::Value *> values, llvm::Type *element) {
  if (values.empty())
    return null();
  llvm::Value *slots = ir.CreateAlloca(element, ir.getInt32(values.size()));
  for (auto [index, value] : llvm::enumerate(values))
    ir.CreateStore(value, ir.CreateConstInBoundsGEP1_64(element, slots, index));
  return slots;
}

void ModelModuleBuilder::buildCall(int32_t index, const EntryDescription &entry) {
  SmallVector<llvm::Type *> types(1 + entry.inputs.size(), pointer);
  types.append(entry.dims.size(), ir.getInt64Ty());
  types.append(entry.results.size(), pointer);
  llvm::Function *function = exported(model.name + "_" + entry.name, ir.getInt32Ty(), types);
  refuseForeignHandle(function);
  SmallVector<llvm::Value *> arguments;
  for (llvm::Argument &argument : function->args())
    arguments.push_back(&argument);
  ArrayRef<llvm::Value *> rest = ArrayRef(arguments).drop_front();
  llvm::Value *inputs = pointerArray(rest.take_front(entry.inputs.size()), pointer);
  rest = rest.drop_front(entry.inputs.size());
  llvm::Value *dims = pointerArray(rest.take_front(entry.dims.size()), ir.getInt64Ty());
  llvm::Value *results = pointerArray(rest.drop_front(entry.dims.size()), pointer);
  auto *target = llvm::cast<llvm::Function>(external(
      "mlc_rt_call", ir.getInt32Ty(), {pointer, ir.getInt32Ty(), pointer, pointer, pointer}));
  ir.CreateRet(ir.CreateCall(target, {arguments[0], i32(index), inputs, dims, results}));
}

void ModelModuleBuilder::buildShape(int32_t index, const EntryDescription &entry) {
  SmallVector<llvm::Type *> types{pointer};
  types.append(entry.dims.size(), ir.getInt64Ty());
  types.append({ir.getInt32Ty(), pointer});
  llvm::Function *function =
      exported(model.name + "_" + entry.name + "_shape", ir.getInt32Ty(), types);
  refuseForeignHandle(function);
  SmallVector<llvm::Value *> arguments;
  for (llvm::Argument &argument : function->args())
    arguments.push_back(&argument);
  llvm::Value *dims =
      pointerArray(ArrayRef(arguments).slice(1, entry.dims.size()), ir.getInt64Ty());
  auto *target = llvm::cast<llvm::Function>(
      external("mlc_rt_result_shape", ir.getInt32Ty(),
               {pointer, ir.getInt32Ty(), pointer, ir.getInt32Ty(), pointer}));
  llvm::Value *result = arguments[arguments.size() - 2], *shape = arguments.back();
  ir.CreateRet(ir.CreateCall(target, {arguments[0], i32(index), dims, result, shape}));
}

static int64_t randomParameters(const ModelDescription &model) {
  return llvm::count_if(model.members, [&](const MemberDescription &member) {
    const StorageDescription &storage = model.storages[size_t(member.storage)];
    return storage.kind == MLC_STORAGE_PARAMETER && !storage.data &&
           member.initializer != MLC_INIT_CONSTANT;
  });
}

void ModelModuleBuilder::buildTable() {
  std::vector<std::string> hyperparameters;
  for (const StorageDescription &storage : model.storages)
    if (storage.kind == MLC_STORAGE_HYPERPARAMETER)
      hyperparameters.push_back(storage.name);
  llvm::Type *i32Type = ir.getInt32Ty(), *i64Type = ir.getInt64Ty();
  Constant *value =
      record({i64(sizeof(mlc_model_table)),
              i32(1),
              string(model.name),
              string(model.compiler),
              i32(1),
              strings({model.target}, "targets"),
              i32(model.entries.size()),
              entryInfos,
              i32(model.members.size()),
              parameterInfos,
              i32(hyperparameters.size()),
              strings(hyperparameters, "hyperparameters"),
              create,
              forwarded["destroy"],
              forwarded["last_error"],
              tableFunction("table_call", {pointer, pointer, pointer, i32Type, pointer, i32Type}),
              tableFunction("table_result_shape", {pointer, pointer, pointer, i32Type, pointer}),
              forwarded["workspace_bytes"],
              tableFunction("table_cost", {pointer, pointer, pointer, pointer, pointer}),
              forwarded["get_parameter"],
              forwarded["set_parameter"],
              forwarded["get_hyperparameter"],
              forwarded["set_hyperparameter"],
              forwarded["save"],
              forwarded["load"],
              tableFunction("table_save_with_metadata", {pointer, pointer, pointer, i32Type}),
              tableFunction("table_read_metadata", {pointer, pointer, pointer, pointer, i64Type}),
              forwarded["get_step"],
              forwarded["reset"],
              forwarded["share"],
              forwarded["get_entry_step"],
              i32(randomParameters(model))});
  Constant *table = array({value}, "table", sizeof(mlc_model_table));
  exported(tableSymbol(model), pointer, {});
  ir.CreateRet(table);
  // Weak: a program may assemble the texts of several models.
  exported(kLoadedTableSymbol, pointer, {})->setLinkage(llvm::GlobalValue::WeakAnyLinkage);
  ir.CreateRet(table);
}

void ModelModuleBuilder::build() {
  buildDescriptor();
  llvm::Type *i32Type = ir.getInt32Ty(), *i64Type = ir.getInt64Ty(), *f64Type = ir.getDoubleTy();
  buildCreate();
  forward("share", i32Type, {pointer, pointer});
  forward("destroy", ir.getVoidTy(), {pointer});
  forward("last_error", pointer, {pointer});
  forward("save", i32Type, {pointer, pointer});
  forward("load", i32Type, {pointer, pointer});
  forward("workspace_bytes", i32Type, {pointer, pointer, pointer, i32Type, pointer});
  forward("get_parameter", i32Type, {pointer, pointer, pointer, i64Type});
  forward("set_parameter", i32Type, {pointer, pointer, pointer, i64Type});
  forward("get_hyperparameter", i32Type, {pointer, pointer, pointer});
  forward("set_hyperparameter", i32Type, {pointer, pointer, f64Type});
  forward("get_step", i32Type, {pointer, pointer});
  forward("get_entry_step", i32Type, {pointer, pointer, pointer});
  forward("reset", i32Type, {pointer, i64Type});
  for (auto [index, entry] : llvm::enumerate(model.entries)) {
    buildCall(index, entry);
    buildShape(index, entry);
  }
  buildTable();
}

std::unique_ptr<llvm::Module> mlc::buildModelModule(llvm::LLVMContext &context,
                                                    const ModelDescription &model,
                                                    const ModelData &data,
                                                    const llvm::TargetMachine &machine) {
  auto module = std::make_unique<llvm::Module>("model", context);
  module->setTargetTriple(machine.getTargetTriple());
  module->setDataLayout(machine.createDataLayout());
  ModelModuleBuilder(*module, model, data).build();
  return module;
}
