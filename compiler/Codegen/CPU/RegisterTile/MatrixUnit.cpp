#include "compiler/Codegen/CPU/RegisterTile/MatrixUnit.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace mlc::tile {

/// Words of the configuration: palette 1; bytes of a row, two of 16 bits each; rows, four each.
constexpr int64_t kConfigWords = 16, kFirstOfBytes = 4, kFirstOfRows = 12;

MatrixUnit::MatrixUnit(VectorBuilder &emitter, const Plan &plan, Scratch &scratch)
    : Part(emitter, plan), isPlain(dot.matrixIntrinsic().empty()),
      memory(
          scratch.allocate(emitter.builder.getI32Type(),
                           isPlain ? DotInstruction::kMatrices * kRows * kWords : kConfigWords)) {}

//===-- Addresses ---------------------------------------------------------------------------===//

Value MatrixUnit::addressOf(Value buffer, Value element) {
  Value start =
      memref::ExtractAlignedPointerAsIndexOp::create(emitter.builder, emitter.location, buffer);
  int64_t bits = cast<MemRefType>(buffer.getType()).getElementTypeBitWidth();
  return emitter.add(start, emitter.mul(element, bits / 8));
}

Value MatrixUnit::pointer(Value address) {
  OpBuilder &builder = emitter.builder;
  Value number =
      arith::IndexCastOp::create(builder, emitter.location, builder.getI64Type(), address);
  return LLVM::IntToPtrOp::create(builder, emitter.location,
                                  LLVM::LLVMPointerType::get(builder.getContext()), number);
}

Value MatrixUnit::number(int64_t value, unsigned bits) {
  return emitter.constant(
      emitter.builder.getIntegerAttr(emitter.builder.getIntegerType(bits), value));
}

Value MatrixUnit::wordsAt(Value address, Value count) {
  OpBuilder &builder = emitter.builder;
  auto type = VectorType::get(kWords, builder.getI32Type());
  Value mask = emitter.maskBelow(count, kWords), from = pointer(address);
  if (!mask)
    return LLVM::LoadOp::create(builder, emitter.location, type, from, /*alignment=*/1);
  Value zeros = emitter.constant(cast<TypedAttr>(builder.getZeroAttr(type)));
  return LLVM::MaskedLoadOp::create(builder, emitter.location, type, from, mask, zeros,
                                    builder.getI32IntegerAttr(1));
}

void MatrixUnit::storeWords(Value words, Value address) {
  LLVM::StoreOp::create(emitter.builder, emitter.location, words, pointer(address),
                        /*alignment=*/1);
}

//===-- Instructions ------------------------------------------------------------------------===//

void MatrixUnit::call(StringRef name, ArrayRef<Value> operands) {
  OpBuilder &builder = emitter.builder;
  LLVM::CallIntrinsicOp::create(builder, emitter.location, builder.getStringAttr(name), operands);
}

void MatrixUnit::configure(Value first, Value second) {
  firstRows = first;
  secondRows = second;
  if (isPlain)
    return;
  OpBuilder &builder = emitter.builder;
  auto word = [&](int64_t at, Value value) {
    memref::StoreOp::create(builder, emitter.location, value, memory, emitter.constantIndex(at));
  };
  auto rows = [&](ArrayRef<Value> bytes) {
    Value all = bytes.back();
    for (Value byte : llvm::reverse(bytes.drop_back()))
      all = emitter.add(emitter.mul(all, 256), byte);
    return arith::IndexCastOp::create(builder, emitter.location, builder.getI32Type(), all);
  };
  Value whole = emitter.constantIndex(kRows);
  for (int64_t at = 0; at < kFirstOfRows; ++at) {
    bool hasBytes = at >= kFirstOfBytes && at < kFirstOfBytes + DotInstruction::kMatrices / 2;
    word(at, number(at == 0 ? 1 : hasBytes ? kBytes << 16 | kBytes : 0, 32));
  }
  word(kFirstOfRows, rows({first, first, second, second}));
  word(kFirstOfRows + 1, rows({first, second, whole, whole}));
  for (int64_t at = kFirstOfRows + 2; at < kConfigWords; ++at)
    word(at, number(0, 32));
  call("llvm.x86.ldtilecfg", {pointer(addressOf(memory, emitter.constantIndex(0)))});
}

void MatrixUnit::release() {
  if (!isPlain)
    call("llvm.x86.tilerelease", {});
}

void MatrixUnit::move(StringRef name, int64_t which, Value address, Value stride) {
  Value bytes = arith::IndexCastOp::create(emitter.builder, emitter.location,
                                           emitter.builder.getI64Type(), stride);
  call(name, {number(which, 8), pointer(address), bytes});
}

/// The address of a row of what stands for a register.
Value MatrixUnit::registerRow(int64_t which, Value row) {
  Value at = emitter.add(emitter.constantIndex(which * kRows), row);
  return addressOf(memory, emitter.mul(at, kWords));
}

Value MatrixUnit::rowsOf(int64_t which) const {
  if (which >= rhs(0))
    return emitter.constantIndex(kRows);
  return which == lhs(0) || which < sums(1, 0) ? firstRows : secondRows;
}

void MatrixUnit::load(int64_t which, Value address, Value stride) {
  if (!isPlain)
    return move("llvm.x86.tileloadd64", which, address, stride);
  Value whole = emitter.constantIndex(kWords);
  emitter.forLoop(emitter.constantIndex(0), rowsOf(which), 1, [&](Value row) {
    Value from = emitter.add(address, emitter.mul(row, stride));
    storeWords(wordsAt(from, whole), registerRow(which, row));
  });
}

void MatrixUnit::store(int64_t which, Value address, Value stride) {
  if (!isPlain)
    return move("llvm.x86.tilestored64", which, address, stride);
  Value whole = emitter.constantIndex(kWords);
  emitter.forLoop(emitter.constantIndex(0), rowsOf(which), 1, [&](Value row) {
    storeWords(wordsAt(registerRow(which, row), whole),
               emitter.add(address, emitter.mul(row, stride)));
  });
}

void MatrixUnit::zero(int64_t which) {
  if (!isPlain)
    return call("llvm.x86.tilezero", {number(which, 8)});
  auto type = VectorType::get(kWords, emitter.builder.getI32Type());
  Value zeros = emitter.constant(cast<TypedAttr>(emitter.builder.getZeroAttr(type)));
  emitter.forLoop(emitter.constantIndex(0), rowsOf(which), 1,
                  [&](Value row) { storeWords(zeros, registerRow(which, row)); });
}

void MatrixUnit::multiply(int64_t left, int64_t right) {
  int64_t result = sums(left, right);
  if (!isPlain)
    return call(dot.matrixIntrinsic(),
                {number(result, 8), number(lhs(left), 8), number(rhs(right), 8)});
  OpBuilder &builder = emitter.builder;
  Value zero = emitter.constantIndex(0), whole = emitter.constantIndex(kWords);
  auto bitcast = [&](Value vector, Type element) -> Value {
    return vector::BitCastOp::create(builder, emitter.location, VectorType::get(kWords, element),
                                     vector);
  };
  emitter.forLoop(zero, rowsOf(result), 1, [&](Value row) {
    emitter.withLanes(kWords, {}, [&] {
      Value words = wordsAt(registerRow(lhs(left), row), whole),
            total = bitcast(wordsAt(registerRow(result, row), whole), type);
      for (int64_t at = 0; at < kWords; ++at) {
        Value word = vector::ExtractOp::create(builder, emitter.location, words, at),
              across = wordsAt(registerRow(rhs(right), emitter.constantIndex(at)), whole);
        total = dot.add(emitter, dot.lhsWords(emitter, word), across, total);
      }
      storeWords(bitcast(total, builder.getI32Type()), registerRow(result, row));
    });
  });
}

} // namespace mlc::tile
