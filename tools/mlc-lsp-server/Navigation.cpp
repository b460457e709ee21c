#include "tools/mlc-lsp-server/Navigation.h"

#include "compiler/Driver/Pipeline.h"
#include "compiler/Import/ModelText.h"
#include "dialects/NN/NN.h"
#include "tools/InputFile.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/AsmParser/CodeComplete.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/SymbolTable.h"

using namespace mlir;

namespace mlc::lsp {

static DialectRegistry createRegistry() {
  DialectRegistry registry;
  registerDialects(registry);
  return registry;
}

static std::string printed(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

static LogicalResult parse(llvm::SourceMgr &sources, MLIRContext &context, Block &block,
                           AsmParserState *state,
                           AsmParserCodeCompleteContext *completion = nullptr) {
  ScopedDiagnosticHandler silent(&context, [](mlir::Diagnostic &) { return success(); });
  ParserConfig config(&context, /*verifyAfterParse=*/false);
  return parseAsmSourceFile(sources, &block, config, state, completion);
}

Navigation::Navigation(const SourceText &text)
    : text(text), context(createRegistry(), MLIRContext::Threading::DISABLED) {
  openNoFiles(sources);
  sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBuffer(text.text(), "", false),
                             llvm::SMLoc());
  if (findProblem(text.text()))
    return;
  if (failed(parse(sources, context, block, &state))) {
    state = AsmParserState(); // of ops that are no more
    return;
  }
  for (const AsmParserState::OperationDefinition &definition : state.getOpDefs())
    addNames(definition);
  for (const AsmParserState::BlockDefinition &definition : state.getBlockDefs())
    for (auto [number, argument] : llvm::enumerate(definition.arguments)) {
      Name name{{argument.loc}, printed(definition.block->getArgument(number).getType())};
      name.places.insert(name.places.end(), argument.uses.begin(), argument.uses.end());
      names.push_back(std::move(name));
    }
}

void Navigation::addNames(const AsmParserState::OperationDefinition &definition) {
  for (auto &group : definition.resultGroups) {
    Name name{{group.definition.loc},
              printed(definition.op->getResult(group.startIndex).getType())};
    name.places.insert(name.places.end(), group.definition.uses.begin(),
                       group.definition.uses.end());
    names.push_back(std::move(name));
  }
  auto symbol = dyn_cast<SymbolOpInterface>(definition.op);
  if (!symbol || !symbol.getNameAttr())
    return;
  // The name stands after the op's, in the same line.
  StringRef line = text.lineAt(definition.loc.Start.getPointer() - text.text().data());
  size_t at = line.find(("@" + symbol.getName()).str());
  if (at == StringRef::npos)
    return;
  Name name{{}, line.trim().rtrim("{").rtrim().str()};
  const char *begin = line.data() + at;
  name.places.emplace_back(llvm::SMLoc::getFromPointer(begin),
                           llvm::SMLoc::getFromPointer(begin + 1 + symbol.getName().size()));
  for (llvm::SMRange use : definition.symbolUses)
    if (use.Start.getPointer() != begin) // its own name is one of them
      name.places.push_back(use);
  names.push_back(std::move(name));
}

const Navigation::Name *Navigation::nameAt(size_t offset) const {
  const char *place = text.text().data() + offset;
  for (const Name &name : names)
    for (llvm::SMRange range : name.places)
      if (range.isValid() && range.Start.getPointer() <= place && place <= range.End.getPointer())
        return &name;
  return nullptr;
}

std::vector<lsp::Range> Navigation::definitionAndUses(size_t offset) const {
  std::vector<lsp::Range> found;
  const char *begin = text.text().data();
  if (const Name *name = nameAt(offset))
    for (llvm::SMRange range : name->places)
      found.push_back(
          text.rangeOf(range.Start.getPointer() - begin, range.End.getPointer() - begin));
  return found;
}

std::string Navigation::describe(size_t offset) const {
  const Name *name = nameAt(offset);
  if (!name)
    return "";
  StringRef word = text.wordAt(offset).text;
  return word.starts_with("%") ? (word + " : " + name->description).str() : name->description;
}

std::vector<DocumentSymbol> Navigation::symbols() {
  std::vector<DocumentSymbol> found;
  const char *begin = text.text().data();
  for (const AsmParserState::OperationDefinition &definition : state.getOpDefs()) {
    auto symbol = dyn_cast<SymbolOpInterface>(definition.op);
    if (!symbol || !symbol.getNameAttr() || isa<ModuleOp>(definition.op))
      continue;
    bool isCode = isa<func::FuncOp, nn::TrainStepOp>(definition.op);
    lsp::Range all = text.rangeOf(definition.scopeLoc.Start.getPointer() - begin,
                                  definition.scopeLoc.End.getPointer() - begin);
    lsp::Range name = text.rangeOf(definition.loc.Start.getPointer() - begin,
                                   definition.loc.End.getPointer() - begin);
    found.emplace_back(symbol.getName(), isCode ? SymbolKind::Function : SymbolKind::Variable, all,
                       name);
    found.back().detail = definition.op->getName().getStringRef().str();
  }
  return found;
}

namespace {
/// Hears of the values that the parser knows at a place.
class ValueListener : public AsmParserCodeCompleteContext {
public:
  explicit ValueListener(llvm::SMLoc place) : AsmParserCodeCompleteContext(place) {}

  std::vector<std::pair<std::string, std::string>> values;

private:
  void appendSSAValueCompletion(StringRef name, std::string type) final {
    values.emplace_back(name, std::move(type));
  }
  void completeDialectName(StringRef) final {}
  void completeOperationName(StringRef) final {}
  void appendBlockCompletion(StringRef) final {}
  void completeExpectedTokens(ArrayRef<StringRef>, bool) final {}
  void completeAttribute(const llvm::StringMap<Attribute> &) final {}
  void completeDialectAttributeOrAlias(const llvm::StringMap<Attribute> &) final {}
  void completeType(const llvm::StringMap<Type> &) final {}
  void completeDialectTypeOrAlias(const llvm::StringMap<Type> &) final {}
};
} // namespace

std::vector<std::pair<std::string, std::string>> Navigation::valuesAt(size_t offset) {
  if (findProblem(text.text()))
    return {};
  llvm::SourceMgr others;
  openNoFiles(others);
  others.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBuffer(text.text(), "", false),
                            llvm::SMLoc());
  ValueListener listener(llvm::SMLoc::getFromPointer(text.text().data() + offset));
  Block parsed;
  (void)parse(others, context, parsed, nullptr, &listener); // the text is not whole yet
  return std::move(listener.values);
}

} // namespace mlc::lsp
