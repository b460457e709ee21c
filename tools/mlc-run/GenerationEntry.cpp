#include "GenerationEntry.h"

#include <algorithm>
#include <cstring>

namespace mlc::run {

namespace {
/// What an input is: a list of tokens, or a number, one or one for each text; with its value where
/// none is given.
struct Input {
  std::string_view name;
  bool isList, isFloat;
  double unless;
};
constexpr Input kInputs[] = {{"tokens", true, false, 0},
                             {"previous", true, false, 0},
                             {"position", false, false, 0},
                             {"lengths", false, false, 0},
                             {"seed", false, false, 0},
                             {"temperature", false, true, 1},
                             {"top_k", false, false, 0},
                             {"top_p", false, true, 1},
                             {"repetition_penalty", false, true, 1}};
} // namespace

static const Input *findInput(std::string_view name) {
  auto found = std::find_if(std::begin(kInputs), std::end(kInputs),
                            [&](const Input &each) { return each.name == name; });
  return found == std::end(kInputs) ? nullptr : found;
}

static bool takesTokens(const mlc_entry_info &entry) {
  return findTensor(entry.inputs, entry.input_count, "tokens") >= 0 && entry.kind != MLC_TRAINING;
}

const mlc_entry_info &GenerationEntry::find(const Model &model, const std::string &name) {
  if (!name.empty())
    return model.entry(name);
  const mlc_entry_info *found = nullptr;
  std::string names;
  for (int i = 0; i < model.table().entry_count; ++i) {
    const mlc_entry_info &each = model.table().entries[i];
    if (std::string_view(each.name) == "generate")
      return each;
    if (!takesTokens(each))
      continue;
    names += (found ? ", " : "") + std::string(each.name);
    found = &each;
  }
  if (!found)
    failInput("{} has no entry that generates: none takes 'tokens'; docs/generation.md says what "
              "such an entry takes",
              model.table().name);
  if (names != found->name)
    failUsage("{} has several entries that take tokens; name one of them: {}", model.table().name,
              names);
  return *found;
}

void GenerationEntry::refuse(const mlc_tensor_info &tensor, const char *expected) const {
  failInput(
      "entry {} does not generate: '{}' is {} {}, but expects {}; docs/generation.md says what "
      "such an entry takes",
      entry.name, tensor.name, dtypeName(tensor.dtype), shapeText(shapeOf(tensor)), expected);
}

GenerationEntry::GenerationEntry(const Model &model, const mlc_entry_info &entry)
    : entry(entry), inputs(size_t(entry.input_count)), numbers(size_t(entry.input_count)),
      call(model, entry) {
  int tokens = indexOf("tokens");
  if (tokens < 0)
    failInput("entry {} does not generate: it has no input 'tokens'; it has {}", entry.name,
              listNames(entry.inputs, entry.input_count));
  const mlc_tensor_info &list = entry.inputs[tokens];
  batch = list.rank == 2 ? list.shape[0] : 1;
  for (int i = 0; i < entry.input_count; ++i)
    check(entry.inputs[i]);
  isLong = list.shape[list.rank - 1] < 0;
  if (!isLong && list.shape[list.rank - 1] != 1)
    refuse(list, "integers [time] or [batch, time], where time is free or 1");
  if (!isLong && indexOf("position") < 0)
    refuse(list, "a free number of tokens, since there is no input 'position' that says how many "
                 "were before");
  checkToken();
  for (size_t i = 0; i < inputs.size(); ++i)
    call.in()[i] = &inputs[i];
}

void GenerationEntry::check(const mlc_tensor_info &info) {
  const Input *input = findInput(info.name);
  if (!input) {
    std::string names;
    for (const Input &each : kInputs)
      names += (names.empty() ? "" : ", ") + std::string(each.name);
    failInput("entry {} does not generate: generate cannot give its input '{}'; it gives {}",
              entry.name, info.name, names);
  }
  bool isWhole = info.dtype == MLC_I32 || info.dtype == MLC_I64;
  bool isFloat = info.dtype == MLC_F32 || info.dtype == MLC_F64;
  if (input->isFloat && !(isFloat && info.rank <= 1))
    refuse(info, "a number of f32 or f64, or [batch] of them");
  if (!input->isFloat && !input->isList && !(isWhole && info.rank <= 1))
    refuse(info, "a number of i32 or i64, or [batch] of them");
  if (input->isList && !(isWhole && (info.rank == 1 || info.rank == 2)))
    refuse(info, "integers [n] or [batch, n] of i32 or i64");
  if (info.rank == (input->isList ? 2 : 1))
    checkBatch(info);
  else if (input->isList && batch != 1)
    refuse(info, "[batch, n], since there are several texts");
  numbers[size_t(&info - entry.inputs)] = input->unless;
}

void GenerationEntry::checkBatch(const mlc_tensor_info &tensor) {
  int64_t size = tensor.shape[0];
  if (size == 1 && batch < 0) // of any number of texts, one
    batch = 1;
  if (size >= 0 && size != batch)
    refuse(tensor, "as many as there are texts, the first dimension of 'tokens'");
}

/// The result is called so, or is the only one.
void GenerationEntry::checkToken() {
  token = findTensor(entry.results, entry.result_count, "token");
  if (token < 0 && entry.result_count == 1)
    token = 0;
  if (token < 0)
    failInput("entry {} does not generate: it has no result 'token'; it has {}", entry.name,
              listNames(entry.results, entry.result_count));
  const mlc_tensor_info &info = entry.results[token];
  bool isOne = info.rank == 0 || (info.rank == 1 && info.shape[0] == 1);
  if (isOne && batch < 0)
    batch = 1;
  bool isEach = info.rank == 1 && (info.shape[0] < 0 || info.shape[0] == batch);
  if (!(isEach || (isOne && batch == 1)) || (info.dtype != MLC_I32 && info.dtype != MLC_I64))
    refuse(info, batch == 1 ? "one integer, the next token, which nn.sample draws from logits"
                            : "integers [batch], the next tokens, which nn.sample draws from "
                              "logits");
}

int GenerationEntry::indexOf(const char *input) const {
  return findTensor(entry.inputs, entry.input_count, input);
}

bool GenerationEntry::takesLengths() const {
  int position = indexOf("position");
  return isLong && indexOf("lengths") >= 0 && (position < 0 || entry.inputs[position].rank == 1);
}

static void store(Tensor &tensor, int64_t at, double value) {
  auto put = [&](auto number) {
    std::memcpy(tensor.data() + at * int64_t(sizeof number), &number, sizeof number);
  };
  switch (tensor.dtype) {
  case MLC_F32:
    return put(float(value));
  case MLC_F64:
    return put(value);
  case MLC_I32:
    return put(int32_t(int64_t(value)));
  default:
    return put(int64_t(value));
  }
}

void GenerationEntry::set(const std::string &input, const std::string &option, double value) {
  int index = indexOf(input.c_str());
  if (index < 0)
    failUsage("{}: entry {} has no input '{}'; it has {}", option, entry.name, input,
              listNames(entry.inputs, entry.input_count));
  constexpr double kExact = 9007199254740992.0; // 2^53
  int dtype = entry.inputs[index].dtype;
  double most = dtype == MLC_I32 ? INT32_MAX : kExact;
  bool isWhole = dtype == MLC_I32 || dtype == MLC_I64;
  if (isWhole && value > most)
    failUsage("{}: entry {} takes '{}' as {}: expects at most {:.0f}", option, entry.name, input,
              dtypeName(dtype), most);
  numbers[size_t(index)] = value;
}

Tensor &GenerationEntry::shaped(int input, std::vector<int64_t> shape) {
  Tensor &tensor = inputs[size_t(input)];
  if (!tensor.data() || tensor.shape != shape)
    tensor = Tensor(entry.inputs[input].dtype, std::move(shape), entry.inputs[input].name);
  return tensor;
}

/// Behind a shorter piece stands its last token again, which the entry leaves out by `lengths`.
void GenerationEntry::fillTokens(int input, const std::vector<Piece> &pieces) {
  size_t room = 0;
  for (const Piece &piece : pieces)
    room = std::max(room, piece.end - piece.begin);
  std::vector<int64_t> shape = {int64_t(pieces.size()), int64_t(room)};
  if (entry.inputs[input].rank == 1)
    shape.erase(shape.begin());
  Tensor &tensor = shaped(input, shape);
  int64_t at = 0;
  for (const Piece &piece : pieces)
    for (size_t i = 0; i < room; ++i)
      store(tensor, at++, double((*piece.text)[std::min(piece.begin + i, piece.end - 1)]));
}

/// The last so many tokens, or as many as the longest text has if the size is free; -1 where there
/// are fewer.
void GenerationEntry::fillPrevious(int input, const std::vector<Piece> &pieces) {
  std::vector<int64_t> shape = shapeOf(entry.inputs[input]);
  size_t room = shape.back() < 0 ? 0 : size_t(shape.back());
  for (const Piece &piece : pieces)
    room = shape.back() < 0 ? std::max(room, piece.end) : room;
  shape.back() = int64_t(room);
  if (shape.size() == 2)
    shape.front() = int64_t(pieces.size());
  Tensor &tensor = shaped(input, shape);
  int64_t at = 0;
  for (const Piece &piece : pieces) {
    size_t count = std::min(piece.end, room);
    for (size_t i = 0; i < room; ++i)
      store(tensor, at++, i < count ? double((*piece.text)[piece.end - count + i]) : -1);
  }
}

/// A number of each text, or that of the first for all.
void GenerationEntry::fillNumber(int input, const std::vector<Piece> &pieces) {
  const mlc_tensor_info &info = entry.inputs[input];
  std::string_view name = info.name;
  bool isEach = info.rank == 1;
  Tensor &tensor =
      shaped(input, isEach ? std::vector<int64_t>{int64_t(pieces.size())} : std::vector<int64_t>{});
  for (size_t row = 0; row < (isEach ? pieces.size() : 1); ++row) {
    const Piece &piece = pieces[row];
    double number = numbers[size_t(input)];
    if (name == "position")
      number = double(piece.begin);
    else if (name == "lengths")
      number = double(piece.end - piece.begin);
    else if (name == "seed")
      number += double(firstNumber + row);
    store(tensor, int64_t(row), number);
  }
}

void GenerationEntry::feed(const std::vector<Piece> &pieces) {
  for (int i = 0; i < entry.input_count; ++i) {
    std::string_view name = entry.inputs[i].name;
    if (name == "tokens")
      fillTokens(i, pieces);
    else if (name == "previous")
      fillPrevious(i, pieces);
    else
      fillNumber(i, pieces);
  }
  call.prepare();
  call.run();
}

void GenerationEntry::begin(size_t number) {
  firstNumber = number;
  seen.clear();
}

std::vector<int64_t> GenerationEntry::next(const std::vector<Text> &texts) {
  bool remembers = indexOf("position") >= 0;
  seen.resize(texts.size());
  // Where there are more texts in a call than there are here, the last one stands for them.
  std::vector<Piece> pieces;
  for (size_t row = 0; row < std::max(texts.size(), batch < 0 ? 1 : size_t(batch)); ++row) {
    size_t number = std::min(row, texts.size() - 1), size = texts[number].size();
    pieces.push_back({&texts[number], remembers ? std::min(seen[number], size - 1) : 0, size});
  }
  if (isLong)
    feed(pieces);
  for (size_t rest = isLong ? 0 : pieces[0].end - pieces[0].begin; rest > 0; --rest) {
    std::vector<Piece> step = pieces;
    for (Piece &piece : step) {
      piece.end -= rest - 1;
      piece.begin = piece.end - 1;
    }
    feed(step);
  }
  std::vector<int64_t> tokens;
  for (size_t row = 0; row < texts.size(); ++row) {
    seen[row] = texts[row].size();
    tokens.push_back(int64_t(call.out()[size_t(token)].at(int64_t(row))));
  }
  return tokens;
}

} // namespace mlc::run
