#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/ControlFlow.h"
#include "dialects/NN/Refusal.h"

using namespace mlir;

namespace mlc::nn {

//===- Constraints ----------------------------------------------------------===//

LogicalResult SampleOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> logits = rankedType(location, adaptor.getLogits());
  if (failed(logits))
    return failure();
  constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
  int64_t classes = logits->getRank() < 1 ? 0 : logits->getShape().back();
  if (classes < 1 || classes > kMost) // sample_c1
    return refuse(location, "", "expects logits of [..., classes], the classes static, 1 to ",
                  kMost, " of them, but got ", *logits);
  types.push_back(
      RankedTensorType::get(logits->getShape().drop_back(), IntegerType::get(context, 32)));
  return success();
}

/// Whether a tensor has the shape of the rows of the logits.
static bool areRows(SampleOp op, ArrayRef<int64_t> shape) {
  ArrayRef<int64_t> rows = tensorType(op.getLogits()).getShape().drop_back();
  return shape.size() == rows.size() && llvm::equal(shape, rows, areCompatible);
}

static LogicalResult verifyOperandTypes(SampleOp op) {
  RankedTensorType logits = tensorType(op.getLogits()), bits = tensorType(op.getBits());
  if (!areRows(op, bits.getShape())) // sample_c2
    return op.emitOpError("expects bits of ")
           << bits.clone(logits.getShape().drop_back()) << ", a number for each row of " << logits
           << ", but got " << bits;
  if (!op.getPrevious())
    return success();
  RankedTensorType previous = tensorType(op.getPrevious());
  if (previous.getRank() == logits.getRank() &&
      areRows(op, previous.getShape().drop_back())) // sample_c3
    return success();
  return op.emitOpError("expects previous classes [..., n], so many for each row of ")
         << logits << ", but got " << previous;
}

LogicalResult SampleOp::verify() {
  struct Number {
    StringRef name;
    double value, unused, least;
    Value given;
  };
  const Number numbers[] = {
      {"temperature", getTemperature().convertToDouble(), 1.0, 0.0, getGivenTemperature()},
      {"top_k", static_cast<double>(getTopK()), 0.0, 0.0, getGivenTopK()},
      {"top_p", getTopP().convertToDouble(), 1.0, 0.0, getGivenTopP()},
      {"repetition_penalty", getRepetitionPenalty().convertToDouble(), 1.0,
       std::numeric_limits<double>::denorm_min(), getGivenPenalty()}};
  for (const Number &number : numbers) {
    if (number.given && number.value != number.unused) // sample_c4
      return emitOpError("expects a ")
             << number.name << " that is a number or an operand, but got both";
    if (!(number.value >= number.least)) // sample_c5
      return emitOpError("expects ") << number.name << (number.least > 0.0 ? " above 0" : " >= 0")
                                     << ", but got " << number.value;
  }
  bool isPenalised = getGivenPenalty() || getRepetitionPenalty().convertToDouble() != 1.0;
  if (isPenalised != static_cast<bool>(getPrevious())) { // sample_c6
    InFlightDiagnostic diagnostic =
        emitOpError("expects repetition_penalty and previous classes together, but got ")
        << (isPenalised ? "no previous classes" : "no repetition_penalty");
    diagnostic.attachNote() << "`repetition_penalty = 1.2 previous = %tokens` makes those that "
                               "were there less likely";
    return diagnostic;
  }
  return verifyOperandTypes(*this);
}

AffineExpr SampleOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension(getLogits(), dim);
}

//===- What it does ---------------------------------------------------------===//

namespace {
/// No sort: the smallest logit or weight that is kept is found bit by bit, in as many passes over
/// the row as a number has bits, and in none where nothing is to be left out.
class SampleBuilder {
public:
  SampleBuilder(OpBuilder &builder, SampleOp op)
      : builder(builder), op(op), x(widened(TensorExpr(builder, op.getLoc(), op.getLogits()))),
        last(x.rank() - 1), classes(x.type().getShape().back()) {}

  Value build() {
    if (op.getPrevious())
      penalise();
    Value position = ArgMaxOp::create(builder, op.getLoc(), x.value(), last);
    TensorExpr likeliest = cast(x.with(position), builder.getI32Type());
    if (isAlwaysLikeliest())
      return likeliest.value();
    TensorExpr isChosen = isDrawn();
    return select(isChosen, drawn, likeliest).value();
  }

private:
  bool isAlwaysLikeliest() {
    return !op.getGivenTemperature() && op.getTemperature().convertToDouble() == 0.0;
  }

  /// A rank-0 number in the dtype of x: an operand, or that of an attribute.
  TensorExpr number(Value given, const APFloat &literal) {
    return given ? cast(x.with(given), x) : x.scalar(literal.convertToDouble());
  }

  void penalise() {
    TensorExpr index = gatherIndices(x.with(op.getPrevious()));
    Type truth = builder.getI1Type();
    TensorExpr seen = x.constant(0.0, truth)
                          .scatter(ScatterKind::set, index, index.constant(1.0, truth), last, last);
    TensorExpr penalty = number(op.getGivenPenalty(), op.getRepetitionPenalty()).splatTo(x);
    x = select(seen, select(x > 0.0, x / penalty, x * penalty), x);
  }

  /// Whether a row has a class that is drawn by weight, which is then `drawn`.
  TensorExpr isDrawn() {
    TensorExpr temperature = number(op.getGivenTemperature(), op.getTemperature());
    TensorExpr isWarm = temperature > 0.0;
    TensorExpr divisor = select(isWarm, temperature, temperature.constant(1.0));
    TensorExpr shifted = x - x.reduce(Reduction::max, last).broadcastAlong(last, x);
    TensorExpr weight = exp(shifted / divisor.splatTo(x));
    weight = keepHeaviest(keepLargest(weight, isWarm), isWarm);
    TensorExpr sums = x.with(CumSumOp::create(builder, op.getLoc(),
                                              cast(weight, builder.getF64Type()).value(), last,
                                              /*exclusive=*/false, /*reverse=*/false));
    TensorExpr total = sums.sliceAlong(last, classes - 1, 1).sum(last);
    TensorExpr share = cast(x.with(op.getBits()), total) * 0x1p-32 + (0.5 + 0x1p-33);
    TensorExpr isBefore = sums <= (share * total).broadcastAlong(last, sums);
    drawn = cast(isBefore, builder.getI32Type()).sum(last);
    TensorExpr isFinite = x.with(IsFiniteOp::create(builder, op.getLoc(), total.value()));
    return isFinite & isWarm.splatTo(isFinite);
  }

  /// The weights of the k largest logits and of those equal to the last of them, 0 for the others.
  TensorExpr keepLargest(const TensorExpr &weight, const TensorExpr &isWarm) {
    auto literal = static_cast<int64_t>(op.getTopK());
    if (!op.getGivenTopK() && (literal == 0 || literal >= classes))
      return weight;
    Type counted = builder.getI32Type(), whole = builder.getI64Type();
    TensorExpr k = op.getGivenTopK() ? cast(x.with(op.getGivenTopK()), whole)
                                     : isWarm.constant(static_cast<double>(literal), whole);
    TensorExpr isOn = (k > 0.0) & (k < static_cast<double>(classes)) & isWarm;
    TensorExpr keys = keysOf(x);
    auto count = [&](const TensorExpr &isKept) { return cast(isKept, counted).sum(last); };
    TensorExpr least = smallestKept(keys, isOn, cast(k, counted), count);
    return select(keys >= least.broadcastAlong(last, keys), weight, zeroLike(weight));
  }

  /// The same of the fewest that have the share p of all weight.
  TensorExpr keepHeaviest(const TensorExpr &weight, const TensorExpr &isWarm) {
    if (!op.getGivenTopP() && !(op.getTopP().convertToDouble() < 1.0))
      return weight;
    TensorExpr p = number(op.getGivenTopP(), op.getTopP());
    TensorExpr total = weight.sum(last);
    TensorExpr keys = keysOf(weight);
    auto weigh = [&](const TensorExpr &isKept) {
      TensorExpr each = inside(weight, isKept);
      return select(isKept, each, each.constant(0.0)).sum(last);
    };
    TensorExpr least = smallestKept(keys, (p < 1.0) & isWarm, p.splatTo(total) * total, weigh);
    least = min(least, keys.reduce(Reduction::max, last));
    return select(keys >= least.broadcastAlong(last, keys), weight, zeroLike(weight));
  }

  /// Integers in the order of the numbers; 0 and -0 are one, NaN is at either end.
  TensorExpr keysOf(const TensorExpr &numbers) {
    Type integer = builder.getIntegerType(numbers.element().getIntOrFloatBitWidth());
    TensorExpr bits =
        numbers.with(BitcastOp::create(builder, op.getLoc(), numbers.value(), integer));
    TensorExpr lowest = bits.integerConstant(lowestOf(integer));
    return select(bits < 0.0, lowest - bits, bits);
  }

  static int64_t lowestOf(Type integer) {
    return -static_cast<int64_t>((uint64_t(1) << (integer.getIntOrFloatBitWidth() - 1)) - 1) - 1;
  }
  /// `value` where the ops of a loop's body go.
  static TensorExpr inside(const TensorExpr &value, const TensorExpr &place) {
    return TensorExpr(*place.builder, *place.location, value.value());
  }

  /// Per row, the largest key such that what `measure` says of the keys that are no smaller is at
  /// least `needed`: its bits from the first one on. The lowest key where `isOn` does not hold.
  TensorExpr smallestKept(const TensorExpr &keys, const TensorExpr &isOn, TensorExpr needed,
                          function_ref<TensorExpr(const TensorExpr &isKept)> measure) {
    unsigned width = keys.element().getIntOrFloatBitWidth();
    TensorExpr lowest = keys.reduce(Reduction::max, last).integerConstant(lowestOf(keys.element()));
    if (needed.rank() != lowest.rank())
      needed = needed.splatTo(lowest);
    TensorExpr trips = isOn.constant(width, builder.getI64Type());
    TensorExpr limit = select(isOn, trips, zeroLike(trips));
    Value steps = powersOfTwo(width);
    auto scan = ScanOp::create(builder, op.getLoc(), lowest.type(), lowest.value(), steps, Value(),
                               limit.value(), IntegerAttr(), UnitAttr());
    Block *body = new Block;
    scan.getBody().push_back(body);
    body->addArgument(lowest.type(), op.getLoc());
    body->addArgument(RankedTensorType::get({}, keys.element()), op.getLoc());
    OpBuilder within = OpBuilder::atBlockEnd(body);
    TensorExpr found(within, op.getLoc(), body->getArgument(0));
    TensorExpr candidate = found + found.with(body->getArgument(1)).splatTo(found);
    TensorExpr isKept = inside(keys, found) >= candidate.broadcastAlong(last, inside(keys, found));
    TensorExpr isEnough = measure(isKept) >= inside(needed, found);
    YieldOp::create(within, op.getLoc(), select(isEnough, candidate, found).value());
    return keys.with(scan.getResult(0));
  }

  /// From the bit of the sign on, whose sum with the lowest key wraps to 0.
  Value powersOfTwo(unsigned width) {
    Type integer = builder.getIntegerType(width);
    SmallVector<Attribute> powers;
    for (unsigned bit = width; bit-- > 0;)
      powers.push_back(builder.getIntegerAttr(integer, APInt::getOneBitSet(width, bit)));
    auto type = RankedTensorType::get(width, integer);
    return ConstantOp::create(builder, op.getLoc(), DenseElementsAttr::get(type, powers));
  }

  OpBuilder &builder;
  SampleOp op;
  TensorExpr x, drawn;
  int64_t last, classes;
};
} // namespace

FailureOr<SmallVector<Value>> SampleOp::decompose(OpBuilder &builder) {
  return SmallVector<Value>{SampleBuilder(builder, *this).build()};
}

} // namespace mlc::nn
