#include "dialects/NN/AttentionLayout.h"
#include "dialects/NN/Refusal.h"
#include "dialects/NN/Text.h"

using namespace mlir;

namespace mlc::nn {

/// Whether the word has t and d, and no letter twice.
static bool isWord(StringRef word) {
  for (auto [position, letter] : llvm::enumerate(word))
    if (letter < 'a' || letter > 'z' || word.find(letter, position + 1) != StringRef::npos)
      return false;
  return word.contains('t') && word.contains('d');
}

/// [batch..., heads, time, features] for a tensor of this rank, at least 2.
static std::string defaultWord(int64_t rank) {
  constexpr StringLiteral kBatch = "bacefgijklmnopqrsuvwxyz";
  return rank == 2 ? "td" : kBatch.take_front(rank - 3).str() + "htd";
}

static std::string sorted(StringRef word) {
  std::string letters = word.str();
  llvm::sort(letters);
  return letters;
}

/// The three words of the text.
static FailureOr<AttentionLayout> wordsOf(std::optional<Location> location, StringAttr text) {
  SmallVector<StringRef> words;
  text.getValue().split(words, ',');
  for (StringRef &word : words)
    word = word.trim();
  if (words.size() == 1)
    words.append(2, words.front());
  if (words.size() != 3 || !llvm::all_of(words, isWord)) // attention_c1
    return refuse(location,
                  "t is time, d features, h heads, any other letter a batch dimension; one word "
                  "is for all three",
                  "expects a layout of q, k and v such as \"bthd\" or \"bthd, bhtd, bhtd\", each "
                  "with t, d and no letter twice, but got ",
                  text);
  return AttentionLayout{words[0].str(), words[1].str(), words[2].str()};
}

std::string batchOf(StringRef word) {
  std::string letters;
  llvm::copy_if(word, std::back_inserter(letters),
                [](char letter) { return letter != 'h' && letter != 't' && letter != 'd'; });
  return letters;
}
std::string AttentionLayout::batch() const { return batchOf(q); }

FailureOr<std::string> layoutOf(std::optional<Location> location, StringAttr text,
                                RankedTensorType x) {
  StringRef remedy = "t is time, d features, h heads, any other letter a batch dimension";
  if (!text && (x.getRank() < 2 || x.getRank() > 26)) // rope_c2
    return refuse(location, remedy, "expects x of rank 2 at least, [batch..., heads, time, ",
                  "features], but got ", x);
  std::string word = text ? text.str() : defaultWord(x.getRank());
  if (!isWord(word)) // rope_c1
    return refuse(location, remedy,
                  "expects a layout such as \"bthd\", with t, d and no letter twice, but got ",
                  text);
  if (static_cast<int64_t>(word.size()) != x.getRank()) // rope_c2
    return refuse(location, remedy, "expects x of ", word.size(), " dimensions, by the layout \"",
                  word, "\", but got ", x);
  return word;
}

static LogicalResult verifyLetters(std::optional<Location> location,
                                   const AttentionLayout &layout) {
  AttentionLayout ofKeys{layout.k, layout.k, layout.v};
  bool fits = sorted(layout.k) == sorted(layout.v) &&
              sorted(layout.batch()) == sorted(ofKeys.batch()) &&
              (layout.hasHeads() || !layout.hasKeyHeads());
  if (fits) // attention_c2
    return success();
  return refuse(location,
                "k and v without h are shared by all heads of q; a batch dimension of size 1 "
                "goes with nn.reshape",
                "expects k and v of the same letters, and q of these and perhaps h, but got the "
                "layout \"",
                layout.q, ", ", layout.k, ", ", layout.v, "\"");
}

FailureOr<AttentionLayout> AttentionLayout::of(std::optional<Location> location, StringAttr text,
                                               RankedTensorType q, RankedTensorType k,
                                               RankedTensorType v) {
  if (!text) {
    bool isOne = q.getRank() == k.getRank() && q.getRank() == v.getRank();
    if (!isOne || q.getRank() < 2 || q.getRank() > 26) // attention_c3
      return refuse(location, "layout = \"bthd, btd, btd\" says what the dimensions are",
                    "expects q, k and v of one rank of at least 2, [batch..., heads, time, "
                    "features], but got ",
                    q, ", ", k, " and ", v);
    std::string word = defaultWord(q.getRank());
    return AttentionLayout{word, word, word};
  }
  FailureOr<AttentionLayout> layout = wordsOf(location, text);
  if (failed(layout) || failed(verifyLetters(location, *layout)))
    return failure();
  for (auto [name, word, type] :
       {std::tuple<StringRef, StringRef, RankedTensorType>{"q", layout->q, q},
        {"k", layout->k, k},
        {"v", layout->v, v}})
    if (static_cast<int64_t>(word.size()) != type.getRank()) // attention_c4
      return refuse(location, "", "expects ", name, " of ", word.size(),
                    " dimensions, by the layout \"", word, "\", but got ", type);
  return layout;
}

HeadUse headUse(const AttentionLayout &layout, RankedTensorType q, RankedTensorType k) {
  if (!layout.hasKeyHeads())
    return HeadUse::shared;
  int64_t ofQueries = sizeOf(q, layout.q, 'h'), ofKeys = sizeOf(k, layout.k, 'h');
  if (areCompatible(ofQueries, ofKeys) && !(ofKeys == 1 && ShapedType::isDynamic(ofQueries)))
    return HeadUse::paired;
  return ofKeys == 1 ? HeadUse::shared : HeadUse::grouped;
}

//===- Text -----------------------------------------------------------------===//

ParseResult parseLayout(OpAsmParser &parser, StringAttr &layout) {
  StringRef word;
  std::string words;
  bool isWord = succeeded(parser.parseOptionalKeyword(&word));
  if (!isWord && parser.parseString(&words))
    return failure();
  layout = parser.getBuilder().getStringAttr(isWord ? word : StringRef(words));
  return success();
}
void printLayout(OpAsmPrinter &printer, Operation *, StringAttr layout) { printer << layout; }

ParseResult parseAttentionTypes(OpAsmParser &parser, Type &q, Type &k, Type &v, Type &bias,
                                Type &mask, Type &lengths, Type &position,
                                const OptionalOperand &biasOperand,
                                const OptionalOperand &maskOperand,
                                const OptionalOperand &lengthsOperand,
                                const OptionalOperand &positionOperand) {
  SMLoc place = parser.getCurrentLocation();
  SmallVector<Type> types;
  if (parser.parseTypeList(types))
    return failure();
  SmallVector<Type *> expected = {&q, &k, &v};
  for (auto [operand, type] : {std::pair(&biasOperand, &bias),
                               {&maskOperand, &mask},
                               {&lengthsOperand, &lengths},
                               {&positionOperand, &position}})
    if (*operand)
      expected.push_back(type);
  if (types.size() + 2 == expected.size())
    types.insert(types.begin(), 2, Type(types.front()));
  if (types.size() != expected.size())
    return parser.emitError(place, "expects ")
           << expected.size() << " types, those of q, k, v, bias, mask, lengths and offset that "
           << "are there, or " << expected.size() - 2 << ", the first of which is that of q, k "
           << "and v, but got " << types.size();
  for (auto [to, type] : llvm::zip_equal(expected, types))
    *to = type;
  return success();
}

void printAttentionTypes(OpAsmPrinter &printer, Operation *, Type q, Type k, Type v, Type bias,
                         Type mask, Type lengths, Type position, Value, Value, Value, Value) {
  SmallVector<Type> types = {q};
  if (k != q || v != q)
    types.append({k, v});
  for (Type type : {bias, mask, lengths, position})
    if (type)
      types.push_back(type);
  printer << types;
}

} // namespace mlc::nn
