//===- MeasuredLibrary.cpp - products compiled by themselves, timed -------===//
#include "tools/mlc/MeasuredLibrary.h"

#include "llvm/Support/FormatVariadic.h"

#include <chrono>
#include <dlfcn.h>
#include <utility>

using namespace mlc;

/// A measurement takes about this long, and at least so many calls.
constexpr double kSeconds = 0.01;
constexpr int kFewestCalls = 3;

namespace {
/// Where an operand's dimensions are, by what they count.
struct Operand {
  int64_t sizes[2];
  const char *names[2];
  int contracted; ///< the dimension that is summed over
};
} // namespace

static Operand lhsOf(const TilingProblem &problem) {
  if (problem.lhsIsContiguous)
    return {{problem.rows, problem.depth}, {"rows", "depth"}, 1};
  return {{problem.depth, problem.rows}, {"depth", "rows"}, 0};
}

/// Of weights, which are in panels, the form whose panels always pay.
static Operand rhsOf(const TilingProblem &problem) {
  if (problem.rhsIsContiguous)
    return {{problem.depth, problem.columns}, {"depth", "columns"}, 0};
  return {{problem.columns, problem.depth}, {"columns", "depth"}, 1};
}

static int64_t sizeOf(int64_t size) { return size < 0 ? kFreeSize : size; }

bool mlc::canMeasure(const TilingProblem &problem, int64_t mostElements) {
  double rows = double(sizeOf(problem.rows)), columns = double(sizeOf(problem.columns)),
         depth = double(sizeOf(problem.depth));
  return std::max({rows * columns, rows * depth, columns * depth}) <= double(mostElements);
}

static std::string typeText(const int64_t (&sizes)[2], unsigned bits) {
  auto text = [](int64_t size) { return size < 0 ? "?" : std::to_string(size); };
  return llvm::formatv("tensor<{0}x{1}xf{2}>", text(sizes[0]), text(sizes[1]), bits);
}

static std::string argumentText(llvm::StringRef name, const Operand &operand, unsigned bits) {
  auto dim = [&](int i) { return operand.sizes[i] < 0 ? operand.names[i] : ""; };
  return llvm::formatv("%{0}: {1} {{nn.dims = [\"{2}\", \"{3}\"]}", name,
                       typeText(operand.sizes, bits), dim(0), dim(1));
}

std::string mlc::entryText(const TilingProblem &problem, size_t number) {
  Operand lhs = lhsOf(problem), rhs = rhsOf(problem);
  unsigned bits = problem.bits;
  std::string left = typeText(lhs.sizes, bits), right = typeText(rhs.sizes, bits),
              result = typeText({problem.rows, problem.columns}, bits), parameter, read,
              arguments = argumentText("a", lhs, bits);
  if (problem.panelColumns) {
    parameter = llvm::formatv("  nn.parameter @w{0} : {1} init(#nn.he_uniform)\n", number, right);
    read = llvm::formatv("    %b = nn.param @w{0} : {1}\n", number, right);
  } else {
    arguments += ", " + argumentText("b", rhs, bits);
  }
  return llvm::formatv("{0}  func.func @p{1}({2}) -> {3} {{\n{4}    %c = nn.contract %a, %b "
                       "contracting = [{5}] x [{6}] : {7}, {8}\n    return %c : {3}\n  }\n",
                       parameter, number, arguments, result, read, lhs.contracted, rhs.contracted,
                       left, right);
}

llvm::Expected<MeasuredLibrary> MeasuredLibrary::load(const Bytes &content) {
  auto file = MemoryFile::create(llvm::StringRef(content.data(), content.size()));
  if (!file)
    return file.takeError();
  MeasuredLibrary loaded(std::move(*file));
  loaded.library = dlopen(loaded.file.path().c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!loaded.library)
    return llvm::createStringError(dlerror());
  auto *table =
      reinterpret_cast<const mlc_model_table *(*)()>(dlsym(loaded.library, "mlc_model_v1"));
  loaded.table = table();
  mlc_options options = {};
  options.struct_size = sizeof options;
  options.threads = 1;
  if (loaded.table->create(&options, &loaded.model) != MLC_OK)
    return llvm::createStringError(loaded.table->last_error(nullptr));
  return loaded;
}

MeasuredLibrary::MeasuredLibrary(MeasuredLibrary &&other)
    : file(std::move(other.file)), library(std::exchange(other.library, nullptr)),
      model(std::exchange(other.model, nullptr)), table(other.table) {}

MeasuredLibrary::~MeasuredLibrary() {
  if (model)
    table->destroy(model);
  if (library)
    dlclose(library);
}

namespace {
/// A matrix of small numbers.
struct Matrix {
  Matrix(const int64_t (&sizes)[2], unsigned bits)
      : shape{sizeOf(sizes[0]), sizeOf(sizes[1])},
        data(size_t(shape[0] * shape[1] * bits / 64) + 1) {
    tensor.data = data.data();
    tensor.device = {MLC_DEVICE_CPU, 0};
    tensor.ndim = 2;
    tensor.dtype = {MLC_CODE_FLOAT, uint8_t(bits), 1};
    tensor.shape = shape;
  }
  int64_t shape[2];
  std::vector<double> data;
  mlc_tensor tensor = {};
};
} // namespace

llvm::Expected<double> MeasuredLibrary::measure(const TilingProblem &problem, size_t number) {
  Matrix a(lhsOf(problem).sizes, problem.bits), b(rhsOf(problem).sizes, problem.bits),
      c({problem.rows, problem.columns}, problem.bits);
  mlc_tensor inputs[] = {a.tensor, b.tensor};
  std::string entry = "p" + std::to_string(number);
  auto call = [&] {
    return table->call(model, entry.c_str(), inputs, problem.panelColumns ? 1 : 2, &c.tensor, 1);
  };
  if (call() != MLC_OK)
    return llvm::createStringError(table->last_error(model));
  using Clock = std::chrono::steady_clock;
  auto since = [](Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  double least = 0;
  Clock::time_point begin = Clock::now();
  for (int calls = 0; calls < kFewestCalls || since(begin) < kSeconds; ++calls) {
    Clock::time_point start = Clock::now();
    if (call() != MLC_OK)
      return llvm::createStringError(table->last_error(model));
    double seconds = since(start);
    least = calls == 0 ? seconds : std::min(least, seconds);
  }
  return least;
}
