#include "dialects/Kernel/Subprogram.h"

using namespace mlir;

#define GET_OP_CLASSES
#include "dialects/Kernel/SubprogramOps.cpp.inc"

namespace mlc::kernel {

void addSubprogramOps(KernelDialect &dialect) {
  RegisteredOperationName::insert<CallOp>(dialect);
  RegisteredOperationName::insert<LoopOp>(dialect);
}

bool isSubprogram(func::FuncOp function) { return function->hasAttr(kSubprogramAttr); }

SmallVector<func::FuncOp> programs(ModuleOp module) {
  SmallVector<func::FuncOp> result;
  for (auto function : module.getOps<func::FuncOp>())
    if (isSubprogram(function))
      result.push_back(function);
  llvm::append_range(result, entries(module));
  return result;
}

SmallVector<func::FuncOp> subprogramsOf(Operation *op) {
  auto named = [&](FlatSymbolRefAttr name) {
    return SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(op, name);
  };
  if (auto loop = dyn_cast<LoopOp>(op))
    return {named(loop.getBodyAttr())};
  auto call = dyn_cast<CallOp>(op);
  if (!call)
    return {};
  SmallVector<func::FuncOp> both{named(call.getBodyAttr())};
  if (call.getOtherwiseAttr())
    both.push_back(named(call.getOtherwiseAttr()));
  return both;
}

bool writesMemory(Operation *op) { return isa<LaunchOp, CopyOp, LoopOp, CallOp>(op); }

bool canFail(Operation *op) {
  return isa<nn::AssertOp>(op) || llvm::any_of(subprogramsOf(op), [](func::FuncOp subprogram) {
           return llvm::any_of(subprogram.front(),
                               [](Operation &inner) { return canFail(&inner); });
         });
}

void forEachLaunch(func::FuncOp program, function_ref<void(LaunchOp)> visit) {
  for (Operation &op : program.front()) {
    if (auto launch = dyn_cast<LaunchOp>(op))
      visit(launch);
    for (func::FuncOp subprogram : subprogramsOf(&op))
      forEachLaunch(subprogram, visit);
  }
}

AffineExpr atCall(AffineExpr expr, ValueRange dims, nn::DimensionAnalysis &sizes) {
  SmallVector<AffineExpr> symbols;
  for (Value value : dims)
    symbols.push_back(sizes.index(value));
  return expr.replaceDimsAndSymbols({}, symbols);
}

func::FuncOp LoopOp::subprogram() { return subprogramsOf(*this).front(); }

/// Checks that `name` is a subprogram of this type.
static LogicalResult verifySubprogram(Operation *op, FlatSymbolRefAttr name, FunctionType expected,
                                      SymbolTableCollection &symbols) {
  auto callee = dyn_cast_or_null<func::FuncOp>(symbols.lookupNearestSymbolFrom(op, name));
  if (!callee || !isSubprogram(callee))
    return op->emitOpError("expects a function with '")
           << kSubprogramAttr << "', but " << name << " is not one";
  if (callee.getFunctionType() == expected)
    return success();
  return op->emitOpError("expects ")
         << name << " of type " << expected << ", but got " << callee.getFunctionType();
}

/// Checks the number of places: of tensors, then of `temporaries`.
static LogicalResult verifyPlaceCount(Operation *op, std::optional<ArrayAttr> places,
                                      size_t temporaries) {
  size_t count = op->getNumResults() + temporaries;
  for (Value operand : op->getOperands())
    count += isa<RankedTensorType>(operand.getType());
  if (!places || places->size() == count)
    return success();
  return op->emitOpError("expects ") << count << " places, but got " << places->size();
}

/// The size of a result, which is that of result `number` of a subprogram, its dimension `inner`.
static AffineExpr resultSize(Operation *op, ValueRange dims, unsigned number, unsigned dim,
                             unsigned inner, nn::DimensionAnalysis &sizes) {
  auto type = cast<RankedTensorType>(op->getResult(number).getType());
  if (!type.isDynamicDim(dim))
    return sizes.constant(type.getDimSize(dim));
  auto map = subprogramsOf(op).front().getResultAttrOfType<AffineMapAttr>(number, kSizesAttr);
  return atCall(map.getValue().getResult(inner), dims, sizes);
}

nn::Role CallOp::role() { return nn::Role::host; }
StringRef CallOp::segment() { return "map"; }

LogicalResult CallOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto typeFor = [&](ValueRange captures, ValueRange dims) {
    SmallVector<Type> inputs(captures.getTypes());
    llvm::append_range(inputs, dims.getTypes());
    return FunctionType::get(getContext(), inputs, getResultTypes());
  };
  if (!getCondition() != !getOtherwise()) // call_c1
    return emitOpError("expects a condition and a second subprogram, or neither");
  if (failed(verifySubprogram(*this, getBodyAttr(), typeFor(getCaptures(), getDims()), symbols)))
    return failure();
  if (getOtherwise() &&
      failed(verifySubprogram(*this, getOtherwiseAttr(),
                              typeFor(getOtherCaptures(), getOtherDims()), symbols)))
    return failure();
  return verifyPlaceCount(*this, getPlaces(), getOtherwise() ? 2 : 1); // call_c2
}

AffineExpr CallOp::resultDimension(unsigned result, unsigned dim, nn::DimensionAnalysis &sizes) {
  return resultSize(*this, getDims(), result, dim, dim, sizes);
}

nn::Role LoopOp::role() { return nn::Role::host; }
StringRef LoopOp::segment() { return "map"; }

LogicalResult LoopOp::verifySymbolUses(SymbolTableCollection &symbols) {
  SmallVector<Type> arguments(getInits().getTypes()), results(getInits().getTypes());
  auto slice = [](Type type) -> Type {
    auto tensor = cast<RankedTensorType>(type);
    return tensor.clone(tensor.getShape().drop_front());
  };
  llvm::append_range(arguments, llvm::map_range(getStacks().getTypes(), slice));
  llvm::append_range(arguments, getCaptures().getTypes());
  llvm::append_range(arguments, getDims().getTypes());
  TypeRange stacked = TypeRange(getResultTypes()).drop_front(getInits().size());
  llvm::append_range(results, llvm::map_range(stacked, slice));
  auto expected = FunctionType::get(getContext(), arguments, results);
  if (failed(verifySubprogram(*this, getBodyAttr(), expected, symbols))) // loop_c1
    return failure();
  return verifyPlaceCount(*this, getPlaces(), 1 + getInits().size()); // loop_c2
}

AffineExpr LoopOp::resultDimension(unsigned result, unsigned dim, nn::DimensionAnalysis &sizes) {
  if (result < getInits().size())
    return sizes.dimension(getInits()[result], dim);
  return dim == 0 ? sizes.index(getTrips())
                  : resultSize(*this, getDims(), result, dim, dim - 1, sizes);
}

} // namespace mlc::kernel
