/* Entries as functions: arguments to tensors, the call without the interpreter's lock, results
 * back. */
#include "core.h"

#include <string.h>

typedef struct entry {
  PyObject ob_base;
  mlc_py_handle *handle;
  const mlc_entry_info *info;
  PyMethodDef method;
  PyObject *text;    /* bytes of the documentation, which `method` points into */
  PyObject *loop;    /* null: none */
  PyObject **names;  /* of the inputs, interned */
  int32_t *axes;     /* for each axis of each input, in order: its free dimension, or -1 */
  int64_t *dims;     /* of the last call whose results were made here */
  PyObject **shapes; /* of these results, as tuples; null at first */
} entry;

static PyTypeObject *entry_type;
static PyObject *entry_call(PyObject *object, PyObject *const *args, Py_ssize_t count,
                            PyObject *keywords);

/* What one call holds. */
typedef struct call {
  const entry *self;
  PyObject *const *args;
  PyObject *out; /* borrowed; null: results are made here */
  PyObject **values;
  PyObject **results;     /* owned */
  mlc_py_tensor *tensors; /* inputs, then results */
  mlc_tensor *views;      /* the same, as the model takes them */
  int32_t borrowed;
} call;

/* As mlc-run counts them: equal names are one dimension, and each `?` without a name is its own. */
static int32_t take_dim(const mlc_entry_info *info, const char *name, bool *taken) {
  for (int32_t d = 0; d < info->dim_count; ++d)
    if (strcmp(name, info->dim_names[d]) == 0 && (*name || !taken[d])) {
      taken[d] = true;
      return d;
    }
  return -1;
}

static bool find_axes(entry *self) {
  const mlc_entry_info *info = self->info;
  size_t count = 0;
  for (int32_t i = 0; i < info->input_count; ++i)
    count += (size_t)info->inputs[i].rank;
  bool *taken = PyMem_Calloc((size_t)info->dim_count + 1, sizeof *taken);
  self->axes = PyMem_Malloc((count + 1) * sizeof *self->axes);
  int32_t *axis = self->axes;
  for (int32_t i = 0; taken && axis && i < info->input_count; ++i) {
    const mlc_tensor_info *input = &info->inputs[i];
    for (int32_t j = 0; j < input->rank; ++j)
      *axis++ =
          input->shape[j] >= 0 ? -1 : take_dim(info, input->dims ? input->dims[j] : "", taken);
  }
  bool done = taken && axis;
  PyMem_Free(taken);
  return done;
}

PyObject *mlc_py_entry_function(mlc_py_handle *handle, const mlc_entry_info *info, const char *text,
                                PyObject *loop) {
  entry *self = PyObject_New(entry, entry_type);
  if (!self)
    return NULL;
  memset((char *)self + sizeof self->ob_base, 0, sizeof *self - sizeof self->ob_base);
  Py_INCREF(&handle->ob_base);
  self->handle = handle;
  self->info = info;
  self->text = PyBytes_FromString(text);
  if (loop != Py_None) {
    Py_INCREF(loop);
    self->loop = loop;
  }
  self->names = PyMem_Calloc((size_t)info->input_count + 1, sizeof *self->names);
  self->dims = PyMem_Calloc((size_t)info->dim_count + 1, sizeof *self->dims);
  self->shapes = PyMem_Calloc((size_t)info->result_count + 1, sizeof *self->shapes);
  bool made = self->text && self->names && self->dims && self->shapes && find_axes(self);
  for (int32_t i = 0; made && i < info->input_count; ++i)
    made = (self->names[i] = PyUnicode_InternFromString(info->inputs[i].name)) != NULL;
  PyObject *function = NULL;
  if (made) {
    self->method = (PyMethodDef){info->name, (PyCFunction)(void (*)(void))entry_call,
                                 METH_FASTCALL | METH_KEYWORDS, PyBytes_AsString(self->text)};
    function = PyCFunction_NewEx(&self->method, (PyObject *)self, NULL);
  } else if (!PyErr_Occurred()) {
    PyErr_NoMemory();
  }
  Py_DECREF(self);
  return function;
}

static void entry_dealloc(PyObject *object) {
  entry *self = (entry *)object;
  PyTypeObject *type = Py_TYPE(object);
  for (int32_t i = 0; self->names && i < self->info->input_count; ++i)
    Py_XDECREF(self->names[i]);
  for (int32_t i = 0; self->shapes && i < self->info->result_count; ++i)
    Py_XDECREF(self->shapes[i]);
  PyMem_Free(self->names);
  PyMem_Free(self->axes);
  PyMem_Free(self->dims);
  PyMem_Free(self->shapes);
  Py_XDECREF(self->text);
  Py_XDECREF(self->loop);
  Py_XDECREF((PyObject *)self->handle);
  ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
  Py_DECREF(type);
}

static PyObject *type_error(const call *c, const char *format, ...) {
  va_list values;
  va_start(values, format);
  PyObject *text = PyUnicode_FromFormatV(format, values);
  va_end(values);
  if (text)
    PyErr_Format(PyExc_TypeError, "%s() %U", c->self->info->name, text);
  Py_XDECREF(text);
  return NULL;
}

/* The input of a keyword, -1 for `out`, -2 for another. */
static int32_t find_keyword(const entry *self, PyObject *name) {
  for (int32_t i = 0; i < self->info->input_count; ++i)
    if (name == self->names[i])
      return i;
  for (int32_t i = 0; i < self->info->input_count; ++i)
    if (PyUnicode_Compare(name, self->names[i]) == 0)
      return i;
  return PyUnicode_Compare(name, mlc_py.out) == 0 ? -1 : -2;
}

/* Calls the loop with what this call got. */
static PyObject *call_loop(const call *c, Py_ssize_t count, PyObject *keywords) {
  PyObject *arguments = PyTuple_New(count), *options = PyDict_New(), *result = NULL;
  for (Py_ssize_t i = 0; arguments && i < count; ++i) {
    Py_INCREF(c->args[i]);
    PyTuple_SetItem(arguments, i, c->args[i]);
  }
  bool made = arguments && options;
  for (Py_ssize_t i = 0; made && i < PyTuple_Size(keywords); ++i)
    made = PyDict_SetItem(options, PyTuple_GetItem(keywords, i), c->args[count + i]) == 0;
  if (made)
    result = PyObject_Call(c->self->loop, arguments, options);
  Py_XDECREF(arguments);
  Py_XDECREF(options);
  return result;
}

/* Sorts the arguments into c->values and c->out; `unknown` becomes the first keyword that is
 * neither. */
static bool parse_arguments(call *c, Py_ssize_t count, PyObject *keywords, PyObject **unknown) {
  const entry *self = c->self;
  const mlc_entry_info *info = self->info;
  for (Py_ssize_t i = 0; i < info->input_count; ++i)
    c->values[i] = i < count ? c->args[i] : NULL;
  for (Py_ssize_t k = 0; keywords && k < PyTuple_Size(keywords); ++k) {
    PyObject *name = PyTuple_GetItem(keywords, k), *value = c->args[count + k];
    int32_t input = find_keyword(self, name);
    if (input == -2) {
      *unknown = name;
      return true;
    }
    if (input == -1)
      c->out = value == Py_None ? NULL : value;
    else if (c->values[input])
      return type_error(c, "got two values for %s", info->inputs[input].name) != NULL;
    else
      c->values[input] = value;
  }
  if (count > info->input_count)
    return type_error(c, "takes %d arrays, but got %zd", info->input_count, count) != NULL;
  for (int32_t i = 0; i < info->input_count; ++i)
    if (!c->values[i])
      return type_error(c, "is missing its input %s", info->inputs[i].name) != NULL;
  return true;
}

static bool borrow(call *c, PyObject *value, const mlc_tensor_info *info, mlc_py_use use) {
  mlc_py_tensor *tensor = &c->tensors[c->borrowed];
  bool done = mlc_py_borrow(value, c->self->info->name, info, use, tensor);
  c->views[c->borrowed++] = tensor->tensor;
  return done;
}

/* Makes the shape tuple of a result, or keeps that of the last call where the dims are the same. */
static PyObject *result_shape(const call *c, int32_t result, const int64_t *dims, bool same) {
  const entry *self = c->self;
  const mlc_tensor_info *info = &self->info->results[result];
  if (same && self->shapes[result])
    return self->shapes[result];
  int64_t sizes[64];
  if (info->rank > 64)
    return PyErr_NoMemory();
  mlc_status status =
      self->handle->table->result_shape(self->handle->model, self->info->name, dims, result, sizes);
  if (status != MLC_OK)
    return mlc_py_raise(self->handle, status);
  PyObject *shape = PyTuple_New(info->rank);
  for (int32_t i = 0; shape && i < info->rank; ++i)
    PyTuple_SetItem(shape, i, PyLong_FromLongLong(sizes[i]));
  Py_XDECREF(self->shapes[result]);
  return self->shapes[result] = shape;
}

static bool make_results(call *c) {
  const entry *self = c->self;
  const mlc_entry_info *info = self->info;
  const int32_t *axis = self->axes;
  bool same = true;
  if (!mlc_py_need_numpy())
    return false;
  for (int32_t i = 0; i < info->input_count; ++i)
    for (int32_t j = 0; j < info->inputs[i].rank; ++j, ++axis)
      if (*axis >= 0) {
        same = same && self->dims[*axis] == c->views[i].shape[j];
        self->dims[*axis] = c->views[i].shape[j];
      }
  if (!same) /* none that was made before counts */
    for (int32_t r = 0; r < info->result_count; ++r)
      Py_CLEAR(self->shapes[r]);
  for (int32_t r = 0; r < info->result_count; ++r) {
    PyObject *shape = result_shape(c, r, self->dims, same);
    if (!shape)
      return false;
    c->results[r] = PyObject_CallFunctionObjArgs(mlc_py.empty, shape,
                                                 mlc_py.dtypes[info->results[r].dtype], NULL);
    if (!c->results[r] || !borrow(c, c->results[r], &info->results[r], MLC_PY_WRITE))
      return false;
  }
  return true;
}

static bool take_results(call *c) {
  const mlc_entry_info *info = c->self->info;
  if (info->result_count == 1 && !PyTuple_Check(c->out) && !PyList_Check(c->out))
    return borrow(c, c->out, &info->results[0], MLC_PY_WRITE);
  Py_ssize_t count = PySequence_Size(c->out);
  if (count < 0)
    return false;
  if (count != info->result_count)
    return type_error(c, "has %d results, but out has %zd arrays", info->result_count, count) !=
           NULL;
  for (int32_t r = 0; r < count; ++r) {
    c->results[r] = PySequence_GetItem(c->out, r);
    if (!c->results[r] || !borrow(c, c->results[r], &info->results[r], MLC_PY_WRITE))
      return false;
  }
  return true;
}

static bool run(call *c) {
  const mlc_py_handle *handle = c->self->handle;
  const mlc_entry_info *info = c->self->info;
  mlc_status status;
  Py_BEGIN_ALLOW_THREADS status =
      handle->table->call(handle->model, info->name, c->views, info->input_count,
                          c->views + info->input_count, info->result_count);
  Py_END_ALLOW_THREADS if (status != MLC_OK) mlc_py_raise(handle, status);
  return status == MLC_OK;
}

/* A result made here: an array, or a scalar where it has rank 0, as NumPy's functions return them.
 */
static PyObject *hand_over(call *c, int32_t result) {
  PyObject *array = c->results[result];
  if (c->self->info->results[result].rank == 0)
    return PyObject_GetItem(array, mlc_py.empty_tuple);
  Py_INCREF(array);
  return array;
}

static PyObject *give_results(call *c) {
  int32_t count = c->self->info->result_count;
  if (c->out || count == 0) {
    PyObject *result = c->out ? c->out : Py_None;
    Py_INCREF(result);
    return result;
  }
  if (count == 1)
    return hand_over(c, 0);
  PyObject *tuple = PyTuple_New(count);
  for (int32_t r = 0; tuple && r < count; ++r) {
    PyObject *result = hand_over(c, r);
    if (!result || PyTuple_SetItem(tuple, r, result) < 0)
      Py_CLEAR(tuple);
  }
  return tuple;
}

static PyObject *perform(call *c, Py_ssize_t count, PyObject *keywords) {
  PyObject *unknown = NULL;
  const mlc_entry_info *info = c->self->info;
  if (!parse_arguments(c, count, keywords, &unknown))
    return NULL;
  if (unknown && c->self->loop)
    return call_loop(c, count, keywords);
  if (unknown)
    return type_error(c, "has no input %R", unknown);
  for (int32_t i = 0; i < info->input_count; ++i)
    if (!borrow(c, c->values[i], &info->inputs[i], MLC_PY_READ))
      return NULL;
  bool ready = c->out ? take_results(c) : make_results(c);
  return ready && run(c) ? give_results(c) : NULL;
}

/* What most calls need is on the stack. */
enum { kFew = 8 };

static PyObject *entry_call(PyObject *object, PyObject *const *args, Py_ssize_t count,
                            PyObject *keywords) {
  const entry *self = (const entry *)object;
  size_t inputs = (size_t)self->info->input_count, results = (size_t)self->info->result_count;
  PyObject *few_values[kFew], *few_results[kFew] = {0};
  mlc_py_tensor few_tensors[kFew];
  mlc_tensor few_views[kFew];
  call c = {.self = self,
            .args = args,
            .values = few_values,
            .results = few_results,
            .tensors = few_tensors,
            .views = few_views};
  bool many = inputs + results > kFew;
  if (many) {
    c.values = PyMem_Calloc(inputs + 1, sizeof *c.values);
    c.results = PyMem_Calloc(results + 1, sizeof *c.results);
    c.tensors = PyMem_Calloc(inputs + results, sizeof *c.tensors);
    c.views = PyMem_Calloc(inputs + results, sizeof *c.views);
  }
  PyObject *result = NULL;
  if (c.values && c.results && c.tensors && c.views)
    result = perform(&c, count, keywords);
  else
    PyErr_NoMemory();
  for (int32_t i = 0; i < c.borrowed; ++i)
    mlc_py_release(&c.tensors[i]);
  for (size_t r = 0; c.results && r < results; ++r)
    Py_XDECREF(c.results[r]);
  if (many) {
    PyMem_Free(c.values);
    PyMem_Free(c.results);
    PyMem_Free(c.tensors);
    PyMem_Free(c.views);
  }
  return result;
}

bool mlc_py_entry_ready(void) {
  static PyType_Slot slots[] = {{Py_tp_dealloc, (void *)entry_dealloc}, {0, NULL}};
  static PyType_Spec spec = {"mlc._core.Entry", sizeof(entry), 0,
                             Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  entry_type = (PyTypeObject *)PyType_FromSpec(&spec);
  return entry_type != NULL;
}
