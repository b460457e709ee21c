// Dot products: the instruction, or the same by plain vector operations.
#include "compiler/Codegen/CPU/RegisterTile/DotForm.h"
#include "compiler/Codegen/Common/NarrowFloat.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace mlc {

/// What a word of lhs has, and a lane of the sums.
constexpr int64_t kWordBits = 32;

/// Of an instruction of matrices to one of f32, in a cycle: 256 words by two units of 16 lanes.
constexpr int64_t kRateOfMatrices = 8;

/// 128 in each byte of a word.
constexpr uint32_t kEach128 = 0x80808080;

Type DotForm::lhsElement(OpBuilder &builder) const {
  return builder.getIntegerType(kWordBits / products());
}
Type DotForm::rhsElement(OpBuilder &builder) const {
  return instruction->isWidened && !widensRhs ? Type(builder.getI8Type()) : lhsElement(builder);
}

int64_t DotForm::productsOfStep() const {
  return isPlain() ? 1 : products() * (takesMatrices() ? kRateOfMatrices : 1);
}

std::string DotForm::text() const {
  return llvm::formatv("{0} of {1} by {2}", products() == 2 ? "pairs" : "quads",
                       instruction->isFloat ? "bf16" : "i8",
                       isPlain() ? "plain vector operations" : StringRef(instruction->name));
}

/// `type`, or a vector of it like `value`.
static Type typeLike(Value value, Type type) {
  auto vector = dyn_cast<VectorType>(value.getType());
  return vector ? Type(vector.cloneWith(std::nullopt, type)) : type;
}

/// An integer in the shape of `value`.
static Value integerLike(VectorBuilder &emitter, Value value, int64_t number) {
  Type type = value.getType();
  auto scalar = emitter.builder.getIntegerAttr(getElementTypeOrSelf(type), number);
  if (auto vector = dyn_cast<VectorType>(type))
    return emitter.constant(
        cast<TypedAttr>(Attribute(DenseElementsAttr::get(vector, Attribute(scalar)))));
  return emitter.constant(scalar);
}

//===-- Packing -----------------------------------------------------------------------------===//

/// The bits of bf16, which may be there already, or i8.
static Value asNarrow(VectorBuilder &emitter, Value number) {
  OpBuilder &builder = emitter.builder;
  Type element = getElementTypeOrSelf(number.getType());
  if (element.isF32())
    return packNarrow(builder, emitter.location, number, builder.getBF16Type());
  if (element.isInteger(8) || element.isInteger(16))
    return number;
  return arith::ExtUIOp::create(builder, emitter.location, typeLike(number, builder.getI8Type()),
                                number);
}

Value DotForm::widened(VectorBuilder &emitter, Value numbers) const {
  return arith::ExtSIOp::create(emitter.builder, emitter.location,
                                typeLike(numbers, lhsElement(emitter.builder)), numbers);
}

Value DotForm::rhsPacked(VectorBuilder &emitter, Value number) const {
  Value packed = asNarrow(emitter, number);
  return widensRhs ? widened(emitter, packed) : packed;
}

Value DotForm::lhsPacked(VectorBuilder &emitter, Value number) const {
  Value packed = asNarrow(emitter, number);
  if (instruction->isWidened)
    return widened(emitter, packed);
  if (hasOffset()) // plus 128, as unsigned
    return arith::XOrIOp::create(emitter.builder, emitter.location, packed,
                                 integerLike(emitter, packed, -128));
  return packed;
}

Value DotForm::roundedByCpu(VectorBuilder &emitter, Value numbers) const {
  constexpr int64_t kLanes = 16;
  OpBuilder &builder = emitter.builder;
  auto type = dyn_cast<VectorType>(numbers.getType());
  if (instruction->rounding.empty() || !type || type.getDimSize(0) % kLanes != 0)
    return {};
  auto part = VectorType::get(kLanes, builder.getBF16Type());
  SmallVector<Value> parts;
  for (int64_t low = 0; low < type.getDimSize(0); low += kLanes)
    parts.push_back(LLVM::CallIntrinsicOp::create(builder, emitter.location, part,
                                                  builder.getStringAttr(instruction->rounding),
                                                  emitter.slice(numbers, low, kLanes))
                        .getResult(0));
  while (parts.size() > 1) {
    SmallVector<Value> joined;
    for (size_t at = 0; at < parts.size(); at += 2) {
      int64_t lanes = 2 * cast<VectorType>(parts[at].getType()).getDimSize(0);
      joined.push_back(vector::ShuffleOp::create(builder, emitter.location, parts[at],
                                                 parts[at + 1],
                                                 llvm::to_vector(llvm::seq<int64_t>(0, lanes))));
    }
    parts = joined;
  }
  return vector::BitCastOp::create(builder, emitter.location,
                                   type.cloneWith(std::nullopt, builder.getI16Type()), parts[0]);
}

Value DotForm::rounded(VectorBuilder &emitter, Value numbers) const {
  if (Value bits = roundedByCpu(emitter, numbers))
    return bits;
  OpBuilder &builder = emitter.builder;
  Type bf16 = builder.getBF16Type();
  return packNarrow(builder, emitter.location,
                    roundToNarrow(builder, emitter.location, numbers, bf16), bf16);
}

Value DotForm::inWords(VectorBuilder &emitter, ArrayRef<Value> vectors) {
  if (vectors.size() == 1)
    return vectors[0];
  SmallVector<Value> halves[2];
  for (auto [position, vector] : llvm::enumerate(vectors))
    halves[position % 2].push_back(vector);
  Value even = inWords(emitter, halves[0]), odd = inWords(emitter, halves[1]);
  SmallVector<int64_t> order;
  int64_t lanes = cast<VectorType>(even.getType()).getDimSize(0);
  for (int64_t lane = 0; lane < lanes; ++lane)
    order.append({lane, lanes + lane});
  return vector::ShuffleOp::create(emitter.builder, emitter.location, even, odd, order);
}

//===-- Products ----------------------------------------------------------------------------===//

bool DotForm::takesAsWords(Type element) const {
  return instruction && !instruction->isWidened &&
         (instruction->isFloat ? element.isBF16() : element.isInteger(8));
}

StringRef DotForm::intrinsic(VectorBuilder &emitter) const {
  return instruction->intrinsic(emitter.width() * kWordBits / 8);
}

/// Operands of the instruction: lanes of `products` elements. Without one: vectors of words.
static VectorType operandType(VectorBuilder &emitter, Type element, int64_t products) {
  return VectorType::get(static_cast<int64_t>(emitter.width()) * products, element);
}

Value DotForm::asOperand(VectorBuilder &emitter, Value words) const {
  OpBuilder &builder = emitter.builder;
  if (intrinsic(emitter).empty())
    return words;
  Type element = instruction->isFloat ? Type(builder.getBF16Type()) : lhsElement(builder);
  return vector::BitCastOp::create(builder, emitter.location,
                                   operandType(emitter, element, products()), words);
}

Value DotForm::lhsWords(VectorBuilder &emitter, Value word) const {
  auto words = VectorType::get(emitter.width(), word.getType());
  return asOperand(emitter,
                   vector::BroadcastOp::create(emitter.builder, emitter.location, words, word));
}

Value DotForm::lhsWordsAt(VectorBuilder &emitter, Value buffer, Value address) const {
  OpBuilder &builder = emitter.builder;
  Location location = emitter.location;
  Value elements = vector::LoadOp::create(
      builder, location, VectorType::get(products(), lhsElement(builder)), buffer, address);
  Value word = vector::BitCastOp::create(builder, location,
                                         VectorType::get(1, builder.getI32Type()), elements);
  Value all = lhsWords(emitter, vector::ExtractOp::create(builder, location, word, 0));
  if (!hasOffset())
    return all;
  int64_t flip = getElementTypeOrSelf(all.getType()).isInteger(8) ? -128 : int32_t(kEach128);
  return arith::XOrIOp::create(builder, location, all, integerLike(emitter, all, flip));
}

Value DotForm::rhsWords(VectorBuilder &emitter, Value buffer, Value address) const {
  OpBuilder &builder = emitter.builder;
  Value elements = vector::LoadOp::create(builder, emitter.location,
                                          operandType(emitter, rhsElement(builder), products()),
                                          buffer, address);
  if (instruction->isWidened && !widensRhs)
    elements = widened(emitter, elements);
  Type type = intrinsic(emitter).empty() ? VectorType::get(emitter.width(), builder.getI32Type())
              : instruction->isFloat     ? typeLike(elements, builder.getBF16Type())
                                         : elements.getType();
  if (type == elements.getType())
    return elements;
  return vector::BitCastOp::create(builder, emitter.location, cast<VectorType>(type), elements);
}

Value DotForm::add(VectorBuilder &emitter, Value lhs, Value rhs, Value sums) const {
  StringRef name = intrinsic(emitter);
  if (name.empty())
    return addPlain(emitter, lhs, rhs, sums);
  OpBuilder &builder = emitter.builder;
  auto call = [&](ValueRange operands) {
    return LLVM::CallIntrinsicOp::create(builder, emitter.location, sums.getType(),
                                         builder.getStringAttr(name), operands)
        .getResult(0);
  };
  if (instruction->isApart)
    return arith::AddIOp::create(builder, emitter.location, sums, call({lhs, rhs}));
  return call({sums, lhs, rhs});
}

/// One of the numbers of each word: of bf16 as f32, else as i32.
Value DotForm::field(VectorBuilder &emitter, Value words, int64_t position, bool isUnsigned) const {
  OpBuilder &builder = emitter.builder;
  Location location = emitter.location;
  int64_t bits = kWordBits / products(), above = kWordBits - bits * (position + 1);
  auto shift = [&](int64_t count) { return integerLike(emitter, words, count); };
  Value high = words; // the number in the highest bits
  if (above)
    high = arith::ShLIOp::create(builder, location, words, shift(above));
  if (instruction->isFloat) {
    Value number = arith::AndIOp::create(
        builder, location, high,
        integerLike(emitter, words, int32_t(0xffffffffu << (kWordBits - bits))));
    return arith::BitcastOp::create(builder, location, typeLike(words, builder.getF32Type()),
                                    number);
  }
  if (isUnsigned)
    return arith::ShRUIOp::create(builder, location, high, shift(kWordBits - bits));
  return arith::ShRSIOp::create(builder, location, high, shift(kWordBits - bits));
}

/// The highest number first, as the instructions do.
Value DotForm::addPlain(VectorBuilder &emitter, Value lhs, Value rhs, Value sums) const {
  for (int64_t position = products(); position-- > 0;)
    sums = emitter.multiplyAdd(field(emitter, lhs, position, instruction->isLhsUnsigned),
                               field(emitter, rhs, position, /*isUnsigned=*/false), sums);
  return sums;
}

Value DotForm::addOffset(VectorBuilder &emitter, Value rhs, Value sums) const {
  auto number = emitter.builder.getI32IntegerAttr(int32_t(kEach128));
  return add(emitter, lhsWords(emitter, emitter.constant(number)), rhs, sums);
}

} // namespace mlc
