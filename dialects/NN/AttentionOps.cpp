#include "dialects/NN/AttentionLayout.h"
#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/Refusal.h"
#include <cmath>

using namespace mlir;

namespace mlc::nn {

namespace {
/// The types of q, k and v, and what their dimensions are.
struct AttentionTypes {
  AttentionLayout layout;
  RankedTensorType q, k, v;

  template <typename Source>
  static FailureOr<AttentionTypes> of(std::optional<Location> location, Source source) {
    FailureOr<RankedTensorType> q = rankedType(location, source.getQ()),
                                k = rankedType(location, source.getK()),
                                v = rankedType(location, source.getV());
    if (failed(q) || failed(k) || failed(v))
      return failure();
    auto layout = AttentionLayout::of(location, source.getLayoutAttr(), *q, *k, *v);
    if (failed(layout))
      return failure();
    return AttentionTypes{*layout, *q, *k, *v};
  }

  /// The size of a dimension of the scores or, `withValues`, of the result.
  int64_t merged(char letter, bool withValues = false) const {
    int64_t size = sizeOf(q, layout.q, letter);
    if (letter == 't' || (letter == 'h' && headUse(layout, q, k) != HeadUse::paired))
      return size;
    size = mergeSizes(size, sizeOf(k, layout.k, letter));
    return withValues ? mergeSizes(size, sizeOf(v, layout.v, letter)) : size;
  }

  /// [batch..., heads, queries, keys].
  SmallVector<int64_t> scores() const {
    SmallVector<int64_t> shape = batch();
    if (layout.hasHeads())
      shape.push_back(merged('h'));
    shape.append({merged('t'), sizeOf(k, layout.k, 't')});
    return shape;
  }
  SmallVector<int64_t> batch() const {
    SmallVector<int64_t> shape;
    for (char letter : layout.batch())
      shape.push_back(merged(letter));
    return shape;
  }
};

/// One of q, k and v.
struct NamedOperand {
  StringRef name, word;
  RankedTensorType type;
};
} // namespace

//===- Types of q, k and v --------------------------------------------------===//

static LogicalResult verifySize(std::optional<Location> location, StringRef what, char letter,
                                const NamedOperand &a, const NamedOperand &b) {
  int64_t x = sizeOf(a.type, a.word, letter), y = sizeOf(b.type, b.word, letter);
  if (letter == 'h' ? x == y : areCompatible(x, y)) // attention_c5
    return success();
  return refuse(location, "layout = \"bthd\" says which dimension is what",
                "expects one number of ", what, " in ", a.name, " and ", b.name, ", but got ",
                a.type, " and ", b.type, " by the layout \"", a.word, "\" and \"", b.word, "\"");
}

static LogicalResult verifySizes(std::optional<Location> location, const AttentionTypes &types) {
  NamedOperand q{"q", types.layout.q, types.q}, k{"k", types.layout.k, types.k},
      v{"v", types.layout.v, types.v};
  for (auto [a, b] : {std::pair(&q, &k), {&q, &v}, {&k, &v}})
    for (char letter : types.layout.batch())
      if (failed(verifySize(location, "batch positions", letter, *a, *b)))
        return failure();
  if (failed(verifySize(location, "features", 'd', q, k)) ||
      failed(verifySize(location, "keys", 't', k, v)) ||
      (types.layout.hasKeyHeads() && failed(verifySize(location, "heads", 'h', k, v))))
    return failure();
  return success();
}

static LogicalResult verifyHeads(std::optional<Location> location, const AttentionTypes &types) {
  if (headUse(types.layout, types.q, types.k) != HeadUse::grouped)
    return success();
  int64_t ofQueries = sizeOf(types.q, types.layout.q, 'h'),
          ofKeys = sizeOf(types.k, types.layout.k, 'h');
  if (ofKeys > 0 && ofQueries % ofKeys == 0) // attention_c6
    return success();
  return refuse(location,
                "head h of q is paired with head h / (heads of q / heads of k) of k and v",
                "expects the heads of q to be a multiple of those of k, but got ", ofQueries,
                " and ", ofKeys, " for q of ", types.q, " and k of ", types.k, " by the layout \"",
                types.layout.q, "\" and \"", types.layout.k, "\"");
}

LogicalResult AttentionOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                            Adaptor adaptor, SmallVectorImpl<Type> &results) {
  FailureOr<AttentionTypes> types = AttentionTypes::of(location, adaptor);
  if (failed(types))
    return failure();
  Type element = types->q.getElementType();
  for (auto [name, type] : {std::pair("k", types->k), {"v", types->v}})
    if (type.getElementType() != element) // attention_c7
      return refuse(location, "convert one with nn.cast",
                    "expects operands of one dtype, but got q of ", types->q, " and ", name, " of ",
                    type);
  if (failed(verifySizes(location, *types)) || failed(verifyHeads(location, *types)))
    return failure();
  SmallVector<int64_t> shape, rows;
  for (char letter : types->layout.q) {
    shape.push_back(letter == 'd' ? sizeOf(types->v, types->layout.v, 'd')
                                  : types->merged(letter, /*withValues=*/true));
    if (letter != 'd')
      rows.push_back(types->merged(letter));
  }
  results.push_back(RankedTensorType::get(shape, element));
  if (adaptor.getLse())
    results.push_back(RankedTensorType::get(rows, computedElement(types->q)));
  return success();
}

AffineExpr AttentionOp::resultDimension(unsigned result, unsigned dim, DimensionAnalysis &sizes) {
  auto types = *AttentionTypes::of({}, *this);
  size_t features = types.layout.q.find('d');
  if (result == 1)
    return sizes.dimension(getQ(), dim + (dim >= features));
  return dim == features ? sizes.dimension(getV(), types.layout.v.find('d'))
                         : sizes.dimension(getQ(), dim);
}

//===- What may be left out -------------------------------------------------===//

/// Of a bias or mask: dimensions aligned at the end.
static LogicalResult verifyAligned(AttentionOp op, StringRef name, Value value,
                                   const AttentionTypes &types) {
  if (!value)
    return success();
  RankedTensorType type = tensorType(value);
  SmallVector<int64_t> scores = types.scores();
  size_t missing = scores.size() - type.getRank();
  bool fits = type.getRank() <= static_cast<int64_t>(scores.size());
  for (int64_t dim = 0; fits && dim < type.getRank(); ++dim)
    fits = type.getDimSize(dim) == 1 || areCompatible(type.getDimSize(dim), scores[missing + dim]);
  if (fits) // attention_c8
    return success();
  InFlightDiagnostic diagnostic = op.emitOpError("expects ")
                                  << name << " of " << type.clone(scores)
                                  << ", where leading dimensions may be missing and others of "
                                  << "size 1, but got " << type;
  diagnostic.attachNote() << "the dimensions are [batch..., "
                          << (types.layout.hasHeads() ? "heads, " : "") << "queries, keys]";
  return diagnostic;
}

static LogicalResult verifyBiasDtype(AttentionOp op, RankedTensorType q) {
  Type element = op.getBias() ? tensorType(op.getBias()).getElementType() : q.getElementType();
  if (element == q.getElementType() || element == computedElement(q)) // attention_c9
    return success();
  InFlightDiagnostic diagnostic = op.emitOpError("expects bias of the dtype of q")
                                  << (isNarrow(q.getElementType()) ? ", or f32" : "")
                                  << ", but got " << op.getBias().getType() << " for q of " << q;
  diagnostic.attachNote() << "convert it with nn.cast";
  return diagnostic;
}

static LogicalResult verifyLengths(AttentionOp op, const AttentionTypes &types) {
  if (!op.getLengths())
    return success();
  RankedTensorType type = tensorType(op.getLengths());
  SmallVector<int64_t> batch = types.batch();
  if (type.getRank() == static_cast<int64_t>(batch.size()) &&
      llvm::equal(type.getShape(), batch, areCompatible)) // attention_c10
    return success();
  return op.emitOpError("expects lengths of ")
         << type.clone(batch) << ", one per batch position, for q of " << types.q << ", but got "
         << type;
}

static LogicalResult verifyPlaces(AttentionOp op) {
  auto offset = static_cast<int64_t>(op.getOffset());
  if (offset != 0 && op.getPosition()) // attention_c11
    return op.emitOpError("expects an offset that is a number or an operand, but got both");
  bool hasOffset = offset != 0 || op.getPosition();
  if (hasOffset && !op.getCausal() && !op.getWindow()) { // attention_c12
    InFlightDiagnostic diagnostic =
        op.emitOpError("expects causal or window beside offset, which says where they begin");
    diagnostic.attachNote() << "write `causal` to let query i see the keys up to i + offset";
    return diagnostic;
  }
  int64_t window = op.getWindow().value_or(1);
  if (offset > kMostElements || offset < -kMostElements || window > kMostElements) // attention_c13
    return op.emitOpError("expects offset and window of at most 2^44, but got ")
           << offset << " and " << window;
  if (window < 1) // attention_c13
    return op.emitOpError("expects window of at least 1, the key at the query's own position, "
                          "but got ")
           << window;
  return success();
}

static LogicalResult verifyNumbers(AttentionOp op, RankedTensorType q) {
  if (op.getScale() && !op.getScale()->isFinite()) // attention_c14
    return op.emitOpError("expects a finite scale, but got ") << op.getScaleAttr();
  double cap = op.getSoftCap() ? op.getSoftCap()->convertToDouble() : 1.0;
  if (!(cap > 0.0 && std::isfinite(cap))) // attention_c14
    return op.emitOpError("expects soft_cap above 0, but got ") << op.getSoftCapAttr();
  double rate = op.getDropout().convertToDouble();
  if (!(rate >= 0.0 && rate <= 1.0)) // attention_c15
    return op.emitOpError("expects dropout from 0 to 1, the share of probabilities that become "
                          "0, but got ")
           << op.getDropoutAttr();
  if (failed(verifyFits(op, "scale", computedElement(q), op.getScaleAttr())) ||
      failed(verifyFits(op, "soft_cap", computedElement(q), op.getSoftCapAttr())))
    return failure();
  return verifyKey(op); // attention_c16
}

LogicalResult AttentionOp::verify() {
  auto types = *AttentionTypes::of({}, *this);
  return success(succeeded(verifyAligned(*this, "bias", getBias(), types)) &&
                 succeeded(verifyAligned(*this, "mask", getMask(), types)) &&
                 succeeded(verifyBiasDtype(*this, types.q)) &&
                 succeeded(verifyLengths(*this, types)) && succeeded(verifyPlaces(*this)) &&
                 succeeded(verifyNumbers(*this, types.q)));
}

//===- What it does ---------------------------------------------------------===//

bool AttentionOp::actsInTraining() { return !getDropout().isZero(); }
void AttentionOp::enterTraining(function_ref<RandomKey()> draw) { bindTo(*this, draw()); }

bool AttentionOp::mayBeBlind() {
  auto offset = static_cast<int64_t>(getOffset());
  if (getBias() || getMask() || getLengths() || getPosition() || (getCausal() && offset < 0))
    return true;
  if (!getWindow())
    return false;
  auto types = *AttentionTypes::of({}, *this);
  int64_t queries = sizeOf(types.q, types.layout.q, 't'),
          keys = sizeOf(types.k, types.layout.k, 't');
  bool isStatic = !ShapedType::isDynamic(queries) && !ShapedType::isDynamic(keys);
  // The last query sees the last key, or one before it.
  return !isStatic || queries + offset - static_cast<int64_t>(*getWindow()) >= keys;
}

} // namespace mlc::nn
