// Philox4x32-10, as the runtime and the evaluator compute it (Salmon et al. 2011).
#include "compiler/Codegen/Common/Emission.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace mlc {

namespace {
/// 32-bit words in every lane.
class Philox {
public:
  Philox(PullEmitter &emitter)
      : emitter(emitter), builder(emitter.builder), location(emitter.location) {}

  /// The word `element mod 4` of the block `element / 4` (vectors of i64) for scalar i64 keys and
  /// steps.
  Value word(Value element, Value step, Value key);

private:
  Value like(Value shape, int64_t number) {
    Type type = shape.getType();
    IntegerAttr scalar = IntegerAttr::get(
        getElementTypeOrSelf(type),
        APInt(getElementTypeOrSelf(type).getIntOrFloatBitWidth(), number, false, true));
    if (auto vector = dyn_cast<VectorType>(type))
      return emitter.constant(
          cast<TypedAttr>(Attribute(DenseElementsAttr::get(vector, Attribute(scalar)))));
    return emitter.constant(scalar);
  }
  Type withElement(Value shape, Type element) {
    auto vector = dyn_cast<VectorType>(shape.getType());
    return vector ? Type(vector.cloneWith(std::nullopt, element)) : element;
  }
  Value low(Value wide) {
    return arith::TruncIOp::create(builder, location, withElement(wide, builder.getI32Type()),
                                   wide);
  }
  Value high(Value wide) {
    return low(arith::ShRUIOp::create(builder, location, wide, like(wide, 32)));
  }
  Value product(Value word, int64_t factor) {
    Value wide =
        arith::ExtUIOp::create(builder, location, withElement(word, builder.getI64Type()), word);
    return arith::MulIOp::create(builder, location, wide, like(wide, factor));
  }
  Value exclusive(Value a, Value b) { return arith::XOrIOp::create(builder, location, a, b); }

  PullEmitter &emitter;
  OpBuilder &builder;
  Location location;
};
} // namespace

Value Philox::word(Value element, Value step, Value key) {
  Value block = arith::ShRUIOp::create(builder, location, element, like(element, 2));
  auto whole = [&](Value value) {
    return isa<VectorType>(element.getType()) ? emitter.splat(value) : value;
  };
  SmallVector<Value, 4> counter = {low(block), high(block), whole(low(step)), whole(high(step))};
  Value key0 = low(key), key1 = high(key);
  for (int round = 0; round < 10; ++round) {
    Value p0 = product(counter[0], 0xD2511F53), p1 = product(counter[2], 0xCD9E8D57);
    counter = {exclusive(exclusive(high(p1), counter[1]), whole(key0)), low(p1),
               exclusive(exclusive(high(p0), counter[3]), whole(key1)), low(p0)};
    key0 = arith::AddIOp::create(builder, location, key0, like(key0, 0x9E3779B9));
    key1 = arith::AddIOp::create(builder, location, key1, like(key1, 0xBB67AE85));
  }
  Value position = arith::AndIOp::create(builder, location, element, like(element, 3));
  Value result = counter[0];
  for (int64_t number = 1; number < 4; ++number) {
    Value isThis = arith::CmpIOp::create(builder, location, arith::CmpIPredicate::eq, position,
                                         like(position, number));
    result = arith::SelectOp::create(builder, location, isThis, counter[number], result);
  }
  return result;
}

static Value emitRngBits(PullEmitter &emitter, nn::RngBitsOp op, const Position &position) {
  Value seed = emitter.emit(op.getSeed(), {}), step = emitter.emit(op.getStep(), {});
  Value stream = emitter.constant(emitter.builder.getI64IntegerAttr(op.getStream()));
  Value key = arith::XOrIOp::create(emitter.builder, emitter.location, seed, stream);
  Value element = emitter.fromIndex(emitter.linearize(op, position), emitter.builder.getI64Type());
  return Philox(emitter).word(element, step, key);
}

/// Numbers that are the same everywhere.
static std::optional<SmallVector<Value>> readsNumbers(Operation *) { return SmallVector<Value>(); }

static const EmissionEntry<nn::RngBitsOp> kRngBits(emitRngBits, {false, readsNumbers});

} // namespace mlc
