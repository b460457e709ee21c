// Recipes of what Transformers are made of: attention, turned positions, a table that is read and
// multiplied by, weights in few bits.
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "test/fuzz/Generator.h"
#include <cmath>

using namespace mlir;
using namespace mlc::nn;

namespace mlc::fuzz {

//===- Numbers that differ from position to position ------------------------===//

/// i32 numbers below `most`, at least 0; nothing if a size is not in scope.
static std::optional<Term> numbered(Generator &g, ArrayRef<int64_t> dims, int64_t most) {
  std::optional<SmallVector<Value>> sizes = g.dynamicSizes(dims);
  if (!sizes)
    return std::nullopt;
  RankedTensorType type = g.typeOf(dims, g.builder.getI32Type());
  Term term{nullptr, Dims(dims), 0.0, static_cast<double>(most - 1), false};
  term.value = g.create<AbsOp>(g.constant({}, type.getElementType()).value);
  if (!dims.empty())
    term.value = g.create<BroadcastOp>(type, term.value, *sizes, ArrayRef<int64_t>());
  for (int64_t dim = 0; dim < term.rank(); ++dim) {
    Value places = g.create<IotaOp>(type, *sizes, dim);
    places =
        g.create<MulOp>(places, g.splat(term, static_cast<double>(g.random.between(1, 40))).value);
    term.value = g.create<AddOp>(term.value, places);
  }
  term.value = g.create<RemOp>(term.value, g.splat(term, static_cast<double>(most)).value);
  return term;
}

/// Floats of magnitude 2 at most: from the pool, or made for this.
static std::optional<Term> floats(Generator &g, ArrayRef<int64_t> dims, Type element) {
  auto found = g.pick(
      [&](const Term &term) { return term.element() == element && ArrayRef(term.dims) == dims; });
  if (found && g.random.chance(0.6))
    return g.bounded(*found, 2.0);
  bool isStatic = llvm::none_of(dims, [](int64_t dim) { return dim < 0; });
  if (isStatic && g.random.chance(0.5))
    return g.push(g.constant(dims, element));
  std::optional<Term> angles = numbered(g, dims, 1000);
  if (!angles)
    return std::nullopt;
  Value value = g.create<CastOp>(angles->value, g.builder.getF64Type());
  value = g.create<CastOp>(g.create<SinOp>(value), element);
  return g.push({value, Dims(dims), -1.0, 1.0, element.isBF16() || element.isF16()});
}

static std::optional<Term> booleans(Generator &g, ArrayRef<int64_t> dims) {
  auto found =
      g.pick([&](const Term &term) { return term.isBool() && ArrayRef(term.dims) == dims; });
  if (found && g.random.chance(0.5))
    return found;
  std::optional<Term> numbers = numbered(g, dims, 7);
  if (!numbers)
    return std::nullopt;
  Value limit = g.splat(*numbers, static_cast<double>(g.random.between(1, 6))).value;
  return Term{g.create<CompareOp>(Predicate::lt, numbers->value, limit), Dims(dims), 0.0, 1.0,
              false};
}

//===- Attention --------------------------------------------------------------===//

namespace {
/// What is known of an attention before its op is there. Sizes by letter: T of keys, D of values,
/// H of the heads of keys.
struct Attention {
  std::string words[3];
  std::map<char, int64_t> sizes;
  Term q, k, v;

  Dims batch() const {
    Dims dims;
    for (char letter : words[0])
      if (letter != 't' && letter != 'd' && letter != 'h')
        dims.push_back(sizes.at(letter));
    return dims;
  }
  Dims scores() const {
    Dims dims = batch();
    if (sizes.count('h'))
      dims.push_back(sizes.at('h'));
    dims.append({sizes.at('t'), sizes.at('T')});
    return dims;
  }
  int64_t size(char letter) const {
    auto found = sizes.find(letter);
    return found == sizes.end() ? 1 : found->second;
  }
  bool keysFitQueries() const {
    return words[1] == words[0] && size('T') == size('t') && size('H') == size('h');
  }
  bool valuesFitKeys() const { return words[2] == words[1] && size('D') == size('d'); }
  /// The layout as text, or nothing if it is what it is without one.
  std::string layout() const {
    StringRef usual = words[0].size() == 2 ? "td" : StringRef("bhtd").take_back(words[0].size());
    bool isOne = words[1] == words[0] && words[2] == words[0];
    return isOne ? (words[0] == usual ? "" : words[0]) : words[0] + "," + words[1] + "," + words[2];
  }
};
} // namespace

static std::string shuffled(Generator &g, std::string letters) {
  for (size_t i = letters.size(); i > 1; --i)
    std::swap(letters[i - 1],
              letters[static_cast<size_t>(g.random.below(static_cast<int64_t>(i)))]);
  return letters;
}

/// The letters of q in some order, and of k and v, which may lack the heads.
static void chooseWords(Generator &g, Attention &attention, int64_t rank) {
  bool hasHeads = rank >= 3 && g.random.chance(0.75);
  std::string word = std::string("ba").substr(0, static_cast<size_t>(rank - 2 - hasHeads)) +
                     (hasHeads ? "htd" : "td");
  std::string ofKeys = word;
  if (hasHeads && g.random.chance(0.2))
    ofKeys.erase(ofKeys.find('h'), 1);
  for (std::string *each : {&attention.words[0], &attention.words[1], &attention.words[2]}) {
    *each = each == &attention.words[0] ? word : ofKeys;
    if (g.random.chance(0.4))
      *each = shuffled(g, *each);
  }
}

static void chooseSizes(Generator &g, Attention &attention) {
  static constexpr int64_t kKeys[] = {1, 3, 8, 16, 17, 33, 64}, kFeatures[] = {1, 2, 5, 8, 16, 33};
  auto &sizes = attention.sizes;
  for (auto [letter, size] : llvm::zip_equal(attention.words[0], attention.q.dims))
    sizes[letter] = size;
  auto other = g.pick([](const Term &term) { return term.rank() > 0; });
  sizes['T'] = g.random.chance(0.4)   ? sizes['t']
               : g.random.chance(0.5) ? g.random.pick(kKeys)
                                      : g.random.pick(other->dims);
  sizes['D'] = g.random.chance(0.6) ? sizes['d'] : g.random.pick(kFeatures);
  if (!sizes.count('h'))
    return;
  SmallVector<int64_t> divisors = {1};
  for (int64_t size = 2; size <= sizes['h']; ++size)
    if (sizes['h'] % size == 0)
      divisors.push_back(size);
  sizes['H'] = g.random.chance(0.5) ? sizes['h'] : g.random.pick(divisors);
}

/// Keys or values.
static std::optional<Term> source(Generator &g, const Attention &attention, bool isValue) {
  Dims dims;
  for (char letter : attention.words[isValue ? 2 : 1]) {
    char key = letter == 't' ? 'T' : letter == 'h' ? 'H' : letter == 'd' && isValue ? 'D' : letter;
    dims.push_back(attention.sizes.at(key));
  }
  return g.fits(dims) ? floats(g, dims, attention.q.element()) : std::nullopt;
}

/// Dims that are repeated along some of the scores.
static Dims alignedDims(Generator &g, const Attention &attention) {
  Dims dims = attention.scores();
  if (dims.size() > 2 && g.random.chance(0.5))
    dims.erase(dims.begin(), dims.end() - g.random.between(1, 2));
  for (int64_t &dim : dims)
    dim = g.random.chance(0.25) ? 1 : dim;
  return dims;
}

static std::optional<Attention> chooseAttention(Generator &g) {
  auto x = g.pick([](const Term &term) { return term.isFloat() && term.rank() >= 2; });
  if (!x)
    return std::nullopt;
  Attention attention;
  attention.q = g.bounded(*x, 2.0);
  chooseWords(g, attention, x->rank());
  chooseSizes(g, attention);
  Dims dims = attention.scores();
  bool isLarge = !g.fits(dims) || g.mayBeEmpty(attention.sizes['d']);
  std::optional<Term> k, v;
  if (!isLarge)
    k = attention.keysFitQueries() && g.random.chance(0.2) ? attention.q
                                                           : source(g, attention, false);
  if (k)
    v = attention.valuesFitKeys() && g.random.chance(0.2) ? k : source(g, attention, true);
  if (!k || !v)
    return std::nullopt;
  attention.k = *k;
  attention.v = *v;
  return attention;
}

/// A position that is known at run time only.
static Value someOffset(Generator &g) {
  auto found = g.pick([](const Term &term) {
    return term.rank() == 0 && term.magnitude() <= 1000.0 &&
           (term.element().isInteger(32) || term.element().isInteger(64));
  });
  return found ? found->value
               : g.constant({},
                            g.random.chance(0.5) ? g.builder.getI32Type() : g.builder.getI64Type())
                     .value;
}

namespace {
/// Which keys a query sees, and how much.
struct Sight {
  std::optional<Term> bias, mask, lengths;
  bool isCausal = false;
  IntegerAttr window;
  Value position;
  int64_t offset = 0;
};
} // namespace

static Value valueOf(const std::optional<Term> &term) { return term ? term->value : Value(); }

static Sight chooseSight(Generator &g, const Attention &attention) {
  Sight sight;
  Type element = attention.q.element(),
       wide = element.getIntOrFloatBitWidth() < 32 ? g.builder.getF32Type() : element;
  if (g.random.chance(0.25))
    sight.bias = floats(g, alignedDims(g, attention), g.random.chance(0.5) ? element : wide);
  if (g.random.chance(0.25))
    sight.mask = booleans(g, alignedDims(g, attention));
  if (g.random.chance(0.25))
    sight.lengths = numbered(g, attention.batch(), g.random.between(2, 40));
  sight.isCausal = g.random.chance(0.5);
  if (g.random.chance(0.25))
    sight.window = g.builder.getI64IntegerAttr(g.random.between(1, 20));
  bool isMoved = (sight.isCausal || sight.window) && g.random.chance(0.5);
  if (isMoved && g.random.chance(0.5))
    sight.position = someOffset(g);
  else if (isMoved)
    sight.offset = g.random.between(-3, 20);
  return sight;
}

static AttentionOp createAttention(Generator &g, const Attention &attention, const Sight &sight,
                                   double dropout) {
  Builder &b = g.builder;
  auto number = [&](double chance, double value) {
    return g.random.chance(chance) ? b.getF64FloatAttr(value) : FloatAttr();
  };
  auto flag = [&](bool isSet) { return isSet ? b.getUnitAttr() : UnitAttr(); };
  std::string layout = attention.layout();
  return AttentionOp::create(
      g.builder, g.location, attention.q.value, attention.k.value, attention.v.value,
      valueOf(sight.bias), valueOf(sight.mask), valueOf(sight.lengths), sight.position, Value(),
      Value(), layout.empty() ? StringAttr() : b.getStringAttr(layout), number(0.5, 0.25),
      flag(sight.isCausal), b.getI64IntegerAttr(sight.offset), sight.window, number(0.25, 1.5),
      b.getF64FloatAttr(dropout), IntegerAttr(), flag(g.random.chance(0.25)));
}

static bool attention(Generator &g) {
  std::optional<Attention> chosen = chooseAttention(g);
  if (!chosen)
    return false;
  Sight sight = chooseSight(g, *chosen);
  double dropout = g.random.chance(0.15) ? 0.25 : 0.0; // acts in training only
  AttentionOp op = createAttention(g, *chosen, sight, dropout);
  Dims dims, rows;
  for (char letter : chosen->words[0]) {
    dims.push_back(chosen->sizes[letter == 'd' ? 'D' : letter]);
    if (letter != 'd')
      rows.push_back(chosen->sizes[letter]);
  }
  bool coarse = chosen->q.coarse || chosen->k.coarse || chosen->v.coarse ||
                (sight.bias && sight.bias->coarse);
  double share = 1.0 / (1.0 - dropout);
  g.push({op.getResult(), dims, share * std::min(chosen->v.low, 0.0),
          share * std::max(chosen->v.high, 0.0), coarse});
  if (!op.getLse())
    return true;
  Term sum{op.getLogSum(), rows, -300.0, 300.0, coarse}; // -inf where a query sees nothing
  sum.value = g.create<MaxOp>(sum.value, g.splat(sum, -300.0).value);
  g.push(g.bounded(sum, 8.0));
  return true;
}

//===- Positions ----------------------------------------------------------------===//

static bool rope(Generator &g) {
  auto x = g.pick(
      [](const Term &term) { return term.isFloat() && term.rank() >= 2 && term.dims.back() >= 2; });
  if (!x)
    return false;
  Builder &b = g.builder;
  int64_t features = x->dims.back(), rotary = features / 2 * 2;
  auto flag = [&](double chance) { return g.random.chance(chance) ? b.getUnitAttr() : UnitAttr(); };
  std::optional<Term> positions;
  Value position;
  if (g.random.chance(0.3))
    positions = numbered(g, x->dims[x->rank() - 2], 5000);
  else if (g.random.chance(0.3))
    position = someOffset(g);
  int64_t offset = positions || position ? 0 : g.random.between(-3, 100000);
  auto op =
      RopeOp::create(g.builder, g.location, x->value, positions ? positions->value : Value(),
                     position, StringAttr(), flag(0.4), b.getI64IntegerAttr(rotary),
                     b.getF64FloatAttr(100.0), b.getF64FloatAttr(g.random.chance(0.5) ? 1.0 : 4.0),
                     DenseF64ArrayAttr(), b.getI64IntegerAttr(offset), flag(0.3));
  double bound = std::sqrt(2.0) * x->magnitude();
  g.push({op.getResult(), x->dims, -bound, bound, x->coarse});
  return true;
}

//===- The vocabulary -----------------------------------------------------------===//

/// A table [words, features] that rows are read from and multiplied by: its gradient has both.
static bool vocabulary(Generator &g) {
  auto table = g.pick([](const Term &term) {
    return term.isFloat() && term.rank() == 2 && term.dims[0] >= 1 && term.dims[1] >= 1;
  });
  auto shape = g.pick([](const Term &term) { return term.rank() == 1 || term.rank() == 2; });
  if (!table || !shape)
    return false;
  int64_t words = table->dims[0];
  Dims rows = shape->dims, logits = rows;
  logits.push_back(std::max(words, table->dims[1]));
  std::optional<Term> ids = numbered(g, rows, words), labels = numbered(g, rows, words);
  if (!g.fits(logits) || !ids || !labels)
    return false;
  logits.back() = words;
  Term weights = g.bounded(*table, 2.0);
  Value x = g.create<EmbeddingOp>(weights.value, ids->value);
  if (g.random.chance(0.6))
    x = g.create<TanhOp>(x);
  Value y;
  if (g.random.chance(0.5))
    y = g.create<MatmulOp>(x, g.create<TransposeOp>(weights.value, ArrayRef<int64_t>{1, 0}));
  else
    y = g.create<ContractOp>(x, weights.value, ArrayRef<int64_t>(), ArrayRef<int64_t>(),
                             ArrayRef<int64_t>{static_cast<int64_t>(rows.size())},
                             ArrayRef<int64_t>{1});
  double bound = static_cast<double>(table->dims[1]) * weights.magnitude() * weights.magnitude();
  Term scores = g.bounded({y, logits, -bound, bound, weights.coarse}, 8.0);
  if (g.random.chance(0.3))
    g.push(scores);
  auto reduction = static_cast<LossReduction>(g.random.below(3));
  Value loss = g.create<CrossEntropyOp>(
      scores.value, labels->value, Value(),
      g.builder.getI64IntegerAttr(g.random.chance(0.5) && words > 1 ? 0 : -100),
      g.builder.getF64FloatAttr(g.random.chance(0.7) ? 0.0 : 0.125),
      LossReductionAttr::get(g.builder.getContext(), reduction));
  double sum =
      26.0 * (reduction == LossReduction::sum ? static_cast<double>(g.mostElements(rows)) : 1.0);
  g.push(g.bounded(
      {loss, reduction == LossReduction::none ? rows : Dims(), 0.0, sum, scores.coarse}, 8.0));
  return true;
}

//===- Weights in few bits --------------------------------------------------------===//

/// A matrix of numbers in few bits, multiplied by, read from, or itself.
static bool dequantize(Generator &g) {
  auto x = g.pick([](const Term &term) {
    return term.isFloat() && !term.element().isF64() && term.rank() >= 1 && term.dims.back() > 0;
  });
  if (!x)
    return false;
  Builder &b = g.builder;
  int64_t bits = g.random.chance(0.5) ? 8 : 4, numbers = 32 / bits;
  bool isProduct = x->dims.back() % numbers == 0 && g.random.chance(0.8);
  int64_t depth = isProduct ? x->dims.back() : numbers * g.random.between(1, 9),
          columns = g.random.between(1, 20), group = numbers * g.random.between(1, depth / numbers);
  std::optional<Term> words = numbered(g, {depth / numbers, columns}, 10007);
  words->value = g.create<MulOp>(words->value, g.splat(*words, 214013.0).value);
  Dims scaleDims = {(depth + group - 1) / group, columns};
  double limit = std::exp2(static_cast<double>(bits));
  auto scaled = [&](double factor) -> Value { // which has no derivative
    Term scale = *floats(g, scaleDims, x->element());
    Value constant = g.create<StopGradientOp>(scale.value);
    return g.create<MulOp>(constant, g.splat(scale, factor).value);
  };
  Value scales = scaled(1.0 / limit), zeros = g.random.chance(0.4) ? scaled(2.0) : Value();
  bool isTransposed = g.random.chance(0.5);
  Value matrix = g.create<DequantizeOp>(
      words->value, scales, zeros, b.getI64IntegerAttr(bits),
      group == depth && g.random.chance(0.5) ? IntegerAttr() : b.getI64IntegerAttr(group),
      isTransposed ? b.getUnitAttr() : UnitAttr());
  bool coarse = x->element().isBF16() || x->element().isF16();
  Dims dims = isTransposed ? Dims{columns, depth} : Dims{depth, columns};
  if (!isProduct) {
    g.push({matrix, dims, -2.5, 2.5, coarse});
    return true;
  }
  Term from = g.bounded(*x, 2.0);
  Dims result = x->dims;
  result.back() = columns;
  if (!g.fits(result))
    return false;
  Value y = g.create<ContractOp>(from.value, matrix, ArrayRef<int64_t>(), ArrayRef<int64_t>(),
                                 ArrayRef<int64_t>{x->rank() - 1},
                                 ArrayRef<int64_t>{isTransposed ? 1 : 0});
  double bound = static_cast<double>(depth) * from.magnitude() * 2.5;
  g.push(g.bounded({y, result, -bound, bound, from.coarse || coarse}, 8.0));
  return true;
}

ArrayRef<WeightedRecipe> transformerRecipes() {
  static const WeightedRecipe recipes[] = {
      {1.2, attention}, {0.5, rope}, {0.6, vocabulary}, {0.5, dequantize}};
  return recipes;
}

} // namespace mlc::fuzz
