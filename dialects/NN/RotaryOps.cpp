#include "dialects/NN/AttentionLayout.h"
#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/Lettered.h"
#include "dialects/NN/Refusal.h"
#include <cmath>

using namespace mlir;

namespace mlc::nn {

using Results = FailureOr<SmallVector<Value>>;

/// The frequencies are in a table.
constexpr int64_t kMostFeatures = 65536;

/// How far a pair turns from one position to the next, in 2^-64 of a turn: multiples wrap as turns
/// do, so that the angle at any position is as exact as that at the first.
static uint64_t fixedPoint(double radians) {
  double turns = radians / (2.0 * M_PI);
  return static_cast<uint64_t>(std::ldexp(turns - std::floor(turns), 64));
}

//===- Constraints ----------------------------------------------------------===//

int64_t RopeOp::rotated() {
  if (getRotary())
    return static_cast<int64_t>(*getRotary());
  RankedTensorType x = tensorType(getX());
  return sizeOf(x, *layoutOf({}, getLayoutAttr(), x), 'd');
}

static LogicalResult verifyFeatures(RopeOp op, RankedTensorType x, StringRef word) {
  int64_t features = sizeOf(x, word, 'd'), rotated = op.rotated();
  bool isEven = rotated >= 2 && rotated % 2 == 0 && rotated <= features;
  if (!ShapedType::isDynamic(features) && features > kMostFeatures) // rope_c3
    return op.emitOpError("expects at most ")
           << kMostFeatures << " features, but got " << x << " by the layout \"" << word << "\"";
  if (!ShapedType::isDynamic(features) && isEven) // rope_c3
    return success();
  InFlightDiagnostic diagnostic =
      op.emitOpError("expects an even, static number of features to rotate, ")
      << "at most those of x, but got ";
  if (op.getRotary())
    diagnostic << "rotary = " << rotated << " for ";
  diagnostic << x << " by the layout \"" << word << "\"";
  if (!ShapedType::isDynamic(features))
    diagnostic.attachNote() << "`rotary = " << std::max<int64_t>(features / 2 * 2, 2)
                            << "` leaves the others as they are";
  return diagnostic;
}

static LogicalResult verifyPositions(RopeOp op, RankedTensorType x, StringRef word) {
  auto offset = static_cast<int64_t>(op.getOffset());
  if (offset != 0 && op.getPosition()) // rope_c4
    return op.emitOpError("expects an offset that is a number or an operand, but got both");
  if (offset > kMostElements || offset < -kMostElements) // rope_c4
    return op.emitOpError("expects an offset of at most 2^44, but got ") << offset;
  if (!op.getPositions())
    return success();
  RankedTensorType positions = tensorType(op.getPositions());
  std::string letters = batchOf(word) + "t";
  StringRef expected = positions.getRank() == 1 ? "t" : StringRef(letters);
  SmallVector<int64_t> shape =
      llvm::map_to_vector(expected, [&](char letter) { return sizeOf(x, word, letter); });
  if (positions.getRank() != static_cast<int64_t>(shape.size()) ||
      !llvm::equal(positions.getShape(), shape, areCompatible)) // rope_c5
    return op.emitOpError("expects positions of ")
           << positions.clone(shape) << ", "
           << (shape.size() == 1 ? "one per time" : "one per batch position and time") << " of "
           << x << ", but got " << positions;
  if (offset == 0 && !op.getPosition())
    return success();
  InFlightDiagnostic diagnostic = // rope_c6
      op.emitOpError("expects positions or an offset, but got both");
  diagnostic.attachNote() << "add the offset to the positions";
  return diagnostic;
}

static LogicalResult verifyFrequencies(RopeOp op) {
  for (auto [name, number] :
       {std::pair("theta", op.getThetaAttr()), {"scaling", op.getScalingAttr()}})
    if (!(number.getValueAsDouble() > 0.0 && number.getValue().isFinite())) // rope_c7
      return op.emitOpError("expects ") << name << " above 0, but got " << number;
  std::optional<ArrayRef<double>> frequencies = op.getFrequencies();
  if (!frequencies)
    return success();
  auto pairs = static_cast<size_t>(op.rotated() / 2);
  if (frequencies->size() != pairs) // rope_c8
    return op.emitOpError("expects one frequency for each of the ")
           << pairs << " pairs of features, but got " << frequencies->size();
  for (double frequency : *frequencies)
    if (!std::isfinite(frequency)) // rope_c8
      return op.emitOpError("expects finite frequencies, but got ") << frequency;
  return success();
}

LogicalResult RopeOp::verify() {
  RankedTensorType x = tensorType(getX());
  FailureOr<std::string> word = layoutOf(getLoc(), getLayoutAttr(), x); // rope_c1, rope_c2
  return success(succeeded(word) && succeeded(verifyFeatures(*this, x, *word)) &&
                 succeeded(verifyPositions(*this, x, *word)) &&
                 succeeded(verifyFrequencies(*this)));
}

//===- What it does ---------------------------------------------------------===//

namespace {
/// The angles are a table that has no dimension of x but the time, the pairs and, where positions
/// differ in the batch, that: it is small, and all layers of a model share it.
class RopeBuilder {
public:
  RopeBuilder(OpBuilder &builder, RopeOp op)
      : builder(builder), op(op), x(builder, op.getLoc(), op.getX()),
        word(*layoutOf({}, op.getLayoutAttr(), x.type())), features(sizeOf(x.type(), word, 'd')),
        rotated(op.rotated()) {}

  Value build() {
    bool areHalves = !op.getInterleaved() && rotated == features;
    return (areHalves ? turnHalves() : turnFeatures()).value();
  }

private:
  struct Turn {
    Lettered cosine, sine;
  };

  /// The first and the second half as a dimension: partners are at one place of both, so that
  /// nothing but addresses changes.
  TensorExpr turnHalves() {
    constexpr char kPair = 'P';
    Lettered halves = Lettered{x, word}.split('d', 2, kPair, rotated / 2);
    Lettered partners = halves.with(reversed(halves));
    Turn turn = table(halves, kPair, steps(/*ofPairs=*/true));
    // The first half gets the negative of the second.
    TensorExpr half = halves.positions("d", 'd', turn.sine.value.element()).value;
    Lettered sign = {op.getInverse() ? 1.0 - 2.0 * half : 2.0 * half - 1.0, "d"};
    TensorExpr sine = turn.sine.broadcastTo(halves) * sign.broadcastTo(halves);
    TensorExpr y = rotation(halves.value, turn.cosine.broadcastTo(halves), partners.value, sine);
    return y.reshapeLike(x);
  }

  /// Partners are fetched; what is not rotated is chosen, not multiplied by 1 and 0.
  TensorExpr turnFeatures() {
    Lettered all = {x, word};
    Turn turn = table(all, 'd', steps(/*ofPairs=*/false));
    TensorExpr partners = x.gather(partnerNumbers(), all.at('d'), 0);
    TensorExpr y = rotation(x, turn.cosine.broadcastTo(all), partners, turn.sine.broadcastTo(all));
    if (rotated == features)
      return y;
    TensorExpr number = all.positions("d", 'd', builder.getI32Type()).value;
    Lettered isRotated = {number < static_cast<double>(rotated), "d"};
    return select(isRotated.broadcastTo(all), y, x);
  }

  /// x cos + partner sin, in f32 or wider, rounded to the dtype of x.
  static TensorExpr rotation(const TensorExpr &x, const TensorExpr &cosine,
                             const TensorExpr &partner, const TensorExpr &sine) {
    return cast(widened(x) * cosine + widened(partner) * sine, x);
  }

  TensorExpr reversed(const Lettered &halves) {
    return x.with(ReverseOp::create(builder, op.getLoc(), halves.value.value(), halves.at('d')));
  }

  //===- Features -----------------------------------------------------------===//

  /// Which pair a feature is of, and whether it is the second one there.
  std::pair<int64_t, bool> placeOf(int64_t feature) {
    return op.getInterleaved() ? std::pair(feature / 2, feature % 2 == 1)
                               : std::pair(feature % (rotated / 2), feature >= rotated / 2);
  }
  int64_t partnerOf(int64_t feature) {
    auto [pair, isSecond] = placeOf(feature);
    if (op.getInterleaved())
      return isSecond ? feature - 1 : feature + 1;
    return isSecond ? pair : pair + rotated / 2;
  }
  TensorExpr partnerNumbers() {
    SmallVector<int32_t> numbers;
    for (int64_t feature = 0; feature < features; ++feature)
      numbers.push_back(static_cast<int32_t>(feature < rotated ? partnerOf(feature) : feature));
    auto type = RankedTensorType::get(features, builder.getI32Type());
    return x.with(ConstantOp::create(builder, op.getLoc(),
                                     DenseElementsAttr::get(type, ArrayRef<int32_t>(numbers))));
  }

  //===- Angles -------------------------------------------------------------===//

  double frequency(int64_t pair) {
    double scaling = op.getScaling().convertToDouble();
    if (op.getFrequencies())
      return (*op.getFrequencies())[pair] / scaling;
    double exponent = -2.0 * static_cast<double>(pair) / static_cast<double>(rotated);
    return std::pow(op.getTheta().convertToDouble(), exponent) / scaling;
  }

  /// From position to position: of every pair, or of every feature, where the first of a pair turns
  /// the other way, since its partner is subtracted, and what is not rotated does not turn.
  SmallVector<int64_t> steps(bool ofPairs) {
    SmallVector<int64_t> found;
    for (int64_t number = 0; number < (ofPairs ? rotated / 2 : features); ++number) {
      auto [pair, isSecond] = ofPairs ? std::pair(number, true) : placeOf(number);
      uint64_t step = ofPairs || number < rotated ? fixedPoint(frequency(pair)) : 0;
      bool isBackward = !ofPairs && isSecond == op.getInverse();
      found.push_back(static_cast<int64_t>(isBackward ? -step : step));
    }
    return found;
  }

  /// The cosines and sines for x of these dimensions, `letter` one per step.
  Turn table(const Lettered &like, char letter, ArrayRef<int64_t> steps) {
    std::string needed = batchOfPositions() + "t" + letter, order;
    llvm::copy_if(like.dims, std::back_inserter(order),
                  [&](char each) { return needed.find(each) != std::string::npos; });
    Type whole = builder.getI64Type(), wide = builder.getF64Type();
    Lettered place = places(like.positions(order, 't', whole));
    auto type = RankedTensorType::get(static_cast<int64_t>(steps.size()), whole);
    TensorExpr step =
        x.with(ConstantOp::create(builder, op.getLoc(), DenseElementsAttr::get(type, steps)));
    TensorExpr turns = place.value * Lettered{step, {letter}}.broadcastTo(place);
    TensorExpr angle = cast(turns, wide) * std::ldexp(2.0 * M_PI, -64);
    Type element = computedElement(x.type());
    return {place.with(cast(cos(angle), element)), place.with(cast(sin(angle), element))};
  }

  std::string batchOfPositions() {
    bool hasBatch = op.getPositions() && tensorType(op.getPositions()).getRank() > 1;
    return hasBatch ? batchOf(word) : "";
  }

  /// The positions, where `time` counts from 0.
  Lettered places(const Lettered &time) {
    if (op.getPositions()) {
      Lettered given = {cast(x.with(op.getPositions()), time.value), batchOfPositions() + "t"};
      return time.with(given.broadcastTo(time));
    }
    if (op.getPosition())
      return time.with(time.value + cast(x.with(op.getPosition()), time.value).splatTo(time.value));
    auto offset = static_cast<int64_t>(op.getOffset());
    return offset == 0 ? time : time.with(time.value + time.value.integerConstant(offset));
  }

  OpBuilder &builder;
  RopeOp op;
  TensorExpr x;
  std::string word;
  int64_t features, rotated;
};
} // namespace

Results RopeOp::decompose(OpBuilder &builder) {
  return SmallVector<Value>{RopeBuilder(builder, *this).build()};
}

/// The inverse of a rotation is its transpose.
LogicalResult RopeOp::buildVjp(VjpBuilder &vjp) {
  auto back = cast<RopeOp>(vjp.builder.clone(*getOperation()));
  back.getXMutable().assign(vjp.cotangent().value());
  back.setInverse(!getInverse());
  vjp.accumulate(0, vjp.cotangent().with(back));
  return success();
}

} // namespace mlc::nn
