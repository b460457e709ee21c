// convert-kernels-to-llvm: bufferised kernels become LLVM functions that can be launched.
#include "compiler/Codegen/Common/TargetCode.h"
#include "compiler/Codegen/Passes.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/Vector/Transforms/LoweringPatterns.h"
#include "mlir/Dialect/Vector/Transforms/VectorRewritePatterns.h"
#include "mlir/Transforms/DialectConversion.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_CONVERTKERNELSTOLLVMPASS
#include "compiler/Codegen/Passes.h.inc"

namespace {
/// Moves the body of one kernel into an LLVM function of pointers and sizes; the target's interface
/// calls that.
class KernelLowering {
public:
  KernelLowering(func::FuncOp kernel, LLVMTypeConverter &types)
      : kernel(kernel), types(types), builder(kernel), location(kernel.getLoc()) {}
  void run(const TargetCode &code);

private:
  LLVM::LLVMFuncOp createBody();
  bool mayAlias(unsigned argument);
  Value descriptor(MemRefType type, Value pointer);

  func::FuncOp kernel;
  LLVMTypeConverter &types;
  OpBuilder builder;
  Location location;
};
} // namespace

/// A buffer that may lie where another one lies is not `noalias`.
bool KernelLowering::mayAlias(unsigned argument) {
  auto pairs = kernel->getAttrOfType<ArrayAttr>(kernel::kInPlaceAttr);
  auto resultCount = kernel->getAttrOfType<IntegerAttr>(kResultsAttr);
  unsigned buffers = 0;
  for (Type type : kernel.getArgumentTypes())
    buffers += isa<MemRefType>(type);
  if (!pairs || !resultCount)
    return false;
  unsigned inputs = buffers - 1 - resultCount.getInt(); // the last buffer is scratch
  for (Attribute attribute : pairs) {
    auto pair = cast<DenseI64ArrayAttr>(attribute);
    if (argument == inputs + pair[0] || argument == static_cast<unsigned>(pair[1]))
      return true;
  }
  return false;
}

Value KernelLowering::descriptor(MemRefType type, Value pointer) {
  auto memory = MemRefDescriptor::poison(builder, location, types.convertType(type));
  memory.setAllocatedPtr(builder, location, pointer);
  memory.setAlignedPtr(builder, location, pointer);
  memory.setConstantOffset(builder, location, 0);
  memory.setConstantSize(builder, location, 0, 0);
  memory.setConstantStride(builder, location, 0, 1);
  return UnrealizedConversionCastOp::create(builder, location, type, ValueRange{Value(memory)})
      .getResult(0);
}

LLVM::LLVMFuncOp KernelLowering::createBody() {
  Type pointer = LLVM::LLVMPointerType::get(builder.getContext()), i64 = builder.getI64Type();
  SmallVector<Type> inputs;
  for (Type type : kernel.getArgumentTypes())
    inputs.push_back(isa<MemRefType>(type) ? pointer : i64);
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(builder.getContext()), inputs);
  auto body = LLVM::LLVMFuncOp::create(builder, location, (kernel.getSymName() + ".body").str(),
                                       type, LLVM::Linkage::Internal);
  for (auto [number, type] : llvm::enumerate(kernel.getArgumentTypes())) {
    if (isa<MemRefType>(type) && !mayAlias(number))
      body.setArgAttr(number, LLVM::LLVMDialect::getNoAliasAttrName(), builder.getUnitAttr());
  }
  body.getBody().takeBody(kernel.getBody());
  Block &entry = body.getBody().front();
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&entry);
  for (BlockArgument argument : entry.getArguments()) {
    Type old = argument.getType();
    Value replacement;
    SmallVector<OpOperand *> uses;
    for (OpOperand &use : argument.getUses())
      uses.push_back(&use);
    if (auto memory = dyn_cast<MemRefType>(old)) {
      argument.setType(pointer);
      replacement = descriptor(memory, argument);
    } else {
      argument.setType(i64);
      replacement = UnrealizedConversionCastOp::create(builder, location, old, ValueRange(argument))
                        .getResult(0);
    }
    for (OpOperand *use : uses)
      use->set(replacement);
  }
  entry.getTerminator()->erase();
  builder.setInsertionPointToEnd(&entry);
  LLVM::ReturnOp::create(builder, location, ValueRange());
  return body;
}

void KernelLowering::run(const TargetCode &code) {
  code.buildInterface(builder, kernel, createBody());
  kernel.erase();
}

/// Divisors of sizes and positions count as 1 where they are 0, as in the host program: 0 traps.
static void guardDivisions(func::FuncOp kernel) {
  kernel.walk([](Operation *op) {
    if (!isa<arith::DivUIOp, arith::DivSIOp, arith::RemUIOp, arith::RemSIOp>(op) ||
        !op->getResult(0).getType().isIndex() || getConstantIntValue(op->getOperand(1)))
      return;
    OpBuilder builder(op);
    Value one = arith::ConstantIndexOp::create(builder, op->getLoc(), 1);
    op->setOperand(1, arith::MaxUIOp::create(builder, op->getLoc(), op->getOperand(1), one));
  });
}

namespace {
struct ConvertKernelsToLLVMPass : impl::ConvertKernelsToLLVMPassBase<ConvertKernelsToLLVMPass> {
  using Base = impl::ConvertKernelsToLLVMPassBase<ConvertKernelsToLLVMPass>;
  using Base::Base;

  void runOnOperation() override {
    LowerToLLVMOptions options(&getContext());
    LLVMTypeConverter types(&getContext(), options);
    const TargetCode *code = findTargetCode(getOperation(), target);
    if (!code)
      return signalPassFailure();
    SmallVector<func::FuncOp> kernels = kernel::kernels(getOperation());
    for (func::FuncOp kernel : kernels) {
      guardDivisions(kernel);
      KernelLowering(kernel, types).run(*code);
    }
    RewritePatternSet patterns(&getContext());
    populateSCFToControlFlowConversionPatterns(patterns);
    arith::populateArithToLLVMConversionPatterns(types, patterns);
    populateMathToLLVMConversionPatterns(types, patterns);
    cf::populateControlFlowToLLVMConversionPatterns(types, patterns);
    populateFinalizeMemRefToLLVMConversionPatterns(types, patterns);
    vector::populateVectorMaskOpLoweringPatterns(patterns);
    vector::populateVectorStepLoweringPatterns(patterns);
    vector::populateVectorMaskMaterializationPatterns(patterns, /*force32BitVectorIndices=*/false);
    vector::populateVectorInsertExtractStridedSliceTransforms(patterns);
    populateVectorToLLVMConversionPatterns(types, patterns);
    LLVMConversionTarget legal(getContext());
    legal.addLegalOp<UnrealizedConversionCastOp>();
    legal.addIllegalDialect<arith::ArithDialect, scf::SCFDialect, cf::ControlFlowDialect,
                            memref::MemRefDialect, vector::VectorDialect, math::MathDialect>();
    legal.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
    if (failed(applyPartialConversion(getOperation(), legal, std::move(patterns))))
      return signalPassFailure();
    SmallVector<UnrealizedConversionCastOp> casts;
    getOperation().walk([&](UnrealizedConversionCastOp cast) { casts.push_back(cast); });
    reconcileUnrealizedCasts(casts);
  }
};
} // namespace

} // namespace mlc
