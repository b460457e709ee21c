#include "Commands.h"
#include "Npy.h"

#include <algorithm>
#include <filesystem>

namespace mlc::run {

/// The tensor that an assignment names; wrong usage where there is none.
static int findOrFail(const Model &model, const mlc_entry_info &entry,
                      const mlc_tensor_info *tensors, int count, const std::string &name,
                      const char *option) {
  int index = findTensor(tensors, count, name);
  if (index < 0)
    failUsage("{}: {} has no {} '{}'; it has {}", option, entry.name,
              tensors == entry.inputs ? "input" : "result", name, listNames(tensors, count));
  return index;
}

static std::vector<Tensor> readInputs(const Model &model, const mlc_entry_info &entry,
                                      const std::vector<std::string> &assignments) {
  std::vector<std::string> files(size_t(entry.input_count));
  for (const std::string &assignment : assignments) {
    auto [name, file] = splitAssignment(assignment, "--in");
    std::string &slot =
        files[size_t(findOrFail(model, entry, entry.inputs, entry.input_count, name, "--in"))];
    if (!slot.empty())
      failUsage("--in gives input '{}' twice", name);
    slot = file;
  }
  std::vector<Tensor> inputs;
  for (int i = 0; i < entry.input_count; ++i) {
    const mlc_tensor_info &info = entry.inputs[i];
    if (files[size_t(i)].empty())
      failUsage("{} needs input {}: --in {}=FILE.npy", entry.name, info.name, info.name);
    std::string what = fmt::format("{} ({})", info.name, files[size_t(i)]);
    inputs.push_back(readArray(files[size_t(i)], info.name).converted(info.dtype, what));
  }
  return inputs;
}

static bool endsWith(const std::string &file, std::string_view ending) {
  return file.size() > ending.size() && file.substr(file.size() - ending.size()) == ending;
}

static bool isNpz(const std::string &file) { return endsWith(file, ".npz"); }

/// Writes .npy files, and arrays for one .npz together.
static void writeResults(const mlc_entry_info &entry,
                         const std::vector<std::pair<int, std::string>> &outputs,
                         const std::vector<Tensor> &results) {
  std::map<std::string, std::vector<std::pair<std::string, std::string>>> archives;
  for (const auto &[index, file] : outputs) {
    std::string bytes = formatNpy(results[size_t(index)]);
    if (isNpz(file))
      archives[file].emplace_back(entry.results[index].name, std::move(bytes));
    else
      writeFile(file, bytes);
  }
  for (const auto &[file, arrays] : archives)
    writeFile(file, formatNpz(arrays));
}

/// Results that go to no file are shown, the first few values of each.
static void printResults(const mlc_entry_info &entry, const std::vector<Tensor> &results) {
  constexpr int64_t kShown = 8;
  for (int i = 0; i < entry.result_count; ++i) {
    const Tensor &result = results[size_t(i)];
    print("{}: {} {}", entry.results[i].name, dtypeName(result.dtype), shapeText(result.shape));
    for (int64_t j = 0; j < std::min(result.count(), kShown); ++j)
      print(" {:.9g}", double(result.at(j)));
    print("{}\n", result.count() > kShown ? " ..." : "");
  }
}

/// Only an .npz takes several results.
static void checkOutputs(const CallOptions &options,
                         const std::vector<std::pair<int, std::string>> &outputs) {
  std::vector<std::pair<std::string, std::string>> files = {{"MODEL", options.model.path},
                                                            {"--save", options.save}};
  for (const auto &[index, file] : outputs) {
    std::pair<std::string, std::string> output = {"--out", file};
    if (!isNpz(file) || std::find(files.begin(), files.end(), output) == files.end())
      files.push_back(output);
  }
  checkDistinct(files);
}

void call(const CallOptions &options) {
  Model model(options.model.path);
  const mlc_entry_info &entry = model.entry(options.entry);
  std::vector<std::pair<int, std::string>> outputs;
  for (const std::string &assignment : options.out) {
    auto [name, file] = splitAssignment(assignment, "--out");
    // What has no ending, such as a device, gets the one form that a result alone has.
    if (!isNpz(file) && !endsWith(file, ".npy") && !std::filesystem::path(file).extension().empty())
      failUsage("--out {} expects a file ending in .npy or .npz, but got '{}'", name, file);
    outputs.emplace_back(findOrFail(model, entry, entry.results, entry.result_count, name, "--out"),
                         file);
  }
  checkOutputs(options, outputs);
  std::vector<Tensor> inputs = readInputs(model, entry, options.in);
  model.create(options.model);
  if (options.model.params.empty() && model.randomParameters())
    fmt::print(
        stderr,
        "mlc-run: note: {} parameters of {} are random (seed {}); --params FILE loads them\n",
        model.randomParameters(), model.table().name, options.model.seed.value_or(0));
  for (const std::string &assignment : options.set) {
    auto [name, value] = splitAssignment(assignment, "--set");
    model.set(entry, name, value);
  }
  Call call(model, entry);
  for (size_t i = 0; i < inputs.size(); ++i) {
    call.in()[i] = &inputs[i];
    if (int(inputs[i].shape.size()) != entry.inputs[i].rank)
      failInput("{}: {} expects {} dimensions, but got {}", entry.name, entry.inputs[i].name,
                entry.inputs[i].rank, inputs[i].shape.size());
  }
  call.prepare();
  for (int64_t i = 0; i < options.repeat; ++i)
    call.run();
  if (outputs.empty())
    printResults(entry, call.out());
  writeResults(entry, outputs, call.out());
  if (!options.save.empty())
    model.check(model.table().save(model.handle(), options.save.c_str()));
}

} // namespace mlc::run
