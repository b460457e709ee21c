// Running sums at one position, and what accumulating loops share.
#include "compiler/Codegen/Common/Emission.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using arith::CmpIPredicate;

namespace mlc {

/// Combines what comes before, for every position anew; the schedule of a whole scan does not
/// come here.
static Value emitScan(PullEmitter &emitter, nn::ScanOpInterface op, const Position &position) {
  Value result = op->getResult(0), operand = op->getOperand(0);
  SmallVector<LaneIndex, 4> coords = emitter.coordinates(result, position);
  LaneIndex at = coords[op.getDim()];
  Type element = getElementTypeOrSelf(result.getType()),
       type = PullEmitter::accumulatorType(element);
  bool hasLanes = position.hasLanes();
  Value first = emitter.constant(emitter.identity(op.getKind(), type));
  Value length = emitter.size(result, op.getDim());
  // With lanes along the dimension every lane stops elsewhere: all run to the end and take what
  // counts for them.
  bool isUniform = at.isUniform();
  Value low = emitter.constantIndex(0), high = length;
  if (isUniform) {
    Value here = op.getExclusive() ? at.base : emitter.add(at.base, 1);
    if (op.getReverse())
      low = op.getExclusive() ? emitter.add(at.base, 1) : at.base;
    else
      high = here;
  }
  auto body = [&](Value step, ValueRange carried) {
    Value other = op.getReverse() ? emitter.sub(emitter.sub(emitter.add(low, high), step),
                                                emitter.constantIndex(1))
                                  : step;
    coords[op.getDim()] = emitter.uniform(other);
    Value x = emitter.emit(operand, Position::at(coords));
    Value next = emitter.combine(op.getKind(), carried[0], hasLanes ? emitter.splat(x) : x);
    if (!isUniform) {
      CmpIPredicate before = op.getReverse()
                                 ? (op.getExclusive() ? CmpIPredicate::sgt : CmpIPredicate::sge)
                                 : (op.getExclusive() ? CmpIPredicate::slt : CmpIPredicate::sle);
      Value counts = emitter.compare(before, emitter.uniform(other), at);
      next = arith::SelectOp::create(emitter.builder, emitter.location, counts, next, carried[0]);
    }
    return SmallVector<Value>{next};
  };
  if (hasLanes)
    first = emitter.splat(first);
  Value last = op.getKind() == nn::Reduction::sum ? emitter.sumInBlocks(low, high, first, body)
                                                  : emitter.forLoop(low, high, 1, first, body)[0];
  return emitter.rounded(last, element);
}

static const EmissionEntry<nn::ScanOpInterface> kScan(emitScan);

} // namespace mlc
