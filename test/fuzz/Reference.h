// What a program means: the exact results of its entries, and how far rounding may move them.
#ifndef MLC_TEST_FUZZ_REFERENCE_H
#define MLC_TEST_FUZZ_REFERENCE_H

#include "dialects/NN/Evaluator.h"
#include "test/fuzz/Sizes.h"

namespace mlc::fuzz {

/// What random numbers of a model begin with: dropout draws the same in both.
constexpr int64_t kModelSeed = 5;

/// One call's worth of data. All entries of a generated program have the same arguments.
struct Inputs {
  std::vector<nn::Tensor> arguments;
  std::map<std::string, nn::Tensor> parameters;
};

/// Elements for the parameters and for the arguments of @f, whose free dimensions get `sizes`;
/// arguments of sizes that are not small have none.
Inputs drawInputs(mlir::ModuleOp module, llvm::ArrayRef<int64_t> sizes, Random &random);
/// Other elements for inputs of the sizes of `like`.
Inputs drawInputs(const Inputs &like, Random &random);

/// The results of one entry; after a training step, also the parameters.
struct Result {
  std::string name;
  nn::Tensor exact;
  /// How far from `exact` each float may be; infinite where rounding decides between a number, NaN
  /// and infinity.
  std::vector<double> tolerance;
};
struct Outcome {
  std::vector<Result> results;
  /// Some comparison, integer or rounding to an integer came out differently under perturbation:
  /// the point is next to a discontinuity, and the tolerances mean nothing.
  bool isUnstable = false;
};

/// Evaluates entries of a module whose derivatives are expanded (after phase 3). Parameters live in
/// storages from then on; calls see the updates of the calls before them. Without perturbed runs
/// the tolerances are those of one rounding.
class Reference {
public:
  Reference(mlir::ModuleOp module, const Inputs &inputs, uint64_t seed, unsigned perturbedRuns = 8);
  /// Runs the entry once. Fails after a diagnostic.
  mlir::FailureOr<Outcome> call(llvm::StringRef entry);

private:
  using Storages = std::map<std::string, nn::Tensor>;
  struct Run {
    Storages storages;
    std::unique_ptr<Random> noise; ///< null: exact
    uint64_t discrete = 0;         ///< hash of all integers and booleans met
  };

  mlir::FailureOr<std::vector<Result>> callOnce(mlir::func::FuncOp function, Run &run);
  llvm::LogicalResult refreshPacked(Storages &storages);
  void addParameters(const Storages &storages, std::vector<Result> &results);

  mlir::ModuleOp module;
  const Inputs &inputs;
  std::vector<Run> runs; ///< the exact one first
};

/// The derivative of the scalar result of `entry` along `direction` by dual numbers: an oracle for
/// every gradient.
mlir::FailureOr<double> directionalDerivative(mlir::ModuleOp module, llvm::StringRef entry,
                                              Inputs inputs, const Inputs &direction);

} // namespace mlc::fuzz
#endif
