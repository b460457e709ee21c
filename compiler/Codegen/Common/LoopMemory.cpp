// Loads and stores of lanes. Where a mask lets only the first lanes exist, at the end of a row, a
// target with masked moves needs one instruction. On others LLVM makes a branch of every lane;
// there the lanes are moved in pieces, a branch for each power of two, or none if their number is
// known.
#include "compiler/Codegen/Common/LoopBuilder.h"
#include "compiler/Codegen/Common/NarrowFloat.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace mlc {

static int64_t lanesOf(Type type) { return cast<VectorType>(type).getDimSize(0); }

/// The lanes that a constant mask lets exist, which are the first ones.
static std::optional<int64_t> knownLanes(Value mask) {
  DenseIntElementsAttr lanes;
  if (!mask || !matchPattern(mask, m_Constant(&lanes)))
    return std::nullopt;
  return llvm::count(lanes.getValues<bool>(), true);
}

/// How many lanes a mask lets exist, the first ones; null if it is of another kind.
static Value firstLanes(Value mask) {
  auto made = mask ? mask.getDefiningOp<vector::CreateMaskOp>() : nullptr;
  return made ? made.getOperand(0) : Value();
}

Value LoopBuilder::zeroOf(Type type) {
  return constant(cast<TypedAttr>(builder.getZeroAttr(type)));
}

/// The mask, also if all lanes exist.
Value LoopBuilder::existingLanes() {
  auto type = VectorType::get(width(), builder.getI1Type());
  return mask() ? mask() : constant(cast<TypedAttr>(Attribute(DenseElementsAttr::get(type, true))));
}

//===-- In pieces ---------------------------------------------------------------------------===//

/// Runs `body(first lane, lanes)` for pieces of powers of two that make up `count` lanes.
static void forPieces(int64_t count, function_ref<void(int64_t, int64_t)> body) {
  for (int64_t low = 0, size; low < count; low += size) {
    size = llvm::bit_floor(static_cast<uint64_t>(count - low));
    body(low, size);
  }
}

void LoopBuilder::storePieces(Value buffer, Value address, Value vector, int64_t count) {
  forPieces(count, [&](int64_t low, int64_t size) {
    storeWhole(buffer, add(address, low), slice(vector, low, size));
  });
}

Value LoopBuilder::loadPieces(Value buffer, Value address, VectorType type, int64_t count) {
  Value result = zeroOf(type);
  forPieces(count, [&](int64_t low, int64_t size) {
    Value at = add(address, low);
    if (size == 1) {
      Value number = memref::LoadOp::create(builder, location, buffer, at);
      result = vector::InsertOp::create(builder, location, number, result, low);
    } else {
      Value piece = vector::LoadOp::create(
          builder, location, VectorType::get(size, type.getElementType()), buffer, at);
      result = vector::InsertStridedSliceOp::create(builder, location, piece, result, low, 1);
    }
  });
  return result;
}

void LoopBuilder::storeWhole(Value buffer, Value address, Value value) {
  if (isa<VectorType>(value.getType()))
    vector::StoreOp::create(builder, location, value, buffer, address);
  else
    memref::StoreOp::create(builder, location, value, buffer, address);
}

/// A binary digit of a number of lanes: 1 if a piece of `lanes` is among them.
Value LoopBuilder::digitOf(Value count, int64_t lanes) {
  return rem(floorDiv(count, constantIndex(lanes)), constantIndex(2));
}

/// The first `count` of the lanes, of which there are a power of two, and zeros: the largest piece,
/// if there is one, and behind it what is left.
Value LoopBuilder::loadFirst(Value buffer, Value address, VectorType type, Value count) {
  int64_t half = type.getDimSize(0) / 2;
  Value digit = digitOf(count, half);
  Value isThere = compare(arith::CmpIPredicate::ne, digit, constantIndex(0));
  if (half == 1)
    return ifElse(
        isThere, type, [&] { return loadPieces(buffer, address, type, 1); },
        [&] { return zeroOf(type); });
  auto piece = VectorType::get(half, type.getElementType());
  Value rest = loadFirst(buffer, add(address, mul(digit, half)), piece, count);
  auto join = [&](Value low, Value high) -> Value {
    SmallVector<int64_t> lanes = llvm::to_vector(llvm::seq<int64_t>(0, 2 * half));
    return vector::ShuffleOp::create(builder, location, low, high, lanes);
  };
  return ifElse(
      isThere, type,
      [&] { return join(vector::LoadOp::create(builder, location, piece, buffer, address), rest); },
      [&] { return join(rest, zeroOf(piece)); });
}

void LoopBuilder::storeFirst(Value buffer, Value address, Value vector, Value count) {
  int64_t half = lanesOf(vector.getType()) / 2;
  Value digit = digitOf(count, half);
  Value isThere = compare(arith::CmpIPredicate::ne, digit, constantIndex(0));
  Value low = slice(vector, 0, half);
  if (half == 1)
    return ifThen(isThere, [&] { storeWhole(buffer, address, low); });
  Value rest = ifElse(
      isThere, low.getType(),
      [&] {
        storeWhole(buffer, address, low);
        return slice(vector, half, half);
      },
      [&] { return low; });
  storeFirst(buffer, add(address, mul(digit, half)), rest, count);
}

/// Whether a number is a remainder by `lanes`: not below zero, and not all of them.
static bool isPart(Value count, int64_t lanes) {
  auto remainder = count.getDefiningOp<arith::RemUIOp>();
  return remainder && getConstantIntValue(remainder.getRhs()) == lanes;
}

Value LoopBuilder::loadLanes(Value buffer, Value address, VectorType type) {
  if (!mask())
    return vector::LoadOp::create(builder, location, type, buffer, address);
  std::optional<int64_t> known = knownLanes(mask());
  Value count = firstLanes(mask());
  if (hasMaskedMoves || (!known && !count))
    return vector::MaskedLoadOp::create(builder, location, type, buffer, address, mask(),
                                        zeroOf(type));
  if (known)
    return loadPieces(buffer, address, type, *known);
  Value all = constantIndex(width());
  if (isPart(count, width()))
    return loadFirst(buffer, address, type, count);
  return ifElse(
      compare(arith::CmpIPredicate::sge, count, all), type,
      [&]() -> Value { return vector::LoadOp::create(builder, location, type, buffer, address); },
      [&] { return loadFirst(buffer, address, type, max(count, constantIndex(0))); });
}

void LoopBuilder::storeLanes(Value buffer, Value address, Value value) {
  if (!mask())
    return storeWhole(buffer, address, value);
  std::optional<int64_t> known = knownLanes(mask());
  Value count = firstLanes(mask());
  if (known && (!hasMaskRegisters || *known == 1))
    return storePieces(buffer, address, value, *known);
  if (hasMaskedMoves || !count) {
    vector::MaskedStoreOp::create(builder, location, buffer, address, mask(), value);
    return;
  }
  if (isPart(count, width()))
    return storeFirst(buffer, address, value, count);
  SmallVector<Value> none;
  ifElse(
      compare(arith::CmpIPredicate::sge, count, constantIndex(width())), TypeRange(),
      [&] {
        storeWhole(buffer, address, value);
        return none;
      },
      [&] {
        storeFirst(buffer, address, value, max(count, constantIndex(0)));
        return none;
      });
}

//===-- At an address of each lane ----------------------------------------------------------===//

/// All lanes, in the opposite order in memory or every other element of it: as many elements as lie
/// between the first and the last, and nothing beyond.
Value LoopBuilder::loadApart(Value buffer, const LaneIndex &address, VectorType type) {
  int64_t lanes = type.getDimSize(0), last = lanes - 1;
  auto loadAt = [&](Value at) -> Value {
    return vector::LoadOp::create(builder, location, type, buffer, at);
  };
  SmallVector<int64_t> order;
  if (address.stride == -1) {
    Value all = loadAt(sub(address.base, constantIndex(last)));
    for (int64_t lane = 0; lane < lanes; ++lane)
      order.push_back(last - lane);
    return vector::ShuffleOp::create(builder, location, all, all, order);
  }
  Value low = loadAt(address.base), high = loadAt(add(address.base, last));
  for (int64_t at = 0; at < 2 * lanes; at += 2)
    order.push_back(at < lanes ? at : at + 1);
  return vector::ShuffleOp::create(builder, location, low, high, order);
}

Value LoopBuilder::load(Value buffer, const LaneIndex &address, Type element) {
  Type stored = storedElement(element);
  Value value;
  if (width() == 1 || address.isUniform()) {
    value = memref::LoadOp::create(builder, location, buffer, address.base);
  } else {
    auto type = VectorType::get(width(), stored);
    if (!address.lanes && address.stride == 1)
      value = loadLanes(buffer, address.base, type);
    else if (!address.lanes && !mask() && (address.stride == -1 || address.stride == 2))
      value = loadApart(buffer, address, type);
    else
      value = vector::GatherOp::create(builder, location, type, buffer, constantIndex(0),
                                       laneVector(address), existingLanes(), zeroOf(type));
  }
  if (stored == element)
    return value;
  if (isNarrowFloat(element))
    return unpackNarrow(builder, location, value, element);
  return arith::CmpIOp::create(builder, location, arith::CmpIPredicate::ne, value,
                               zeroOf(value.getType()));
}

void LoopBuilder::store(Value buffer, const LaneIndex &address, Value value, Type element) {
  Type stored = storedElement(element);
  bool isScalar = width() == 1 || address.isUniform();
  if (!isScalar)
    value = splat(value);
  if (isNarrowFloat(element)) {
    value = packNarrow(builder, location, value, element);
  } else if (stored != element) {
    auto vector = dyn_cast<VectorType>(value.getType());
    value = arith::ExtUIOp::create(
        builder, location, vector ? Type(vector.cloneWith(std::nullopt, stored)) : stored, value);
  }
  if (isScalar)
    memref::StoreOp::create(builder, location, value, buffer, address.base);
  else if (!address.lanes && address.stride == 1)
    storeLanes(buffer, address.base, value);
  else
    vector::ScatterOp::create(builder, location, Type(), buffer, ValueRange{constantIndex(0)},
                              laneVector(address), existingLanes(), value);
}

} // namespace mlc
