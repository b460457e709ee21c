#include "GenerationEntry.h"

#include <algorithm>
#include <cstring>

namespace mlc::run {

namespace {
/// What an input is: a list of tokens, or one number, with its value where none is given.
struct Input {
  std::string_view name;
  bool isList, isFloat;
  double unless;
};
constexpr Input kInputs[] = {
    {"tokens", true, false, 0},      {"previous", true, false, 0},
    {"position", false, false, 0},   {"seed", false, false, 0},
    {"temperature", false, true, 1}, {"top_k", false, false, 0},
    {"top_p", false, true, 1},       {"repetition_penalty", false, true, 1}};
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
    : entry(entry), inputs(size_t(entry.input_count)), call(model, entry) {
  int tokens = findTensor(entry.inputs, entry.input_count, "tokens");
  if (tokens < 0)
    failInput("entry {} does not generate: it has no input 'tokens'; it has {}", entry.name,
              listNames(entry.inputs, entry.input_count));
  for (int i = 0; i < entry.input_count; ++i)
    check(entry.inputs[i]);
  const mlc_tensor_info &list = entry.inputs[tokens];
  isLong = list.shape[list.rank - 1] < 0;
  if (!isLong && list.shape[list.rank - 1] != 1)
    refuse(list, "integers [time] or [1, time], where time is free or 1");
  if (!isLong && !find("position"))
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
  if (input->isFloat && !((info.dtype == MLC_F32 || info.dtype == MLC_F64) && info.rank == 0))
    refuse(info, "a number of f32 or f64");
  if (!input->isFloat && !input->isList && !(isWhole && info.rank == 0))
    refuse(info, "a number of i32 or i64");
  bool isRow = info.rank == 1 || (info.rank == 2 && (info.shape[0] == 1 || info.shape[0] < 0));
  if (input->isList && !(isWhole && isRow))
    refuse(info, "integers [n] or [1, n] of i32 or i64");
  if (!input->isList) {
    inputs[size_t(&info - entry.inputs)] = Tensor(info.dtype, {});
    set(info.name, "", input->unless);
  }
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
  bool isOne = info.rank == 0 || (info.rank == 1 && (info.shape[0] == 1 || info.shape[0] < 0));
  if (!isOne || (info.dtype != MLC_I32 && info.dtype != MLC_I64))
    refuse(info, "one integer, the next token, which nn.sample draws from logits");
}

Tensor *GenerationEntry::find(const std::string &input) {
  int index = findTensor(entry.inputs, entry.input_count, input);
  return index < 0 ? nullptr : &inputs[size_t(index)];
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
    return put(int32_t(value));
  default:
    return put(int64_t(value));
  }
}

void GenerationEntry::set(const std::string &input, const std::string &option, double value) {
  Tensor *tensor = find(input);
  if (!tensor)
    failUsage("{}: entry {} has no input '{}'; it has {}", option, entry.name, input,
              listNames(entry.inputs, entry.input_count));
  constexpr double kExact = 9007199254740992.0; // 2^53
  double most = tensor->dtype == MLC_I32 ? INT32_MAX : kExact;
  bool isWhole = tensor->dtype == MLC_I32 || tensor->dtype == MLC_I64;
  if (isWhole && value > most)
    failUsage("{}: entry {} takes '{}' as {}: expects at most {:.0f}", option, entry.name, input,
              dtypeName(tensor->dtype), most);
  store(*tensor, 0, value);
}

/// The last so many tokens before `end`, or as many as there are if `size` is free; -1 where there
/// are fewer.
static void fillList(Tensor &tensor, const mlc_tensor_info &info, const std::vector<int64_t> &text,
                     size_t begin, size_t end) {
  std::vector<int64_t> shape = shapeOf(info);
  size_t room = shape.back() < 0 ? end - begin : size_t(shape.back());
  shape.front() = shape.size() == 2 ? 1 : shape.front();
  shape.back() = int64_t(room);
  if (!tensor.data() || tensor.shape != shape)
    tensor = Tensor(info.dtype, shape, info.name);
  begin = std::max(begin, end - std::min(end, room));
  for (size_t i = 0; i < room; ++i)
    store(tensor, int64_t(i), i < end - begin ? double(text[begin + i]) : -1);
}

void GenerationEntry::feed(const std::vector<int64_t> &text, size_t begin, size_t end) {
  for (int i = 0; i < entry.input_count; ++i) {
    std::string_view name = entry.inputs[i].name;
    if (name == "tokens")
      fillList(inputs[size_t(i)], entry.inputs[i], text, begin, end);
    else if (name == "previous")
      fillList(inputs[size_t(i)], entry.inputs[i], text, 0, end);
  }
  if (Tensor *position = find("position"))
    store(*position, 0, double(begin));
  call.prepare();
  call.run();
}

int64_t GenerationEntry::next(const std::vector<int64_t> &text) {
  bool remembers = find("position") != nullptr;
  size_t begin = remembers ? seen : 0;
  for (size_t step = isLong ? text.size() - begin : 1; begin < text.size(); begin += step)
    feed(text, begin, begin + step);
  seen = text.size();
  return int64_t(call.out()[size_t(token)].at(0));
}

} // namespace mlc::run
