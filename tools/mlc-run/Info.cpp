#include "Commands.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace mlc::run {

using Json = nlohmann::ordered_json;

static const char *kindName(int kind) {
  static const char *const names[] = {"inference", "training", "gradient", "decode"};
  return kind >= 0 && kind < 4 ? names[kind] : "unknown";
}

static Json describe(const mlc_tensor_info &tensor) {
  Json shape = Json::array(), dims = Json::array();
  for (int i = 0; i < tensor.rank; ++i) {
    shape.push_back(tensor.shape[i] < 0 ? Json() : Json(tensor.shape[i]));
    dims.push_back(tensor.dims && tensor.dims[i] ? tensor.dims[i] : "");
  }
  return {
      {"name", tensor.name}, {"dtype", dtypeName(tensor.dtype)}, {"shape", shape}, {"dims", dims}};
}

static Json describe(const Model &model, const mlc_entry_info &entry, const DimSizes &sizes) {
  Json inputs = Json::array(), results = Json::array(), arena;
  for (int i = 0; i < entry.input_count; ++i)
    inputs.push_back(describe(entry.inputs[i]));
  for (int i = 0; i < entry.result_count; ++i)
    results.push_back(describe(entry.results[i]));
  std::vector<int64_t> dims = lookUpDims(entry, sizes);
  if (model.handle() && std::find(dims.begin(), dims.end(), -1) == dims.end())
    arena = model.arenaBytes(entry, dims);
  return {{"name", entry.name},
          {"kind", kindName(entry.kind)},
          {"inputs", inputs},
          {"results", results},
          {"arena_bytes", arena}};
}

/// Of what is trained, and of what is not.
static Json totals(const mlc_model_table &table) {
  int64_t counts[2] = {}, bytes[2] = {};
  for (int i = 0; i < table.parameter_count; ++i) {
    const mlc_tensor_info &parameter = table.parameters[i];
    int64_t count = elementCount(shapeOf(parameter), parameter.name);
    bool isTrained = parameter.trainable != 0;
    counts[isTrained] += count;
    bytes[isTrained] += count * dtypeBytes(parameter.dtype);
  }
  return {{"trained_numbers", counts[1]},
          {"trained_bytes", bytes[1]},
          {"other_numbers", counts[0]},
          {"other_bytes", bytes[0]}};
}

static Json describe(const Model &model, const DimSizes &sizes) {
  const mlc_model_table &table = model.table();
  Json targets = Json::array(), dims = Json::array(), entries = Json::array(),
       parameters = Json::array();
  for (int i = 0; i < table.target_count; ++i)
    targets.push_back(table.targets[i]);
  for (int i = 0; i < table.entry_count; ++i) {
    entries.push_back(describe(model, table.entries[i], sizes));
    for (int d = 0; d < table.entries[i].dim_count; ++d) {
      Json name = table.entries[i].dim_names[d];
      if (name != "" && std::find(dims.begin(), dims.end(), name) == dims.end())
        dims.push_back(name);
    }
  }
  for (int i = 0; i < table.parameter_count; ++i) {
    Json parameter = describe(table.parameters[i]);
    parameter.erase("dims");
    parameter["trainable"] = table.parameters[i].trainable != 0;
    parameters.push_back(parameter);
  }
  Json hyperparameters = Json::array();
  if (model.handle())
    for (const auto &[name, value] :
         model.hyperparameters()) // 0.1, not the double next to that f32
      hyperparameters.push_back(
          {{"name", name}, {"value", std::stod(fmt::format("{}", float(value)))}});
  return {{"name", table.name},
          {"compiler", table.compiler},
          {"targets", targets},
          {"dims", dims},
          {"entries", entries},
          {"parameters", parameters},
          {"hyperparameters", hyperparameters},
          {"totals", totals(table)}};
}

/// "x: f32 [batch, 784]"
static std::string tensorText(const Json &tensor) {
  std::string shape;
  for (size_t i = 0; i < tensor["shape"].size(); ++i) {
    const Json &size = tensor["shape"][i];
    std::string name = tensor.contains("dims") ? tensor["dims"][i].get<std::string>() : "";
    shape += (i ? ", " : "") + (!size.is_null() ? size.dump() : name.empty() ? "?" : name);
  }
  return fmt::format("{}: {} [{}]", tensor["name"].get<std::string>(),
                     tensor["dtype"].get<std::string>(), shape);
}

static void printModel(const Json &model) {
  print("{}, compiled by {}\n", model["name"].get<std::string>(),
        model["compiler"].get<std::string>());
  for (const Json &target : model["targets"])
    print("target {}\n", target.get<std::string>());
  for (const Json &entry : model["entries"]) {
    print("\n{} ({})\n", entry["name"].get<std::string>(), entry["kind"].get<std::string>());
    for (const Json &input : entry["inputs"])
      print("  in   {}\n", tensorText(input));
    for (const Json &result : entry["results"])
      print("  out  {}\n", tensorText(result));
    const Json &arena = entry["arena_bytes"];
    print("  arena {}\n", arena.is_null() ? "depends on the dimensions (--dim NAME=SIZE)"
                                          : arena.dump() + " bytes");
  }
  if (!model["hyperparameters"].empty())
    print("\nhyperparameters\n");
  for (const Json &hyperparameter : model["hyperparameters"])
    print("  {} = {}\n", hyperparameter["name"].get<std::string>(),
          hyperparameter["value"].get<double>());
  print("\nparameters\n");
  for (const Json &parameter : model["parameters"])
    print("  {}{}\n", tensorText(parameter),
          parameter["trainable"].get<bool>() ? "" : " (not trained)");
  const Json &totals = model["totals"];
  print("  total {} numbers in {} bytes", totals["trained_numbers"].get<int64_t>(),
        totals["trained_bytes"].get<int64_t>());
  if (totals["other_numbers"] != 0)
    print(", {} in {} not trained", totals["other_numbers"].get<int64_t>(),
          totals["other_bytes"].get<int64_t>());
  print("\n");
}

/// Only the arena's size needs a handle: a model for another CPU can be described without it.
static void createForInfo(Model &model) {
  ModelOptions settings;
  settings.threads = 1;
  try {
    model.create(settings);
  } catch (const Failure &failure) {
    fmt::print(stderr, "mlc-run: note: {}\n", failure.what());
  }
}

void info(const InfoOptions &options) {
  DimSizes sizes = parseDims(options.dims);
  Model model(options.path);
  createForInfo(model);
  for (const auto &[name, size] : sizes) {
    bool known = false;
    for (int i = 0; i < model.table().entry_count; ++i)
      for (int d = 0; d < model.table().entries[i].dim_count; ++d)
        known |= name == dimName(model.table().entries[i], d) || name == std::to_string(d);
    if (!known)
      failUsage("{} has no free dimension '{}'", model.table().name, name);
  }
  Json description = describe(model, sizes);
  if (options.json)
    print("{}\n", description.dump(2));
  else
    printModel(description);
}

} // namespace mlc::run
