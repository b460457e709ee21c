//===- Ptx.cpp - kernels to PTX -------------------------------------------===//
#include "compiler/Emit/Ptx.h"
#include "compiler/Emit/Partition.h"
#include "compiler/Target/TargetInfo.h"
#include "dialects/Kernel/Kernel.h"

#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicsNVPTX.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace mlir;
using namespace mlc;

namespace {
/// What an entry needs to know of its kernel.
struct KernelEntry {
  std::string name;
  AffineMap scratchBytes; ///< over the sizes, which are the body's last arguments before the tiles
};
} // namespace

static SmallVector<KernelEntry> entriesOf(ModuleOp module) {
  SmallVector<KernelEntry> entries;
  for (func::FuncOp kernel : kernel::kernels(module)) {
    auto scratch = kernel->getAttrOfType<AffineMapAttr>(kernel::kScratchAttr);
    entries.push_back({kernel.getSymName().str(), scratch.getValue()});
  }
  return entries;
}

/// A special register of the thread, as 64 bits.
static llvm::Value *readRegister(llvm::IRBuilder<> &ir, llvm::Intrinsic::ID which) {
  return ir.CreateZExt(ir.CreateIntrinsic(ir.getInt32Ty(), which, {}), ir.getInt64Ty());
}

/// The value of an expression without divisions that may be negative.
static llvm::Value *evaluate(llvm::IRBuilder<> &ir, AffineExpr expr,
                             ArrayRef<llvm::Value *> symbols) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return ir.getInt64(constant.getValue());
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
    return symbols[symbol.getPosition()];
  auto pair = cast<AffineBinaryOpExpr>(expr);
  llvm::Value *lhs = evaluate(ir, pair.getLHS(), symbols),
              *rhs = evaluate(ir, pair.getRHS(), symbols);
  switch (expr.getKind()) {
  case AffineExprKind::Add:
    return ir.CreateAdd(lhs, rhs);
  case AffineExprKind::Mul:
    return ir.CreateMul(lhs, rhs);
  case AffineExprKind::FloorDiv:
    return ir.CreateUDiv(lhs, rhs);
  case AffineExprKind::CeilDiv:
    return ir.CreateUDiv(ir.CreateAdd(lhs, ir.CreateSub(rhs, ir.getInt64(1))), rhs);
  default:
    return ir.CreateURem(lhs, rhs);
  }
}

/// for (tile = thread; tile < tiles; tile += threads) body(arguments..., tile, tile + 1, own
/// scratch).
static void buildTileLoop(llvm::Function *entry, llvm::Function *body, AffineMap scratchBytes) {
  llvm::LLVMContext &context = entry->getContext();
  auto *begin = llvm::BasicBlock::Create(context, "", entry);
  auto *head = llvm::BasicBlock::Create(context, "head", entry);
  auto *work = llvm::BasicBlock::Create(context, "work", entry);
  auto *done = llvm::BasicBlock::Create(context, "done", entry);
  llvm::IRBuilder<> ir(begin);
  SmallVector<llvm::Value *> arguments;
  for (llvm::Argument &argument : entry->args())
    arguments.push_back(&argument);
  llvm::Value *scratch = arguments.pop_back_val(), *tiles = arguments.pop_back_val();
  llvm::Value *block = readRegister(ir, llvm::Intrinsic::nvvm_read_ptx_sreg_ctaid_x);
  llvm::Value *blockSize = readRegister(ir, llvm::Intrinsic::nvvm_read_ptx_sreg_ntid_x);
  llvm::Value *blocks = readRegister(ir, llvm::Intrinsic::nvvm_read_ptx_sreg_nctaid_x);
  llvm::Value *inBlock = readRegister(ir, llvm::Intrinsic::nvvm_read_ptx_sreg_tid_x);
  llvm::Value *thread = ir.CreateAdd(ir.CreateMul(block, blockSize), inBlock);
  llvm::Value *threads = ir.CreateMul(blocks, blockSize);
  llvm::Value *bytes = evaluate(ir, scratchBytes.getResult(0),
                                ArrayRef(arguments).take_back(scratchBytes.getNumSymbols()));
  llvm::Value *own = ir.CreateGEP(ir.getInt8Ty(), scratch, ir.CreateMul(thread, bytes));
  ir.CreateBr(head);

  ir.SetInsertPoint(head);
  llvm::PHINode *tile = ir.CreatePHI(ir.getInt64Ty(), 2);
  ir.CreateCondBr(ir.CreateICmpSLT(tile, tiles), work, done);
  ir.SetInsertPoint(work);
  arguments.append({tile, ir.CreateAdd(tile, ir.getInt64(1)), own});
  llvm::CallInst *call = ir.CreateCall(body, arguments);
  llvm::Value *next = ir.CreateAdd(tile, threads);
  ir.CreateBr(head);
  tile->addIncoming(thread, begin);
  tile->addIncoming(next, work);
  ir.SetInsertPoint(done);
  ir.CreateRetVoid();
  llvm::InlineFunctionInfo inlining;
  if (llvm::InlineFunction(*call, inlining).isSuccess())
    body->eraseFromParent();
}

/// Replaces the CPU's interface function `name` by an entry of the same name around `name.body`.
static void buildEntry(llvm::Module &module, const KernelEntry &kernel) {
  llvm::Function *body = module.getFunction(kernel.name + ".body");
  if (llvm::Function *interface = module.getFunction(kernel.name))
    interface->eraseFromParent();
  // The body's parameters end with begin, end and scratch; the entry's with the number of tiles and
  // scratch.
  llvm::FunctionType *bodyType = body->getFunctionType();
  SmallVector<llvm::Type *> types(bodyType->params().drop_back(3));
  llvm::LLVMContext &context = module.getContext();
  types.push_back(llvm::Type::getInt64Ty(context));
  types.push_back(llvm::PointerType::get(context, 0));
  auto *type = llvm::FunctionType::get(llvm::Type::getVoidTy(context), types, /*isVarArg=*/false);
  auto *entry =
      llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, kernel.name, module);
  entry->setCallingConv(llvm::CallingConv::PTX_Kernel);
  entry->setDoesNotThrow();
  buildTileLoop(entry, body, kernel.scratchBytes);
}

FailureOr<Bytes> mlc::emitPtx(ModuleOp module, const PtxOptions &options, TimingScope &timing) {
  auto machine = createPtxMachine(options.gpuArch, options.optLevel);
  if (!machine)
    return module.emitError(llvm::toString(machine.takeError()));
  SmallVector<KernelEntry> kernels = entriesOf(module);
  OwningOpRef<ModuleOp> whole = collectKernels(module);
  PassManager manager(module.getContext(), ModuleOp::getOperationName());
  manager.enableTiming(timing);
  options.addKernelPasses(manager);
  if (failed(manager.run(*whole)))
    return failure();
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> unit = translateModuleToLLVMIR(*whole, context, "mlc");
  if (!unit)
    return failure();
  prepareModule(*unit, **machine);
  for (const KernelEntry &kernel : kernels)
    buildEntry(*unit, kernel);
  optimizeModule(*unit, **machine, options.optLevel);
  return generateCode(*unit, **machine, CodeKind::Assembly);
}
