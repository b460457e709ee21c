// The functions of a generated module: @body, @f (all results), @loss (a scalar), @grad, and a
// training step.
#include "dialects/NN/TensorExpr.h"
#include "mlir/AsmParser/AsmParser.h"
#include "test/fuzz/Generator.h"

using namespace mlir;
using namespace mlc::nn;

namespace mlc::fuzz {

OwningOpRef<ModuleOp> Generator::generate() {
  module = ModuleOp::create(location, "fuzz");
  wild = random.chance(0.04);
  chooseShapes();
  if (options.parameters)
    addParameters();
  SmallVector<Term> arguments = chooseArguments(static_cast<unsigned>(random.between(1, 5)));
  bool mayLackNames = random.chance(0.5);
  for (size_t i = 0; i < arguments.size(); ++i)
    named.push_back(!mayLackNames || random.chance(0.4));
  while (random.chance(0.3) && helpers.size() < 2)
    addHelper();
  Function body = addBody(arguments);
  addForward(body, arguments);
  addLoss(body, arguments);
  addGradient(arguments);
  if (options.trainSteps && !parameters.empty() && random.chance(0.6))
    addTrainStep();
  return std::move(module);
}

void Generator::chooseShapes() {
  if (random.chance(0.5))
    newSymbol(33, random.chance(0.2));
  if (!symbols.empty() && random.chance(0.4))
    newSymbol(33, random.chance(0.2));
  static constexpr int64_t sizes[] = {1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 32, 33, 64, 65};
  SmallVector<int64_t> universe;
  for (int64_t i = 0; i < 4; ++i)
    universe.push_back(random.pick(sizes));
  for (int64_t symbol = 0; symbol < static_cast<int64_t>(symbols.size()); ++symbol)
    universe.append(2, -1 - symbol);
  for (int64_t i = random.between(2, 4); i > 0; --i) {
    Dims dims;
    for (int64_t rank = random.below(5); rank > 0; --rank)
      dims.push_back(random.pick(universe));
    while (!fits(dims))
      dims.pop_back();
    shapes.push_back(dims);
  }
}

void Generator::addParameters() {
  builder.setInsertionPointToEnd(module->getBody());
  Attribute zeros = parseAttribute("#nn.zeros", builder.getContext());
  for (int64_t i = random.below(4); i > 0; --i) {
    Dims dims = someDims();
    for (int64_t &dim : dims)
      dim = dim < 0 ? 5 : dim;
    if (!fits(dims))
      continue;
    Type element = random.chance(0.9) ? Type(builder.getF32Type()) : Type(builder.getF64Type());
    std::string name = "p" + std::to_string(parameters.size());
    parameters.push_back({name, typeOf(dims, element)});
    ParameterOp::create(builder, location, name, parameters.back().second, zeros);
  }
}

static bool isSymbol(int64_t dim) { return dim < 0; }

/// Terms without values: the types of arguments. The first ones hold every symbol.
SmallVector<Term> Generator::chooseArguments(unsigned count) {
  SmallVector<Term> arguments;
  auto add = [&](Dims dims, Type element) {
    bool isFloat = isa<FloatType>(element);
    double bound = isFloat ? 2.0 : element.isInteger(1) ? 1.0 : 100.0;
    arguments.push_back(
        {nullptr, std::move(dims), -bound, bound, element.isBF16() || element.isF16()});
    argumentElements.push_back(element);
  };
  argumentElements.clear();
  add(someDims(), builder.getF32Type());
  for (unsigned i = 1; i < count; ++i)
    add(someDims(), random.chance(0.06) ? Type(builder.getI1Type()) : numberType());
  for (int64_t symbol = 0; symbol < static_cast<int64_t>(symbols.size()); ++symbol)
    if (llvm::none_of(arguments,
                      [&](const Term &term) { return llvm::is_contained(term.dims, -1 - symbol); }))
      add({-1 - symbol}, builder.getF32Type());
  auto isFree = [](const Term &term) { return llvm::any_of(term.dims, isSymbol); };
  if (auto first = llvm::find_if(arguments, isFree); first != arguments.end())
    if (random.chance(0.6)) // sizes that must agree
      add(Dims(first->dims), argumentElements[first - arguments.begin()]);
  return arguments;
}

/// The name tells whoever draws inputs whether the size may be 0.
std::string Generator::dimName(int64_t dim) const {
  if (dim >= 0)
    return "";
  return std::string(dim == -1 ? "n" : "m") + (mayBeEmpty(dim) ? "_or_none" : "");
}

func::FuncOp Generator::beginFunction(StringRef name, ArrayRef<Term> arguments, bool isPublic) {
  pool.clear();
  SmallVector<Type> types;
  for (auto [term, element] : llvm::zip_equal(arguments, argumentElements))
    types.push_back(typeOf(term.dims, element));
  builder.setInsertionPointToEnd(module->getBody());
  auto function = func::FuncOp::create(builder, location, name, builder.getFunctionType(types, {}));
  if (!isPublic)
    function.setPrivate();
  Block *block = function.addEntryBlock();
  builder.setInsertionPointToStart(block);
  for (auto [term, value] : llvm::zip_equal(arguments, block->getArguments())) {
    push({value, term.dims, term.low, term.high, term.coarse});
    if (!isPublic || !named[value.getArgNumber()] || llvm::none_of(term.dims, isSymbol))
      continue;
    SmallVector<std::string> names =
        llvm::map_to_vector(term.dims, [&](int64_t dim) { return dimName(dim); });
    SmallVector<StringRef> texts(names.begin(), names.end());
    function.setArgAttr(value.getArgNumber(), "nn.dims", builder.getStrArrayAttr(texts));
  }
  return function;
}
void Generator::endFunction(func::FuncOp function, ArrayRef<Term> results) {
  SmallVector<Value> values =
      llvm::map_to_vector(results, [](const Term &term) { return term.value; });
  func::ReturnOp::create(builder, location, values);
  function.setType(
      builder.getFunctionType(function.getArgumentTypes(), ValueRange(values).getTypes()));
}

void Generator::addOps(int64_t count) {
  SmallVector<WeightedRecipe> recipes;
  for (ArrayRef<WeightedRecipe> family :
       {elementwiseRecipes(), shapeRecipes(), structuredRecipes(), compositeRecipes(),
        imageRecipes(), transformerRecipes(), controlRecipes()})
    recipes.append(family.begin(), family.end());
  double total = 0.0;
  for (const WeightedRecipe &recipe : recipes)
    total += recipe.weight;
  size_t target = pool.size() + static_cast<size_t>(count);
  for (int64_t attempt = 0; attempt < 10 * count && pool.size() < target; ++attempt) {
    double ticket = random.uniform(0.0, total);
    const WeightedRecipe *chosen = recipes.begin();
    while (ticket >= chosen->weight && chosen + 1 != recipes.end())
      ticket -= chosen++->weight;
    chosen->apply(*this);
  }
}

/// Mostly values that nothing uses yet, so that little is dead; some that have uses too.
SmallVector<Term> Generator::chooseResults(unsigned most) {
  SmallVector<Term> results;
  for (const Term &term : llvm::reverse(pool)) {
    bool isArgument = isa<BlockArgument>(term.value);
    double probability = isArgument ? 0.03 : term.value.use_empty() ? 0.8 : 0.12;
    if (results.size() < most && random.chance(probability))
      results.push_back(term);
  }
  if (llvm::none_of(results, [](const Term &term) {
        return term.isFloat() && !isa<BlockArgument>(term.value);
      }))
    if (auto any = pick([](const Term &term) { return term.isFloat(); }))
      results.push_back(*any);
  return results;
}

void Generator::addHelper() {
  SmallVector<Type> saved = argumentElements;
  SmallVector<Term> arguments = chooseArguments(static_cast<unsigned>(random.between(1, 2)));
  func::FuncOp function =
      beginFunction("helper" + std::to_string(helpers.size()), arguments, false);
  addOps(random.between(1, 5));
  SmallVector<Term> results;
  auto isKnown = [&](int64_t dim) {
    return dim >= 0 || llvm::any_of(arguments, [&](const Term &term) {
             return llvm::is_contained(term.dims, dim);
           });
  };
  for (const Term &term : chooseResults(2))
    if (llvm::all_of(term.dims, isKnown))
      results.push_back(term);
  if (results.empty())
    results.push_back(pool[0]);
  endFunction(function, results);
  for (auto [term, value] : llvm::zip_equal(arguments, function.getArguments()))
    term.value = value;
  helpers.push_back(function);
  helperArguments.push_back(arguments);
  helperResults.push_back(results);
  argumentElements = saved;
}

Generator::Function Generator::addBody(ArrayRef<Term> arguments) {
  func::FuncOp function = beginFunction("body", arguments, false);
  for (auto &[name, type] : parameters)
    push({create<ParamOp>(type, name), Dims(type.getShape()), -1.0, 1.0, false});
  addOps(random.between(options.minOps, options.maxOps));
  SmallVector<Term> results = chooseResults(6);
  endFunction(function, results);
  return {function, results};
}

void Generator::addForward(const Function &body, ArrayRef<Term> arguments) {
  func::FuncOp function = beginFunction("f", arguments, true);
  auto call = func::CallOp::create(builder, location, body.op, function.getArguments());
  SmallVector<Term> results = body.results;
  for (auto [term, value] : llvm::zip_equal(results, call.getResults()))
    term.value = value;
  endFunction(function, results);
}

/// loss = sum over some float results of mean(r) or mean(r * r) or mean(tanh(r)), in f32.
void Generator::addLoss(const Function &body, ArrayRef<Term> arguments) {
  func::FuncOp function = beginFunction("loss", arguments, true);
  auto call = func::CallOp::create(builder, location, body.op, function.getArguments());
  Type f32 = builder.getF32Type();
  Value loss;
  for (auto [position, term] : llvm::enumerate(body.results)) {
    if (!term.isFloat() || (loss && random.chance(0.4)))
      continue;
    Value value = call.getResult(position);
    if (term.element() != f32)
      value = create<CastOp>(value, f32);
    int64_t form = random.below(3);
    if (form == 1)
      value = create<MulOp>(value, value);
    else if (form == 2)
      value = create<TanhOp>(value);
    value = create<ReduceOp>(Reduction::sum, value,
                             llvm::to_vector(llvm::seq<int64_t>(0, term.rank())));
    Term scalar{value, {}, 0.0, 0.0, false};
    value = create<MulOp>(value,
                          splat(scalar, 1.0 / static_cast<double>(mostElements(term.dims))).value);
    loss = loss ? create<AddOp>(loss, value) : value;
  }
  endFunction(function, Term{loss, {}, 0.0, 0.0, false});
}

void Generator::addGradient(ArrayRef<Term> arguments) {
  func::FuncOp function = beginFunction("grad", arguments, true);
  SmallVector<Attribute> wrt;
  SmallVector<Type> types = {RankedTensorType::get({}, builder.getF32Type())};
  for (auto [position, argument] : llvm::enumerate(function.getArguments()))
    if (isa<FloatType>(getElementTypeOrSelf(argument.getType())) && random.chance(0.8)) {
      wrt.push_back(builder.getI64IntegerAttr(static_cast<int64_t>(position)));
      types.push_back(argument.getType());
    }
  for (auto &[name, type] : parameters)
    if (random.chance(0.8)) {
      wrt.push_back(FlatSymbolRefAttr::get(builder.getContext(), name));
      types.push_back(type);
    }
  auto gradient = GradOp::create(builder, location, types, "loss", function.getArguments(),
                                 builder.getArrayAttr(wrt));
  SmallVector<Term> results;
  for (Value value : gradient.getResults())
    results.push_back({value, {}, 0.0, 0.0, false});
  endFunction(function, results);
}

void Generator::addTrainStep() {
  static constexpr StringRef optimizers[] = {"#nn.sgd<learning_rate = 1.0e-2>",
                                             "#nn.momentum<learning_rate = 1.0e-2, momentum = 0.9>",
                                             "#nn.nesterov<learning_rate = 1.0e-2>",
                                             "#nn.adagrad<learning_rate = 1.0e-2>",
                                             "#nn.rmsprop<learning_rate = 1.0e-3>",
                                             "#nn.adam<learning_rate = 1.0e-3>",
                                             "#nn.adamw<learning_rate = 1.0e-3>"};
  Attribute optimizer = parseAttribute(random.pick(optimizers), builder.getContext());
  builder.setInsertionPointToEnd(module->getBody());
  FloatAttr clip = random.chance(0.3) ? builder.getF64FloatAttr(1.0) : FloatAttr();
  TrainStepOp::create(builder, location, builder.getStringAttr("fit"),
                      FlatSymbolRefAttr::get(builder.getContext(), "loss"), optimizer, ArrayAttr(),
                      Attribute(), clip, ArrayAttr(), IntegerAttr());
}

} // namespace mlc::fuzz
