// The training loop. Everything that a later step depends on is in the checkpoint: a run that is
// killed and resumed writes the log and the parameters of one that was not.
#include "Commands.h"
#include "Dataset.h"
#include "Interrupt.h"
#include "LossLog.h"
#include "Npy.h"
#include "Progress.h"
#include "Validation.h"
#include "runtime/number.h"
#include "runtime/output_file.h"

#include <cmath>
#include <numeric>

namespace mlc::run {

namespace {
/// The next batch to train on.
struct Position {
  int64_t epoch = 0, batch = 0;
};

class Fit {
public:
  explicit Fit(const FitOptions &options);
  void run();

private:
  void prepareState();
  void resume();
  void chooseLimits();
  void noteSchedule() const;
  std::optional<double> lossScale() const;
  void noteSkipped(std::optional<double> scaleBefore) const;
  bool finished() const;
  void trainEpoch();
  double trainStep(const std::vector<int64_t> &order);
  [[noreturn]] void failNotFinite(double loss, const std::string &data);
  void stopInterrupted();
  void save();
  int64_t runSteps() const { return position.epoch * batches + position.batch; }
  /// Samples of a batch: all of the last one's that its parts can share evenly.
  int64_t batchSamples(int64_t batch) const {
    int64_t left = data.samples() - batch * batchSize;
    return std::min(batchSize, left - left % data.parts());
  }
  uint64_t readWhole(const char *key, uint64_t most) const;

  const FitOptions &options;
  Model model;
  const mlc_entry_info &entry;
  Dataset data;
  std::optional<Validation> validation;
  uint64_t seed;
  int64_t batchSize, batches, epochs = 1, step = 0, lastSaved = -1;
  Position position;
  std::optional<Call> call;
  std::optional<LossLog> log;
  std::optional<Progress> progress;
};
} // namespace

Fit::Fit(const FitOptions &options)
    : options(options), model(options.model.path),
      entry(options.entry.empty() ? model.onlyEntry(MLC_TRAINING) : model.entry(options.entry)),
      data(entry, options.data, "--data",
           options.validate.empty() ? Dataset::Names::MustExist : Dataset::Names::IgnoreUnknown),
      seed(options.model.seed.value_or(0)), batchSize(options.batchSize) {
  if (entry.kind != MLC_TRAINING)
    failUsage("{} is not a training entry", entry.name);
  if (data.fixedBatch() >= 0)
    batchSize = data.fixedBatch();
  if (batchSize % data.parts())
    failUsage("--batch-size: {} accumulates the gradients of {} parts, so it expects a multiple of "
              "that, but got {}",
              entry.name, data.parts(), batchSize);
  // A fixed batch cannot hold the rest of the data; a free one can.
  int64_t rest = data.samples() % batchSize;
  if (data.fixedBatch() < 0)
    rest %= data.parts();
  batches = (data.samples() - rest) / batchSize + ((data.samples() - rest) % batchSize != 0);
  if (batches == 0)
    failInput("{} needs {} samples per step, but the data have {}", entry.name, batchSize,
              data.samples());
  if (rest && data.fixedBatch() >= 0)
    fmt::print(
        stderr,
        "mlc-run: note: {} fixes the batch at {}; the last {} samples of each epoch are left out\n",
        entry.name, batchSize, rest);
  else if (rest)
    fmt::print(stderr,
               "mlc-run: note: {} takes a batch in {} parts; the last {} samples of each epoch are "
               "left out\n",
               entry.name, data.parts(), rest);
  if (!options.validate.empty())
    validation.emplace(model, options);
}

uint64_t Fit::readWhole(const char *key, uint64_t most) const {
  std::string text = model.metadata(options.resume, key);
  uint64_t value = 0;
  if (!mlc_parse_whole(text.c_str(), &value) || value > most)
    failInput("{}: {} is '{}', but should be a whole number{}", options.resume, key, text,
              most == UINT64_MAX ? "" : fmt::format(" up to {}", most));
  return value;
}

/// The order of the data must be that of the run that is continued.
void Fit::resume() {
  constexpr uint64_t kMostCounted = INT64_MAX;
  model.check(model.table().load(model.handle(), options.resume.c_str()));
  if (auto trained = model.findMetadata(options.resume, "entry"); trained && *trained != entry.name)
    failInput("{} was trained with {}, but got {}; --params loads it to train another entry",
              options.resume, *trained, entry.name);
  uint64_t savedSeed = readWhole("data_seed", UINT64_MAX);
  if (options.model.seed && savedSeed != seed)
    failInput("{} was trained with --seed {}, but got --seed {}", options.resume, savedSeed, seed);
  seed = savedSeed;
  uint64_t savedBatch = readWhole("batch_size", kMostCounted),
           savedSamples = readWhole("samples", kMostCounted);
  if (savedBatch != uint64_t(batchSize))
    failInput("{} was trained with --batch-size {}, but got {}", options.resume, savedBatch,
              batchSize);
  if (savedSamples != uint64_t(data.samples()))
    failInput("{} was trained on {} samples, but the data have {}", options.resume, savedSamples,
              data.samples());
  if ((readWhole("shuffle", 1) == 1) == options.noShuffle)
    failInput("{} was trained {} --no-shuffle", options.resume,
              options.noShuffle ? "without" : "with");
  position.epoch = int64_t(readWhole("epoch", kMostCounted / uint64_t(batches) - 1));
  position.batch = int64_t(readWhole("batch", kMostCounted));
  if (position.batch >= batches)
    failInput("{}: batch {} is beyond the {} batches of an epoch", options.resume, position.batch,
              batches);
}

/// Fails before the training that could not be saved, rather than after it.
static void checkCanSave(const std::string &path) {
  mlc_output output;
  if (const char *problem = mlc_output_open(&output, path.c_str()))
    failInput("{} could not be written: {}", path, problem);
  mlc_output_discard(&output);
}

void Fit::prepareState() {
  if (!options.save.empty())
    checkCanSave(options.save);
  model.create(options.model);
  if (!options.resume.empty())
    resume();
  for (const std::string &assignment : options.set) {
    auto [name, value] = splitAssignment(assignment, "--set");
    model.set(entry, name, value);
  }
  step = model.step(entry);
}

void Fit::chooseLimits() {
  epochs = options.epochs.value_or(1);
  if (options.steps && !options.epochs)
    epochs = *options.steps / batches + 1;
}

/// Says where the lengths of a learning-rate schedule are of another run than this one.
void Fit::noteSchedule() const {
  constexpr double kClose = 0.01;
  double total = options.steps ? double(*options.steps) : double(epochs) * double(batches);
  double end = double(step - runSteps()) + total,
         warmup = model.hyperparameter(entry, "warmup_steps").value_or(0);
  std::optional<double> length = model.hyperparameter(entry, "schedule_steps");
  if (warmup >= end && end > 0)
    fmt::print(stderr,
               "mlc-run: note: the warm-up of {} takes {:.0f} steps, but this run ends after "
               "{:.0f}; --set warmup_steps=N changes it\n",
               entry.name, warmup, end);
  else if (length && std::abs(warmup + *length - end) > kClose * end && end > 0)
    fmt::print(stderr,
               "mlc-run: note: the schedule of {} ends after {:.0f} steps, but this run after "
               "{:.0f}; --set schedule_steps={:.0f} fits them\n",
               entry.name, warmup + *length, end, end - warmup);
}

/// The scale of a loss whose gradients are in f16; it halves where they do not fit.
std::optional<double> Fit::lossScale() const { return model.hyperparameter(entry, "loss_scale"); }

void Fit::noteSkipped(std::optional<double> scaleBefore) const {
  if (std::optional<double> scale = lossScale(); scale < scaleBefore)
    fmt::print(stderr,
               "mlc-run: note: steps whose gradients were not finite changed no parameter, and "
               "loss_scale fell from {} to {}\n",
               *scaleBefore, *scale);
}

bool Fit::finished() const {
  return position.epoch >= epochs || (options.steps && runSteps() >= *options.steps);
}

/// `data`: which of them is not finite, or "".
void Fit::failNotFinite(double loss, const std::string &data) {
  progress->finish();
  std::string kept = lastSaved >= 0 || !options.resume.empty()
                         ? fmt::format("; the last checkpoint, {}, is kept",
                                       lastSaved >= 0 ? options.save : options.resume)
                         : "";
  std::string cause = data.empty() ? "the data of this step are finite: a library that mlc "
                                     "--find-nan makes names the op"
                                   : data;
  failInput("the loss is {} at step {}: {}{}", loss, step, cause, kept);
}

double Fit::trainStep(const std::vector<int64_t> &order) {
  int64_t begin = position.batch * batchSize,
          size = data.fixedBatch() >= 0 ? batchSize : batchSamples(position.batch);
  std::vector<Tensor> &batch = data.batch(order, begin, size);
  if (!call)
    call.emplace(model, entry);
  double loss = double(call->runOn(batch).at(0));
  log->write(++step, loss);
  if (!std::isfinite(loss))
    failNotFinite(loss, data.describeNotFinite(order, begin, size));
  progress->step(position.epoch, position.batch + 1, size, loss);
  return loss;
}

void Fit::save() {
  if (options.save.empty() || lastSaved == step)
    return;
  log->flush();
  std::string numbers[] = {std::to_string(position.epoch), std::to_string(position.batch),
                           std::to_string(batchSize),      std::to_string(data.samples()),
                           options.noShuffle ? "0" : "1",  std::to_string(seed)};
  const char *const pairs[] = {"epoch",      numbers[0].c_str(), "batch",     numbers[1].c_str(),
                               "batch_size", numbers[2].c_str(), "samples",   numbers[3].c_str(),
                               "shuffle",    numbers[4].c_str(), "data_seed", numbers[5].c_str(),
                               "entry",      entry.name};
  model.check(model.table().save_with_metadata(model.handle(), options.save.c_str(), pairs, 7));
  lastSaved = step;
}

void Fit::trainEpoch() {
  std::vector<int64_t> order(size_t(data.samples()), 0);
  std::iota(order.begin(), order.end(), 0);
  if (!options.noShuffle)
    order = shuffledOrder(seed, position.epoch, data.samples());
  int64_t epoch = position.epoch;
  while (position.epoch == epoch && !finished() && !notedInterrupt()) {
    trainStep(order);
    if (++position.batch == batches) {
      position = {epoch + 1, 0};
      progress->endEpoch(epoch, validation ? "  " + validation->measure(batchSize) : "");
    }
    if (options.saveEvery && runSteps() % *options.saveEvery == 0)
      save();
  }
}

/// A word as a shell reads it back.
static std::string quoted(const std::string &word) {
  constexpr const char *kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                 "_-./=:,+@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == word.npos)
    return word;
  std::string text = "'";
  for (char c : word)
    text += c == '\'' ? "'\\''" : std::string(1, c);
  return text + "'";
}

/// The command that continues the run: the one that was given, from what it saved.
static std::string resumingCommand(const FitOptions &options) {
  std::string command;
  bool dropsValue = false;
  for (const std::string &word : options.commandLine) {
    std::string option = word.substr(0, word.find('='));
    bool drops = option == "--resume" || option == "--params";
    if (!drops && !dropsValue)
      command += quoted(word) + " ";
    dropsValue = drops && option == word;
  }
  return command + "--resume " + quoted(options.save);
}

void Fit::stopInterrupted() {
  std::string rest = options.save.empty() ? "nothing was saved: --save FILE would have"
                                          : fmt::format("saved in {}; to go on: {}", options.save,
                                                        resumingCommand(options));
  throw Failure(128 + notedInterrupt(), fmt::format("interrupted after step {}; {}", step, rest));
}

void Fit::run() {
  prepareState();
  chooseLimits();
  noteSchedule();
  bool resumed = !options.resume.empty();
  log.emplace(options.lossLog, resumed ? step : 0);
  progress.emplace(options.epochs || !options.steps ? epochs : -1, batches);
  noteInterrupts();
  std::optional<double> scale = lossScale();
  while (!finished() && !notedInterrupt())
    trainEpoch();
  progress->finish();
  noteSkipped(scale);
  save();
  if (notedInterrupt() && !finished())
    stopInterrupted();
}

/// No output goes over another or over an input; a checkpoint may take the place of the one that it
/// continues.
static void checkOutputs(const FitOptions &options) {
  checkDistinct(
      {{"MODEL", options.model.path}, {"--save", options.save}, {"--loss-log", options.lossLog}});
  checkDistinct({{"--resume", options.resume}, {"--loss-log", options.lossLog}});
  checkDistinct({{"--params", options.model.params}, {"--loss-log", options.lossLog}});
  auto check = [&](const char *option, const std::vector<std::string> &assignments) {
    for (const std::string &assignment : assignments)
      checkDistinct({{option, splitAssignment(assignment, option).second},
                     {"--save", options.save},
                     {"--loss-log", options.lossLog}});
  };
  check("--data", options.data);
  check("--validation-data", options.validationData);
}

void fit(const FitOptions &options) {
  if (options.saveEvery && options.save.empty())
    failUsage("--save-every needs --save FILE");
  if (!options.resume.empty() && !options.model.params.empty())
    failUsage("--resume and --params exclude each other: a checkpoint holds the parameters");
  if (!options.validationData.empty() && options.validate.empty())
    failUsage("--validation-data needs --validate ENTRY");
  if (!options.accuracy.empty() && options.validate.empty())
    failUsage("--accuracy needs --validate ENTRY");
  checkOutputs(options);
  Fit(options).run();
}

} // namespace mlc::run
