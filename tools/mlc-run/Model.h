// A compiled model: its library, its table, one handle.
#ifndef MLC_TOOLS_RUN_MODEL_H
#define MLC_TOOLS_RUN_MODEL_H

#include "Failure.h"
#include "Tensor.h"

#include <map>
#include <optional>

namespace mlc::run {

/// What every command that runs a model takes.
struct ModelOptions {
  std::string path;
  std::string params;
  std::string device = "cpu";
  std::optional<uint64_t> seed;
  int threads = 0;
};

/// Sizes of free dimensions by name, or by position where unnamed: `--dim batch=32`.
using DimSizes = std::map<std::string, int64_t>;

/// Splits "NAME=VALUE"; wrong usage where there is no '=' or no name. `option` is for the message.
std::pair<std::string, std::string> splitAssignment(const std::string &text, const char *option);
DimSizes parseDims(const std::vector<std::string> &texts);

class Model {
public:
  /// Opens the library and checks its table; no handle yet.
  explicit Model(const std::string &path);
  Model(const Model &) = delete;
  ~Model();

  /// Creates the handle and loads `options.params`.
  void create(const ModelOptions &options);

  const mlc_model_table &table() const { return *functions; }
  void *handle() const { return model; }
  /// Throws what a status other than MLC_OK means: exit status 3 for what is not supported, else 1.
  void check(mlc_status status) const;

  /// The entry of that name; wrong usage, with the names that exist, where there is none.
  const mlc_entry_info &entry(const std::string &name) const;
  /// The only entry of a kind; wrong usage where there is none or several.
  const mlc_entry_info &onlyEntry(mlc_entry_kind kind) const;
  std::string metadata(const std::string &path, const char *key) const;
  /// The same, or nothing where the file has no such key.
  std::optional<std::string> findMetadata(const std::string &path, const char *key) const;
  /// The finished steps of a training entry.
  int64_t step(const mlc_entry_info &entry) const;
  /// Sets a hyperparameter of the training entry, by its name alone or with the entry's before it,
  /// or of another.
  void set(const mlc_entry_info &entry, const std::string &hyperparameter,
           const std::string &value);
  /// A hyperparameter of the training entry, if it has it.
  std::optional<double> hyperparameter(const mlc_entry_info &entry, const std::string &name) const;
  /// The names of the hyperparameters, with their values now.
  std::vector<std::pair<std::string, double>> hyperparameters() const;
  /// Parameters that are random numbers until something is loaded.
  int32_t randomParameters() const;
  /// Bytes of the arena at these dimensions, scratch not counted.
  size_t arenaBytes(const mlc_entry_info &entry, const std::vector<int64_t> &dims) const;
  std::vector<int64_t> resultShape(const mlc_entry_info &entry, int result,
                                   const std::vector<int64_t> &dims) const;

private:
  std::string path;
  void *library = nullptr;
  const mlc_model_table *functions = nullptr;
  void *model = nullptr;
};

/// The index of `name`, a name or a position, among tensors; -1 where there is none.
int findTensor(const mlc_tensor_info *tensors, int count, const std::string &name);
std::string listNames(const mlc_tensor_info *tensors, int count);
std::vector<int64_t> shapeOf(const mlc_tensor_info &info);
/// For each input and axis, the index of its free dimension in the entry's order, or -1.
std::vector<std::vector<int>> freeDims(const mlc_entry_info &entry);
/// The entry's free dimensions as `sizes` gives them; -1 where it does not. Wrong usage for an
/// unknown name.
std::vector<int64_t> lookUpDims(const mlc_entry_info &entry, const DimSizes &sizes);
/// What a free dimension is called: its name, or its number in the entry.
std::string dimName(const mlc_entry_info &entry, int dim);
/// The threads that 0 stands for, as the runtime counts them.
int effectiveThreads(int threads);

/// One call's tensors: inputs of any owner, results allocated here.
class Call {
public:
  Call(const Model &model, const mlc_entry_info &entry)
      : model(model), entry(entry), inputs(entry.input_count) {}
  std::vector<Tensor *> &in() { return inputs; }
  std::vector<Tensor> &out() { return results; }
  /// Binds the free dimensions to the inputs' shapes and allocates the results where their shapes
  /// changed.
  void prepare();
  void run();
  /// One call on a batch: the inputs in the entry's order. The first result.
  const Tensor &runOn(std::vector<Tensor> &batch);

private:
  const Model &model;
  const mlc_entry_info &entry;
  std::vector<Tensor *> inputs;
  std::vector<Tensor> results;
  std::vector<int64_t> dims;
};

} // namespace mlc::run
#endif
