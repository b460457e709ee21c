#include "compiler/Autodiff/Derivatives.h"
#include "compiler/Autodiff/Passes.h"
#include "compiler/Autodiff/Storages.h"
#include "dialects/NN/AttributeNames.h"
#include "dialects/NN/TensorExpr.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_LIFTPARAMETERSPASS
#include "compiler/Autodiff/Passes.h.inc"

namespace {
struct LiftParametersPass : impl::LiftParametersPassBase<LiftParametersPass> {
  void runOnOperation() override {
    StorageDeclarations declarations(getOperation());
    declareMissing(declarations);
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal() && failed(lift(function, declarations)))
        return signalPassFailure();
    // A state that no function uses is saved and loaded all the same, as a parameter is.
    for (auto state : getOperation().getOps<nn::StateOp>())
      declarations.state(state);
  }

  /// A place in a parameter storage.
  struct Place {
    nn::StorageOp storage;
    Member member;
  };

  /// Parameters that no training step has given a storage go into one per dtype.
  void declareMissing(StorageDeclarations &declarations) {
    ModuleOp module = getOperation();
    for (auto storage : module.getOps<nn::StorageOp>())
      record(storage);
    llvm::MapVector<Type, SmallVector<nn::ParameterOp>> missing;
    for (auto parameter : module.getOps<nn::ParameterOp>())
      if (!places.contains(parameter.getSymName()))
        missing[getElementTypeOrSelf(parameter.getType())].push_back(parameter);
    for (auto &[element, members] : missing)
      record(declarations.parameters(members, "parameters"));
  }
  void record(nn::StorageOp storage) {
    if (storage.getKind() == nn::StorageKind::parameter)
      for (const Member &member : membersOf(storage))
        places[member.name] = {storage, member};
  }

  LogicalResult lift(func::FuncOp function, StorageDeclarations &declarations) {
    if (!llvm::hasSingleElement(function.getBody()))
      return function.emitError("not supported yet: an entry that is not one block");
    if (!mayWrite(function))
      for (auto write : llvm::make_early_inc_range(function.front().getOps<nn::WriteOp>()))
        write.erase();
    StorageAccess access(function);
    DenseMap<StringAttr, Value> reads = mergeParameterReads(function.getBody().front());
    for (auto parameter : getOperation().getOps<nn::ParameterOp>())
      if (Value value = reads.lookup(parameter.getSymNameAttr()))
        replaceParameter(value.getDefiningOp<nn::ParamOp>(), access);
    for (Operation &op : llvm::make_early_inc_range(function.getBody().front()))
      replaceState(&op, access, declarations);
    access.finish();
    return success();
  }

  /// Whether nn.write acts: in what became of a training step, and where the model says so.
  static bool mayWrite(func::FuncOp function) {
    auto kind = function->getAttrOfType<StringAttr>(nn::kKindAttr);
    return (kind && kind == "training") || function->hasAttr(nn::kUpdatesAttr);
  }

  /// A parameter is a range of its storage, under its shape.
  void replaceParameter(nn::ParamOp param, StorageAccess &access) {
    const Place &place = places[param.getParameter()];
    OpBuilder builder(param);
    nn::TensorExpr flat(builder, param.getLoc(), access.read(place.storage));
    nn::TensorExpr range = flat.slice({builder.getIndexAttr(place.member.offset)},
                                      {builder.getIndexAttr(place.member.size)}, {1});
    Value value = range.reshape(cast<RankedTensorType>(param.getType()).getShape()).value();
    param.replaceAllUsesWith(value);
    param.erase();
  }

  /// A state is the value on entry until a write, and the written value after it.
  void replaceState(Operation *op, StorageAccess &access, StorageDeclarations &declarations) {
    if (auto read = dyn_cast<nn::ReadOp>(op)) {
      read.replaceAllUsesWith(access.read(declarations.state(read.getStateAttr().getAttr())));
      read.erase();
    } else if (auto write = dyn_cast<nn::WriteOp>(op)) {
      access.write(declarations.state(write.getStateAttr().getAttr()), write.getValue());
      write.erase();
    }
  }

  llvm::StringMap<Place> places;
};
} // namespace
} // namespace mlc
