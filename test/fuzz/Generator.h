// Random well-typed programs of the nn dialect.
#ifndef MLC_TEST_FUZZ_GENERATOR_H
#define MLC_TEST_FUZZ_GENERATOR_H

#include "dialects/NN/NN.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "test/fuzz/Random.h"
#include <optional>
#include <string>

namespace mlc::fuzz {

/// A size: its number, or -1 - s for the symbol s.
using Dims = llvm::SmallVector<int64_t>;

/// A value of the program, with what is known of its elements: bounds that keep later ops finite
/// and well conditioned.
struct Term {
  mlir::Value value;
  Dims dims;
  double low = -2.0, high = 2.0;
  /// Derived from bf16 or f16: too inexact for comparisons and integers to be the same in every
  /// rounding.
  bool coarse = false;

  mlir::Type element() const { return mlir::getElementTypeOrSelf(value.getType()); }
  bool isFloat() const { return llvm::isa<mlir::FloatType>(element()); }
  bool isBool() const { return element().isInteger(1); }
  bool isInteger() const { return element().isInteger() && !isBool(); }
  int64_t rank() const { return static_cast<int64_t>(dims.size()); }
  double magnitude() const { return std::max(std::abs(low), std::abs(high)); }
};

/// A size that is known at run time only.
struct Symbol {
  int64_t most;    ///< no size that is tried is larger
  bool mayBeEmpty; ///< whether 0 is tried
};

/// An elementwise op that the registered dialect has, and the dtypes that it takes.
struct ElementwiseOp {
  mlir::OperationName name;
  unsigned arity;
  llvm::SmallVector<mlir::Type> dtypes;
};

struct GeneratorOptions {
  int64_t minOps = 5, maxOps = 40;
  bool trainSteps = true;
  bool parameters = true;
};

/// Builds one module. Recipes (see `recipes`) add one op, or a few, to the function being built;
/// they reach the pool of terms through the public members.
class Generator {
public:
  Generator(mlir::MLIRContext *context, uint64_t seed, GeneratorOptions options = {});
  mlir::OwningOpRef<mlir::ModuleOp> generate();

  //===- For recipes -----------------------------------------------------------===//

  using Filter = llvm::function_ref<bool(const Term &)>;

  /// A term of the pool that passes, or nothing; recent and unused ones are more likely.
  std::optional<Term> pick(Filter filter);
  /// A term of the dims and dtype of `like`: from the pool, broadcast from fewer dims, a constant,
  /// or `like` itself.
  Term matching(const Term &like);
  /// Adds a value to the pool.
  Term push(Term term);
  Term push(mlir::Value value, Dims dims, const Term &like) {
    return push({value, std::move(dims), like.low, like.high, like.coarse});
  }
  template <typename OpTy, typename... Args> mlir::Value create(Args &&...args) {
    return OpTy::create(builder, location, std::forward<Args>(args)...)->getResult(0);
  }

  mlir::RankedTensorType typeOf(llvm::ArrayRef<int64_t> dims, mlir::Type element) const;
  /// The largest number of elements that `dims` may come to.
  int64_t mostElements(llvm::ArrayRef<int64_t> dims) const;
  int64_t most(int64_t dim) const { return dim < 0 ? symbols[-1 - dim].most : dim; }
  bool mayBeEmpty(int64_t dim) const { return dim < 0 ? symbols[-1 - dim].mayBeEmpty : dim == 0; }
  bool fits(llvm::ArrayRef<int64_t> dims) const {
    return dims.size() <= 4 && mostElements(dims) <= kMostElements;
  }
  int64_t newSymbol(int64_t most, bool mayBeEmpty);
  /// The `index` value of a size; null if no term in scope has the symbol.
  mlir::Value sizeOf(int64_t dim);
  /// The `index` values of the symbols in dims, in order; nothing if one is not in scope.
  std::optional<llvm::SmallVector<mlir::Value>> dynamicSizes(llvm::ArrayRef<int64_t> dims);
  /// The number at every position of the shape of `like`.
  Term splat(const Term &like, double number);
  /// A constant of random elements.
  Term constant(llvm::ArrayRef<int64_t> dims, mlir::Type element);
  /// A float or integer type that is not i1, f32 most of the time.
  mlir::Type numberType();
  Dims someDims();

  /// Squashes a float term into [-limit, limit] if it may be outside.
  Term bounded(const Term &x, double limit);
  Term absPlusHalf(const Term &x);
  /// Creates the op with bounds found by sampling its formula; nothing if a value or slope may
  /// leave `limit`.
  std::optional<Term> tryElementwise(mlir::OperationName name, llvm::ArrayRef<Term> operands);

  /// Adds ops by recipes until there are `count` more terms.
  void addOps(int64_t count);

  /// How deep ops with bodies lie in each other.
  static constexpr unsigned kMostDepth = 2;
  unsigned depth = 0; ///< of the body that is being built

  static constexpr int64_t kMostElements = 4000;
  static constexpr double kLimit = 100.0;

  mlir::OpBuilder builder;
  mlir::Location location;
  Random random;
  std::vector<Term> pool;
  std::vector<ElementwiseOp> elementwise;
  std::vector<mlir::func::FuncOp> helpers;
  std::vector<llvm::SmallVector<Term>> helperResults; ///< dims and bounds of the helpers' results
  std::vector<llvm::SmallVector<Term>> helperArguments;

private:
  struct Function {
    mlir::func::FuncOp op;
    llvm::SmallVector<Term> results;
  };

  void findElementwiseOps();
  void chooseShapes();
  void addParameters();
  llvm::SmallVector<Term> chooseArguments(unsigned count);
  std::string dimName(int64_t dim) const;
  mlir::func::FuncOp beginFunction(llvm::StringRef name, llvm::ArrayRef<Term> arguments,
                                   bool isPublic);
  llvm::SmallVector<Term> chooseResults(unsigned most);
  void endFunction(mlir::func::FuncOp function, llvm::ArrayRef<Term> results);
  void addHelper();
  Function addBody(llvm::ArrayRef<Term> arguments);
  void addForward(const Function &body, llvm::ArrayRef<Term> arguments);
  void addLoss(const Function &body, llvm::ArrayRef<Term> arguments);
  void addGradient(llvm::ArrayRef<Term> arguments);
  void addTrainStep();

  GeneratorOptions options;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::vector<Symbol> symbols;
  llvm::SmallVector<mlir::Type>
      argumentElements;          ///< dtypes of the arguments that chooseArguments made last
  llvm::SmallVector<bool> named; ///< by argument, whether entries give its dims names
  std::vector<Dims> shapes;      ///< shapes that arguments have, so that many terms match
  llvm::SmallVector<std::pair<std::string, mlir::RankedTensorType>> parameters;
  /// Whether NaN and infinity are let through.
  bool wild = false;
};

/// Adds something to the program; false if nothing in the pool suits it.
using Recipe = bool (*)(Generator &);
struct WeightedRecipe {
  double weight;
  Recipe apply;
};
llvm::ArrayRef<WeightedRecipe> elementwiseRecipes();
llvm::ArrayRef<WeightedRecipe> shapeRecipes();
llvm::ArrayRef<WeightedRecipe> structuredRecipes();
llvm::ArrayRef<WeightedRecipe> compositeRecipes();
llvm::ArrayRef<WeightedRecipe> imageRecipes();
llvm::ArrayRef<WeightedRecipe> transformerRecipes();
llvm::ArrayRef<WeightedRecipe> controlRecipes();

} // namespace mlc::fuzz
#endif
