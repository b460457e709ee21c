//===- PackedData.cpp - packed copies of embedded weights -----------------===//
#include "compiler/Emit/PackedData.h"

extern "C" {
#include "runtime/internal.h"
}

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <cstring>
#include <memory>

using namespace mlc;

/// Of a matrix are held at once: rows of it are read in long runs, whatever its size.
static constexpr int64_t kGroupBytes = int64_t(64) << 20;

namespace {
/// Reads a packed storage, from its first byte to its last, a group of panels at a time.
class PanelReader {
public:
  PanelReader(const PanelsDescription &panels, DataReader source)
      : panels(panels), source(std::move(source)), elementBytes(panels.elementBytes),
        isDepthFirst(!llvm::is_sorted(order(false))),
        isTransposed(isDepthFirst && !llvm::is_sorted(order(true))),
        steps(llvm::divideCeil(panels.depth, panels.products)),
        panelCount(llvm::divideCeil(panels.columns, panels.width)),
        panelsPerGroup(std::clamp<int64_t>(kGroupBytes / panelBytes(), 1, panelCount)) {}

  llvm::Error read(uint64_t offset, llvm::MutableArrayRef<char> to);

private:
  int64_t panelBytes() const { return steps * panels.width * panels.products * elementBytes; }
  llvm::Error fillGroup(int64_t number);
  void release() {
    group = -1;
    columns = std::vector<char>(); // an assignment of {} would keep the memory
    packed = std::vector<char>();
    inOrder = std::vector<char>();
  }
  std::vector<int64_t> order(bool depthFirst) const;
  llvm::Error transpose();
  llvm::Error readColumns(int64_t first, int64_t count);
  template <typename Element> void packPanel(int64_t firstColumn, int64_t count, char *to) const;
  void packGroup(int64_t count);

  PanelsDescription panels;
  DataReader source;
  int64_t elementBytes;
  bool isDepthFirst; ///< else columns are
  bool isTransposed; ///< neither are: it has to be brought to that order
  int64_t steps, panelCount, panelsPerGroup;
  int64_t group = -1; ///< what `packed` holds
  std::vector<char> columns, packed, inOrder;
};
} // namespace

/// The dimensions of the weight: those of the depth, in its order, before or after the columns.
std::vector<int64_t> PanelReader::order(bool depthFirst) const {
  std::vector<int64_t> dims(panels.depthDims), others;
  for (int64_t dim = 0; dim < int64_t(panels.shape.size()); ++dim)
    if (!llvm::is_contained(dims, dim))
      others.push_back(dim);
  dims.insert(depthFirst ? dims.end() : dims.begin(), others.begin(), others.end());
  return dims;
}

/// Brings the whole weight to [depth, columns], from which the rest is read: kernels of
/// convolutions are small.
llvm::Error PanelReader::transpose() {
  std::vector<int64_t> dims = order(true), strides(panels.shape.size(), elementBytes);
  for (size_t dim = strides.size(); dim-- > 1;)
    strides[dim - 1] = strides[dim] * panels.shape[dim];
  std::vector<char> whole(panels.depth * panels.columns * elementBytes), sorted(whole.size());
  if (llvm::Error error = source(panels.offset * elementBytes, whole))
    return error;
  std::vector<int64_t> index(dims.size(), 0);
  for (size_t to = 0; to < sorted.size(); to += elementBytes) {
    int64_t from = 0;
    for (size_t place = 0; place < dims.size(); ++place)
      from += index[place] * strides[dims[place]];
    std::memcpy(&sorted[to], &whole[from], elementBytes);
    for (size_t place = dims.size(); place-- > 0;) {
      if (++index[place] < panels.shape[dims[place]])
        break;
      index[place] = 0;
    }
  }
  inOrder = std::move(sorted);
  return llvm::Error::success();
}

/// [depth, count] or [count, depth] elements of the matrix, to `columns`.
llvm::Error PanelReader::readColumns(int64_t first, int64_t count) {
  if (isTransposed && inOrder.empty())
    if (llvm::Error error = transpose())
      return error;
  columns.resize(panels.depth * count * elementBytes);
  llvm::MutableArrayRef<char> rest(columns);
  auto next = [&](int64_t index, int64_t elements) -> llvm::Error {
    llvm::MutableArrayRef<char> run = rest.take_front(elements * elementBytes);
    rest = rest.drop_front(run.size());
    if (!isTransposed)
      return source((panels.offset + index) * elementBytes, run);
    std::memcpy(run.data(), inOrder.data() + index * elementBytes, run.size());
    return llvm::Error::success();
  };
  if (!isDepthFirst)
    return next(first * panels.depth, count * panels.depth);
  if (count == panels.columns)
    return next(0, panels.depth * count);
  for (int64_t depth = 0; depth < panels.depth; ++depth)
    if (llvm::Error error = next(depth * panels.columns + first, count))
      return error;
  return llvm::Error::success();
}

template <typename Element>
void PanelReader::packPanel(int64_t firstColumn, int64_t count, char *to) const {
  int64_t width = std::min(panels.width, count - firstColumn), products = panels.products;
  int64_t depthStride = isDepthFirst ? count : 1, columnStride = isDepthFirst ? 1 : panels.depth;
  auto *from = reinterpret_cast<const Element *>(columns.data()) + firstColumn * columnStride;
  for (int64_t depth = 0; depth < panels.depth; ++depth, from += depthStride) {
    Element *line = reinterpret_cast<Element *>(to) + depth / products * panels.width * products +
                    depth % products;
    for (int64_t w = 0; w < width; ++w)
      line[w * products] = from[w * columnStride];
  }
}

void PanelReader::packGroup(int64_t count) {
  char *to = packed.data();
  for (int64_t column = 0; column < count; column += panels.width, to += panelBytes())
    switch (panels.elementBytes) {
    case 1:
      packPanel<uint8_t>(column, count, to);
      break;
    case 2:
      packPanel<uint16_t>(column, count, to);
      break;
    case 4:
      packPanel<uint32_t>(column, count, to);
      break;
    default:
      packPanel<uint64_t>(column, count, to);
    }
}

llvm::Error PanelReader::fillGroup(int64_t number) {
  int64_t groupColumns = panelsPerGroup * panels.width, first = number * groupColumns;
  int64_t count = std::min(groupColumns, panels.columns - first);
  if (llvm::Error error = readColumns(first, count))
    return error;
  packed.assign(llvm::divideCeil(count, panels.width) * panelBytes(), 0);
  packGroup(count);
  group = number;
  return llvm::Error::success();
}

llvm::Error PanelReader::read(uint64_t offset, llvm::MutableArrayRef<char> to) {
  int64_t groupBytes = panelsPerGroup * panelBytes();
  while (!to.empty()) {
    int64_t number = offset / groupBytes, begin = offset % groupBytes;
    if (number != group)
      if (llvm::Error error = fillGroup(number))
        return error;
    size_t bytes = std::min<size_t>(to.size(), packed.size() - begin);
    std::memcpy(to.data(), packed.data() + begin, bytes);
    to = to.drop_front(bytes);
    offset += bytes;
  }
  if (int64_t(offset) == panelCount * panelBytes()) // the last byte
    release();
  return llvm::Error::success();
}

/// The numbers of `source`, rounded to the dtype of the copy.
static DataReader roundedReader(const StorageDescription &source, mlc_dtype dtype) {
  return [numbers = source.data, from = source.dtype,
          dtype](uint64_t offset, llvm::MutableArrayRef<char> to) -> llvm::Error {
    uint64_t fromBytes = mlc_dtype_bytes(from), bytes = mlc_dtype_bytes(dtype),
             count = to.size() / bytes;
    std::vector<char> wide(count * fromBytes);
    if (llvm::Error error = numbers(offset / bytes * fromBytes, wide))
      return error;
    if (!mlc_convert(wide.data(), from, to.data(), dtype, count))
      return llvm::createStringError("a weight of a product is too large for " +
                                     llvm::Twine(mlc_dtype_name(dtype)) +
                                     ": compile with --precision=bf16 or f32");
    return llvm::Error::success();
  };
}

void mlc::packData(ModelDescription &model) {
  auto isKnown = [&](const StorageDescription &storage) {
    if (!storage.panels) // what is computed of weights the library packs
      return storage.kind != MLC_STORAGE_PACKED;
    return bool(model.storages[storage.panels->source].data);
  };
  if (!llvm::all_of(model.storages, isKnown))
    return;
  for (StorageDescription &storage : model.storages) {
    if (!storage.panels)
      continue;
    const StorageDescription &source = model.storages[storage.panels->source];
    DataReader numbers =
        source.dtype == storage.dtype ? source.data : roundedReader(source, storage.dtype);
    auto reader = std::make_shared<PanelReader>(*storage.panels, std::move(numbers));
    storage.data = [reader](uint64_t offset, llvm::MutableArrayRef<char> to) {
      return reader->read(offset, to);
    };
  }
}
