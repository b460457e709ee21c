/* Arguments: the memory of arrays, by the buffer protocol or DLPack, never copied. */
#include "core.h"

#include <stdint.h>
#include <string.h>

static const struct {
  const char *name, *numpy;
  uint8_t code, bits;
} kDtypes[] = {
    {"f32", "float32", MLC_CODE_FLOAT, 32},  {"f64", "float64", MLC_CODE_FLOAT, 64},
    {"bf16", "uint16", MLC_CODE_BFLOAT, 16}, {"f16", "float16", MLC_CODE_FLOAT, 16},
    {"i1", "bool", MLC_CODE_BOOL, 8},        {"i8", "int8", MLC_CODE_INT, 8},
    {"i32", "int32", MLC_CODE_INT, 32},      {"i64", "int64", MLC_CODE_INT, 64},
    {"ui8", "uint8", MLC_CODE_UINT, 8},      {"ui32", "uint32", MLC_CODE_UINT, 32},
};
enum { kDtypeCount = sizeof kDtypes / sizeof kDtypes[0] };

/* DLPack's DLManagedTensor: a DLTensor and who owns it. */
typedef struct managed_tensor {
  mlc_tensor tensor;
  void *context;
  void (*deleter)(struct managed_tensor *self);
} managed_tensor;

const char *mlc_py_dtype_name(int32_t dtype) {
  return dtype >= 0 && dtype < kDtypeCount ? kDtypes[dtype].name : "unknown";
}

size_t mlc_py_dtype_bytes(int32_t dtype) {
  return dtype >= 0 && dtype < kDtypeCount ? kDtypes[dtype].bits / 8 : 0;
}

bool mlc_py_need_numpy(void) {
  if (mlc_py.asarray)
    return true;
  PyObject *numpy = PyImport_ImportModule("numpy");
  if (!numpy)
    return false;
  mlc_py.empty = PyObject_GetAttrString(numpy, "empty");
  for (int i = 0; mlc_py.empty && i < kDtypeCount; ++i) {
    mlc_py.dtypes[i] = PyObject_CallMethod(numpy, "dtype", "s", kDtypes[i].numpy);
    if (!mlc_py.dtypes[i])
      break;
  }
  PyObject *asarray =
      mlc_py.dtypes[kDtypeCount - 1] ? PyObject_GetAttrString(numpy, "asarray") : NULL;
  Py_DECREF(numpy);
  mlc_py.asarray = asarray;
  return asarray != NULL;
}

/* The dtype of an element in struct's notation; bits 0: none that is known. */
static mlc_data_type parse_format(const char *format, Py_ssize_t size) {
  mlc_data_type type = {0, 0, 1};
  if (!format)
    format = "B";
  if (*format == '@' || *format == '=' || *format == '<')
    ++format;
  if (!*format || format[1])
    return type;
  if (strchr("efd", *format))
    type.code = MLC_CODE_FLOAT;
  else if (*format == '?')
    type.code = MLC_CODE_BOOL;
  else if (strchr("bhilqn", *format))
    type.code = MLC_CODE_INT;
  else if (strchr("BHILQN", *format))
    type.code = MLC_CODE_UINT;
  else
    return type;
  type.bits = (uint8_t)(size * 8);
  return type;
}

static bool is_dtype(mlc_data_type type, int32_t dtype) {
  if (type.lanes != 1 || type.bits != kDtypes[dtype].bits)
    return false;
  /* numpy has no bf16: its bits, as in C. */
  return type.code == kDtypes[dtype].code || (dtype == MLC_BF16 && type.code == MLC_CODE_UINT);
}

/* "float64", into text. */
static const char *type_text(mlc_data_type type, char *text, size_t size) {
  static const char *const kNames[] = {"int", "uint", "float", "", "bfloat", "", "bool"};
  const char *name = type.bits && type.code < 7 ? kNames[type.code] : "elements of another kind";
  if (type.code == MLC_CODE_BOOL || !type.bits)
    PyOS_snprintf(text, size, "%s", type.bits ? "bool" : name);
  else
    PyOS_snprintf(text, size, "%s%d", name, type.bits);
  return text;
}

/* "[batch, 5]", into text. */
static void shape_text(const mlc_tensor_info *info, const int64_t *shape, int32_t rank, char *text,
                       size_t size) {
  size_t used = (size_t)PyOS_snprintf(text, size, "[");
  for (int32_t i = 0; i < rank && used + 24 < size; ++i) {
    const char *comma = i ? ", " : "";
    if (!shape && info->shape[i] < 0)
      used += (size_t)PyOS_snprintf(text + used, size - used, "%s%.16s", comma,
                                    info->dims && info->dims[i][0] ? info->dims[i] : "?");
    else
      used += (size_t)PyOS_snprintf(text + used, size - used, "%s%lld", comma,
                                    (long long)(shape ? shape[i] : info->shape[i]));
  }
  PyOS_snprintf(text + used, size - used, "]");
}

static bool is_compact(const mlc_tensor *tensor) {
  int64_t stride = 1;
  if (!tensor->strides)
    return true;
  for (int32_t i = 0; i < tensor->ndim; ++i)
    if (tensor->shape[i] == 0)
      return true;
  for (int32_t i = tensor->ndim - 1; i >= 0; --i) {
    if (tensor->shape[i] != 1 && tensor->strides[i] != stride)
      return false;
    stride *= tensor->shape[i];
  }
  return true;
}

static bool check_shape(const char *entry, const mlc_tensor_info *info, const mlc_tensor *tensor) {
  bool fits = tensor->ndim == info->rank;
  for (int32_t i = 0; fits && i < info->rank; ++i)
    fits = info->shape[i] < 0 || info->shape[i] == tensor->shape[i];
  if (fits)
    return true;
  char expected[256], got[256];
  shape_text(info, NULL, info->rank, expected, sizeof expected);
  shape_text(info, tensor->shape, tensor->ndim, got, sizeof got);
  return mlc_py_refuse(MLC_INVALID_ARGUMENT, "%s: %s expects shape %s, but got %s", entry,
                       info->name, expected, got);
}

static bool refuse_dtype(const char *entry, const mlc_tensor_info *info, mlc_data_type type) {
  char got[64];
  type_text(type, got, sizeof got);
  if (info->dtype == MLC_BF16)
    return mlc_py_refuse(
        MLC_INVALID_ARGUMENT,
        "%s: %s expects bf16, but got %s: pass a bfloat16 tensor by DLPack, or its bits as uint16",
        entry, info->name, got);
  return mlc_py_refuse(MLC_INVALID_ARGUMENT,
                       "%s: %s expects %s, but got %s: pass numpy.asarray(%s, numpy.%s)", entry,
                       info->name, kDtypes[info->dtype].name, got, info->name,
                       info->dtype == MLC_I1 ? "bool_" : kDtypes[info->dtype].numpy);
}

static bool check_tensor(const char *entry, const mlc_tensor_info *info, const mlc_tensor *tensor) {
  if (tensor->device.device_type != MLC_DEVICE_CPU)
    return mlc_py_refuse(MLC_INVALID_ARGUMENT,
                         "%s: %s is not in the CPU's memory: move it there first", entry,
                         info->name);
  if (!is_dtype(tensor->dtype, info->dtype))
    return refuse_dtype(entry, info, tensor->dtype);
  return check_shape(entry, info, tensor);
}

static bool refuse_layout(const char *entry, const mlc_tensor_info *info) {
  return mlc_py_refuse(
      MLC_INVALID_ARGUMENT,
      "%s: %s is not contiguous in row-major order, and is not copied behind your back: pass "
      "numpy.ascontiguousarray(%s)",
      entry, info->name, info->name);
}

static bool borrow_buffer(PyObject *value, const char *entry, const mlc_tensor_info *info,
                          mlc_py_use use, mlc_py_tensor *result) {
  int flags = PyBUF_STRIDES | PyBUF_FORMAT | (use == MLC_PY_WRITE ? PyBUF_WRITABLE : 0);
  Py_buffer *buffer = &result->buffer;
  if (PyObject_GetBuffer(value, buffer, flags) < 0) {
    if (use != MLC_PY_WRITE || !PyErr_ExceptionMatches(PyExc_ValueError))
      return false;
    PyErr_Clear();
    return mlc_py_refuse(MLC_INVALID_ARGUMENT, "%s: %s is read-only, and cannot take a result",
                         entry, info->name);
  }
  result->has_buffer = true;
  mlc_tensor *tensor = &result->tensor;
  tensor->data = buffer->buf;
  tensor->device = (mlc_device){MLC_DEVICE_CPU, 0};
  tensor->ndim = buffer->ndim;
  tensor->dtype = parse_format(buffer->format, buffer->itemsize);
  tensor->shape = (int64_t *)buffer->shape;
  tensor->strides = NULL;
  tensor->byte_offset = 0;
  if (!check_tensor(entry, info, tensor))
    return false;
  if (info->dtype == MLC_BF16)
    tensor->dtype = (mlc_data_type){MLC_CODE_BFLOAT, 16, 1};
  return PyBuffer_IsContiguous(buffer, 'C') ? true : refuse_layout(entry, info);
}

static bool borrow_dlpack(PyObject *value, const char *entry, const mlc_tensor_info *info,
                          mlc_py_tensor *result) {
  PyObject *capsule = PyObject_CallMethodObjArgs(value, mlc_py.dlpack, NULL);
  if (!capsule)
    return false;
  result->owner = capsule; /* not consumed: its destructor gives the tensor back */
  managed_tensor *managed = PyCapsule_GetPointer(capsule, "dltensor");
  if (!managed)
    return false;
  result->tensor = managed->tensor;
  if (!check_tensor(entry, info, &result->tensor))
    return false;
  if (!is_compact(&result->tensor))
    return refuse_layout(entry, info);
  result->tensor.strides = NULL;
  return true;
}

/* A number in place of a rank-0 input: converted, since nobody expects it to be read in place. */
static bool borrow_number(PyObject *value, const char *entry, const mlc_tensor_info *info,
                          mlc_py_tensor *result) {
  if (info->dtype == MLC_BF16)
    return mlc_py_refuse(MLC_INVALID_ARGUMENT, "%s: %s expects a bf16 tensor, not a number", entry,
                         info->name);
  if (PyFloat_Check(value) && kDtypes[info->dtype].code != MLC_CODE_FLOAT)
    return mlc_py_refuse(MLC_INVALID_ARGUMENT, "%s: %s expects %s, but got a float", entry,
                         info->name, kDtypes[info->dtype].name);
  if (!mlc_py_need_numpy())
    return false;
  result->owner =
      PyObject_CallFunctionObjArgs(mlc_py.asarray, value, mlc_py.dtypes[info->dtype], NULL);
  /* Some versions of NumPy wrap what does not fit. */
  if (result->owner && !PyFloat_Check(value) && kDtypes[info->dtype].code != MLC_CODE_FLOAT &&
      PyObject_RichCompareBool(result->owner, value, Py_EQ) != 1)
    return PyErr_Occurred() ? false
                            : mlc_py_refuse(MLC_INVALID_ARGUMENT,
                                            "%s: %s is of %s, which does not hold this number",
                                            entry, info->name, kDtypes[info->dtype].name);
  return result->owner && borrow_buffer(result->owner, entry, info, MLC_PY_READ, result);
}

bool mlc_py_borrow(PyObject *value, const char *entry, const mlc_tensor_info *info, mlc_py_use use,
                   mlc_py_tensor *result) {
  result->has_buffer = false;
  result->owner = NULL;
  if (PyObject_CheckBuffer(value))
    return borrow_buffer(value, entry, info, use, result);
  if (PyObject_HasAttr(value, mlc_py.dlpack))
    return borrow_dlpack(value, entry, info, result);
  if (use == MLC_PY_READ && info->rank == 0 && (PyFloat_Check(value) || PyLong_Check(value)))
    return borrow_number(value, entry, info, result);
  PyObject *type = PyType_GetName(Py_TYPE(value)),
           *text = type ? PyUnicode_AsUTF8String(type) : NULL;
  const char *name = text ? PyBytes_AsString(text) : "an object";
  mlc_py_refuse(MLC_INVALID_ARGUMENT,
                "%s: %s expects an array of %s (numpy, or any with __dlpack__), but got %s: pass "
                "numpy.asarray(%s, numpy.%s)",
                entry, info->name, kDtypes[info->dtype].name, name, info->name,
                info->dtype == MLC_I1 ? "bool_" : kDtypes[info->dtype].numpy);
  Py_XDECREF(type);
  Py_XDECREF(text);
  return false;
}

void mlc_py_release(mlc_py_tensor *tensor) {
  if (tensor->has_buffer)
    PyBuffer_Release(&tensor->buffer);
  Py_XDECREF(tensor->owner);
}
