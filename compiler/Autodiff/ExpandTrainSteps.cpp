#include "compiler/Autodiff/AccumulateGradients.h"
#include "compiler/Autodiff/Derivatives.h"
#include "compiler/Autodiff/LossScaling.h"
#include "compiler/Autodiff/Passes.h"
#include "dialects/NN/AttributeNames.h"
#include "dialects/NN/ControlFlow.h"
#include "dialects/NN/Optimizers.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_EXPANDTRAINSTEPSPASS
#include "compiler/Autodiff/Passes.h.inc"

namespace {
/// A parameter that a training step changes.
struct TrainedParameter {
  nn::ParameterOp declaration;
  Value gradient;
  nn::GroupAttr group; ///< null: the group of all that are in no other
};

/// Parameters of one group and dtype: one storage.
struct Partition {
  nn::GroupAttr group;
  nn::StorageOp storage;
};

/// One nn.train_step on its way to a function.
struct TrainStep {
  nn::TrainStepOp request;
  func::FuncOp function; ///< the loss, of which only the loss is left, and the gradients
  StorageAccess access;  ///< of the function
  StorageDeclarations::Owner owner;
  SmallVector<TrainedParameter> trained;
  SmallVector<Partition> partitions;
  Value seed;                         ///< null where nothing draws random numbers
  std::optional<LossScaling> scaling; ///< where the gradients are those of a scaled loss
};
} // namespace

//===- The loss and its gradients ---------------------------------------------===//

/// A copy of the loss that returns the loss only.
static func::FuncOp cloneLoss(nn::TrainStepOp request, func::FuncOp loss) {
  OpBuilder builder(request);
  auto function = cast<func::FuncOp>(builder.clone(*loss));
  function->setLoc(request.getLoc()); // what is said of the entry is said of the request
  function.setSymName(request.getSymName());
  function.setVisibility(SymbolTable::Visibility::Public);
  function->setAttr(nn::kKindAttr, builder.getStringAttr("training"));
  while (function.getNumResults() > 1) {
    (void)function.eraseResult(1);
    function.getBody().front().getTerminator()->eraseOperand(1);
  }
  return function;
}

namespace {
/// Seeds that differ from trip to trip of the loops around an op.
class TripKeys {
public:
  /// `seed` is above all loops.
  Value of(Operation *op, Value seed) {
    Region *region = op->getParentRegion();
    auto loop = dyn_cast<nn::LoopOpInterface>(region->getParentOp());
    if (Value key = keys.lookup(&region->front()))
      return key;
    if (isa<func::FuncOp>(region->getParentOp()))
      return seed;
    Value outer = of(region->getParentOp(), seed);
    if (!loop)
      return outer;
    for (BlockArgument number : loop.numberTrips().numbers)
      keys[number.getOwner()] = keyOfTrip(number, outer);
    return keys.lookup(op->getBlock());
  }

private:
  DenseMap<Block *, Value> keys; ///< by body
};
} // namespace

/// Lets every op act that acts in training only. Each that draws random numbers has its own: the
/// stream is the hash of the entry's name and the position among those of the entry that draw,
/// which after inlining tells op and call path apart.
static void enterTraining(TrainStep &step, StorageDeclarations &declarations) {
  SmallVector<nn::TrainingOpInterface> ops;
  step.function.walk([&](nn::TrainingOpInterface op) {
    if (op.actsInTraining())
      ops.push_back(op);
  });
  TripKeys keys;
  size_t position = 0;
  for (nn::TrainingOpInterface op : ops)
    op.enterTraining([&]() -> nn::RandomKey {
      std::string path = (step.function.getSymName() + "/dropout/" + Twine(position++)).str();
      uint64_t hash = 0xcbf29ce484222325; // FNV-1a, which does not change from run to run
      for (unsigned char byte : path)
        hash = (hash ^ byte) * 0x100000001b3;
      step.seed = step.access.read(declarations.seed());
      return {keys.of(op, step.seed), step.access.read(step.owner.count),
              static_cast<int64_t>(hash)};
    });
}

static nn::GroupAttr groupOf(nn::TrainStepOp request, nn::ParameterOp parameter) {
  ArrayAttr groups = request.getGroupsAttr();
  for (Attribute entry : groups ? groups.getValue() : ArrayRef<Attribute>())
    if (auto group = cast<nn::GroupAttr>(entry); group.contains(parameter.getSymName()))
      return group;
  return nullptr;
}

/// Every parameter that the step names must be one that it can train, and every pattern must fit
/// one.
static LogicalResult checkTrains(TrainStep &step) {
  ArrayAttr trains = step.request.getTrainsAttr();
  for (Attribute member : trains ? trains.getValue() : ArrayRef<Attribute>()) {
    ArrayAttr alone = ArrayAttr::get(member.getContext(), member);
    if (llvm::any_of(step.trained, [&](TrainedParameter &entry) {
          return nn::GroupAttr::contains(alone, entry.declaration.getSymName());
        }))
      continue;
    InFlightDiagnostic diagnostic =
        step.request.emitOpError("expects a gradient from the loss to every parameter in trains, "
                                 "but none flows to ");
    return diagnostic << (isa<StringAttr>(member) ? "one like " : "") << member;
  }
  return success();
}

/// 1, divided by the number of parts, since the gradient of the mean over the parts is the sum of
/// those of each part's share of it; times the scale.
static Value cotangentOf(TrainStep &step, OpBuilder &builder, Value loss) {
  nn::TensorExpr like(builder, step.request.getLoc(), loss);
  int64_t parts = step.request.getAccumulate().value_or(1);
  nn::TensorExpr share = like.constant(1.0 / static_cast<double>(parts));
  if (!step.scaling)
    return share.value();
  nn::TensorExpr scale = nn::cast(like.with(step.scaling->scale(step.access)), like);
  return (parts == 1 ? scale : scale * share).value();
}

/// Builds the gradients of the loss by every parameter that it reads and the step trains. One whose
/// gradient is zero by construction is not trained: it is frozen.
static LogicalResult differentiate(TrainStep &step) {
  Block &body = step.function.getBody().front();
  SmallVector<Value> inputs;
  SmallVector<nn::ParameterOp> parameters;
  DenseMap<StringAttr, Value> reads = mergeParameterReads(body);
  for (auto parameter : step.function->getParentOfType<ModuleOp>().getOps<nn::ParameterOp>())
    if (Value value = reads.lookup(parameter.getSymNameAttr());
        value && step.request.trains(parameter.getSymName())) {
      parameters.push_back(parameter);
      inputs.push_back(value);
    }
  OpBuilder builder(body.getTerminator());
  Value loss = body.getTerminator()->getOperand(0);
  FailureOr<SmallVector<Value>> gradients =
      buildVjp(step.function, cotangentOf(step, builder, loss), inputs);
  if (failed(gradients))
    return failure();
  for (auto [parameter, gradient] : llvm::zip_equal(parameters, *gradients))
    if (gradient)
      step.trained.push_back({parameter, gradient, groupOf(step.request, parameter)});
  if (failed(checkTrains(step)))
    return failure();
  if (parameters.empty())
    return step.request.emitOpError("expects a loss that reads parameters, but ")
           << step.request.getLossAttr() << " reads none";
  if (step.trained.empty())
    step.request.emitWarning("trains nothing: no gradient flows from the loss ")
        << step.request.getLossAttr() << " to a parameter";
  return success();
}

/// With `accumulate`, the loss is the mean over the parts of the call, and the gradients are its.
static void accumulateParts(TrainStep &step) {
  int64_t count = step.request.getAccumulate().value_or(1);
  if (count == 1)
    return;
  Operation *terminator = step.function.getBody().front().getTerminator();
  SmallVector<Value> values{terminator->getOperand(0)};
  for (const TrainedParameter &entry : step.trained)
    values.push_back(entry.gradient);
  accumulate(step.function, values, count, step.seed);
  OpBuilder builder(terminator);
  nn::TensorExpr total(builder, step.request.getLoc(), values.front());
  terminator->setOperand(0, (total * (1.0 / static_cast<double>(count))).value());
  for (auto [entry, value] : llvm::zip_equal(step.trained, llvm::drop_begin(values)))
    entry.gradient = value;
}

//===- An author's own optimizer ----------------------------------------------===//

/// Whether the op computes every element of a storage from the same element of others, and scalars.
static bool isElementwise(Operation &op) {
  auto kernelOp = dyn_cast<nn::KernelOpInterface>(op);
  auto isWholeOrIndex = [](Value result) {
    return result.getType().isIndex() || nn::viewOf(result).isWhole;
  };
  return isa<nn::ElementwiseOpInterface>(op) || op.hasTrait<OpTrait::ConstantLike>() ||
         (kernelOp && kernelOp.splat()) || llvm::all_of(op.getResults(), isWholeOrIndex);
}

/// Checks the ops of an update, after `before` up to the insertion point. The storage is flat, with
/// gaps: an op that mixes elements would mix parameters. Composites are decomposed, to see what
/// they are.
static LogicalResult checkElementwise(Operation *before, Block &body, nn::TrainStepOp request) {
  Block::iterator position = before ? std::next(before->getIterator()) : body.begin();
  while (position != std::prev(body.end())) {
    Operation &op = *position;
    if (auto composite = dyn_cast<nn::CompositeOpInterface>(op)) {
      Operation *previous = op.getPrevNode();
      OpBuilder builder(&op);
      FailureOr<SmallVector<Value>> values = composite.decompose(builder);
      if (failed(values))
        return failure();
      op.replaceAllUsesWith(*values);
      position = previous ? std::next(previous->getIterator()) : body.begin();
      op.erase();
      continue;
    }
    if (!isElementwise(op)) {
      InFlightDiagnostic diagnostic =
          op.emitError("expects an optimizer to be elementwise, because it runs on all parameters "
                       "of a group in one flat tensor, but got ")
          << op.getName();
      diagnostic.attachNote(request.getLoc()) << "the optimizer is used here";
      return diagnostic;
    }
    ++position;
  }
  return success();
}

//===- The update -------------------------------------------------------------===//

namespace {
/// Builds the end of a training step: clipping, the optimizer on every storage, the count of steps.
class UpdateBuilder {
public:
  UpdateBuilder(TrainStep &step, StorageDeclarations &declarations)
      : step(step), declarations(declarations), access(step.access),
        builder(step.function.getBody().front().getTerminator()), location(step.request.getLoc()),
        optimizer(cast<nn::OptimizerAttrInterface>(step.request.getOptimizer())) {}

  LogicalResult build() {
    SmallVector<nn::TensorExpr> gradients;
    for (const Partition &partition : step.partitions)
      gradients.push_back(flatGradient(partition.storage));
    scaling = step.scaling && !gradients.empty() ? &*step.scaling : nullptr;
    if (scaling)
      gradients = scaling->unscale(access, gradients);
    if (step.request.getClipNormAttr())
      gradients =
          nn::clipByGlobalNorm(gradients, step.request.getClipNormAttr().getValueAsDouble());
    count = tensor(access.read(step.owner.count));
    updates = scaling ? count - tensor(scaling->skippedSteps(access)) : count;
    for (auto [partition, gradient] : llvm::zip_equal(step.partitions, gradients))
      if (failed(update(partition, gradient)))
        return failure();
    access.write(step.owner.count, (count + 1.0).value());
    if (scaling)
      scaling->update(access);
    return success();
  }

private:
  nn::TensorExpr tensor(Value value) { return nn::TensorExpr(builder, location, value); }
  nn::TensorExpr zeros(int64_t size, Type element) {
    auto type = RankedTensorType::get({size}, element);
    return tensor(nn::ConstantOp::create(
        builder, location, DenseElementsAttr::get(type, builder.getZeroAttr(element))));
  }
  nn::TensorExpr flatGradient(nn::StorageOp storage);
  nn::TensorExpr hyperparameter(const nn::Hyperparameter &declared);
  nn::TensorExpr hyperparameter(const nn::Hyperparameter &declared, nn::GroupAttr group);
  nn::TensorExpr scheduleFactor();
  void write(nn::StorageOp storage, Value updated, const nn::TensorExpr &before);
  LogicalResult update(const Partition &partition, const nn::TensorExpr &gradient);

  TrainStep &step;
  StorageDeclarations &declarations;
  StorageAccess &access;
  OpBuilder builder;
  Location location;
  nn::OptimizerAttrInterface optimizer;
  LossScaling *scaling = nullptr; ///< null where the loss is not scaled
  nn::TensorExpr count, updates;  ///< of finished steps; of those that were not skipped
  nn::TensorExpr factor;
  llvm::StringMap<nn::StorageOp> hyperparameters;
};
} // namespace

/// The gradients side by side, laid out as the storage is; zeros in its gaps.
nn::TensorExpr UpdateBuilder::flatGradient(nn::StorageOp storage) {
  auto type = cast<RankedTensorType>(storage.getType());
  SmallVector<Value> pieces;
  int64_t end = 0;
  auto fillUpTo = [&](int64_t offset) {
    if (offset > end)
      pieces.push_back(zeros(offset - end, type.getElementType()).value());
  };
  llvm::DenseMap<StringRef, Value> gradients;
  for (TrainedParameter &entry : step.trained)
    gradients[entry.declaration.getSymName()] = entry.gradient;
  for (const Member &member : membersOf(storage)) {
    fillUpTo(member.offset);
    pieces.push_back(tensor(gradients.lookup(member.name)).reshape({member.size}).value());
    end = member.offset + member.size;
  }
  fillUpTo(type.getDimSize(0));
  return tensor(nn::concat(builder, location, pieces, 0));
}

/// The scalar that can be set at run time.
nn::TensorExpr UpdateBuilder::hyperparameter(const nn::Hyperparameter &declared) {
  nn::StorageOp &storage = hyperparameters[declared.name];
  if (!storage)
    storage = declarations.hyperparameter(step.owner, declared);
  return tensor(access.read(storage));
}

/// The group's own number, or what can be set, with the schedule's factor.
nn::TensorExpr UpdateBuilder::hyperparameter(const nn::Hyperparameter &declared,
                                             nn::GroupAttr group) {
  nn::TensorExpr value;
  if (std::optional<double> own = group ? group.valueOf(declared.name) : std::nullopt) {
    auto type = RankedTensorType::get({}, builder.getF32Type());
    value = tensor(nn::ConstantOp::create(builder, location,
                                          DenseElementsAttr::get(type, static_cast<float>(*own))));
  } else {
    value = hyperparameter(declared);
  }
  return declared.name == "learning_rate" && step.request.getScheduleAttr()
             ? value * scheduleFactor()
             : value;
}

nn::TensorExpr UpdateBuilder::scheduleFactor() {
  if (!factor)
    factor = tensor(
        cast<nn::ScheduleAttrInterface>(step.request.getScheduleAttr())
            .buildFactor(nn::cast(count, builder.getF32Type()),
                         [&](const nn::Hyperparameter &length) { return hyperparameter(length); }));
  return factor;
}

void UpdateBuilder::write(nn::StorageOp storage, Value updated, const nn::TensorExpr &before) {
  access.write(storage, scaling ? scaling->chosen(tensor(updated), before).value() : updated);
}

LogicalResult UpdateBuilder::update(const Partition &partition, const nn::TensorExpr &gradient) {
  nn::OptimizerInputs inputs;
  inputs.parameter = tensor(access.read(partition.storage));
  inputs.gradient = gradient;
  SmallVector<nn::StorageOp> slots;
  for (const std::string &name : optimizer.slots()) {
    slots.push_back(declarations.slot(step.owner, partition.storage, name));
    inputs.slots.push_back(tensor(access.read(slots.back())));
  }
  for (const nn::Hyperparameter &declared : optimizer.hyperparameters())
    inputs.hyperparameters.push_back(hyperparameter(declared, partition.group));
  inputs.step = updates;
  Block &body = step.function.getBody().front();
  Operation *before = body.getTerminator()->getPrevNode();
  FailureOr<SmallVector<Value>> updated = optimizer.buildUpdate(inputs);
  if (failed(updated) || failed(checkElementwise(before, body, step.request)))
    return failure();
  write(partition.storage, updated->front(), inputs.parameter);
  for (auto [slot, value, before] :
       llvm::zip_equal(slots, llvm::drop_begin(*updated), inputs.slots))
    write(slot, value, before);
  return success();
}

//===- The pass ---------------------------------------------------------------===//

/// Gives every trained parameter its storage: one for all of a dtype that the same steps train, in
/// the same group of each, in order of declaration.
static void partition(MutableArrayRef<TrainStep> steps, StorageDeclarations &declarations) {
  // By parameter: the group in every step that trains it; null in the others.
  llvm::MapVector<nn::ParameterOp, SmallVector<std::optional<nn::GroupAttr>>> groups;
  auto module = steps.front().request->getParentOfType<ModuleOp>();
  for (auto [number, step] : llvm::enumerate(steps))
    for (const TrainedParameter &entry : step.trained)
      groups[entry.declaration].resize(steps.size());
  for (auto [number, step] : llvm::enumerate(steps))
    for (const TrainedParameter &entry : step.trained)
      groups[entry.declaration][number] = entry.group;
  using Key = std::pair<Type, SmallVector<std::optional<nn::GroupAttr>>>;
  SmallVector<std::pair<Key, SmallVector<nn::ParameterOp>>> partitions;
  for (auto parameter : module.getOps<nn::ParameterOp>()) {
    auto found = groups.find(parameter);
    if (found == groups.end())
      continue;
    Key key{getElementTypeOrSelf(parameter.getType()), found->second};
    auto *place = llvm::find_if(partitions, [&](auto &entry) { return entry.first == key; });
    if (place == partitions.end())
      place = &partitions.emplace_back(key, SmallVector<nn::ParameterOp>());
    place->second.push_back(parameter);
  }
  for (auto &[key, members] : partitions) {
    nn::StorageOp storage = declarations.parameters(members, "parameters");
    for (auto [step, group] : llvm::zip_equal(steps, key.second))
      if (group)
        step.partitions.push_back({*group, storage});
  }
}

namespace {
struct ExpandTrainStepsPass : impl::ExpandTrainStepsPassBase<ExpandTrainStepsPass> {
  using ExpandTrainStepsPassBase::ExpandTrainStepsPassBase;

  void runOnOperation() override {
    SmallVector<nn::TrainStepOp> requests(getOperation().getOps<nn::TrainStepOp>());
    if (!requests.empty() && failed(expand(requests)))
      signalPassFailure();
  }

  LogicalResult expand(ArrayRef<nn::TrainStepOp> requests) {
    bool hasSeveral = requests.size() > 1 || getOperation()->hasAttr(nn::kSeveralStepsAttr);
    StorageDeclarations declarations(getOperation());
    std::vector<TrainStep> steps;
    for (nn::TrainStepOp request : requests) {
      auto loss = getOperation().lookupSymbol<func::FuncOp>(request.getLossAttr());
      if (!llvm::hasSingleElement(loss.getBody()))
        return request.emitError("not supported yet: a loss that is not one block");
      func::FuncOp function = cloneLoss(request, loss);
      std::string prefix = hasSeveral ? request.getSymName().str() + "/" : "";
      steps.push_back({request,
                       function,
                       StorageAccess(function),
                       declarations.owner(request, prefix),
                       {},
                       {},
                       {},
                       {}});
      TrainStep &step = steps.back();
      if (scaleLoss) {
        FailureOr<LossScaling> scaling = LossScaling::declare(request, declarations, step.owner);
        if (failed(scaling))
          return failure();
        step.scaling = *scaling;
      }
      enterTraining(step, declarations);
      if (failed(differentiate(step)))
        return failure();
      accumulateParts(step);
    }
    partition(steps, declarations);
    for (TrainStep &step : steps) {
      if (failed(UpdateBuilder(step, declarations).build()))
        return failure();
      step.access.finish();
      eraseDeadOps(step.function.getBody().front());
      step.request.erase();
    }
    return success();
  }
};
} // namespace
} // namespace mlc
