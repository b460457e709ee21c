#include "dialects/Kernel/Subprogram.h"

using namespace mlir;

#define GET_OP_CLASSES
#include "dialects/Kernel/SubprogramOps.cpp.inc"

namespace mlc::kernel {

void addSubprogramOps(KernelDialect &dialect) { RegisteredOperationName::insert<LoopOp>(dialect); }

bool isSubprogram(func::FuncOp function) { return function->hasAttr(kSubprogramAttr); }

SmallVector<func::FuncOp> programs(ModuleOp module) {
  SmallVector<func::FuncOp> result;
  for (auto function : module.getOps<func::FuncOp>())
    if (isSubprogram(function))
      result.push_back(function);
  llvm::append_range(result, entries(module));
  return result;
}

bool canFail(Operation *op) {
  if (isa<nn::AssertOp>(op))
    return true;
  auto loop = dyn_cast<LoopOp>(op);
  return loop &&
         llvm::any_of(loop.subprogram().front(), [](Operation &inner) { return canFail(&inner); });
}

void forEachLaunch(func::FuncOp program, function_ref<void(LaunchOp)> visit) {
  for (Operation &op : program.front())
    if (auto launch = dyn_cast<LaunchOp>(op))
      visit(launch);
    else if (auto loop = dyn_cast<LoopOp>(op))
      forEachLaunch(loop.subprogram(), visit);
}

func::FuncOp LoopOp::subprogram() {
  return SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(*this, getBodyAttr());
}

AffineExpr LoopOp::atCall(AffineExpr expr, nn::DimensionAnalysis &sizes) {
  SmallVector<AffineExpr> symbols;
  for (Value value : getDims())
    symbols.push_back(sizes.index(value));
  return expr.replaceDimsAndSymbols({}, symbols);
}

nn::Role LoopOp::role() { return nn::Role::host; }
StringRef LoopOp::segment() { return "map"; }

LogicalResult LoopOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto callee =
      dyn_cast_or_null<func::FuncOp>(symbols.lookupNearestSymbolFrom(*this, getBodyAttr()));
  if (!callee || !isSubprogram(callee))
    return emitOpError("expects a function with '")
           << kSubprogramAttr << "', but @" << getBody() << " is not one";
  SmallVector<Type> arguments(getInits().getTypes()), results(getInits().getTypes());
  auto slice = [](Type type) -> Type {
    auto tensor = cast<RankedTensorType>(type);
    return tensor.clone(tensor.getShape().drop_front());
  };
  llvm::append_range(arguments, llvm::map_range(getStacks().getTypes(), slice));
  llvm::append_range(arguments, getCaptures().getTypes());
  llvm::append_range(arguments, getDims().getTypes());
  llvm::append_range(
      results, llvm::map_range(TypeRange(getResultTypes()).drop_front(getInits().size()), slice));
  auto expected = FunctionType::get(getContext(), arguments, results);
  if (callee.getFunctionType() != expected) // loop_c1
    return emitOpError("expects @") << callee.getSymName() << " of type " << expected
                                    << ", but got " << callee.getFunctionType();
  size_t tensors = getNumOperands() - 1 - getDims().size() + getNumResults();
  if (getPlaces() && getPlaces()->size() != tensors + 1 + getInits().size()) // loop_c2
    return emitOpError("expects ")
           << tensors + 1 + getInits().size() << " places, but got " << getPlaces()->size();
  return success();
}

AffineExpr LoopOp::resultDimension(unsigned result, unsigned dim, nn::DimensionAnalysis &sizes) {
  if (result < getInits().size())
    return sizes.dimension(getInits()[result], dim);
  if (dim == 0)
    return sizes.index(getTrips());
  auto type = cast<RankedTensorType>(getResult(result).getType());
  if (!type.isDynamicDim(dim))
    return sizes.constant(type.getDimSize(dim));
  auto map = subprogram().getResultAttrOfType<AffineMapAttr>(result, kSizesAttr);
  return atCall(map.getValue().getResult(dim - 1), sizes);
}

} // namespace mlc::kernel
