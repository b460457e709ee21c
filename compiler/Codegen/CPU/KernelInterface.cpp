// What a CPU has of its own: its segments, and kernels that the runtime's threads call.
#include "compiler/Codegen/CPU/Segments.h"
#include "compiler/Codegen/Common/TargetCode.h"

using namespace mlir;

namespace mlc {

SegmentTable &cpuSegments() {
  static SegmentTable table(&commonSegments());
  return table;
}

/// kernel(arguments, begin, end, scratch), the runtime's mlc_kernel: loads every argument and calls
/// the body.
static void buildInterface(OpBuilder &builder, func::FuncOp kernel, LLVM::LLVMFuncOp body) {
  Location location = kernel.getLoc();
  body.setNoInline(true);
  Type pointer = LLVM::LLVMPointerType::get(builder.getContext()), i64 = builder.getI64Type();
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(builder.getContext()),
                                          {pointer, i64, i64, pointer});
  auto function = LLVM::LLVMFuncOp::create(builder, location, kernel.getSymName(), type);
  Block *entry = function.addEntryBlock(builder);
  builder.setInsertionPointToStart(entry);
  SmallVector<Value> operands;
  unsigned count = body.getNumArguments() - 3;
  for (unsigned number = 0; number < count; ++number) {
    Value slot = LLVM::GEPOp::create(builder, location, pointer, pointer, entry->getArgument(0),
                                     ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(number)});
    operands.push_back(
        LLVM::LoadOp::create(builder, location, body.getArgumentTypes()[number], slot));
  }
  llvm::append_range(operands, entry->getArguments().drop_front());
  LLVM::CallOp::create(builder, location, body, operands);
  LLVM::ReturnOp::create(builder, location, ValueRange());
}

static const TargetEntry kEntry("cpu", {&cpuSegments(), buildInterface});

} // namespace mlc
