//===- RustModule.cpp - a compiled model as a Rust module -----------------===//
#include "compiler/Emit/Bindings.h"
#include "compiler/Emit/Signature.h"
#include "compiler/Names/Names.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlc;
using llvm::StringRef;

static StringRef rustType(mlc_dtype dtype) {
  switch (dtype) {
  case MLC_F32:
    return "f32";
  case MLC_F64:
    return "f64";
  case MLC_BF16:
  case MLC_F16:
    return "u16";
  case MLC_I1:
  case MLC_UI8:
    return "u8";
  case MLC_I8:
    return "i8";
  case MLC_I32:
    return "i32";
  case MLC_I64:
    return "i64";
  case MLC_UI32:
    return "u32";
  }
  return "";
}

/// `name` where Rust allows it; names that are words of C are escaped already.
static std::string rustName(StringRef name) {
  static constexpr StringRef kKeywords[] = {
      "abstract", "as",     "async", "await",   "become", "box",    "crate",  "dyn",
      "enum",     "extern", "false", "final",   "fn",     "gen",    "impl",   "in",
      "let",      "loop",   "macro", "match",   "mod",    "move",   "mut",    "override",
      "priv",     "pub",    "ref",   "self",    "Self",   "static", "struct", "super",
      "trait",    "true",   "type",  "unsized", "use",    "where",  "yield"};
  return name.str() + (llvm::is_contained(kKeywords, name) ? "_" : "");
}

namespace {
/// Writes the module of one model.
class RustWriter {
public:
  explicit RustWriter(const ModelDescription &model) : model(model) {}
  std::string write();

private:
  struct Names {
    std::vector<std::string> inputs, dims, results;
  };
  Names nameArguments(const EntryDescription &entry) const;
  void writeText(StringRef text);
  void writeForeign(const EntryDescription &entry);
  void writeEntry(const EntryDescription &entry);
  void writeShape(const EntryDescription &entry);
  std::string sizes(const TensorDescription &tensor, const EntryDescription &entry,
                    const Names &names) const;
  std::string resultSizes(size_t index, const EntryDescription &entry, const Names &names) const;

  const ModelDescription &model;
  DistinctNames methods;
  std::string text;
  llvm::raw_string_ostream os{text};
};
} // namespace

RustWriter::Names RustWriter::nameArguments(const EntryDescription &entry) const {
  Names names;
  DistinctNames local;
  auto unique = [&](StringRef name) { return local.unique(rustName(cParameterName(name))); };
  for (const TensorDescription &input : entry.inputs)
    names.inputs.push_back(unique(input.name));
  for (const std::string &dim : entry.dims)
    names.dims.push_back(unique(dim));
  for (const TensorDescription &result : entry.results)
    names.results.push_back(unique(result.name));
  return names;
}

/// "&[batch, 5]", or "" where the call computes a size.
std::string RustWriter::sizes(const TensorDescription &tensor, const EntryDescription &entry,
                              const Names &names) const {
  std::vector<std::string> sizes;
  for (auto [axis, size] : llvm::enumerate(tensor.shape)) {
    int32_t dim = size == kFreeDim ? dimOfAxis(tensor, entry, axis) : -1;
    if (size == kFreeDim && dim < 0)
      return "";
    sizes.push_back(dim < 0 ? std::to_string(size) : names.dims[dim]);
  }
  return "&[" + llvm::join(sizes, ", ") + "]";
}

std::string RustWriter::resultSizes(size_t index, const EntryDescription &entry,
                                    const Names &names) const {
  std::string known = sizes(entry.results[index], entry, names);
  if (!known.empty())
    return known;
  std::string dims;
  for (const std::string &dim : names.dims)
    dims += dim + ", ";
  return "&self." + rustName(entry.name + "_shape") + "(" + dims + std::to_string(index) + ")?";
}

/// The C functions of an entry, in the module `raw`.
void RustWriter::writeForeign(const EntryDescription &entry) {
  auto write = [&](const std::string &function, std::vector<std::string> types) {
    os << "        pub fn " << cFunctionName(model.name, function) << "(" << llvm::join(types, ", ")
       << ") -> c_int;\n";
  };
  std::vector<std::string> types{"_: *mut c_void"}, shape = types;
  for (const TensorDescription &input : entry.inputs)
    types.push_back("_: *const " + rustType(input.dtype).str());
  types.insert(types.end(), entry.dims.size(), "_: i64");
  for (const TensorDescription &result : entry.results)
    types.push_back("_: *mut " + rustType(result.dtype).str());
  shape.insert(shape.end(), entry.dims.size(), "_: i64");
  shape.push_back("_: i32");
  shape.push_back("_: *mut i64");
  write(entry.name, types);
  write(entry.name + "_shape", shape);
}

/// Arguments may be called as the functions are: `self::` says which.
void RustWriter::writeEntry(const EntryDescription &entry) {
  Names names = nameArguments(entry);
  os << "\n    /// `" << signatureText(entry) << "`\n    pub fn "
     << methods.unique(rustName(entry.name)) << "(&mut self";
  for (auto [input, name] : llvm::zip(entry.inputs, names.inputs))
    os << ", " << name << ": &[" << rustType(input.dtype) << "]";
  for (const std::string &dim : names.dims)
    os << ", " << dim << ": usize";
  for (auto [result, name] : llvm::zip(entry.results, names.results))
    os << ", " << name << ": &mut [" << rustType(result.dtype) << "]";
  os << ") -> Result<(), Error> {\n";
  auto expect = [&](const std::string &name, const std::string &sizes) {
    os << "        self::expect_length(\"" << name << "\", " << name << ".len(), " << sizes
       << ")?;\n";
  };
  for (auto [input, name] : llvm::zip(entry.inputs, names.inputs))
    expect(name, sizes(input, entry, names));
  for (auto [index, name] : llvm::enumerate(names.results))
    expect(name, resultSizes(index, entry, names));
  os << "        self::check(self.handle, unsafe {\n            raw::"
     << cFunctionName(model.name, entry.name) << "(self.handle";
  for (const std::string &name : names.inputs)
    os << ", " << name << ".as_ptr()";
  for (const std::string &dim : names.dims)
    os << ", " << dim << " as i64";
  for (const std::string &name : names.results)
    os << ", " << name << ".as_mut_ptr()";
  os << ")\n        })\n    }\n";
}

void RustWriter::writeShape(const EntryDescription &entry) {
  size_t rank = 0;
  for (const TensorDescription &result : entry.results)
    rank = std::max(rank, result.shape.size());
  DistinctNames local;
  std::string dims, values;
  for (StringRef name : entry.dims) {
    std::string dim = local.unique(rustName(cParameterName(name)));
    dims += ", " + dim + ": usize";
    values += dim + " as i64, ";
  }
  std::string result = local.unique("result"), buffer = local.unique("sizes");
  os << "\n    /// The sizes of a result of `" << entry.name << "`, by its number.\n    pub fn "
     << methods.unique(rustName(entry.name + "_shape")) << "(&mut self" << dims << ", " << result
     << ": usize) -> Result<Vec<usize>, Error> {\n        let mut " << buffer << " = [0i64; "
     << rank << "];\n        self::check(self.handle, unsafe {\n            raw::"
     << cFunctionName(model.name, entry.name + "_shape") << "(self.handle, " << values << result
     << " as i32, " << buffer << ".as_mut_ptr())\n        })?;\n        const RANKS: &[usize] = &[";
  for (const TensorDescription &tensor : entry.results)
    os << tensor.shape.size() << ", ";
  os << "];\n        Ok(" << buffer << "[..RANKS[" << result
     << "]].iter().map(|&size| size as usize).collect())\n    }\n";
}

/// Text of what every model has; @ stands for the model's name.
static constexpr llvm::StringLiteral kHead = R"(
#![allow(dead_code, non_snake_case, non_camel_case_types, clippy::all)]

use std::ffi::{CStr, CString};
use std::os::raw::{c_char, c_int, c_void};

/// What a call came to that was not done, and the library's sentence about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Error {
    pub status: i32,
    pub message: String,
}

impl std::fmt::Display for Error {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// How a model is created; zeros are the defaults.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Of a call, the calling one included; 0: one per CPU.
    pub threads: i32,
    /// How long a waiting thread spins; negative: never.
    pub spin_microseconds: i32,
    /// Of the initialisers and of dropout.
    pub seed: u64,
}

/// Types of parameters and states.
///
/// # Safety
/// Any bits must be a value.
pub unsafe trait Element {}
unsafe impl Element for f32 {}
unsafe impl Element for f64 {}
unsafe impl Element for u8 {}
unsafe impl Element for i8 {}
unsafe impl Element for u16 {}
unsafe impl Element for u32 {}
unsafe impl Element for i32 {}
unsafe impl Element for i64 {}

/// Parameters, optimizer state, arena and threads.
#[derive(Debug)]
pub struct Model {
    handle: *mut c_void,
}

unsafe impl Send for Model {}

impl Drop for Model {
    fn drop(&mut self) {
        unsafe { raw::@_destroy(self.handle) }
    }
}

fn failure(status: i32, message: String) -> Error {
    Error { status, message }
}

fn check(handle: *mut c_void, status: c_int) -> Result<(), Error> {
    if status == 0 {
        return Ok(());
    }
    let sentence = unsafe { CStr::from_ptr(raw::@_last_error(handle)) };
    Err(failure(status, sentence.to_string_lossy().into_owned()))
}

fn expect_length(name: &str, length: usize, sizes: &[usize]) -> Result<(), Error> {
    let wanted = sizes.iter().try_fold(1usize, |product, &size| product.checked_mul(size));
    if wanted == Some(length) {
        return Ok(());
    }
    Err(failure(MLC_INVALID_ARGUMENT, format!("{}: expects elements of {:?}, but got {}", name, sizes, length)))
}

fn text(name: &str) -> Result<CString, Error> {
    CString::new(name).map_err(|_| failure(MLC_INVALID_ARGUMENT, format!("{:?} has a zero byte", name)))
}

impl Model {
    /// Parameters initialised from the seed of the options.
    pub fn create(options: &Options) -> Result<Model, Error> {
        let mut given: raw::Options = unsafe { std::mem::zeroed() };
        given.struct_size = std::mem::size_of::<raw::Options>();
        given.threads = options.threads;
        given.spin_microseconds = options.spin_microseconds;
        given.seed = options.seed;
        let mut handle = std::ptr::null_mut();
        check(std::ptr::null_mut(), unsafe { raw::@_create(&given, &mut handle) })?;
        Ok(Model { handle })
    }

    /// A handle over the same parameters, for inference from another thread.
    pub fn share(&mut self) -> Result<Model, Error> {
        let mut other = std::ptr::null_mut();
        check(self.handle, unsafe { raw::@_share(self.handle, &mut other) })?;
        Ok(Model { handle: other })
    }

    /// Parameters, optimizer moments, step, seed and hyperparameters, as safetensors.
    pub fn save(&mut self, path: &str) -> Result<(), Error> {
        let path = text(path)?;
        check(self.handle, unsafe { raw::@_save(self.handle, path.as_ptr()) })
    }

    /// Changes nothing where it fails. The file must not be changed in place while the model lives.
    pub fn load(&mut self, path: &str) -> Result<(), Error> {
        let path = text(path)?;
        check(self.handle, unsafe { raw::@_load(self.handle, path.as_ptr()) })
    }

    /// Copies a parameter or state out; its bytes must be those of `data`.
    pub fn get_parameter<T: Element>(&mut self, name: &str, data: &mut [T]) -> Result<(), Error> {
        let name = text(name)?;
        let bytes = std::mem::size_of_val(data);
        check(self.handle, unsafe {
            raw::@_get_parameter(self.handle, name.as_ptr(), data.as_mut_ptr() as *mut c_void, bytes)
        })
    }

    pub fn set_parameter<T: Element>(&mut self, name: &str, data: &[T]) -> Result<(), Error> {
        let name = text(name)?;
        let bytes = std::mem::size_of_val(data);
        check(self.handle, unsafe {
            raw::@_set_parameter(self.handle, name.as_ptr(), data.as_ptr() as *const c_void, bytes)
        })
    }

    /// "learning_rate", or "fit/learning_rate" where the model has several training steps.
    pub fn get_hyperparameter(&mut self, name: &str) -> Result<f64, Error> {
        let name = text(name)?;
        let mut value = 0.0;
        check(self.handle, unsafe { raw::@_get_hyperparameter(self.handle, name.as_ptr(), &mut value) })?;
        Ok(value)
    }

    pub fn set_hyperparameter(&mut self, name: &str, value: f64) -> Result<(), Error> {
        let name = text(name)?;
        check(self.handle, unsafe { raw::@_set_hyperparameter(self.handle, name.as_ptr(), value) })
    }

    /// The finished steps of all training entries together.
    pub fn get_step(&mut self) -> Result<i64, Error> {
        let mut step = 0;
        check(self.handle, unsafe { raw::@_get_step(self.handle, &mut step) })?;
        Ok(step)
    }

    pub fn get_entry_step(&mut self, entry: &str) -> Result<i64, Error> {
        let entry = text(entry)?;
        let mut step = 0;
        check(self.handle, unsafe { raw::@_get_entry_step(self.handle, entry.as_ptr(), &mut step) })?;
        Ok(step)
    }

    /// Starts anew from a seed; hyperparameters stay.
    pub fn reset(&mut self, seed: u64) -> Result<(), Error> {
        check(self.handle, unsafe { raw::@_reset(self.handle, seed) })
    }
)";

static constexpr llvm::StringLiteral kRaw = R"(}

/// The C functions as the library has them.
pub mod raw {
    use super::{c_char, c_int, c_void};

    #[repr(C)]
    pub struct Options {
        pub struct_size: usize,
        pub threads: i32,
        pub spin_microseconds: i32,
        pub seed: u64,
        pub device: *const c_char,
        pub workspace: *mut c_void,
        pub workspace_bytes: usize,
        pub log: Option<unsafe extern "C" fn(*mut c_void, *const c_char)>,
        pub log_context: *mut c_void,
    }

    unsafe extern "C" {
        pub fn @_create(options: *const Options, model: *mut *mut c_void) -> c_int;
        pub fn @_share(model: *mut c_void, other: *mut *mut c_void) -> c_int;
        pub fn @_destroy(model: *mut c_void);
        pub fn @_last_error(model: *const c_void) -> *const c_char;
        pub fn @_save(model: *mut c_void, path: *const c_char) -> c_int;
        pub fn @_load(model: *mut c_void, path: *const c_char) -> c_int;
        pub fn @_workspace_bytes(model: *mut c_void, entry: *const c_char, dims: *const i64, threads: c_int, bytes: *mut usize) -> c_int;
        pub fn @_get_parameter(model: *mut c_void, name: *const c_char, data: *mut c_void, bytes: usize) -> c_int;
        pub fn @_set_parameter(model: *mut c_void, name: *const c_char, data: *const c_void, bytes: usize) -> c_int;
        pub fn @_get_hyperparameter(model: *mut c_void, name: *const c_char, value: *mut f64) -> c_int;
        pub fn @_set_hyperparameter(model: *mut c_void, name: *const c_char, value: f64) -> c_int;
        pub fn @_get_step(model: *mut c_void, step: *mut i64) -> c_int;
        pub fn @_get_entry_step(model: *mut c_void, entry: *const c_char, step: *mut i64) -> c_int;
        pub fn @_reset(model: *mut c_void, seed: u64) -> c_int;
)";

void RustWriter::writeText(StringRef text) {
  for (char c : text)
    c == '@' ? os << model.name : os << c;
}

std::string RustWriter::write() {
  os << "//! Model " << model.name << ", compiled by " << model.compiler << " for " << model.target
     << ". Rust 1.82 or later, any edition.";
  writeText(kHead.substr(0, kHead.find("/// What a call")));
  for (const StatusName &status : statusNames())
    os << "pub const " << status.name << ": i32 = " << int(status.value) << ";\n";
  os << "\n";
  writeText(kHead.substr(kHead.find("/// What a call")));
  for (const EntryDescription &entry : model.entries) {
    writeEntry(entry);
    writeShape(entry);
  }
  writeText(kRaw);
  for (const EntryDescription &entry : model.entries)
    writeForeign(entry);
  os << "    }\n}\n";
  return std::move(text);
}

std::string mlc::writeRustModule(const ModelDescription &model) {
  return RustWriter(model).write();
}
