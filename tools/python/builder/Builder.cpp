//===- Builder.cpp - the dialect, as mlc.nn asks for it -------------------===//
//
// A C interface that Python calls by ctypes: it makes operations of any name, infers their result
// types, verifies each where it is made, and prints the module as the dialect prints itself. So the
// builder in Python knows no type rule and no syntax.
//
//===----------------------------------------------------------------------===//
#include "dialects/NN/NN.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"

using namespace mlir;

namespace {
/// One module that is being built, and what was said about it.
struct Session {
  Session() : handler(&context, [this](Diagnostic &diagnostic) { take(diagnostic); }) {
    context.loadDialect<mlc::nn::NNDialect, func::FuncDialect>();
    context.printOpOnDiagnostic(false);
    module = ModuleOp::create(UnknownLoc::get(&context));
  }

  void take(Diagnostic &diagnostic) {
    if (!messages.empty())
      messages += '\n';
    messages += diagnostic.str();
    for (Diagnostic &note : diagnostic.getNotes())
      messages += "\nnote: " + note.str();
  }

  MLIRContext context;
  ScopedDiagnosticHandler handler;
  OwningOpRef<ModuleOp> module;
  std::vector<std::unique_ptr<Region>> detached; ///< bodies that no operation has yet
  std::string messages, text;                    ///< what was returned last
};

/// What an operation is made of, all texts as MLIR reads them.
struct Request {
  const char *name;
  const char *attributes;  ///< a dictionary
  const char *resultTypes; ///< a type list in parentheses with `->` before it; null: inferred
  const char *valueName;   ///< of the results; null: numbered
  const char *file;
  int line;
  int operandCount;
  void *const *operands;
  int regionCount;
  void *const *regions; ///< blocks that mlc_builder_block made
};
} // namespace

static Location locate(MLIRContext *context, const char *name, const char *file, int line) {
  Location place = FileLineColLoc::get(context, file, unsigned(line), 1);
  return name ? NameLoc::get(StringAttr::get(context, name), place) : place;
}

static FailureOr<DictionaryAttr> parseAttributes(Session &session, const char *text) {
  if (auto attributes = dyn_cast_if_present<DictionaryAttr>(parseAttribute(text, &session.context)))
    return attributes;
  return failure();
}

/// The body of a block that mlc_builder_block made.
static std::unique_ptr<Region> takeRegion(Session &session, Block *block) {
  for (std::unique_ptr<Region> &region : session.detached)
    if (region && &region->front() == block) {
      std::unique_ptr<Region> taken = std::move(region);
      llvm::erase(session.detached, nullptr);
      return taken;
    }
  return nullptr;
}

/// Fills in the result types: those that are given, or those that the op infers.
static LogicalResult addTypes(Session &session, const Request &request, OperationState &state) {
  if (request.resultTypes) {
    auto type = dyn_cast_if_present<FunctionType>(
        parseType((Twine("()") + request.resultTypes).str(), &session.context));
    if (!type)
      return failure();
    state.addTypes(type.getResults());
    return success();
  }
  auto *inference = state.name.getInterface<InferTypeOpInterface>();
  if (!inference)
    return success(); // no results
  OpaqueProperties properties = nullptr;
  std::unique_ptr<char[]> memory;
  if (size_t bytes = state.name.getOpPropertyByteSize()) {
    memory = std::make_unique<char[]>(bytes);
    properties = OpaqueProperties(memory.get());
    state.name.initOpProperties(properties, nullptr);
  }
  auto emit = [&] { return emitError(state.location); };
  DictionaryAttr attributes = state.attributes.getDictionary(&session.context);
  LogicalResult result = success();
  if (properties)
    result = state.name.setOpPropertiesFromAttribute(state.name, properties, attributes, emit);
  if (succeeded(result))
    result = inference->inferReturnTypes(&session.context, state.location, state.operands,
                                         attributes, properties, state.regions, state.types);
  if (properties)
    state.name.destroyOpProperties(properties);
  return result;
}

static Operation *makeOperation(Session &session, Block *where, const Request &request) {
  Location location = locate(&session.context, request.valueName, request.file, request.line);
  OperationState state(location, request.name);
  if (!state.name.isRegistered()) {
    emitError(location) << "there is no op '" << request.name << "'";
    return nullptr;
  }
  FailureOr<DictionaryAttr> attributes = parseAttributes(session, request.attributes);
  if (failed(attributes))
    return nullptr;
  state.addAttributes(attributes->getValue());
  for (void *operand : ArrayRef(request.operands, size_t(request.operandCount)))
    state.operands.push_back(Value::getFromOpaquePointer(operand));
  for (void *block : ArrayRef(request.regions, size_t(request.regionCount)))
    if (auto region = takeRegion(session, static_cast<Block *>(block)))
      state.addRegion(std::move(region));
  if (failed(addTypes(session, request, state)))
    return nullptr;
  Operation *operation = Operation::create(state);
  where->push_back(operation);
  // What ends a body, and what names symbols, is verified with what is around it.
  bool isWhole = !operation->hasTrait<OpTrait::IsTerminator>();
  if (isWhole && failed(verify(operation, /*verifyRecursively=*/false))) {
    operation->erase();
    return nullptr;
  }
  return operation;
}

#define MLC_EXPORT extern "C" __attribute__((visibility("default")))

MLC_EXPORT Session *mlc_builder_open(const char *name) {
  auto *session = new Session;
  session->module->setSymName(name);
  return session;
}
MLC_EXPORT void mlc_builder_close(Session *session) { delete session; }

/// The block of the module.
MLC_EXPORT Block *mlc_builder_module(Session *session) { return session->module->getBody(); }

/// A body of its own, with arguments of these types; null where a type is none.
MLC_EXPORT Block *mlc_builder_block(Session *session, int count, const char *const *types,
                                    const char *const *names, const char *file, int line,
                                    void **arguments) {
  auto region = std::make_unique<Region>();
  Block &block = region->emplaceBlock();
  for (int i = 0; i < count; ++i) {
    Type type = parseType(types[i], &session->context);
    if (!type)
      return nullptr;
    BlockArgument argument =
        block.addArgument(type, locate(&session->context, names[i], file, line));
    arguments[i] = argument.getAsOpaquePointer();
  }
  session->detached.push_back(std::move(region));
  return &block;
}

/// Makes an operation at the end of a block; returns the number of its results, or -1 with
/// messages.
MLC_EXPORT int mlc_builder_op(Session *session, Block *where, const Request *request,
                              void **operation) {
  Operation *made = makeOperation(*session, where, *request);
  *operation = made;
  return made ? int(made->getNumResults()) : -1;
}

MLC_EXPORT void *mlc_builder_result(Operation *operation, int number) {
  return operation->getResult(unsigned(number)).getAsOpaquePointer();
}

/// The text of a value's type, until the next call with the session.
MLC_EXPORT const char *mlc_builder_type(Session *session, void *value) {
  session->text.clear();
  llvm::raw_string_ostream(session->text) << Value::getFromOpaquePointer(value).getType();
  return session->text.c_str();
}

/// What was said since it was last asked for.
MLC_EXPORT const char *mlc_builder_messages(Session *session) {
  session->text = std::exchange(session->messages, {});
  return session->text.c_str();
}

/// The module as the dialect prints it, with the places where its ops were made if asked for.
MLC_EXPORT const char *mlc_builder_print(Session *session, int locations) {
  OpPrintingFlags flags;
  flags.printNameLocAsPrefix();
  if (locations)
    flags.enableDebugInfo(/*enable=*/true, /*prettyForm=*/false);
  session->text.clear();
  llvm::raw_string_ostream stream(session->text);
  session->module->print(stream, flags);
  return session->text.c_str();
}
