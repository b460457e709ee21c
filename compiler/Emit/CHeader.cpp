//===- CHeader.cpp - the C header of a compiled model ---------------------===//
#include "compiler/Emit/CHeader.h"
#include "compiler/Emit/Embedded.h"
#include "compiler/Emit/Signature.h"
#include "compiler/Names/Names.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlc;

std::string mlc::tableSymbol(const ModelDescription &model) { return model.name + "_mlc_model_v1"; }

std::vector<std::string> mlc::exportedFunctions(const ModelDescription &model) {
  std::vector<std::string> names;
  for (llvm::StringRef common : commonFunctions())
    names.push_back(cFunctionName(model.name, common));
  names.push_back(tableSymbol(model));
  for (const EntryDescription &entry : model.entries) {
    names.push_back(cFunctionName(model.name, entry.name));
    names.push_back(cFunctionName(model.name, entry.name + "_shape"));
  }
  return names;
}

static llvm::StringRef cType(mlc_dtype dtype) {
  switch (dtype) {
  case MLC_F32:
    return "float";
  case MLC_F64:
    return "double";
  case MLC_BF16:
  case MLC_F16:
    return "uint16_t";
  case MLC_I1:
  case MLC_UI8:
    return "uint8_t";
  case MLC_I8:
    return "int8_t";
  case MLC_I32:
    return "int32_t";
  case MLC_I64:
    return "int64_t";
  case MLC_UI32:
    return "uint32_t";
  }
  return "void";
}

namespace {
/// Writes the header of one model.
class HeaderWriter {
public:
  explicit HeaderWriter(const ModelDescription &model) : model(model) {}
  std::string write();

private:
  void writeCommonFunctions();
  void writeEntry(const EntryDescription &entry);
  void writeEntryComment(const EntryDescription &entry);
  void writeBytes(const EntryDescription &entry);

  const ModelDescription &model;
  const std::string type = cTypeName(model.name);
  std::string text;
  llvm::raw_string_ostream os{text};
};
} // namespace

void HeaderWriter::writeEntryComment(const EntryDescription &entry) {
  os << "\n/* ";
  if (!entry.documentation.empty()) {
    // The author's text must not end the comment.
    std::string safe = entry.documentation;
    for (size_t at; (at = safe.find("*/")) != std::string::npos;)
      safe.replace(at, 2, "* /");
    os << safe << "\n * ";
  }
  os << signatureText(entry);
  if (entry.kind == MLC_TRAINING)
    os << "\n * One training step: updates the parameters and the optimizer's state in place.";
  os << " */\n";
}

/// Text for the bytes of a workspace, by the macro's parameter.
static std::string workspaceText(const EntryDescription &entry) {
  return std::to_string(llvm::alignTo(*entry.arenaBytes, 64)) + " + (size_t)(threads) * " +
         std::to_string(*entry.scratchBytes);
}

/// What the caller of an entry of known sizes can reserve at compile time: macros that answer as
/// workspace_bytes does. They are spelled as the entry is, for @fit and @FIT are two entries.
void HeaderWriter::writeBytes(const EntryDescription &entry) {
  const EntryDescription *refresh = entry.readsPacked ? &*model.refresh : nullptr;
  std::string name = model.name + "_" + entry.name;
  auto isTaken = [&](const EntryDescription &other) {
    return other.name == entry.name + "_ARENA_BYTES" ||
           other.name == entry.name + "_WORKSPACE_BYTES";
  };
  if (!entry.arenaBytes || !entry.scratchBytes || llvm::any_of(model.entries, isTaken) ||
      (refresh && !(refresh->arenaBytes && refresh->scratchBytes)))
    return;
  std::string bytes = workspaceText(entry);
  if (refresh && *refresh->arenaBytes + *refresh->scratchBytes) {
    // Packs parameters in the same workspace, before.
    std::string other = workspaceText(*refresh);
    bytes += " > " + other + " ? " + bytes + " : " + other;
  }
  os << "/* Bytes of the arena, and of a workspace for so many threads. */\n#define " << name
     << "_ARENA_BYTES " << *entry.arenaBytes << "\n#define " << name
     << "_WORKSPACE_BYTES(threads) (" << bytes << ")\n";
}

void HeaderWriter::writeEntry(const EntryDescription &entry) {
  writeEntryComment(entry);
  DistinctNames names;
  os << "mlc_status " << model.name << "_" << entry.name << "(" << type << " *"
     << names.unique("model");
  for (const TensorDescription &input : entry.inputs)
    os << ", const " << cType(input.dtype) << " *" << names.unique(cParameterName(input.name));
  for (const std::string &dim : entry.dims)
    os << ", int64_t " << names.unique(cParameterName(dim));
  for (const TensorDescription &result : entry.results)
    os << ", " << cType(result.dtype) << " *" << names.unique(cParameterName(result.name));
  os << ");\n";

  writeBytes(entry);
  DistinctNames shapeNames;
  os << "/* Writes the sizes of result number `result` to shape. */\n";
  os << "mlc_status " << model.name << "_" << entry.name << "_shape(" << type << " *"
     << shapeNames.unique("model");
  for (const std::string &dim : entry.dims)
    os << ", int64_t " << shapeNames.unique(cParameterName(dim));
  os << ", int32_t " << shapeNames.unique("result") << ", int64_t *" << shapeNames.unique("shape")
     << ");\n";
}

/// Text of the functions that every model has; @ stands for the model's name, $ for its
/// type.
static constexpr llvm::StringLiteral kCommonFunctions =
    R"(/* Parameters, optimizer state, arena and threads of one model. One call at a time per handle. */
typedef struct $ $;

/* Makes a handle with parameters initialised from the seed; null options: all defaults. */
mlc_status @_create(const mlc_options *options, $ **model);
/* Makes a handle with states, hyperparameters, step and threads of its own over the same parameters,
   for inference from several threads; its arena grows on demand. While there is more than one,
   training, load and what else changes parameters is refused. Each is destroyed on its own. */
mlc_status @_share($ *, $ **other);
void @_destroy($ *model);
/* The sentence of the last failure; a null model: of the last failed create on this thread. */
const char *@_last_error(const $ *model);
/* Parameters, optimizer moments, step, seed and hyperparameters, as safetensors. save writes the file
   whole or not at all, to where a symbolic link leads, and keeps the mode of what is there; load
   changes nothing where it fails, and maps large tensors: a file must not be changed in place while
   a model that has loaded it lives (save, which renames, may replace it). */
mlc_status @_save($ *model, const char *safetensors_path);
mlc_status @_load($ *model, const char *safetensors_path);
/* Bytes that mlc_options.workspace must have for this entry, these free dimensions and threads. */
mlc_status @_workspace_bytes($ *model, const char *entry, const int64_t *dims, int threads,
                             size_t *bytes);
/* Copies one parameter or state out or in; `bytes` must be its size. */
mlc_status @_get_parameter($ *model, const char *name, void *data, size_t bytes);
mlc_status @_set_parameter($ *model, const char *name, const void *data, size_t bytes);
/* "learning_rate", or "fit/learning_rate" where the model has several training steps. A hyperparameter
   is kept in f32; what is outside of its range once rounded is refused. */
mlc_status @_get_hyperparameter($ *model, const char *name, double *value);
mlc_status @_set_hyperparameter($ *model, const char *name, double value);
/* The finished training steps: of all training entries together, or of one. */
mlc_status @_get_step($ *model, int64_t *step);
mlc_status @_get_entry_step($ *model, const char *entry, int64_t *step);
/* Starts anew from a seed: parameters, states, optimizer moments and step; hyperparameters stay. */
mlc_status @_reset($ *model, uint64_t seed);
)";

void HeaderWriter::writeCommonFunctions() {
  for (char c : kCommonFunctions)
    c == '@' ? os << model.name : c == '$' ? os << type : os << c;
  if (isCTypeUnlessMacro(model.name))
    os << "#ifndef " << model.name << "\ntypedef " << type << " " << model.name << ";\n#endif\n";
  os << "/* The same functions in generic form. */\nconst mlc_model_table *" << tableSymbol(model)
     << "(void);\n";
}

std::string HeaderWriter::write() {
  std::string guard =
      "MLC_MODEL_" + model.name + "_H"; // as it is written: @a and @A are two models
  os << "/* Model " << model.name << ", compiled by " << model.compiler << " for " << model.target
     << ". */\n";
  os << "#ifndef " << guard << "\n#define " << guard << "\n\n";
  os << embeddedInterface() << "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
  writeCommonFunctions();
  for (const EntryDescription &entry : model.entries)
    writeEntry(entry);
  os << "\n#ifdef __cplusplus\n}\n#endif\n#endif /* " << guard << " */\n";
  return std::move(text);
}

std::string mlc::writeCHeader(const ModelDescription &model) { return HeaderWriter(model).write(); }
