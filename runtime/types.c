#include "internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct {
  const char *name, *fileName;
} kTypes[] = {
    [MLC_F32] = {"f32", "F32"},   [MLC_F64] = {"f64", "F64"}, [MLC_BF16] = {"bf16", "BF16"},
    [MLC_F16] = {"f16", "F16"},   [MLC_I1] = {"i1", "BOOL"},  [MLC_I8] = {"i8", "I8"},
    [MLC_I32] = {"i32", "I32"},   [MLC_I64] = {"i64", "I64"}, [MLC_UI8] = {"ui8", "U8"},
    [MLC_UI32] = {"ui32", "U32"},
};
enum { kTypeCount = sizeof kTypes / sizeof kTypes[0] };

const char *mlc_dtype_name(int32_t dtype) {
  return dtype >= 0 && dtype < kTypeCount ? kTypes[dtype].name : "unknown";
}

const char *mlc_dtype_file_name(int32_t dtype) {
  return dtype >= 0 && dtype < kTypeCount ? kTypes[dtype].fileName : "unknown";
}

int32_t mlc_dtype_of_file_name(const char *name) {
  for (int32_t i = 0; i < kTypeCount; ++i)
    if (strcmp(kTypes[i].fileName, name) == 0)
      return i;
  return -1;
}

int64_t mlc_element_count(const int64_t *shape, int32_t rank) {
  int64_t count = 1;
  bool tooLarge = false, empty = false;
  for (int32_t i = 0; i < rank; ++i) {
    if (shape[i] < 0)
      return -1;
    empty |= shape[i] == 0;
    tooLarge |= __builtin_mul_overflow(count, shape[i] ? shape[i] : 1, &count) ||
                count > (INT64_C(1) << 44);
    if (tooLarge)
      count = 1;
  }
  return tooLarge ? -1 : empty ? 0 : count;
}

int64_t mlc_member_bytes(const mlc_member *member) {
  return mlc_element_count(member->info->shape, member->info->rank) *
         mlc_dtype_bytes(member->info->dtype);
}

const char *mlc_shape_text(const int64_t *shape, int32_t rank, char *text, size_t size) {
  size_t used = (size_t)snprintf(text, size, "[");
  for (int32_t i = 0; i < rank && used + 32 < size; ++i) {
    const char *comma = i ? ", " : "";
    if (shape[i] < 0)
      used += (size_t)snprintf(text + used, size - used, "%s?", comma);
    else
      used += (size_t)snprintf(text + used, size - used, "%s%lld", comma, (long long)shape[i]);
  }
  snprintf(text + used, size - used, "]");
  return text;
}

/* The upper half of the float, rounded to nearest even; a NaN stays one. The float between is
 * rounded to odd, or the value would be rounded twice (Boldo and Melquiond 2008). */
static uint16_t bf16_bits(double value) {
  float narrow = (float)value;
  uint32_t bits;
  memcpy(&bits, &narrow, 4);
  if (narrow != narrow)
    return (uint16_t)((bits >> 16) | 0x40);
  if (narrow != value && isfinite(value))
    bits = (bits - (fabs((double)narrow) > fabs(value))) | 1;
  return (uint16_t)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

/* Scales to units of the last place of the result and rounds once. */
static uint16_t f16_bits(double value) {
  uint16_t sign = signbit(value) ? 0x8000 : 0;
  double size = fabs(value);
  if (size != size)
    return sign | 0x7e00;
  if (size >= 65520.0)
    return sign | 0x7c00;
  if (size < 0x1p-14)
    return sign | (uint16_t)nearbyint(size * 0x1p24);
  int exponent;
  frexp(size, &exponent);
  uint32_t mantissa = (uint32_t)nearbyint(ldexp(size, 11 - exponent));
  return sign | (uint16_t)(((uint32_t)(exponent + 13) << 10) + mantissa);
}

void mlc_store(void *buffer, int64_t index, int32_t dtype, double value) {
  switch ((mlc_dtype)dtype) {
  case MLC_F32:
    ((float *)buffer)[index] = (float)value;
    break;
  case MLC_F64:
    ((double *)buffer)[index] = value;
    break;
  case MLC_BF16:
    ((uint16_t *)buffer)[index] = bf16_bits(value);
    break;
  case MLC_F16:
    ((uint16_t *)buffer)[index] = f16_bits(value);
    break;
  case MLC_I1:
    ((uint8_t *)buffer)[index] = value != 0;
    break;
  case MLC_I8:
    ((int8_t *)buffer)[index] = (int8_t)value;
    break;
  case MLC_I32:
    ((int32_t *)buffer)[index] = (int32_t)value;
    break;
  case MLC_I64:
    ((int64_t *)buffer)[index] = (int64_t)value;
    break;
  case MLC_UI8:
    ((uint8_t *)buffer)[index] = (uint8_t)value;
    break;
  case MLC_UI32:
    ((uint32_t *)buffer)[index] = (uint32_t)value;
    break;
  }
}

bool mlc_are_truths(const void *data, size_t bytes) {
  const uint8_t *byte = data;
  for (size_t i = 0; i < bytes; ++i)
    if (byte[i] > 1)
      return false;
  return true;
}

static double f16_value(uint16_t bits) {
  int exponent = bits >> 10 & 0x1f, mantissa = bits & 0x3ff;
  double size = exponent == 31 ? (mantissa ? NAN : INFINITY)
                : exponent     ? ldexp(mantissa + 1024, exponent - 25)
                               : ldexp(mantissa, -24);
  return bits & 0x8000 ? -size : size;
}

double mlc_load_scalar(const void *buffer, int32_t dtype) {
  uint16_t half;
  memcpy(&half, buffer, sizeof half);
  uint32_t bits = (uint32_t)half << 16;
  float wide;
  memcpy(&wide, &bits, sizeof wide);
  return dtype == MLC_F64    ? *(const double *)buffer
         : dtype == MLC_F32  ? (double)*(const float *)buffer
         : dtype == MLC_BF16 ? (double)wide
         : dtype == MLC_F16  ? f16_value(half)
                             : 0;
}

static bool is_float(int32_t dtype) {
  return dtype == MLC_F32 || dtype == MLC_F64 || dtype == MLC_BF16 || dtype == MLC_F16;
}

bool mlc_converts(int32_t from, int32_t to) {
  return from == to || (is_float(from) && is_float(to));
}

/* What weights of models mostly are: bits that move. */
static void widen_bf16(const uint16_t *from, float *to, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    uint32_t bits = (uint32_t)from[i] << 16;
    memcpy(&to[i], &bits, sizeof bits);
  }
}

bool mlc_convert(const void *from, int32_t fromDtype, void *to, int32_t toDtype, size_t count) {
  size_t fromSize = (size_t)mlc_dtype_bytes(fromDtype), toSize = (size_t)mlc_dtype_bytes(toDtype);
  if (fromDtype == MLC_BF16 && toDtype == MLC_F32) {
    widen_bf16(from, to, count);
    return true;
  }
  for (size_t i = 0; i < count; ++i) {
    double value = mlc_load_scalar((const uint8_t *)from + i * fromSize, fromDtype);
    mlc_store(to, (int64_t)i, toDtype, value);
    if (isfinite(value) && !isfinite(mlc_load_scalar((uint8_t *)to + i * toSize, toDtype)))
      return false;
  }
  return true;
}

double mlc_largest_below(double value, int32_t dtype) {
  uint64_t bits = 0, sign = UINT64_C(1) << (8 * mlc_dtype_bytes(dtype) - 1);
  mlc_store(&bits, 0, dtype, value);
  /* Sign and magnitude: the number below is one closer to zero, or one farther where negative. */
  while (!(mlc_load_scalar(&bits, dtype) < value))
    bits = bits == 0 ? sign | 1 : bits & sign ? bits + 1 : bits - 1;
  return mlc_load_scalar(&bits, dtype);
}
