#include "compiler/HostProgram/HostProgram.h"
#include "compiler/MemoryPlanning/Buffers.h"
#include "compiler/MemoryPlanning/Passes.h"
#include "dialects/NN/AttributeNames.h"
#include "dialects/NN/Attributes.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace mlc {

namespace {
mlc_dtype dtypeOf(Type element) {
  if (element.isF32())
    return MLC_F32;
  if (element.isF64())
    return MLC_F64;
  if (element.isBF16())
    return MLC_BF16;
  if (element.isF16())
    return MLC_F16;
  switch (element.getIntOrFloatBitWidth()) {
  case 1:
    return MLC_I1;
  case 8:
    return MLC_I8;
  case 32:
    return MLC_I32;
  default:
    return MLC_I64;
  }
}

TensorDescription describeTensor(StringRef name, RankedTensorType type) {
  TensorDescription tensor;
  tensor.name = name.str();
  tensor.dtype = dtypeOf(type.getElementType());
  for (int64_t size : type.getShape())
    tensor.shape.push_back(ShapedType::isDynamic(size) ? kFreeDim : size);
  return tensor;
}

/// The bytes of a table of constants; i1 takes a byte per element.
std::vector<char> bytesOf(Attribute attribute) {
  auto elements = cast<DenseElementsAttr>(attribute); // constant_c1
  std::vector<char> bytes;
  if (elements.getElementType().isInteger(1)) {
    for (bool value : elements.getValues<bool>())
      bytes.push_back(value);
    return bytes;
  }
  ArrayRef<char> raw = elements.getRawData();
  for (int64_t copies = elements.isSplat() ? elements.getNumElements() : 1; copies > 0; --copies)
    bytes.insert(bytes.end(), raw.begin(), raw.end());
  return bytes;
}

PanelsDescription describePanels(nn::PanelsAttr panels, RankedTensorType type, int32_t source) {
  PanelsDescription description;
  description.source = source;
  description.elementBytes = elementBytes(type.getElementType());
  description.offset = panels.getOffset();
  RankedTensorType weight = panels.getWeight();
  description.shape.assign(weight.getShape().begin(), weight.getShape().end());
  for (int64_t dim : panels.getDepth().asArrayRef()) {
    description.depthDims.push_back(dim);
    description.depth *= weight.getDimSize(dim);
  }
  description.columns = weight.getNumElements() / std::max<int64_t>(description.depth, 1);
  description.width = type.getDimSize(2);
  description.products = panels.getProducts();
  return description;
}

/// Where a parameter or state is: its storage and its first byte.
struct Home {
  int32_t storage = 0;
  int64_t byteOffset = 0;
};

class Describer {
public:
  explicit Describer(ModuleOp module) : module(module), symbols(module) {
    model.name = module.getSymName().value_or("").str();
  }

  ModelDescription run() {
    describeStorages();
    describeConstants();
    for (auto parameter : module.getOps<nn::ParameterOp>())
      describeMember(parameter, parameter.getSymName(), parameter.getType(), parameter.getInit(),
                     true);
    for (auto state : module.getOps<nn::StateOp>()) {
      describeMember(state, state.getSymName(), state.getType(), state.getInit(), false);
      model.members.back().isTransient = state.getTransient();
    }
    if (auto leftOut = module->getAttrOfType<ArrayAttr>(nn::kLeftOutAttr))
      for (auto name : leftOut.getAsRange<StringAttr>())
        model.leftOut.push_back(name.str());
    for (func::FuncOp entry : kernel::entries(module))
      describeEntry(entry);
    if (auto checks = module->getAttrOfType<ArrayAttr>(kChecksAttr))
      for (auto check : checks.getAsRange<DictionaryAttr>())
        model.checks.push_back(describeCheck(check));
    return std::move(model);
  }

private:
  static CheckDescription describeCheck(DictionaryAttr check) {
    CheckDescription description;
    description.message = check.getAs<StringAttr>("message").str();
    description.status = static_cast<mlc_status>(check.getAs<IntegerAttr>("status").getInt());
    if (auto input = check.getAs<IntegerAttr>("input")) {
      description.input = static_cast<int32_t>(input.getInt());
      description.size = check.getAs<IntegerAttr>("size").getInt();
      description.ignored = check.getAs<IntegerAttr>("ignored").getInt();
    }
    return description;
  }

  void describeStorages() {
    llvm::StringMap<int32_t> numbers;
    for (auto storage : module.getOps<nn::StorageOp>())
      numbers.try_emplace(storage.getSymName(), numbers.size());
    for (auto storage : module.getOps<nn::StorageOp>()) {
      auto type = cast<RankedTensorType>(storage.getType());
      StorageDescription description;
      auto name = storage->getAttrOfType<StringAttr>(nn::kNameAttr);
      description.name = (name ? name.getValue() : storage.getSymName()).str();
      description.kind = static_cast<mlc_storage_kind>(storage.getKind());
      description.dtype = dtypeOf(type.getElementType());
      description.bytes = type.getNumElements() * elementBytes(type.getElementType());
      if (auto like = storage.getLike())
        description.parameterStorage = numbers.lookup(*like);
      if (auto step = storage.getStep())
        description.step = numbers.lookup(*step);
      if (auto initial = storage.getInitial())
        description.initial = initial->convertToDouble();
      if (auto range = storage.getRange()) {
        description.least = range->front();
        description.most = range->back();
      }
      if (nn::PanelsAttr panels = storage.getPanelsAttr())
        description.panels =
            describePanels(panels, type, numbers.lookup(panels.getStorage().getValue()));
      addHomes(storage, type);
      model.storages.push_back(std::move(description));
    }
  }

  /// A parameter storage lists its members; a state's storage holds the state of its name.
  void addHomes(nn::StorageOp storage, RankedTensorType type) {
    int32_t number = model.storages.size();
    auto name = storage->getAttrOfType<StringAttr>(nn::kNameAttr);
    if (storage.getKind() == nn::StorageKind::state && !storage.getMembers())
      homes[name ? name.getValue() : storage.getSymName()] = {number, 0};
    if (storage.getKind() != nn::StorageKind::parameter &&
        storage.getKind() != nn::StorageKind::state)
      return;
    if (auto members = storage.getMembers())
      for (auto member : members->getAsRange<DictionaryAttr>())
        homes[member.getAs<StringAttr>("name").getValue()] = {
            number,
            member.getAs<IntegerAttr>("offset").getInt() * elementBytes(type.getElementType())};
  }

  void describeConstants() {
    auto constants = module->getAttrOfType<ArrayAttr>(kConstantsAttr);
    for (Attribute constant : constants ? constants.getValue() : ArrayRef<Attribute>()) {
      std::vector<char> bytes = bytesOf(constant);
      StorageDescription description;
      description.name = "constant_" + std::to_string(model.storages.size());
      description.kind = MLC_STORAGE_CONSTANT;
      description.dtype = dtypeOf(cast<ElementsAttr>(constant).getElementType());
      description.bytes = bytes.size();
      description.data = [bytes = std::move(bytes)](uint64_t offset, MutableArrayRef<char> to) {
        llvm::copy(ArrayRef(bytes).slice(offset, to.size()), to.begin());
        return llvm::Error::success();
      };
      model.storages.push_back(std::move(description));
    }
  }

  void describeMember(Operation *op, StringRef name, Type type, Attribute init, bool trainable) {
    auto home = homes.find(name);
    assert(home != homes.end() && "every declaration has a storage");
    auto law = cast<nn::InitializerAttrInterface>(init); // parameter_c3, state_c2
    MemberDescription member;
    member.tensor = describeTensor(name, cast<RankedTensorType>(type));
    member.tensor.trainable = trainable;
    member.storage = home->second.storage;
    member.byteOffset = home->second.byteOffset;
    nn::Initializer initializer = law.initializerFor(cast<RankedTensorType>(type));
    member.initializer = static_cast<mlc_initializer_kind>(initializer.kind);
    member.a = initializer.a;
    member.b = initializer.b;
    member.quantized = nn::quantizedPartOf(op);
    model.members.push_back(std::move(member));
  }

  void describeEntry(func::FuncOp entry) {
    nn::DimensionAnalysis sizes(entry);
    EntryDescription description;
    description.name = entry.getSymName().str();
    for (const nn::FreeDimension &dimension : sizes.freeDimensions())
      description.dims.push_back(dimension.name);
    for (BlockArgument argument : entry.getArguments())
      if (auto storage = storageOf(entry, argument))
        description.readsPacked |= storage.getKind() == nn::StorageKind::packed;
      else
        description.inputs.push_back(describeInput(entry, argument, sizes));
    describeResults(entry, description, sizes);
    auto kind = entry->getAttrOfType<StringAttr>(nn::kKindAttr);
    bool isTraining = kind && kind == "training";
    if (isTraining && !description.results.empty() && description.results.front().name == "result0")
      description.results.front().name = "loss";
    description.kind = isTraining                   ? MLC_TRAINING
                       : kind && kind == "gradient" ? MLC_GRADIENT
                                                    : MLC_INFERENCE;
    description.checkSizesSymbol = description.name + ".check_sizes";
    description.runSymbol = description.name + ".run";
    description.arenaBytesSymbol = description.name + ".arena_bytes";
    description.scratchBytesSymbol = description.name + ".scratch_bytes";
    description.resultShapeSymbol = description.name + ".result_shape";
    description.costSymbol = description.name + ".cost";
    auto arena = entry->getAttrOfType<AffineMapAttr>(kArenaAttr).getValue();
    if (arena.isConstant())
      description.arenaBytes = arena.getConstantResults().front();
    if (auto scratch = entry->getAttrOfType<IntegerAttr>(kStaticScratchAttr))
      description.scratchBytes = scratch.getInt();
    kernel::forEachLaunch(entry, [&](kernel::LaunchOp launch) { addLaunch(launch, description); });
    if (entry->hasAttr(kernel::kRefreshAttr))
      model.refresh = std::move(description);
    else
      model.entries.push_back(std::move(description));
  }

  nn::StorageOp storageOf(func::FuncOp entry, BlockArgument argument) {
    auto name =
        entry.getArgAttrOfType<FlatSymbolRefAttr>(argument.getArgNumber(), nn::kStorageAttr);
    return name ? symbols.lookup<nn::StorageOp>(name.getAttr()) : nn::StorageOp();
  }

  TensorDescription describeInput(func::FuncOp entry, BlockArgument argument,
                                  nn::DimensionAnalysis &sizes) {
    unsigned number = argument.getArgNumber();
    auto type = cast<RankedTensorType>(argument.getType());
    auto name = entry.getArgAttrOfType<StringAttr>(number, nn::kNameAttr);
    TensorDescription input =
        describeTensor(name ? name.str() : "arg" + std::to_string(number), type);
    auto dimNames = entry.getArgAttrOfType<ArrayAttr>(number, nn::kDimsAttr);
    for (int64_t dim = 0; dim < type.getRank(); ++dim) {
      auto symbol = dyn_cast<AffineSymbolExpr>(sizes.dimension(argument, dim));
      // A free dimension has the name of its C argument, also where the model gives none.
      std::string given = dimNames ? cast<StringAttr>(dimNames[dim]).str() : "";
      input.dimNames.push_back(symbol ? sizes.freeDimensions()[symbol.getPosition()].name : given);
      input.dimIndex.push_back(symbol ? symbol.getPosition() : -1);
    }
    return input;
  }

  void describeResults(func::FuncOp entry, EntryDescription &description,
                       nn::DimensionAnalysis &sizes) {
    llvm::StringSet<> taken; // by the text
    for (unsigned number = 0; number < entry.getNumResults(); ++number)
      if (auto given = entry.getResultAttrOfType<StringAttr>(number, nn::kNameAttr))
        taken.insert(given.getValue());
    for (auto [number, type] : llvm::enumerate(entry.getResultTypes())) {
      if (auto storage = entry.getResultAttrOfType<FlatSymbolRefAttr>(number, nn::kStorageAttr)) {
        auto op = symbols.lookup<nn::StorageOp>(storage.getAttr());
        description.writesState |= op && op.getKind() != nn::StorageKind::packed;
        if (op && op.getKind() == nn::StorageKind::step && !op.getStep())
          description.step = numberOf(op);
        continue;
      }
      auto name = entry.getResultAttrOfType<StringAttr>(number, nn::kNameAttr);
      std::string fallback = "result" + std::to_string(description.results.size());
      while (taken.contains(fallback))
        fallback += "_";
      TensorDescription result = describeTensor(name ? name.getValue() : StringRef(fallback),
                                                cast<RankedTensorType>(type));
      for (AffineExpr size : sizes.shape(entry.front().getTerminator()->getOperand(number))) {
        auto symbol = dyn_cast<AffineSymbolExpr>(size);
        const nn::FreeDimension *dimension =
            symbol ? &sizes.freeDimensions()[symbol.getPosition()] : nullptr;
        result.dimNames.push_back(dimension ? dimension->name : "");
      }
      description.results.push_back(std::move(result));
    }
  }

  int32_t numberOf(nn::StorageOp storage) {
    return llvm::count_if(module.getOps<nn::StorageOp>(), [&](nn::StorageOp other) {
      return other != storage && other->isBeforeInBlock(storage);
    });
  }

  void addLaunch(kernel::LaunchOp launch, EntryDescription &description) {
    auto callee = symbols.lookup<func::FuncOp>(launch.getKernelAttr().getAttr());
    auto cost = callee->getAttrOfType<AffineMapAttr>(kernel::kCostAttr);
    if (cost && description.dims.empty())
      if (auto flops = dyn_cast<AffineConstantExpr>(cost.getValue().getResult(0)))
        description.flops += flops.getValue();
  }

  ModuleOp module;
  const SymbolTable symbols;
  ModelDescription model;
  llvm::StringMap<Home> homes;
};
} // namespace

ModelDescription describeModel(ModuleOp module) { return Describer(module).run(); }

} // namespace mlc
