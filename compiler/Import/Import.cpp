#include "compiler/Import/Import.h"
#include "compiler/Import/ParserAdvice.h"
#include "compiler/Names/Names.h"
#include "dialects/NN/AttributeNames.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/AsmParser/AsmParserState.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace mlc {

/// The text of an SSA name without its percent sign.
static StringRef textOf(llvm::SMRange range) {
  const char *begin = range.Start.getPointer();
  return StringRef(begin, range.End.getPointer() - begin).ltrim('%');
}

/// Gives the arguments of a function their SSA names as `nn.name`. Two that become the same C
/// identifier are numbered.
static void nameArguments(func::FuncOp function, const AsmParserState &state) {
  if (function.isExternal())
    return;
  const AsmParserState::BlockDefinition *block = state.getBlockDef(&function.front());
  if (!block || block->arguments.size() != function.getNumArguments())
    return;
  llvm::StringSet<> taken; // by the text
  for (unsigned number = 0; number < function.getNumArguments(); ++number)
    if (auto given = function.getArgAttrOfType<StringAttr>(number, nn::kNameAttr))
      taken.insert(given.getValue());
  SmallVector<DictionaryAttr> attributes; // set at once: each change copies all
  function.getAllArgAttrs(attributes);
  for (auto [number, argument] : llvm::enumerate(block->arguments)) {
    NamedAttrList list(attributes[number]);
    if (list.get(nn::kNameAttr))
      continue;
    std::string name = toCIdentifier(textOf(argument.loc));
    while (!taken.insert(name).second)
      name += "_" + std::to_string(number);
    list.set(nn::kNameAttr, StringAttr::get(function.getContext(), name));
    attributes[number] = list.getDictionary(function.getContext());
  }
  function.setAllArgAttrs(attributes);
}

/// Says how to name the free sizes of an argument where the text names none: C and mlc-run know
/// them by numbers otherwise.
static void remarkNamelessSizes(func::FuncOp function) {
  if (function.isExternal() || function.isPrivate())
    return;
  for (BlockArgument argument : function.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type || type.hasStaticShape() ||
        function.getArgAttr(argument.getArgNumber(), nn::kDimsAttr))
      continue;
    auto name = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), nn::kNameAttr);
    SmallVector<std::string> names;
    for (int64_t dim = 0; dim < type.getRank(); ++dim)
      names.push_back(!type.isDynamicDim(dim) ? "\"\""
                      : dim == 0              ? "\"batch\""
                                              : "\"size" + std::to_string(dim) + "\"");
    StringRef text = name ? name.getValue() : "x";
    std::string typeText; // without the quotes of diagnostics
    llvm::raw_string_ostream(typeText) << type;
    InFlightDiagnostic remark = mlir::emitRemark(argument.getLoc())
                                << "the free sizes of %" << text
                                << " have no names, and each is its own";
    remark.attachNote() << "equal names are one size: write %" << text << ": " << typeText
                        << " {nn.dims = [" << llvm::join(names, ", ") << "]}";
  }
}

/// The only operation of the parsed block, if that is a module; else null after a diagnostic.
static ModuleOp onlyModule(Block &parsed, Location location) {
  if (llvm::hasSingleElement(parsed))
    if (auto module = dyn_cast<ModuleOp>(parsed.front()))
      return module;
  InFlightDiagnostic diagnostic = emitError(location, "expects one module per file");
  diagnostic.attachNote() << "enclose the model in `module @name { ... }`";
  return {};
}

OwningOpRef<ModuleOp> importModel(llvm::SourceMgr &sources, MLIRContext *context) {
  Block parsed;
  AsmParserState state;
  ParserConfig config(context);
  ParserAdvice advice(sources, context);
  if (failed(parseAsmSourceFile(sources, &parsed, config, &state)))
    return {};
  const llvm::MemoryBuffer *buffer = sources.getMemoryBuffer(sources.getMainFileID());
  ModuleOp module =
      onlyModule(parsed, FileLineColLoc::get(context, buffer->getBufferIdentifier(), 1, 1));
  if (!module)
    return {};
  module->remove();
  for (auto function : module.getOps<func::FuncOp>()) {
    nameArguments(function, state);
    remarkNamelessSizes(function);
  }
  return module;
}

} // namespace mlc
