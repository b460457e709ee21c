// What an attention is in other ops: two products, and a softmax between them.
#include "dialects/NN/AttentionLayout.h"
#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/Lettered.h"
#include <cmath>

using namespace mlir;

namespace mlc::nn {

using Results = FailureOr<SmallVector<Value>>;

namespace {
// Letters that no layout has: the keys' time; which head it is of those that share one of k.
constexpr char kKeys = 'S', kGroup = 'G';

/// An integer dtype that holds sums of the sizes and `reach`.
Type positionElement(Builder &builder, ArrayRef<int64_t> sizes, int64_t reach) {
  for (int64_t size : sizes)
    reach += ShapedType::isDynamic(size) ? kMostElements : size;
  return reach <= std::numeric_limits<int32_t>::max() ? builder.getI32Type() : builder.getI64Type();
}

/// No transposes of q, k and v: the products name their dimensions. The scores have them as the
/// first product gives them, the keys last.
class AttentionBuilder {
public:
  AttentionBuilder(OpBuilder &builder, AttentionOp op)
      : builder(builder), op(op), q(builder, op.getLoc(), op.getQ()), kType(tensorType(op.getK())),
        layout(
            *AttentionLayout::of({}, op.getLayoutAttr(), q.type(), kType, tensorType(op.getV()))),
        use(headUse(layout, q.type(), kType)) {}

  SmallVector<Value> build() {
    Lettered queries = splitHeads({widened(q), layout.q}), k = keysOrValues(op.getK(), layout.k),
             v = keysOrValues(op.getV(), layout.v), isThere;
    if (op.getLengths()) {
      isThere = inLength(k);
      k = cleared(k, isThere), v = cleared(v, isThere);
    }
    Lettered scores = masked(scored(contract(queries, k, "d")), isThere);
    auto weights = SoftmaxOp::create(builder, op.getLoc(), scores.value.value(), scores.at(kKeys),
                                     op.mayBeBlind());
    Lettered mixed = contract(dropped(scores.with(q.with(weights))), v, std::string(1, kKeys));
    SmallVector<Value> results = {finished(mixed, queries.dims, op.getResult())};
    if (op.getLse())
      results.push_back(finished(logSum(scores), queries.dims, op.getLogSum()));
    return results;
  }

private:
  //===- Operands -----------------------------------------------------------===//

  Lettered splitHeads(const Lettered &x) {
    if (use != HeadUse::grouped || !x.has('h'))
      return x;
    int64_t ofKeys = sizeOf(kType, layout.k, 'h');
    return x.split('h', ofKeys, kGroup, sizeOf(q.type(), layout.q, 'h') / ofKeys);
  }

  /// k or v, without a head that all share.
  Lettered keysOrValues(Value value, std::string dims) {
    dims[dims.find('t')] = kKeys;
    return Lettered{widened(q.with(value)), dims}.without(
        [&](char letter, int64_t) { return letter == 'h' && use == HeadUse::shared; });
  }

  /// The letters of scores, of q's heads.
  std::string scoreLetters() {
    return layout.batch() + (layout.hasHeads() ? "h" : "") + "t" + kKeys;
  }

  /// A bias or a mask, without the dimensions along which it is repeated.
  Lettered aligned(Value value) {
    std::string letters = scoreLetters();
    letters = letters.substr(letters.size() - tensorType(value).getRank());
    Lettered x = {q.with(value), letters};
    return splitHeads(x.without([](char, int64_t size) { return size == 1; }));
  }

  //===- Scores -------------------------------------------------------------===//

  TensorExpr scaled(const TensorExpr &products) {
    auto dim = static_cast<int64_t>(layout.q.find('d'));
    if (!op.getScale() && q.type().isDynamicDim(dim))
      return products * rsqrt(q.count(dim, products.element())).splatTo(products);
    double scale = op.getScale() ? op.getScale()->convertToDouble()
                                 : 1.0 / std::sqrt(static_cast<double>(q.type().getDimSize(dim)));
    return scale == 1.0 ? products : products * scale;
  }

  /// Scaled, capped, biased.
  Lettered scored(const Lettered &products) {
    TensorExpr s = scaled(products.value);
    if (op.getSoftCap()) {
      double cap = op.getSoftCap()->convertToDouble();
      s = tanh(s / cap) * cap;
    }
    if (op.getBias()) {
      Lettered bias = aligned(op.getBias());
      s = s + bias.with(cast(bias.value, s)).broadcastTo(products.with(s));
    }
    return products.with(s);
  }

  /// -inf where a query does not see a key.
  Lettered masked(const Lettered &scores, const Lettered &isThere) {
    SmallVector<Lettered> conditions;
    if (op.getCausal() || op.getWindow())
      conditions.push_back(inReach(scores));
    if (op.getMask())
      conditions.push_back(aligned(op.getMask()));
    if (isThere)
      conditions.push_back(isThere);
    if (conditions.empty())
      return scores;
    TensorExpr isSeen;
    for (const Lettered &condition : conditions) {
      TensorExpr next = condition.broadcastTo(scores);
      isSeen = isSeen ? isSeen & next : next;
    }
    return scores.with(select(isSeen, scores.value, scores.value.constant(-INFINITY)));
  }

  //===- What is seen -------------------------------------------------------===//

  /// By causal and window: of every query and key.
  Lettered inReach(const Lettered &scores) {
    auto offset = static_cast<int64_t>(op.getOffset()),
         window = static_cast<int64_t>(op.getWindow().value_or(0));
    int64_t reach = op.getPosition() ? kMostElements : std::abs(offset) + window;
    std::string letters = {'t', kKeys};
    Type element = positionElement(builder, {scores.size('t'), scores.size(kKeys)}, reach);
    Lettered place = scores.positions(letters, 't', element),
             key = scores.positions(letters, kKeys, element);
    TensorExpr last = place.value;
    if (op.getPosition())
      last = last + cast(q.with(op.getPosition()), element).splatTo(last);
    else if (offset != 0)
      last = last + last.integerConstant(offset);
    TensorExpr isSeen;
    if (op.getCausal())
      isSeen = last >= key.value;
    if (op.getWindow()) {
      TensorExpr isNear = last - last.integerConstant(window) < key.value;
      isSeen = isSeen ? isSeen & isNear : isNear;
    }
    return key.with(isSeen);
  }

  /// By lengths: of every batch position and key.
  Lettered inLength(const Lettered &k) {
    TensorExpr lengths = q.with(op.getLengths());
    int64_t reach = lengths.element().isInteger(64) ? kMostElements : 0;
    Type element = positionElement(builder, k.size(kKeys), reach);
    Lettered key = k.positions(layout.batch() + kKeys, kKeys, element);
    Lettered end = {cast(lengths, element), layout.batch()};
    return key.with(key.value < end.broadcastTo(key));
  }

  static Lettered cleared(const Lettered &x, const Lettered &isThere) {
    return x.with(select(isThere.broadcastTo(x), x.value, zeroLike(x.value)));
  }

  //===- Results ------------------------------------------------------------===//

  /// The random numbers are those of [batch..., heads, queries, keys], whatever the layout.
  Lettered dropped(const Lettered &weights) {
    if (!op.isBound() || op.getDropout().isZero())
      return weights;
    std::string order;
    for (char letter : weights.among(scoreLetters()))
      order += letter == 'h' && use == HeadUse::grouped ? std::string{letter, kGroup}
                                                        : std::string{letter};
    Lettered x = weights.inOrder(order);
    auto kept = DropoutOp::create(builder, op.getLoc(), x.value.value(), op.getSeed(), op.getStep(),
                                  op.getDropoutAttr(), op.getStreamAttr());
    return x.with(q.with(kept)).inOrder(weights.dims);
  }

  Lettered logSum(const Lettered &scores) {
    int64_t last[] = {scores.at(kKeys)};
    auto sum =
        LogSumExpOp::create(builder, op.getLoc(), scores.value.value(), last, op.mayBeBlind());
    return {q.with(sum), scores.dims.substr(0, scores.dims.size() - 1)};
  }

  /// In the order of q, of the dtype and shape of `result`.
  Value finished(const Lettered &x, StringRef order, Value result) {
    TensorExpr value = cast(x.inOrder(x.among(order)).value, q.with(result));
    auto type = tensorType(result);
    if (value.type() == type)
      return value.value();
    SmallVector<Value> sizes;
    for (auto [dim, letter] : llvm::enumerate(x.among(layout.q)))
      if (type.isDynamicDim(dim)) {
        TensorExpr like = letter == 'd' ? q.with(op.getV()) : q;
        sizes.push_back(
            llvm::cast<Value>(like.size((letter == 'd' ? layout.v : layout.q).find(letter))));
      }
    return ReshapeOp::create(builder, op.getLoc(), type, value.value(), sizes);
  }

  OpBuilder &builder;
  AttentionOp op;
  TensorExpr q;
  RankedTensorType kType;
  AttentionLayout layout;
  HeadUse use;
};
} // namespace

Results AttentionOp::decompose(OpBuilder &builder) {
  return AttentionBuilder(builder, *this).build();
}

} // namespace mlc::nn
