//===- FortranModule.cpp - a compiled model as a Fortran module -----------===//
#include "compiler/Emit/Bindings.h"
#include "compiler/Emit/Signature.h"
#include "compiler/Names/Names.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <array>

using namespace mlc;
using llvm::ArrayRef;
using llvm::StringLiteral;
using llvm::StringRef;

/// Fortran's longest name, less what is appended here.
static constexpr size_t kLongestName = 50;

static StringRef fortranType(mlc_dtype dtype) {
  switch (dtype) {
  case MLC_F32:
    return "real(c_float)";
  case MLC_F64:
    return "real(c_double)";
  case MLC_BF16:
  case MLC_F16:
    return "integer(c_int16_t)";
  case MLC_I1:
  case MLC_UI8:
  case MLC_I8:
    return "integer(c_int8_t)";
  case MLC_I32:
  case MLC_UI32:
    return "integer(c_int32_t)";
  case MLC_I64:
    return "integer(c_int64_t)";
  }
  return "";
}

/// A dummy argument of this name hides nothing that its interface needs.
static std::string argumentName(StringRef name) {
  std::string plain = cParameterName(name);
  return ((StringRef(plain).starts_with("c_") ? "arg_" : "") + plain).substr(0, kLongestName);
}

/// `text` with its long lines continued: Fortran reads 132 columns, and within "&\n&" nothing, even
/// inside of a name or a string.
static std::string continued(StringRef text) {
  static constexpr size_t kColumns = 120;
  std::string result;
  while (!text.empty()) {
    auto [line, rest] = text.split('\n');
    for (; line.size() > kColumns && !line.ltrim().starts_with("!"); line = line.substr(kColumns))
      result += line.take_front(kColumns).str() + "&\n&";
    result += line.str() + "\n";
    text = rest;
  }
  return result;
}

namespace {
struct TextFunction;

/// Writes the module of one model.
class FortranWriter {
public:
  explicit FortranWriter(const ModelDescription &model) : model(model) {}
  std::string write();

private:
  void writeText(StringRef text);
  void writeTextFunction(const TextFunction &function);
  void writeFunction(StringRef entry, ArrayRef<std::string> arguments);
  void writeEntry(const EntryDescription &entry);
  void writeShape(const EntryDescription &entry);
  std::string sizes(const TensorDescription &tensor, const EntryDescription &entry,
                    ArrayRef<std::string> dims) const;

  const ModelDescription &model;
  /// Distinct from what else the module has, whatever the case of its letters.
  DistinctNames names{DistinctNames::Case::Ignored};
  const std::string prefix = model.name.substr(0, 40);
  std::string text;
  llvm::raw_string_ostream os{text};
};
} // namespace

/// "(5, batch)": memory that is row-major in C is column-major in Fortran by the reverse order.
std::string FortranWriter::sizes(const TensorDescription &tensor, const EntryDescription &entry,
                                 ArrayRef<std::string> dims) const {
  std::vector<std::string> sizes;
  for (auto [axis, size] : llvm::enumerate(tensor.shape)) {
    int32_t dim = size == kFreeDim ? dimOfAxis(tensor, entry, axis) : -1;
    if (size == kFreeDim && dim < 0)
      return "(*)";
    sizes.push_back(dim < 0 ? std::to_string(size) : dims[dim]);
  }
  std::reverse(sizes.begin(), sizes.end());
  return sizes.empty() ? "" : "(" + llvm::join(sizes, ", ") + ")";
}

/// The head of an interface body, and the declarations that all have.
void FortranWriter::writeFunction(StringRef entry, ArrayRef<std::string> arguments) {
  std::string name = names.unique((prefix + "_" + entry.str()).substr(0, kLongestName));
  os << "    function " << name << "(" << llvm::join(arguments, ", ") << ") &\n"
     << "        bind(C, name=\"" << cFunctionName(model.name, entry) << "\") result("
     << "status)\n      import\n      integer(c_int) :: status\n"
     << "      type(c_ptr), value :: model\n";
}

void FortranWriter::writeEntry(const EntryDescription &entry) {
  DistinctNames local(DistinctNames::Case::Ignored);
  std::vector<std::string> arguments{local.unique("model")}, inputs, dims, results;
  local.unique("status");
  auto add = [&](StringRef name, std::vector<std::string> &list) {
    list.push_back(local.unique(argumentName(name)));
    arguments.push_back(list.back());
  };
  for (const TensorDescription &input : entry.inputs)
    add(input.name, inputs);
  for (const std::string &dim : entry.dims)
    add(dim, dims);
  for (const TensorDescription &result : entry.results)
    add(result.name, results);
  os << "    ! " << signatureText(entry) << "\n";
  writeFunction(entry.name, arguments);
  for (const std::string &dim : dims)
    os << "      integer(c_int64_t), value :: " << dim << "\n";
  for (auto [input, name] : llvm::zip(entry.inputs, inputs))
    os << "      " << fortranType(input.dtype) << ", intent(in) :: " << name
       << sizes(input, entry, dims) << "\n";
  for (auto [result, name] : llvm::zip(entry.results, results))
    os << "      " << fortranType(result.dtype) << ", intent(inout) :: " << name
       << sizes(result, entry, dims) << "\n";
  os << "    end function\n\n";
}

void FortranWriter::writeShape(const EntryDescription &entry) {
  DistinctNames local(DistinctNames::Case::Ignored);
  std::vector<std::string> arguments{local.unique("model")};
  local.unique("status");
  for (const std::string &dim : entry.dims)
    arguments.push_back(local.unique(argumentName(dim)));
  for (StringRef name : {"number", "sizes"})
    arguments.push_back(local.unique(name.str()));
  os << "    ! The sizes of result `number` of " << entry.name << ", from 0 on, in C's order.\n";
  writeFunction(entry.name + "_shape", arguments);
  for (const std::string &dim : ArrayRef<std::string>(arguments).drop_front().drop_back(2))
    os << "      integer(c_int64_t), value :: " << dim << "\n";
  os << "      integer(c_int32_t), value :: " << arguments.end()[-2] << "\n"
     << "      integer(c_int64_t), intent(inout) :: " << arguments.back() << "(*)\n"
     << "    end function\n\n";
}

/// Text of what every model has; @ stands for the model's name in Fortran, $ for that in C.
static constexpr StringLiteral kTypes =
    R"(
  ! How a model is created; what is not set is the default. A handle is a type(c_ptr).
  type, bind(C) :: mlc_options
    integer(c_size_t) :: struct_size = 0     ! set by create
    integer(c_int32_t) :: threads = 0        ! of a call; 0: one per CPU
    integer(c_int32_t) :: spin_microseconds = 0
    integer(c_int64_t) :: seed = 0
    type(c_ptr) :: device = c_null_ptr
    type(c_ptr) :: workspace = c_null_ptr    ! memory of the caller, 64-byte aligned
    integer(c_size_t) :: workspace_bytes = 0
    type(c_funptr) :: log = c_null_funptr
    type(c_ptr) :: log_context = c_null_ptr
  end type

  interface
    subroutine @_destroy(model) bind(C, name="$_destroy")
      import
      type(c_ptr), value :: model
    end subroutine

    function @_share(model, other) bind(C, name="$_share") result(status)
      import
      type(c_ptr), value :: model
      type(c_ptr), intent(out) :: other
      integer(c_int) :: status
    end function

    function @_get_step(model, step) bind(C, name="$_get_step") result(status)
      import
      type(c_ptr), value :: model
      integer(c_int64_t), intent(out) :: step
      integer(c_int) :: status
    end function

    function @_reset(model, seed) bind(C, name="$_reset") result(status)
      import
      type(c_ptr), value :: model
      integer(c_int64_t), value :: seed
      integer(c_int) :: status
    end function

)";

static constexpr StringLiteral kFunctions =
    R"(  end interface

contains

  ! Parameters initialised from the seed of the options.
  function @_create(model, options) result(status)
    type(c_ptr), intent(out) :: model
    type(mlc_options), intent(in), optional :: options
    integer(c_int) :: status
    type(mlc_options) :: given
    interface
      function raw(options, model) bind(C, name="$_create") result(status)
        import
        type(mlc_options), intent(in) :: options
        type(c_ptr), intent(out) :: model
        integer(c_int) :: status
      end function
    end interface
    if (present(options)) given = options
    given%struct_size = c_sizeof(given)
    status = raw(given, model)
  end function

  ! The sentence of the last failure; c_null_ptr: of the last failed create.
  function @_last_error(model) result(sentence)
    type(c_ptr), intent(in) :: model
    character(:), allocatable :: sentence
    character(kind=c_char), pointer :: letters(:)
    type(c_ptr) :: text
    integer :: i
    interface
      function raw(model) bind(C, name="$_last_error") result(text)
        import
        type(c_ptr), value :: model
        type(c_ptr) :: text
      end function
      function length(text) bind(C, name="strlen") result(bytes)
        import
        type(c_ptr), value :: text
        integer(c_size_t) :: bytes
      end function
    end interface
    text = raw(model)
    call c_f_pointer(text, letters, [length(text)])
    allocate (character(size(letters)) :: sentence)
    do i = 1, size(letters)
      sentence(i:i) = letters(i)
    end do
  end function
)";

namespace {
/// An argument of a function besides the handle: a number passed by value, an array (`name(*)`), or
/// a result.
struct FortranArgument {
  StringRef type, name;
  bool isResult = false;
};
/// A function of C that takes a text, `text`, behind the handle.
struct TextFunction {
  StringLiteral comment, name, text;
  std::array<FortranArgument, 3> arguments; ///< those without a type are none
};
} // namespace

static constexpr TextFunction kTextFunctions[] = {
    {"Parameters, optimizer moments, step, seed and hyperparameters, as safetensors.",
     "save",
     "path",
     {}},
    {"", "load", "path", {}},
    {"Bytes that the workspace must have for this entry, these free dimensions and threads.",
     "workspace_bytes",
     "entry",
     {{{"integer(c_int64_t)", "dims(*)"},
       {"integer(c_int)", "threads"},
       {"integer(c_size_t)", "bytes", true}}}},
    {"", "get_entry_step", "entry", {{{"integer(c_int64_t)", "step", true}}}},
    {"Copies one parameter or state out or in: data is c_loc of an array, and bytes its size.",
     "get_parameter",
     "name",
     {{{"type(c_ptr)", "data"}, {"integer(c_size_t)", "bytes"}}}},
    {"", "set_parameter", "name", {{{"type(c_ptr)", "data"}, {"integer(c_size_t)", "bytes"}}}},
    {"\"learning_rate\", or \"fit/learning_rate\" where the model has several training steps.",
     "get_hyperparameter",
     "name",
     {{{"real(c_double)", "value", true}}}},
    {"", "set_hyperparameter", "name", {{{"real(c_double)", "value"}}}},
};

/// A function around that of C, which ends the text with the zero that C wants.
void FortranWriter::writeTextFunction(const TextFunction &function) {
  std::string names, outer, inner;
  for (const FortranArgument &argument : function.arguments) {
    if (argument.type.empty())
      continue;
    StringRef name = argument.name;
    names += ", " + name.take_until([](char c) { return c == '('; }).str();
    std::string declared =
        (argument.isResult ? ", intent(out) :: " : ", intent(in) :: ") + name.str();
    bool isValue = !argument.isResult && !name.ends_with("(*)");
    outer += "    " + argument.type.str() + declared + "\n";
    inner +=
        "        " + argument.type.str() + (isValue ? ", value :: " + name.str() : declared) + "\n";
  }
  std::string text = function.text.str();
  os << "\n";
  if (!function.comment.empty())
    os << "  ! " << function.comment << "\n";
  os << "  function " << prefix << "_" << function.name << "(model, " << text << names
     << ") result(status)\n    type(c_ptr), intent(in) :: model\n    character(*), intent(in) :: "
     << text << "\n"
     << outer << "    integer(c_int) :: status\n    interface\n      function raw(model, " << text
     << names << ") &\n          bind(C, name=\"" << cFunctionName(model.name, function.name)
     << "\") result(status)\n        import\n        type(c_ptr), value :: model\n"
     << "        character(kind=c_char), intent(in) :: " << text << "(*)\n"
     << inner
     << "        integer(c_int) :: status\n      end function\n    end interface\n    status = "
        "raw(model, "
     << text << "//c_null_char" << names << ")\n  end function\n";
}

void FortranWriter::writeText(StringRef text) {
  for (char c : text)
    c == '@' ? os << prefix : c == '$' ? os << model.name : os << c;
}

std::string FortranWriter::write() {
  os << "! Model " << model.name << ", compiled by " << model.compiler << " for " << model.target
     << ".\n! Every function returns a status, and leaves a sentence in " << prefix
     << "_last_error where it is not MLC_OK.\nmodule " << prefix
     << "\n  use, intrinsic :: iso_c_binding\n  implicit none\n\n";
  for (const StatusName &status : statusNames())
    os << "  integer(c_int), parameter :: " << status.name << " = " << int(status.value) << "\n";
  writeText(kTypes);
  for (StringRef common : commonFunctions())
    names.unique(prefix + "_" + common.str());
  for (const EntryDescription &entry : model.entries) {
    writeEntry(entry);
    writeShape(entry);
  }
  writeText(kFunctions);
  for (const TextFunction &function : kTextFunctions)
    writeTextFunction(function);
  os << "end module\n";
  return continued(text);
}

std::string mlc::writeFortranModule(const ModelDescription &model) {
  return FortranWriter(model).write();
}
