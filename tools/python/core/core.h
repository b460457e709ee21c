/* The extension module mlc._core: a compiled model behind Python objects, and nothing else.
 *
 * It is written against the stable ABI of Python 3.11, so that one build serves every later
 * version, and knows of a model its generic table alone. What is not on the way of a call is
 * written in Python. */
#ifndef MLC_TOOLS_PYTHON_CORE_H
#define MLC_TOOLS_PYTHON_CORE_H

#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "mlc/mlc.h"

#include <stdbool.h>

/* One handle of a model. */
typedef struct mlc_py_handle {
  PyObject ob_base;
  PyObject *library; /* a capsule that closes the library when the last handle is gone */
  const mlc_model_table *table;
  void *model;
} mlc_py_handle;

/* What the module keeps: set up by Python code, once. */
typedef struct mlc_py_globals {
  PyObject *errors;      /* status number -> exception class */
  PyObject *empty;       /* numpy.empty */
  PyObject *asarray;     /* numpy.asarray */
  PyObject *dtypes[10];  /* of results, by mlc_dtype */
  PyObject *empty_tuple; /* the index of the element of a rank-0 array */
  PyObject *out, *dlpack;
} mlc_py_globals;
extern mlc_py_globals mlc_py;

/* Finds numpy, which is not imported before it is needed. False with an exception. */
bool mlc_py_need_numpy(void);

/* Raises the exception of a status, with the handle's last sentence. Returns null. */
PyObject *mlc_py_raise(const mlc_py_handle *handle, mlc_status status);
/* Raises the exception of a status with a text as PyErr_Format has it. Returns false. */
bool mlc_py_refuse(mlc_status status, const char *format, ...);

/* A function that runs one entry: METH_FASTCALL, the entry's inputs and `out` as arguments. `loop`
 * is what is called with the same arguments where there are keywords that are neither, or None. */
PyObject *mlc_py_entry_function(mlc_py_handle *handle, const mlc_entry_info *info, const char *text,
                                PyObject *loop);
bool mlc_py_entry_ready(void);

/* Memory of the caller's that is read or written in place. */
typedef struct mlc_py_tensor {
  mlc_tensor tensor;
  Py_buffer buffer;
  bool has_buffer;
  PyObject *owner; /* a DLPack capsule or an array made here; null: none */
} mlc_py_tensor;

typedef enum mlc_py_use { MLC_PY_READ, MLC_PY_WRITE } mlc_py_use;

/* Fills `result` with the memory of `value`, which must be a compact row-major tensor of the dtype
 * and rank of `info` on the CPU. A Python number will do for a rank-0 input. False with an
 * exception that says what to do. */
bool mlc_py_borrow(PyObject *value, const char *entry, const mlc_tensor_info *info, mlc_py_use use,
                   mlc_py_tensor *result);
void mlc_py_release(mlc_py_tensor *tensor);

/* "f32". */
const char *mlc_py_dtype_name(int32_t dtype);
size_t mlc_py_dtype_bytes(int32_t dtype);

#endif
