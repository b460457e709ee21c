// What a GPU has of its own: no segments but the common ones, in scalar code, and kernels whose
// threads take one tile after the other.
#include "compiler/Codegen/Common/TargetCode.h"
#include "dialects/NN/SizeEvaluator.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;

namespace mlc {

static SegmentTable &gpuSegments() {
  static SegmentTable table(&commonSegments());
  return table;
}
static const SegmentEntry kContraction(gpuSegments(), "contraction", createMapAround);

namespace {
/// Bytes of scratch memory, which are never negative: operations on i64.
class ScratchBytes : public nn::IntegerSizes<ScratchBytes, Value> {
public:
  ScratchBytes(OpBuilder &builder, Location location, ValueRange sizes)
      : builder(builder), location(location), sizes(sizes) {}
  Value constant(int64_t value) {
    return LLVM::ConstantOp::create(builder, location, builder.getI64IntegerAttr(value));
  }
  Value symbol(unsigned position) { return sizes[position]; }
  Value plus(Value lhs, Value rhs) { return LLVM::AddOp::create(builder, location, lhs, rhs); }
  Value minus(Value lhs, Value rhs) { return LLVM::SubOp::create(builder, location, lhs, rhs); }
  Value times(Value lhs, Value rhs) { return LLVM::MulOp::create(builder, location, lhs, rhs); }
  Value quotient(Value lhs, Value rhs, bool) {
    return LLVM::UDivOp::create(builder, location, lhs, rhs);
  }
  Value remainder(Value lhs, Value rhs) {
    return LLVM::URemOp::create(builder, location, lhs, rhs);
  }

private:
  OpBuilder &builder;
  Location location;
  ValueRange sizes;
};
} // namespace

/// A special register of the thread, as 64 bits.
template <typename Register> static Value readRegister(OpBuilder &builder, Location location) {
  Value value = Register::create(builder, location, builder.getI32Type());
  return LLVM::ZExtOp::create(builder, location, builder.getI64Type(), value);
}

/// kernel(buffers..., sizes..., tiles, scratch): for (tile = thread; tile < tiles; tile += threads)
/// body(buffers..., sizes..., tile, tile + 1, the thread's part of scratch), thread being the
/// number in the whole launch.
static void buildInterface(OpBuilder &builder, func::FuncOp kernel, LLVM::LLVMFuncOp body) {
  Location location = kernel.getLoc();
  body.setAlwaysInline(true);
  Type pointer = LLVM::LLVMPointerType::get(builder.getContext()), i64 = builder.getI64Type();
  SmallVector<Type> types(body.getArgumentTypes());
  types.truncate(types.size() - 3);
  types.append({i64, pointer});
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(builder.getContext()), types);
  auto function = LLVM::LLVMFuncOp::create(builder, location, kernel.getSymName(), type);
  function->setAttr(NVVM::NVVMDialect::getKernelFuncAttrName(), builder.getUnitAttr());
  Block *begin = function.addEntryBlock(builder);
  Region &region = function.getBody();
  Block *head = builder.createBlock(&region, region.end(), i64, location),
        *work = builder.createBlock(&region, region.end()),
        *done = builder.createBlock(&region, region.end());

  builder.setInsertionPointToStart(begin);
  SmallVector<Value> arguments(begin->getArguments());
  Value scratch = arguments.pop_back_val(), tiles = arguments.pop_back_val();
  Value block = readRegister<NVVM::BlockIdXOp>(builder, location),
        blockSize = readRegister<NVVM::BlockDimXOp>(builder, location),
        blocks = readRegister<NVVM::GridDimXOp>(builder, location),
        inBlock = readRegister<NVVM::ThreadIdXOp>(builder, location);
  Value firstOfBlock = LLVM::MulOp::create(builder, location, block, blockSize);
  Value thread = LLVM::AddOp::create(builder, location, firstOfBlock, inBlock);
  Value threads = LLVM::MulOp::create(builder, location, blocks, blockSize);
  AffineMap bytes = kernel->getAttrOfType<AffineMapAttr>(kernel::kScratchAttr).getValue();
  ArrayRef<Value> sizes = ArrayRef(arguments).take_back(bytes.getNumSymbols());
  Value own = LLVM::MulOp::create(builder, location, thread,
                                  ScratchBytes(builder, location, sizes).visit(bytes.getResult(0)));
  own = LLVM::GEPOp::create(builder, location, pointer, builder.getI8Type(), scratch,
                            ArrayRef<LLVM::GEPArg>{own});
  LLVM::BrOp::create(builder, location, thread, head);

  builder.setInsertionPointToStart(head);
  Value tile = head->getArgument(0);
  Value isLeft = LLVM::ICmpOp::create(builder, location, LLVM::ICmpPredicate::slt, tile, tiles);
  LLVM::CondBrOp::create(builder, location, isLeft, work, done);

  builder.setInsertionPointToStart(work);
  Value one = LLVM::ConstantOp::create(builder, location, builder.getI64IntegerAttr(1));
  arguments.append({tile, LLVM::AddOp::create(builder, location, tile, one), own});
  LLVM::CallOp::create(builder, location, body, arguments);
  Value next = LLVM::AddOp::create(builder, location, tile, threads);
  LLVM::BrOp::create(builder, location, next, head);

  builder.setInsertionPointToStart(done);
  LLVM::ReturnOp::create(builder, location, ValueRange());
}

static const TargetEntry kEntry("gpu", {&gpuSegments(), buildInterface});

} // namespace mlc
