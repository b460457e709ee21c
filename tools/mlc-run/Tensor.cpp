#include "Tensor.h"
#include "Failure.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace mlc::run {

void Tensor::Free::operator()(uint8_t *data) const { std::free(data); }

int64_t dtypeBytes(int dtype) {
  switch (dtype) {
  case MLC_F64:
  case MLC_I64:
  case kUI64:
    return 8;
  case MLC_F32:
  case MLC_I32:
  case MLC_UI32:
    return 4;
  case MLC_BF16:
  case MLC_F16:
  case kI16:
  case kUI16:
    return 2;
  default:
    return 1;
  }
}

const char *dtypeName(int dtype) {
  static const char *const names[] = {"f32", "f64", "bf16", "f16", "i1",
                                      "i8",  "i32", "i64",  "ui8", "ui32"};
  static const char *const fileNames[] = {"i16", "ui16", "ui64"};
  if (dtype >= kI16)
    return fileNames[dtype - kI16];
  return dtype >= 0 && dtype < 10 ? names[dtype] : "unknown";
}

mlc_data_type dlpackType(int dtype) {
  uint8_t bits = uint8_t(8 * dtypeBytes(dtype));
  switch (dtype) {
  case MLC_F32:
  case MLC_F64:
  case MLC_F16:
    return {MLC_CODE_FLOAT, bits, 1};
  case MLC_BF16:
    return {MLC_CODE_BFLOAT, bits, 1};
  case MLC_I1:
    return {MLC_CODE_BOOL, bits, 1};
  case MLC_UI8:
  case MLC_UI32:
    return {MLC_CODE_UINT, bits, 1};
  default:
    return {MLC_CODE_INT, bits, 1};
  }
}

std::string shapeText(const std::vector<int64_t> &shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + (shape[i] < 0 ? "?" : std::to_string(shape[i]));
  return text + "]";
}

int64_t elementCount(const std::vector<int64_t> &shape, const std::string &what) {
  int64_t count = 1, positive = 1;
  for (int64_t size : shape) {
    if (size < 0 || __builtin_mul_overflow(positive, size ? size : 1, &positive) ||
        positive > (int64_t(1) << 46))
      failInput("{} has shape {}, which does not fit in memory", what, shapeText(shape));
    count *= size;
  }
  return count;
}

Tensor::Tensor(int dtype, std::vector<int64_t> sizes, const std::string &what)
    : dtype(dtype), shape(std::move(sizes)) {
  elements = elementCount(shape, what);
  size_t size = (size_t(byteCount()) / 64 + 1) * 64;
  bytes.reset(static_cast<uint8_t *>(std::aligned_alloc(64, size)));
  if (!bytes)
    failInput("{} with shape {} does not fit in memory", what, shapeText(shape));
}

template <typename T> static long double load(const uint8_t *data, int64_t index) {
  T value;
  std::memcpy(&value, data + index * sizeof(T), sizeof(T));
  return value;
}

static float bf16ToFloat(const uint8_t *data, int64_t index) {
  uint16_t half;
  std::memcpy(&half, data + index * 2, 2);
  uint32_t bits = uint32_t(half) << 16;
  float value;
  std::memcpy(&value, &bits, 4);
  return value;
}

long double Tensor::at(int64_t index) const {
  switch (dtype) {
  case MLC_F32:
    return load<float>(data(), index);
  case MLC_F64:
    return load<double>(data(), index);
  case MLC_F16:
    return load<_Float16>(data(), index);
  case MLC_BF16:
    return bf16ToFloat(data(), index);
  case MLC_I1:
  case MLC_UI8:
    return load<uint8_t>(data(), index);
  case MLC_I8:
    return load<int8_t>(data(), index);
  case MLC_I32:
    return load<int32_t>(data(), index);
  case MLC_I64:
    return load<int64_t>(data(), index);
  case MLC_UI32:
    return load<uint32_t>(data(), index);
  case kI16:
    return load<int16_t>(data(), index);
  case kUI16:
    return load<uint16_t>(data(), index);
  default:
    return load<uint64_t>(data(), index);
  }
}

/// Stores a value whose type can hold it exactly; false where it cannot.
template <typename T> static bool storeInteger(uint8_t *data, int64_t index, long double value) {
  if (!(value >= (long double)std::numeric_limits<T>::min() &&
        value <= (long double)std::numeric_limits<T>::max()) ||
      value != std::floor(value))
    return false;
  T narrow = T(value);
  std::memcpy(data + index * sizeof(T), &narrow, sizeof(T));
  return true;
}

template <typename T> static bool storeFloat(uint8_t *data, int64_t index, long double value) {
  T narrow = T(value);
  std::memcpy(data + index * sizeof(T), &narrow, sizeof(T));
  return (long double)narrow == value || value != value;
}

static bool storeBf16(uint8_t *data, int64_t index, long double value) {
  float wide = float(value);
  uint32_t bits;
  std::memcpy(&bits, &wide, 4);
  uint16_t half = uint16_t(bits >> 16);
  std::memcpy(data + index * 2, &half, 2);
  return value != value || ((long double)wide == value && (bits & 0xffff) == 0);
}

static bool store(int dtype, uint8_t *data, int64_t index, long double value) {
  switch (dtype) {
  case MLC_F32:
    return storeFloat<float>(data, index, value);
  case MLC_F64:
    return storeFloat<double>(data, index, value);
  case MLC_F16:
    return storeFloat<_Float16>(data, index, value);
  case MLC_BF16:
    return storeBf16(data, index, value);
  case MLC_I1:
    return (value == 0 || value == 1) && storeInteger<uint8_t>(data, index, value);
  case MLC_I8:
    return storeInteger<int8_t>(data, index, value);
  case MLC_I32:
    return storeInteger<int32_t>(data, index, value);
  case MLC_I64:
    return storeInteger<int64_t>(data, index, value);
  case MLC_UI8:
    return storeInteger<uint8_t>(data, index, value);
  case MLC_UI32:
    return storeInteger<uint32_t>(data, index, value);
  default:
    return false;
  }
}

Tensor Tensor::converted(int wanted, const std::string &what) const {
  Tensor result(wanted, shape, what);
  if (wanted == dtype && wanted != MLC_I1) {
    std::memcpy(result.data(), data(), size_t(byteCount()));
    return result;
  }
  for (int64_t i = 0; i < elements; ++i)
    if (!store(wanted, result.data(), i, at(i)))
      failInput("{} holds {}, but the model expects {}; element {} is {}, which has no exact {} "
                "form: convert the array "
                "before",
                what, dtypeName(dtype), dtypeName(wanted), i, double(at(i)), dtypeName(wanted));
  return result;
}

mlc_tensor Tensor::view() {
  return {
      data(), {MLC_DEVICE_CPU, 0}, int32_t(shape.size()), dlpackType(dtype), shape.data(), nullptr,
      0};
}

} // namespace mlc::run
