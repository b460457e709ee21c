// What the families of composite ops share.
#ifndef MLC_NN_COMPOSITE_BASE
#define MLC_NN_COMPOSITE_BASE

include "dialects/NN/NNBase.td"

// A composite with one result, of the type of its first operand.
class NN_SameTypeCompositeOp<string mnemonic, list<Trait> traits = []>
    : NN_CompositeOp<mnemonic, !listconcat([DeclareOpInterfaceMethods<DimensionOpInterface>], traits)> {
  let results = (outs NN_Tensor:$result);
  let extraClassDefinition = [{
::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *, std::optional<::mlir::Location>, Adaptor adaptor,
                                                  ::llvm::SmallVectorImpl<::mlir::Type> &types) {
  types.push_back(adaptor.getOperands().front().getType());
  return ::mlir::success();
}
::mlir::AffineExpr $cppClass::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension((*this)->getOperand(0), dim);
}
}];
}

#endif
