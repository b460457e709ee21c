#include "test/fuzz/CompiledModel.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <cstring>
#include <dlfcn.h>
#include <map>
#include <sys/mman.h>
#include <unistd.h>

using namespace mlir;
using namespace mlc::nn;

namespace mlc::fuzz {

//===- Memory -------------------------------------------------------------------===//

static constexpr uint8_t kCanary = 0xa5, kNaN = 0xff;
/// Of calls that are run; those on sizes that are not small are not.
static constexpr size_t kMostWorkspace = size_t(1) << 28;

GuardedBuffer::GuardedBuffer(size_t bytes, size_t alignment) : bytes(bytes) {
  size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  mapped = llvm::alignTo(bytes + alignment, page) + 2 * page;
  pages = static_cast<uint8_t *>(
      mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  if (pages == MAP_FAILED)
    llvm::report_fatal_error("no memory");
  mprotect(pages + mapped - page, page, PROT_NONE);
  begin = pages + (mapped - page - bytes) / alignment * alignment;
  memset(pages, kCanary, mapped - page);
}
GuardedBuffer::GuardedBuffer(GuardedBuffer &&other)
    : pages(std::exchange(other.pages, nullptr)), begin(other.begin), bytes(other.bytes),
      mapped(other.mapped) {}
GuardedBuffer::~GuardedBuffer() {
  if (pages)
    munmap(pages, mapped);
}
void GuardedBuffer::fill(uint8_t byte) { memset(begin, byte, bytes); }
bool GuardedBuffer::isIntact() const {
  return std::all_of(pages, begin, [](uint8_t byte) { return byte == kCanary; });
}
bool GuardedBuffer::isUntouched() const {
  return std::all_of(begin, begin + bytes, [](uint8_t byte) { return byte == kCanary; });
}

//===- Elements -----------------------------------------------------------------===//

static size_t widthOf(Type element) { return std::max(1u, element.getIntOrFloatBitWidth() / 8); }

std::vector<uint8_t> bytesOf(const Tensor &tensor) {
  size_t width = widthOf(tensor.element);
  std::vector<uint8_t> bytes(tensor.data.size() * width);
  for (auto [position, scalar] : llvm::enumerate(tensor.data)) {
    uint64_t word = static_cast<uint64_t>(scalar.integer);
    if (auto type = dyn_cast<FloatType>(tensor.element)) {
      llvm::APFloat number(scalar.value);
      bool losesInfo;
      number.convert(type.getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
      word = number.bitcastToAPInt().getZExtValue();
    }
    memcpy(bytes.data() + position * width, &word, width);
  }
  return bytes;
}

Tensor tensorOf(ArrayRef<uint8_t> bytes, ArrayRef<int64_t> shape, Type element) {
  Tensor tensor(RankedTensorType::get(shape, element));
  size_t width = widthOf(element);
  for (auto [position, scalar] : llvm::enumerate(tensor.data)) {
    uint64_t word = 0;
    memcpy(&word, bytes.data() + position * width, width);
    if (auto type = dyn_cast<FloatType>(element)) {
      llvm::APFloat number(type.getFloatSemantics(), llvm::APInt(type.getWidth(), word));
      bool losesInfo;
      number.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
      scalar = Scalar::real(number.convertToDouble());
      continue;
    }
    scalar = Scalar::ofInteger(static_cast<int64_t>(word), element.getIntOrFloatBitWidth());
    if (element.isInteger(1))
      scalar.integer = static_cast<int64_t>(word);
  }
  return tensor;
}

static mlc_dtype dtypeOf(Type element) {
  if (isa<FloatType>(element))
    return element.isF32()    ? MLC_F32
           : element.isF64()  ? MLC_F64
           : element.isBF16() ? MLC_BF16
                              : MLC_F16;
  unsigned width = element.getIntOrFloatBitWidth();
  return width == 1 ? MLC_I1 : width == 8 ? MLC_I8 : width == 32 ? MLC_I32 : MLC_I64;
}
static mlc_data_type dlTypeOf(Type element) {
  auto code = element.isBF16()          ? MLC_CODE_BFLOAT
              : isa<FloatType>(element) ? MLC_CODE_FLOAT
              : element.isInteger(1)    ? MLC_CODE_BOOL
                                        : MLC_CODE_INT;
  return {static_cast<uint8_t>(code), static_cast<uint8_t>(widthOf(element) * 8), 1};
}
static mlc_tensor describe(GuardedBuffer &buffer, SmallVector<int64_t> &shape, Type element) {
  mlc_tensor tensor = {};
  tensor.data = buffer.data();
  tensor.device = {MLC_DEVICE_CPU, 0};
  tensor.ndim = static_cast<int>(shape.size());
  tensor.dtype = dlTypeOf(element);
  tensor.shape = shape.data();
  return tensor;
}

//===- The model ------------------------------------------------------------------===//

std::unique_ptr<CompiledModel> CompiledModel::load(const std::string &path, const Inputs &inputs,
                                                   int threads, std::string &error) {
  std::unique_ptr<CompiledModel> loaded(new CompiledModel(inputs));
  loaded->library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!loaded->library) {
    error = dlerror();
    return nullptr;
  }
  auto getTable =
      reinterpret_cast<const mlc_model_table *(*)()>(dlsym(loaded->library, "mlc_model_v1"));
  if (!getTable) {
    error = "no mlc_model_v1 in the library";
    return nullptr;
  }
  loaded->table = getTable();
  return loaded->create(threads, error) ? std::move(loaded) : nullptr;
}
CompiledModel::~CompiledModel() {
  if (model)
    table->destroy(model);
  if (library)
    dlclose(library);
}

bool CompiledModel::check(mlc_status status, const std::string &what, std::string &error) {
  if (status == MLC_OK)
    return true;
  const char *reason = table->last_error(model);
  error = what + ": status " + std::to_string(status) + ": " + (reason ? reason : "");
  return false;
}

/// A first handle tells how large the workspace must be; the second one is given it.
bool CompiledModel::create(int threads, std::string &error) {
  mlc_options options = {};
  options.struct_size = sizeof options;
  options.threads = threads;
  options.spin_microseconds = -1;
  options.seed = kModelSeed;
  if (!check(table->create(&options, &model), "create", error))
    return false;
  size_t most = 64;
  for (int32_t i = 0; i < table->entry_count; ++i) {
    const mlc_entry_info &info = table->entries[i];
    size_t bytes = 0;
    if (table->workspace_bytes(model, info.name, dimsOf(info).data(), threads, &bytes) == MLC_OK &&
        bytes < kMostWorkspace)
      most = std::max(most, bytes); // where it is refused so must be the call
  }
  table->destroy(std::exchange(model, nullptr));
  workspace = std::make_unique<GuardedBuffer>(most, 64);
  options.workspace = workspace->data();
  options.workspace_bytes = most;
  if (!check(table->create(&options, &model), "create with a workspace", error))
    return false;
  for (auto &[name, tensor] : inputs.parameters) {
    std::vector<uint8_t> bytes = bytesOf(tensor);
    if (!check(table->set_parameter(model, name.c_str(), bytes.data(), bytes.size()),
               "set_parameter", error))
      return false;
  }
  return true;
}

const mlc_entry_info *CompiledModel::infoOf(const std::string &entry) const {
  for (int32_t i = 0; i < table->entry_count; ++i)
    if (entry == table->entries[i].name)
      return &table->entries[i];
  return nullptr;
}
std::vector<std::pair<std::string, int64_t>> CompiledModel::dims() const {
  std::map<std::string, int64_t> sizes;
  for (int32_t i = 0; i < table->entry_count; ++i) {
    std::vector<int64_t> own = dimsOf(table->entries[i]);
    for (size_t d = 0; d < own.size(); ++d)
      sizes[table->entries[i].dim_names[d]] = own[d];
  }
  return {sizes.begin(), sizes.end()};
}

std::vector<int64_t> CompiledModel::dimsOf(const mlc_entry_info &info) const {
  std::vector<int64_t> dims(static_cast<size_t>(info.dim_count), 0);
  for (int32_t d = 0; d < info.dim_count; ++d)
    for (int32_t i = 0; i < info.input_count; ++i)
      for (int32_t axis = 0; axis < info.inputs[i].rank; ++axis)
        if (strcmp(info.inputs[i].dims[axis], info.dim_names[d]) == 0)
          dims[d] = inputs.arguments[i].shape[axis];
  return dims;
}

std::optional<std::vector<std::vector<uint8_t>>>
CompiledModel::call(const std::string &entry, const Outcome &expected, std::string &error) {
  const mlc_entry_info *info = infoOf(entry);
  if (!info || info->input_count != static_cast<int32_t>(inputs.arguments.size())) {
    error = "no such entry, or with another number of inputs";
    return std::nullopt;
  }
  std::vector<GuardedBuffer> buffers;
  std::vector<SmallVector<int64_t>> shapes;
  std::vector<mlc_tensor> arguments, results;
  size_t count = inputs.arguments.size() + static_cast<size_t>(info->result_count);
  buffers.reserve(count), shapes.reserve(count); // descriptors point into them
  for (const Tensor &tensor : inputs.arguments) {
    std::vector<uint8_t> bytes = bytesOf(tensor);
    shapes.push_back(tensor.shape);
    std::copy(bytes.begin(), bytes.end(),
              buffers.emplace_back(bytes.size(), widthOf(tensor.element)).data());
    arguments.push_back(describe(buffers.back(), shapes.back(), tensor.element));
  }
  std::vector<int64_t> dims = dimsOf(*info);
  for (int32_t i = 0; i < info->result_count; ++i) {
    const Tensor &want = expected.results[i].exact;
    SmallVector<int64_t> shape(static_cast<size_t>(info->results[i].rank));
    if (!check(table->result_shape(model, entry.c_str(), dims.data(), i, shape.data()),
               "result_shape", error))
      return std::nullopt;
    if (shape != want.shape || info->results[i].dtype != dtypeOf(want.element)) {
      error = "result " + std::to_string(i) +
              ": the table says another shape or dtype than the evaluator";
      return std::nullopt;
    }
    shapes.push_back(shape);
    buffers.emplace_back(want.data.size() * widthOf(want.element), widthOf(want.element))
        .fill(kNaN);
    results.push_back(describe(buffers.back(), shapes.back(), want.element));
  }
  workspace->fill(kNaN);
  if (!check(table->call(model, entry.c_str(), arguments.data(), info->input_count, results.data(),
                         info->result_count),
             "call", error))
    return std::nullopt;
  if (!workspace->isIntact() ||
      !llvm::all_of(buffers, [](const GuardedBuffer &buffer) { return buffer.isIntact(); })) {
    error = "wrote before the start of a buffer";
    return std::nullopt;
  }
  std::vector<std::vector<uint8_t>> values;
  for (size_t i = inputs.arguments.size(); i < count; ++i)
    values.emplace_back(buffers[i].data(), buffers[i].data() + buffers[i].size());
  for (const Result &parameter :
       llvm::drop_begin(expected.results, static_cast<size_t>(info->result_count))) {
    std::vector<uint8_t> &bytes =
        values.emplace_back(parameter.exact.data.size() * widthOf(parameter.exact.element));
    if (!check(table->get_parameter(model, parameter.name.c_str(), bytes.data(), bytes.size()),
               "get_parameter", error))
      return std::nullopt;
  }
  for (size_t i = 0; i < inputs.arguments.size(); ++i) {
    std::vector<uint8_t> before = bytesOf(inputs.arguments[i]);
    if (!std::equal(before.begin(), before.end(), buffers[i].data())) {
      error = "wrote to input " + std::to_string(i);
      return std::nullopt;
    }
  }
  return values;
}

//===- Sizes that do not suit ---------------------------------------------------===//

bool CompiledModel::expect(ArrayRef<mlc_status> allowed, mlc_status status, const std::string &what,
                           std::string &error) {
  if (llvm::is_contained(allowed, status))
    return true;
  const char *reason = status == MLC_OK ? nullptr : table->last_error(model);
  error = what + " answers status " + std::to_string(status) + (reason ? ": " : "") +
          (reason ? reason : "");
  return false;
}

mlc_status CompiledModel::shapeStatus(const mlc_entry_info &info, int32_t result, Sizes &shape) {
  shape.assign(static_cast<size_t>(info.results[result].rank), -1);
  return table->result_shape(model, info.name, dimsOf(info).data(), result, shape.data());
}
mlc_status CompiledModel::workspaceStatus(const mlc_entry_info &info) {
  size_t bytes = 0;
  return table->workspace_bytes(model, info.name, dimsOf(info).data(), 2, &bytes);
}

mlc_status CompiledModel::callStatus(const mlc_entry_info &info, ArrayRef<Tensor> expected,
                                     bool &isUnwritten) {
  std::vector<GuardedBuffer> buffers;
  std::vector<SmallVector<int64_t>> kept;
  std::vector<mlc_tensor> arguments, results;
  size_t count = inputs.arguments.size() + expected.size();
  buffers.reserve(count), kept.reserve(count); // descriptors point into them
  for (const Tensor &tensor : inputs.arguments) {
    std::vector<uint8_t> bytes = bytesOf(tensor);
    kept.push_back(tensor.shape);
    std::copy(bytes.begin(), bytes.end(),
              buffers.emplace_back(bytes.size(), widthOf(tensor.element)).data());
    arguments.push_back(describe(buffers.back(), kept.back(), tensor.element));
  }
  for (const Tensor &result : expected) {
    size_t width = widthOf(result.element), elements = 1;
    for (int64_t size : result.shape)
      elements *= areSmall(size) ? static_cast<size_t>(size) : 0; // none is written
    kept.push_back(result.shape);
    results.push_back(
        describe(buffers.emplace_back(elements * width, width), kept.back(), result.element));
  }
  mlc_status status = table->call(model, info.name, arguments.data(), info.input_count,
                                  results.data(), info.result_count);
  isUnwritten = llvm::all_of(buffers, [](auto &buffer) { return buffer.isIntact(); }) &&
                llvm::all_of(llvm::drop_begin(buffers, arguments.size()),
                             [](auto &buffer) { return buffer.isUntouched(); });
  return status;
}

bool CompiledModel::answersShapes(const std::string &entry, ArrayRef<Tensor> results,
                                  std::string &error) {
  const mlc_entry_info &info = *infoOf(entry);
  for (auto [number, result] : llvm::enumerate(results)) {
    Sizes shape;
    if (!expect(MLC_OK, shapeStatus(info, static_cast<int32_t>(number), shape), "result_shape",
                error))
      return false;
    if (ArrayRef(shape) != ArrayRef(result.shape)) {
      error = "result_shape answers other sizes of result " + std::to_string(number);
      return false;
    }
  }
  return expect(MLC_OK, workspaceStatus(info), "workspace_bytes", error);
}

bool CompiledModel::refusesSizes(const std::string &entry, ArrayRef<Tensor> results,
                                 std::string &error) {
  const mlc_entry_info &info = *infoOf(entry);
  bool isUnwritten = false;
  mlc_status status = callStatus(info, results, isUnwritten);
  if (!isUnwritten) {
    error = "the call writes, though it is refused";
    return false;
  }
  if (!expect({MLC_INVALID_ARGUMENT, MLC_OUT_OF_MEMORY}, status, "call", error) ||
      !expect(status, workspaceStatus(info), "workspace_bytes", error))
    return false;
  Sizes shape;
  for (int32_t i = 0; i < info.result_count; ++i)
    if (!expect(status, shapeStatus(info, i, shape), "result_shape", error))
      return false;
  return true;
}

bool CompiledModel::refusesIndices(const std::string &entry, ArrayRef<Tensor> results,
                                   std::string &error) {
  bool isUnwritten = false;
  return answersShapes(entry, results, error) &&
         expect(MLC_INDEX_OUT_OF_RANGE, callStatus(*infoOf(entry), results, isUnwritten), "call",
                error);
}

} // namespace mlc::fuzz
