/* The module, and handles: all that a model's table offers but calls. */
#include "core.h"

#include "runtime/data_order.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

mlc_py_globals mlc_py;
static PyTypeObject *handle_type;

/*===- Errors -------------------------------------------------------------===*/

static void set_error(mlc_status status, PyObject *text) {
  PyObject *number = PyLong_FromLong(status);
  PyObject *kind = number && mlc_py.errors ? PyDict_GetItemWithError(mlc_py.errors, number) : NULL;
  Py_XDECREF(number);
  if (text && !PyErr_Occurred())
    PyErr_SetObject(kind ? kind : PyExc_RuntimeError, text);
  Py_XDECREF(text);
}

PyObject *mlc_py_raise(const mlc_py_handle *handle, mlc_status status) {
  const char *text = handle->table->last_error(handle->model);
  set_error(status, PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace"));
  return NULL;
}

bool mlc_py_refuse(mlc_status status, const char *format, ...) {
  va_list values;
  va_start(values, format);
  set_error(status, PyUnicode_FromFormatV(format, values));
  va_end(values);
  return false;
}

static PyObject *answer(const mlc_py_handle *self, mlc_status status) {
  if (status != MLC_OK)
    return mlc_py_raise(self, status);
  Py_RETURN_NONE;
}

/*===- Handles ------------------------------------------------------------===*/

static mlc_py_handle *make_handle(PyObject *library, const mlc_model_table *table) {
  mlc_py_handle *self = PyObject_New(mlc_py_handle, handle_type);
  if (!self)
    return NULL;
  Py_INCREF(library);
  self->library = library;
  self->table = table;
  self->model = NULL;
  return self;
}

static void handle_dealloc(PyObject *object) {
  mlc_py_handle *self = (mlc_py_handle *)object;
  PyTypeObject *type = Py_TYPE(object);
  if (self->model)
    self->table->destroy(self->model);
  Py_XDECREF(self->library);
  ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
  Py_DECREF(type);
}

static void close_library(PyObject *capsule) {
  dlclose(PyCapsule_GetPointer(capsule, "mlc library"));
}

static const mlc_model_table *find_table(void *library, const char *path) {
  const mlc_model_table *(*get)(void) =
      (const mlc_model_table *(*)(void))dlsym(library, "mlc_model_v1");
  if (!get) {
    mlc_py_refuse(MLC_INVALID_FILE,
                  "%s is not a model that mlc compiled: it does not export mlc_model_v1", path);
    return NULL;
  }
  const mlc_model_table *table = get();
  size_t needed = offsetof(mlc_model_table, get_entry_step) + sizeof table->get_entry_step;
  if (table->version == 1 && table->struct_size >= needed)
    return table;
  mlc_py_refuse(MLC_INVALID_FILE,
                "%s has a table of version %d and %zu bytes, but version 1 with %zu bytes is "
                "needed; compile it again",
                path, (int)table->version, table->struct_size, needed);
  return NULL;
}

/* open(path, threads, spin_microseconds, seed, device): a handle. */
static PyObject *open_model(PyObject *module, PyObject *arguments) {
  const char *path, *device;
  int threads, spin;
  unsigned long long seed;
  if (!PyArg_ParseTuple(arguments, "siiKz", &path, &threads, &spin, &seed, &device))
    return NULL;
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    mlc_py_refuse(MLC_INVALID_FILE, "%s", dlerror());
    return NULL;
  }
  PyObject *capsule = PyCapsule_New(library, "mlc library", close_library);
  const mlc_model_table *table = capsule ? find_table(library, path) : NULL;
  mlc_py_handle *self = table ? make_handle(capsule, table) : NULL;
  Py_XDECREF(capsule);
  if (!self)
    return NULL;
  mlc_options options = {.struct_size = sizeof options,
                         .threads = threads,
                         .spin_microseconds = spin,
                         .seed = seed,
                         .device = device};
  mlc_status status;
  Py_BEGIN_ALLOW_THREADS status = table->create(&options, &self->model);
  Py_END_ALLOW_THREADS if (status == MLC_OK) return (PyObject *)self;
  self->model = NULL;
  mlc_py_raise(self, status);
  Py_DECREF(self);
  return NULL;
}

static PyObject *handle_share(PyObject *object, PyObject *unused) {
  mlc_py_handle *self = (mlc_py_handle *)object, *other = make_handle(self->library, self->table);
  if (!other)
    return NULL;
  mlc_status status = self->table->share(self->model, &other->model);
  if (status == MLC_OK)
    return (PyObject *)other;
  other->model = NULL;
  Py_DECREF(other);
  return mlc_py_raise(self, status);
}

/*===- Description --------------------------------------------------------===*/

/* A new list of count items; null with an exception where one of them could not be made. */
static PyObject *make_list(int32_t count, PyObject *(*item)(const void *context, int32_t index),
                           const void *context) {
  PyObject *list = PyList_New(0);
  for (int32_t i = 0; list && i < count; ++i) {
    PyObject *value = item(context, i);
    if (!value || PyList_Append(list, value) < 0)
      Py_CLEAR(list);
    Py_XDECREF(value);
  }
  return list;
}

static PyObject *make_text(const void *names, int32_t i) {
  return PyUnicode_FromString(((const char *const *)names)[i]);
}

static PyObject *make_size(const void *sizes, int32_t i) {
  int64_t size = ((const int64_t *)sizes)[i];
  return size < 0 ? Py_BuildValue("") : PyLong_FromLongLong(size);
}

static PyObject *make_dim(const void *context, int32_t i) {
  const mlc_tensor_info *info = context;
  return PyUnicode_FromString(info->dims && info->dims[i] ? info->dims[i] : "");
}

static PyObject *make_tensor(const void *tensors, int32_t i) {
  const mlc_tensor_info *info = (const mlc_tensor_info *)tensors + i;
  return Py_BuildValue(
      "{s:s,s:s,s:N,s:N,s:O}", "name", info->name, "dtype", mlc_py_dtype_name(info->dtype), "shape",
      make_list(info->rank, make_size, info->shape), "dims", make_list(info->rank, make_dim, info),
      "trainable", info->trainable ? Py_True : Py_False);
}

static PyObject *make_entry(const void *entries, int32_t i) {
  const mlc_entry_info *info = (const mlc_entry_info *)entries + i;
  static const char *const kKinds[] = {"inference", "training", "gradient", "decode"};
  const char *kind = info->kind >= 0 && info->kind < 4 ? kKinds[info->kind] : "unknown";
  return Py_BuildValue("{s:s,s:s,s:N,s:N,s:N}", "name", info->name, "kind", kind, "inputs",
                       make_list(info->input_count, make_tensor, info->inputs), "results",
                       make_list(info->result_count, make_tensor, info->results), "dims",
                       make_list(info->dim_count, make_text, info->dim_names));
}

static PyObject *handle_describe(PyObject *object, PyObject *unused) {
  const mlc_model_table *table = ((mlc_py_handle *)object)->table;
  return Py_BuildValue(
      "{s:s,s:s,s:N,s:N,s:N,s:N}", "name", table->name, "compiler", table->compiler, "targets",
      make_list(table->target_count, make_text, table->targets), "entries",
      make_list(table->entry_count, make_entry, table->entries), "parameters",
      make_list(table->parameter_count, make_tensor, table->parameters), "hyperparameters",
      make_list(table->hyperparameter_count, make_text, table->hyperparameters));
}

/* entry(index, text, loop): the function that runs it. */
static PyObject *handle_entry(PyObject *object, PyObject *arguments) {
  mlc_py_handle *self = (mlc_py_handle *)object;
  int index;
  const char *text;
  PyObject *loop;
  if (!PyArg_ParseTuple(arguments, "isO", &index, &text, &loop))
    return NULL;
  if (index < 0 || index >= self->table->entry_count)
    return PyErr_Format(PyExc_IndexError, "no entry %d", index);
  return mlc_py_entry_function(self, &self->table->entries[index], text, loop);
}

/*===- Sizes --------------------------------------------------------------===*/

enum { kMostDims = 256 };

/* The sizes in a sequence, as many as the entry has. */
static bool parse_dims(const mlc_py_handle *self, const char *entry, PyObject *list,
                       int64_t *dims) {
  int32_t count = 0;
  for (int32_t i = 0; i < self->table->entry_count; ++i)
    if (strcmp(self->table->entries[i].name, entry) == 0)
      count = self->table->entries[i].dim_count;
  if (count > kMostDims || PySequence_Size(list) != count) {
    PyErr_Format(PyExc_ValueError, "%s has %d free dimensions", entry, (int)count);
    return false;
  }
  for (int32_t i = 0; i < count; ++i) {
    PyObject *size = PySequence_GetItem(list, i);
    dims[i] = size ? PyLong_AsLongLong(size) : -1;
    Py_XDECREF(size);
    if (PyErr_Occurred())
      return false;
  }
  return true;
}

/* workspace_bytes(entry, dims, threads) */
static PyObject *handle_workspace_bytes(PyObject *object, PyObject *arguments) {
  mlc_py_handle *self = (mlc_py_handle *)object;
  const char *entry;
  PyObject *list;
  int threads;
  int64_t dims[kMostDims];
  size_t bytes = 0;
  if (!PyArg_ParseTuple(arguments, "sOi", &entry, &list, &threads) ||
      !parse_dims(self, entry, list, dims))
    return NULL;
  mlc_status status = self->table->workspace_bytes(self->model, entry, dims, threads, &bytes);
  return status == MLC_OK ? PyLong_FromSize_t(bytes) : mlc_py_raise(self, status);
}

/* cost(entry, dims): flops and bytes of a call. */
static PyObject *handle_cost(PyObject *object, PyObject *arguments) {
  mlc_py_handle *self = (mlc_py_handle *)object;
  const char *entry;
  PyObject *list;
  int64_t dims[kMostDims];
  double flops = 0, bytes = 0;
  if (!PyArg_ParseTuple(arguments, "sO", &entry, &list) || !parse_dims(self, entry, list, dims))
    return NULL;
  mlc_status status = self->table->cost(self->model, entry, dims, &flops, &bytes);
  return status == MLC_OK ? Py_BuildValue("dd", flops, bytes) : mlc_py_raise(self, status);
}

/* result_shape(entry, dims, result) */
static PyObject *handle_result_shape(PyObject *object, PyObject *arguments) {
  mlc_py_handle *self = (mlc_py_handle *)object;
  const char *entry;
  PyObject *list;
  int result;
  int64_t dims[kMostDims], shape[64];
  if (!PyArg_ParseTuple(arguments, "sOi", &entry, &list, &result) ||
      !parse_dims(self, entry, list, dims))
    return NULL;
  int32_t rank = -1;
  for (int32_t i = 0; i < self->table->entry_count; ++i) {
    const mlc_entry_info *info = &self->table->entries[i];
    if (strcmp(info->name, entry) == 0 && result >= 0 && result < info->result_count)
      rank = info->results[result].rank;
  }
  if (rank < 0 || rank > 64)
    return PyErr_Format(PyExc_IndexError, "%s has no result %d", entry, result);
  mlc_status status = self->table->result_shape(self->model, entry, dims, result, shape);
  return status == MLC_OK ? make_list(rank, make_size, shape) : mlc_py_raise(self, status);
}

/*===- Parameters and state -----------------------------------------------===*/

typedef mlc_status copy_function(mlc_py_handle *self, const char *name, Py_buffer *buffer);

static mlc_status copy_out(mlc_py_handle *self, const char *name, Py_buffer *buffer) {
  return self->table->get_parameter(self->model, name, buffer->buf, (size_t)buffer->len);
}

static mlc_status copy_in(mlc_py_handle *self, const char *name, Py_buffer *buffer) {
  return self->table->set_parameter(self->model, name, buffer->buf, (size_t)buffer->len);
}

static PyObject *copy_parameter(PyObject *object, PyObject *arguments, int flags,
                                copy_function *copy) {
  mlc_py_handle *self = (mlc_py_handle *)object;
  const char *name;
  PyObject *array;
  Py_buffer buffer;
  if (!PyArg_ParseTuple(arguments, "sO", &name, &array) ||
      PyObject_GetBuffer(array, &buffer, flags) < 0)
    return NULL;
  mlc_status status;
  Py_BEGIN_ALLOW_THREADS status = copy(self, name, &buffer);
  Py_END_ALLOW_THREADS PyBuffer_Release(&buffer);
  return answer(self, status);
}

static PyObject *handle_get_parameter(PyObject *object, PyObject *arguments) {
  return copy_parameter(object, arguments, PyBUF_WRITABLE, copy_out);
}

static PyObject *handle_set_parameter(PyObject *object, PyObject *arguments) {
  return copy_parameter(object, arguments, PyBUF_SIMPLE, copy_in);
}

static PyObject *handle_get_hyperparameter(PyObject *object, PyObject *name) {
  mlc_py_handle *self = (mlc_py_handle *)object;
  double value = 0;
  const char *text = PyUnicode_AsUTF8AndSize(name, NULL);
  if (!text)
    return NULL;
  mlc_status status = self->table->get_hyperparameter(self->model, text, &value);
  return status == MLC_OK ? PyFloat_FromDouble(value) : mlc_py_raise(self, status);
}

static PyObject *handle_set_hyperparameter(PyObject *object, PyObject *arguments) {
  mlc_py_handle *self = (mlc_py_handle *)object;
  const char *name;
  double value;
  if (!PyArg_ParseTuple(arguments, "sd", &name, &value))
    return NULL;
  return answer(self, self->table->set_hyperparameter(self->model, name, value));
}

/* save(path, [key, value, ...]) */
static PyObject *handle_save(PyObject *object, PyObject *arguments) {
  mlc_py_handle *self = (mlc_py_handle *)object;
  enum { kMostPairs = 64 };
  const char *path, *texts[2 * kMostPairs];
  PyObject *pairs;
  if (!PyArg_ParseTuple(arguments, "sO!", &path, &PyTuple_Type, &pairs))
    return NULL;
  Py_ssize_t count = PyTuple_Size(pairs);
  if (count > 2 * kMostPairs)
    return PyErr_Format(PyExc_ValueError, "at most %d keys of metadata", kMostPairs);
  for (Py_ssize_t i = 0; i < count; ++i)
    if (!(texts[i] = PyUnicode_AsUTF8AndSize(PyTuple_GetItem(pairs, i), NULL)))
      return NULL;
  mlc_status status;
  Py_BEGIN_ALLOW_THREADS status =
      self->table->save_with_metadata(self->model, path, texts, (int32_t)(count / 2));
  Py_END_ALLOW_THREADS return answer(self, status);
}

static PyObject *handle_load(PyObject *object, PyObject *path) {
  mlc_py_handle *self = (mlc_py_handle *)object;
  const char *text = PyUnicode_AsUTF8AndSize(path, NULL);
  if (!text)
    return NULL;
  mlc_status status;
  Py_BEGIN_ALLOW_THREADS status = self->table->load(self->model, text);
  Py_END_ALLOW_THREADS return answer(self, status);
}

/* read_metadata(path, key): its text, or None where the file has no such key. */
static PyObject *handle_read_metadata(PyObject *object, PyObject *arguments) {
  mlc_py_handle *self = (mlc_py_handle *)object;
  const char *path, *key;
  char value[1 << 12] = "";
  if (!PyArg_ParseTuple(arguments, "ss", &path, &key))
    return NULL;
  mlc_status status = self->table->read_metadata(self->model, path, key, value, sizeof value);
  if (status == MLC_NOT_FOUND)
    Py_RETURN_NONE;
  return status == MLC_OK ? PyUnicode_DecodeUTF8(value, (Py_ssize_t)strlen(value), "replace")
                          : mlc_py_raise(self, status);
}

/* step(entry): the finished steps of a training entry, or of all together for None. */
static PyObject *handle_step(PyObject *object, PyObject *entry) {
  mlc_py_handle *self = (mlc_py_handle *)object;
  const char *name = entry == Py_None ? NULL : PyUnicode_AsUTF8AndSize(entry, NULL);
  int64_t step = 0;
  if (entry != Py_None && !name)
    return NULL;
  mlc_status status = name ? self->table->get_entry_step(self->model, name, &step)
                           : self->table->get_step(self->model, &step);
  return status == MLC_OK ? PyLong_FromLongLong(step) : mlc_py_raise(self, status);
}

static PyObject *handle_reset(PyObject *object, PyObject *seed) {
  mlc_py_handle *self = (mlc_py_handle *)object;
  unsigned long long value = PyLong_AsUnsignedLongLong(seed);
  if (PyErr_Occurred())
    return NULL;
  return answer(self, self->table->reset(self->model, value));
}

/*===- The module ---------------------------------------------------------===*/

/* setup({status: exception}) */
static PyObject *set_up(PyObject *module, PyObject *errors) {
  Py_INCREF(errors);
  mlc_py.errors = errors;
  Py_RETURN_NONE;
}

/* data_order(seed, epoch, array of int64): the order of an epoch's samples, as `mlc-run fit` has
 * it. */
static PyObject *fill_data_order(PyObject *module, PyObject *arguments) {
  unsigned long long seed, epoch;
  PyObject *array;
  Py_buffer buffer;
  if (!PyArg_ParseTuple(arguments, "KKO", &seed, &epoch, &array) ||
      PyObject_GetBuffer(array, &buffer, PyBUF_WRITABLE) < 0)
    return NULL;
  mlc_data_order(seed, epoch, buffer.len / (Py_ssize_t)sizeof(int64_t), buffer.buf);
  PyBuffer_Release(&buffer);
  Py_RETURN_NONE;
}

static PyMethodDef handle_methods[] = {
    {"share", handle_share, METH_NOARGS, NULL},
    {"describe", handle_describe, METH_NOARGS, NULL},
    {"entry", handle_entry, METH_VARARGS, NULL},
    {"workspace_bytes", handle_workspace_bytes, METH_VARARGS, NULL},
    {"result_shape", handle_result_shape, METH_VARARGS, NULL},
    {"cost", handle_cost, METH_VARARGS, NULL},
    {"get_parameter", handle_get_parameter, METH_VARARGS, NULL},
    {"set_parameter", handle_set_parameter, METH_VARARGS, NULL},
    {"get_hyperparameter", handle_get_hyperparameter, METH_O, NULL},
    {"set_hyperparameter", handle_set_hyperparameter, METH_VARARGS, NULL},
    {"save", handle_save, METH_VARARGS, NULL},
    {"load", handle_load, METH_O, NULL},
    {"read_metadata", handle_read_metadata, METH_VARARGS, NULL},
    {"step", handle_step, METH_O, NULL},
    {"reset", handle_reset, METH_O, NULL},
    {NULL, NULL, 0, NULL}};

static PyMethodDef module_methods[] = {{"open", open_model, METH_VARARGS, NULL},
                                       {"setup", set_up, METH_O, NULL},
                                       {"data_order", fill_data_order, METH_VARARGS, NULL},
                                       {NULL, NULL, 0, NULL}};

static bool handle_ready(void) {
  static PyType_Slot slots[] = {
      {Py_tp_dealloc, (void *)handle_dealloc}, {Py_tp_methods, handle_methods}, {0, NULL}};
  static PyType_Spec spec = {"mlc._core.Handle", sizeof(mlc_py_handle), 0,
                             Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  handle_type = (PyTypeObject *)PyType_FromSpec(&spec);
  return handle_type != NULL;
}

PyMODINIT_FUNC PyInit__core(void) {
  static struct PyModuleDef definition = {
      PyModuleDef_HEAD_INIT, "mlc._core", NULL, -1, module_methods, NULL, NULL, NULL, NULL};
  mlc_py.out = PyUnicode_InternFromString("out");
  mlc_py.dlpack = PyUnicode_InternFromString("__dlpack__");
  mlc_py.empty_tuple = PyTuple_New(0);
  if (!mlc_py.out || !mlc_py.dlpack || !mlc_py.empty_tuple || !handle_ready() ||
      !mlc_py_entry_ready())
    return NULL;
  return PyModule_Create(&definition);
}
