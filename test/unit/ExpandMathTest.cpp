// Compiles every function of expand-math to machine code and compares it with libm in the next
// wider type: each bound in ExpandMathFunctions.h is asserted here. Vectors with fused
// multiply-add, scalars without.
#include "compiler/Codegen/Common/ExpandMath.h"
#include "dialects/NN/NN.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Func/Extensions/AllExtensions.h"
#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "llvm/Support/TargetSelect.h"

#include <bit>
#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace mlir;

namespace {

template <typename T> struct Traits;
template <> struct Traits<float> {
  using Wide = double;
  using Pattern = uint32_t;
  static constexpr const char *name = "f32";
};
template <> struct Traits<double> {
  using Wide = long double;
  using Pattern = uint64_t;
  static constexpr const char *name = "f64";
};

/// Distance in units in the last place of T at the exact value. Infinity counts as the number after
/// the largest; a NaN or a zero sign that only one side has counts as infinitely far.
template <typename T> double ulps(T got, typename Traits<T>::Wide exact) {
  using Wide = typename Traits<T>::Wide;
  constexpr double far = std::numeric_limits<double>::infinity();
  if (std::isnan(exact) || std::isnan(got))
    return std::isnan(exact) && std::isnan(got) ? 0 : far;
  if (exact == 0)
    return got == 0 && std::signbit(got) == std::signbit(exact) ? 0 : far;
  int top = std::numeric_limits<T>::max_exponent;
  auto finite = [&](Wide x) {
    return std::isinf(x) ? std::copysign(std::ldexp(Wide(1), top), x) : x;
  };
  Wide a = finite(Wide(got)), b = finite(exact);
  if (std::fabs(b) > std::ldexp(Wide(1), top))
    b = std::copysign(std::ldexp(Wide(1), top), b);
  int exponent =
      std::max(std::min(std::ilogb(b), top - 1), std::numeric_limits<T>::min_exponent - 1);
  return double(std::fabs(a - b) /
                std::ldexp(Wide(1), exponent - std::numeric_limits<T>::digits + 1));
}

constexpr const char *kUnary[] = {"exp",  "expm1", "sinh",  "cosh",  "tanh", "log",   "log1p",
                                  "erf",  "erfc",  "sin",   "cos",   "tan",  "rsqrt", "asin",
                                  "acos", "atan",  "asinh", "acosh", "atanh"};
/// Those that MLIR's math dialect lacks.
constexpr const char *kFunctions[] = {"erf_inv", "lgamma", "digamma"};
constexpr const char *kBinary[] = {"powf", "atan2"};

/// %r of %x (and %y) of type `v`.
std::string formula(const std::string &op, const std::string &v, bool binary) {
  if (op == "exp_of_non_positive") // as expand-math finds it: of -|x|
    return "    %m = math.absf %x : " + v + "\n    %negative = arith.negf %m : " + v +
           "\n    %r = math.exp %negative : " + v + "\n";
  if (llvm::is_contained(kFunctions, llvm::StringRef(op)))
    return "    %r = nn.function " + op + " %x : " + v + "\n";
  return "    %r = math." + op + " %x" + (binary ? ", %y" : "") + " : " + v + "\n";
}

/// `void @NAME_TYPE(n, in, in2, out)` for every function: a loop over vectors of `lanes`, 0 for
/// scalars.
std::string moduleText(int lanes) {
  std::string text;
  auto add = [&](std::string op, std::string type, bool binary) {
    std::string v = lanes ? "vector<" + std::to_string(lanes) + "x" + type + ">" : type;
    std::string m = "memref<?x" + type + ">";
    std::string load = lanes ? "vector.load " : "memref.load ",
                store = lanes ? "vector.store " : "memref.store ";
    std::string suffix = lanes ? " : " + m + ", " + v : " : " + m;
    text += "func.func @" + op + "_" + type + "(%n: index, %a: " + m + ", %b: " + m + ", %c: " + m +
            ") attributes {llvm.emit_c_interface} {\n  %z = arith.constant 0 : index\n  %s = "
            "arith.constant " +
            std::to_string(std::max(lanes, 1)) +
            " : index\n  scf.for %i = %z to %n step %s {\n    %x = " + load + "%a[%i]" + suffix +
            "\n" + (binary ? "    %y = " + load + "%b[%i]" + suffix + "\n" : "") +
            formula(op, v, binary) + "    " + store + "%r, %c[%i]" + suffix +
            "\n  }\n  return\n}\n";
  };
  for (const char *type : {"f32", "f64"}) {
    for (const char *op : kUnary)
      add(op, type, false);
    for (const char *op : kFunctions)
      add(op, type, false);
    add("exp_of_non_positive", type, false);
    for (const char *op : kBinary)
      add(op, type, true);
  }
  return text;
}

/// All functions as machine code.
class Compiled {
public:
  Compiled(int lanes, bool fma, bool ldexp = false) {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    DialectRegistry registry;
    registerAllDialects(registry);
    registry.insert<mlc::nn::NNDialect>();
    registerAllExtensions(registry);
    registerAllToLLVMIRTranslations(registry);
    context.appendDialectRegistry(registry);
    OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(moduleText(lanes), &context);
    PassManager passes(&context);
    mlc::ExpandMathPassOptions options;
    options.fma = fma;
    options.ldexp = ldexp;
    passes.addPass(mlc::createExpandMathPass(options));
    passes.addPass(createSCFToControlFlowPass());
    passes.addPass(createConvertVectorToLLVMPass());
    passes.addPass(createConvertMathToLLVMPass());
    passes.addPass(createFinalizeMemRefToLLVMConversionPass());
    passes.addPass(createArithToLLVMConversionPass());
    passes.addPass(createConvertFuncToLLVMPass());
    passes.addPass(createConvertControlFlowToLLVMPass());
    passes.addPass(createReconcileUnrealizedCastsPass());
    if (failed(passes.run(*module)))
      return;
    ExecutionEngineOptions engineOptions;
    engineOptions.jitCodeGenOptLevel = llvm::CodeGenOptLevel::Default;
    auto created = ExecutionEngine::create(*module, engineOptions);
    if (created)
      engine = std::move(*created);
    else
      llvm::consumeError(created.takeError());
  }

  template <typename T>
  void run(const std::string &op, std::vector<T> &a, std::vector<T> &b, std::vector<T> &out) {
    ASSERT_TRUE(engine);
    struct MemRef {
      T *allocated, *aligned;
      int64_t offset, size, stride;
    };
    auto view = [](std::vector<T> &v) {
      return MemRef{v.data(), v.data(), 0, int64_t(v.size()), 1};
    };
    MemRef ma = view(a), mb = view(b), mc = view(out), *pa = &ma, *pb = &mb, *pc = &mc;
    int64_t n = a.size();
    void *arguments[] = {&n, &pa, &pb, &pc};
    auto error = engine->invokePacked("_mlir_ciface_" + op + "_" + Traits<T>::name, arguments);
    ASSERT_FALSE(bool(error));
  }

private:
  MLIRContext context;
  std::unique_ptr<ExecutionEngine> engine;
};

template <typename T> std::vector<T> specials() {
  using L = std::numeric_limits<T>;
  std::vector<T> values;
  for (T v : {T(0),
              L::denorm_min(),
              L::min() / 2,
              L::min(),
              L::epsilon(),
              T(1e-3),
              T(0.5),
              T(1) - L::epsilon() / 2,
              T(1),
              T(1) + L::epsilon(),
              T(1.5),
              T(2),
              T(3),
              T(88.7),
              T(0.75),
              T(1e6),
              T(1) / L::epsilon() - 1,
              T(1) / L::epsilon(),
              T(1e10),
              T(1e30),
              L::max(),
              L::infinity()}) {
    values.push_back(v);
    values.push_back(-v);
  }
  values.push_back(L::quiet_NaN());
  return values;
}

/// Arguments of a unary function: special values, every `step`-th bit pattern, and (f64) a dense
/// middle.
template <typename T> std::vector<T> unaryArguments() {
  std::vector<T> values = specials<T>();
  std::mt19937_64 random(1);
  if constexpr (sizeof(T) == 4) {
    for (uint64_t pattern = 0; pattern < (uint64_t(1) << 32); pattern += 4099)
      values.push_back(std::bit_cast<float>(uint32_t(pattern)));
  } else {
    std::uniform_real_distribution<double> near(-8, 8), far(-760, 760), one(0.4, 2.2), bits(1, 53);
    for (int i = 0; i < 60000; ++i)
      for (double v : {near(random), far(random), one(random), std::bit_cast<double>(random())})
        values.push_back(v);
    for (int i = 0; i < 20000; ++i)
      for (double v : {near(random) / 8, 1 - std::exp2(-bits(random)), std::exp2(-bits(random))})
        values.push_back(v);
    // The f64 closest to a multiple of pi/2, and neighbours of large multiples.
    values.push_back(0x1.6ac5b262ca1ffp849);
    for (int i = 1; i < 40000; ++i)
      values.push_back(double(M_PIl / 2 * i * (i % 7 ? 1 : 33333)));
  }
  while (values.size() % 64)
    values.push_back(T(1));
  return values;
}

template <typename T> struct Pairs {
  std::vector<T> first, second;
};

template <typename T> Pairs<T> binaryArguments() {
  Pairs<T> pairs;
  auto add = [&](T a, T b) { pairs.first.push_back(a), pairs.second.push_back(b); };
  for (T a : specials<T>())
    for (T b : specials<T>())
      add(a, b);
  std::mt19937_64 random(2);
  std::uniform_real_distribution<double> base(0, 12), exponent(-40, 40), any(-10, 10),
      one(0.9, 1.1);
  for (int i = 0; i < 60000; ++i) {
    add(T(base(random)), T(exponent(random)));
    add(T(any(random)), T(any(random)));
    add(T(one(random)), T(exponent(random) * 150));
    add(T(any(random)), T(int(exponent(random))));
    using Pattern = typename Traits<T>::Pattern;
    add(std::bit_cast<T>(Pattern(random())), std::bit_cast<T>(Pattern(random())));
  }
  while (pairs.first.size() % 64)
    add(1, 1);
  return pairs;
}

/// ulps, but of the largest term or of 1 at least where terms cancel: next to the roots of the
/// gamma functions of negative numbers, and where the reference itself is a difference.
template <typename T, typename W = typename Traits<T>::Wide>
double distanceOf(llvm::StringRef op, T x, T got, W (*exact)(W, W), T y) {
  W value = exact(x, y);
  double distance = ulps<T>(got, value);
  bool isGamma = op == "lgamma" || op == "digamma";
  bool isNearRoot = op == "digamma" && x > T(1.46) && x < T(1.463);
  if (!isNearRoot && !(isGamma && x < 0))
    return distance;
  W term = std::max(W(1), x < 0 ? std::fabs(exact(1 - W(x), y)) : W(1));
  bool cancels = value != 0 && std::isfinite(term) && std::fabs(value) < term;
  return cancels ? std::ldexp(distance, std::ilogb(value) - std::ilogb(term)) : distance;
}

/// By the recurrence, the asymptotic series and reflection; at the root in the number's own digits,
/// which ZerosOfGammaKeepTheirDigits looks at instead.
template <typename W> W digamma(W x) {
  const W pi = W(M_PIl);
  if (x == 0)
    return std::copysign(W(INFINITY), -x);
  if (x < 0) {
    W fraction = x - std::nearbyint(x);
    return fraction == 0 || std::isinf(x) ? W(NAN) : digamma(1 - x) - pi / std::tan(pi * fraction);
  }
  W y = x, sum = 0;
  for (; y < 24; ++y)
    sum += 1 / y;
  const W square = 1 / y / y;
  W series = 0;
  for (W coefficient : {W(7) / 6 / 14, W(-691) / 2730 / 12, W(5) / 66 / 10, W(-1) / 30 / 8,
                        W(1) / 42 / 6, W(-1) / 30 / 4, W(1) / 6 / 2})
    series = series * square + coefficient;
  return std::log(y) - 1 / y / 2 - series * square - sum;
}

/// By bisection of erf or erfc, whichever has all digits, then Newton's iteration.
template <typename W> W erfInv(W x) {
  W magnitude = std::fabs(x);
  if (!(magnitude < 1))
    return magnitude == 1 ? std::copysign(W(INFINITY), x) : W(NAN);
  const W slope = 2 / std::sqrt(W(M_PIl));
  if (magnitude < W(1e-8))
    return x / slope;
  auto excess = [&](W y) {
    return magnitude > W(0.5) ? (1 - magnitude) - std::erfc(y) : std::erf(y) - magnitude;
  };
  W low = 0, high = 7;
  for (int i = 0; i < 12; ++i) {
    W middle = (low + high) / 2;
    (excess(middle) < 0 ? low : high) = middle;
  }
  W y = (low + high) / 2;
  for (int i = 0; i < 4; ++i) {
    W change = excess(y) / (slope * std::exp(-y * y));
    y -= change / (1 + y * change);
  }
  return std::copysign(y, x);
}

template <typename T>
void expectWithin(Compiled &compiled, const char *op, double bound,
                  typename Traits<T>::Wide (*exact)(typename Traits<T>::Wide,
                                                    typename Traits<T>::Wide),
                  bool binary) {
  Pairs<T> pairs;
  if (binary)
    pairs = binaryArguments<T>();
  else
    pairs = {unaryArguments<T>(), unaryArguments<T>()};
  std::vector<T> got(pairs.first.size());
  compiled.run<T>(op, pairs.first, pairs.second, got);
  double worst = -1;
  size_t where = 0;
  for (size_t i = 0; i < got.size(); ++i)
    if (double distance = distanceOf<T>(op, pairs.first[i], got[i], exact, pairs.second[i]);
        distance > worst)
      worst = distance, where = i;
  EXPECT_LE(worst, bound) << op << " " << Traits<T>::name << " at " << pairs.first[where] << ", "
                          << pairs.second[where] << ": " << got[where] << ", but expects "
                          << double(exact(pairs.first[where], pairs.second[where]));
  std::string name = std::string(op) + "_" + Traits<T>::name;
  testing::Test::RecordProperty(name, std::to_string(worst));
  if (std::getenv("MLC_SHOW_ULPS"))
    std::printf("%-12s %.3f at %g\n", name.c_str(), worst, double(pairs.first[where]));
}

template <typename T> void checkAll(Compiled &compiled) {
  using W = typename Traits<T>::Wide;
  bool wide = sizeof(T) == 8;
  auto check = [&](const char *op, double f32Bound, double f64Bound, W (*exact)(W, W)) {
    bool binary = llvm::is_contained(kBinary, llvm::StringRef(op));
    expectWithin<T>(compiled, op, wide ? f64Bound : f32Bound, exact, binary);
  };
  check("exp", 1.1, 1.1, [](W x, W) { return std::exp(x); });
  check("exp_of_non_positive", 1.1, 1.1, [](W x, W) { return std::exp(-std::fabs(x)); });
  check("expm1", 1.6, 1.6, [](W x, W) { return std::expm1(x); });
  check("tanh", 1.5, 2.4, [](W x, W) { return std::tanh(x); });
  check("log", 1.0, 1.0, [](W x, W) { return x < 0 ? W(NAN) : std::log(x); });
  check("log1p", 1.5, 1.4, [](W x, W) { return x < -1 ? W(NAN) : std::log1p(x); });
  check("erf", 1.3, 1.2, [](W x, W) { return std::erf(x); });
  check("erfc", 6.1, 5.0, [](W x, W) { return std::erfc(x); });
  check("rsqrt", 1.5, 1.5, [](W x, W) { return 1 / std::sqrt(x); });
  check("sin", 0.6, 2.4, [](W x, W) { return std::sin(x); });
  check("cos", 0.6, 2.4, [](W x, W) { return std::cos(x); });
  check("sinh", 2.2, 2.2, [](W x, W) { return std::sinh(x); });
  check("cosh", 1.5, 1.4, [](W x, W) { return std::cosh(x); });
  check("tan", 0.6, 3.8, [](W x, W) { return std::tan(x); });
  check("asin", 1.7, 1.8, [](W x, W) { return std::fabs(x) > 1 ? W(NAN) : std::asin(x); });
  check("acos", 1.3, 1.3, [](W x, W) { return std::fabs(x) > 1 ? W(NAN) : std::acos(x); });
  check("atan", 0.6, 1.9, [](W x, W) { return std::atan(x); });
  check("asinh", 1.9, 1.9, [](W x, W) { return std::asinh(x); });
  check("acosh", 2.1, 2.1, [](W x, W) { return x < 1 ? W(NAN) : std::acosh(x); });
  check("atanh", 2.2, 2.1, [](W x, W) { return std::fabs(x) > 1 ? W(NAN) : std::atanh(x); });
  check("erf_inv", 3.0, 3.0, [](W x, W) { return erfInv(x); });
  check("lgamma", 0.6, 7.0, [](W x, W) { return std::lgamma(x); });
  check("digamma", 0.6, 7.0, [](W x, W) { return digamma(x); });
  check("powf", 0.6, 1.1, [](W x, W y) { return std::pow(x, y); });
  check("atan2", 0.6, 1.9, [](W y, W x) { return std::atan2(y, x); });
}

TEST(ExpandMath, VectorsWithFusedMultiplyAdd) {
  Compiled compiled(16, /*fma=*/true);
  checkAll<float>(compiled);
  checkAll<double>(compiled);
}

TEST(ExpandMath, VectorsWithScaleInstruction) {
  // Any machine has llvm.ldexp; AVX-512 has it in one instruction.
  Compiled compiled(16, /*fma=*/true, /*ldexp=*/true);
  checkAll<float>(compiled);
}

TEST(ExpandMath, ScalarsWithoutFusedMultiplyAdd) {
  Compiled compiled(0, /*fma=*/false);
  checkAll<float>(compiled);
  checkAll<double>(compiled);
}

TEST(ExpandMath, ZerosOfGammaKeepTheirDigits) {
  Compiled compiled(16, /*fma=*/true);
  auto expect = [&](const char *op, std::vector<double> points, std::vector<double> values) {
    size_t count = points.size();
    points.resize(16, 1.0);
    std::vector<double> got(16);
    compiled.run<double>(op, points, points, got);
    for (size_t i = 0; i < count; ++i)
      EXPECT_LE(ulps<double>(got[i], values[i]), 5.0) << op << " at " << points[i];
  };
  // mpmath, 50 digits, at numbers next to the root of digamma and to 1 and 2.
  expect("digamma",
         {1.461632144968362, 1.4616321449683622, 1.4616321449683625, 1.4616321449693623,
          1.4616321439683622, 1.4616421449683623},
         {-3.072790566546293e-16, -9.241265521729427e-17, 1.2245374622004068e-16,
          9.676658594180966e-13, -9.676724183686003e-10, 9.676678178388793e-06});
  expect("lgamma",
         {0.9999999999999999, 1.0000000000000002, 1.000000001, 0.99999, 1.9999999999999998,
          2.0000000000000004, 1.999999999, 2.00001},
         {6.408381213480008e-17, -1.2816762426960008e-16, -5.772157118381039e-10,
          5.772238896093089e-06, -9.387698065543117e-17, 1.8775396131086244e-16,
          -4.227843697573328e-10, 4.22787559764836e-06});
}

} // namespace
