#include "tools/mlc-lsp-server/Server.h"

#include "tools/ExitStatus.h"
#include "tools/mlc-lsp-server/Completion.h"
#include "tools/mlc-lsp-server/Findings.h"
#include "tools/mlc-lsp-server/Format.h"
#include "tools/mlc-lsp-server/Navigation.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/LSP/Logging.h"
#include "llvm/Support/LSP/Transport.h"

using namespace llvm;

namespace mlc::lsp {
namespace {

/// An open text, and what is known of it.
struct Document {
  Document(std::string text, const URIForFile &uri)
      : text(std::move(text)), findings(findingsIn(this->text, uri)), navigation(this->text) {}

  SourceText text;
  std::vector<Finding> findings;
  Navigation navigation;
};

class Server {
public:
  Server(JSONTransport &transport) : handler(transport) {
    publish =
        handler.outgoingNotification<PublishDiagnosticsParams>("textDocument/publishDiagnostics");
    handler.method("initialize", this, &Server::initialize);
    handler.notification("initialized", this, &Server::ignore);
    handler.method("shutdown", this, &Server::shutdown);
    handler.notification("textDocument/didOpen", this, &Server::open);
    handler.notification("textDocument/didChange", this, &Server::change);
    handler.notification("textDocument/didClose", this, &Server::close);
    handler.method("textDocument/hover", this, &Server::hover);
    handler.method("textDocument/completion", this, &Server::complete);
    handler.method("textDocument/definition", this, &Server::define);
    handler.method("textDocument/references", this, &Server::refer);
    handler.method("textDocument/documentSymbol", this, &Server::outline);
    handler.method("textDocument/formatting", this, &Server::formatAll);
    handler.method("textDocument/codeAction", this, &Server::fix);
  }

  MessageHandler handler;
  bool wasShutDown = false;

private:
  void initialize(const InitializeParams &, Callback<json::Value> reply) {
    json::Object capabilities{
        {"textDocumentSync", json::Object{{"openClose", true}, {"change", 2 /*incremental*/}}},
        {"hoverProvider", true},
        {"completionProvider",
         json::Object{{"triggerCharacters", json::Array{".", "#", "%", "@", "<"}}}},
        {"definitionProvider", true},
        {"referencesProvider", true},
        {"documentSymbolProvider", true},
        {"documentFormattingProvider", true},
        {"codeActionProvider", json::Object{{"codeActionKinds", json::Array{"quickfix"}}}}};
    reply(json::Object{
        {"capabilities", std::move(capabilities)},
        {"serverInfo", json::Object{{"name", "mlc-lsp-server"}, {"version", MLC_VERSION}}}});
  }
  void ignore(const NoParams &) {}
  void shutdown(const NoParams &, Callback<std::nullptr_t> reply) {
    wasShutDown = true;
    reply(nullptr);
  }

  void open(const DidOpenTextDocumentParams &params) {
    update(params.textDocument.uri, params.textDocument.version, params.textDocument.text);
  }
  void change(const DidChangeTextDocumentParams &params) {
    Document *document = find(params.textDocument.uri);
    if (!document)
      return;
    SourceText text = document->text;
    for (const TextDocumentContentChangeEvent &change : params.contentChanges) {
      if (!change.range) {
        text = SourceText(change.text);
        continue;
      }
      size_t begin = text.offsetOf(change.range->start);
      size_t end = std::max(begin, text.offsetOf(change.range->end));
      text =
          SourceText((text.text().take_front(begin) + change.text + text.text().substr(end)).str());
    }
    update(params.textDocument.uri, params.textDocument.version, text.text().str());
  }
  void close(const DidCloseTextDocumentParams &params) {
    documents.erase(params.textDocument.uri.uri());
    publish(PublishDiagnosticsParams(params.textDocument.uri, 0));
  }
  void update(const URIForFile &uri, int64_t version, std::string text) {
    auto &document = documents[uri.uri()];
    document = std::make_unique<Document>(std::move(text), uri);
    PublishDiagnosticsParams params(uri, version);
    for (const Finding &finding : document->findings)
      params.diagnostics.push_back(finding.diagnostic);
    publish(params);
  }
  Document *find(const URIForFile &uri) {
    auto found = documents.find(uri.uri());
    return found == documents.end() ? nullptr : found->second.get();
  }

  void hover(const TextDocumentPositionParams &params, Callback<std::optional<Hover>> reply) {
    Document *document = find(params.textDocument.uri);
    if (!document)
      return reply(std::nullopt);
    size_t offset = document->text.offsetOf(params.position);
    SourceText::Word word = document->text.wordAt(offset);
    Hover answer(document->text.rangeOf(word.begin, word.end));
    answer.contents.value = referenceAt(document->text, offset);
    if (answer.contents.value.empty())
      if (std::string text = document->navigation.describe(offset); !text.empty())
        answer.contents.value = "```mlir\n" + text + "\n```";
    if (answer.contents.value.empty())
      return reply(std::nullopt);
    reply(std::optional(std::move(answer)));
  }
  void complete(const CompletionParams &params, Callback<CompletionList> reply) {
    Document *document = find(params.textDocument.uri);
    if (!document)
      return reply(CompletionList());
    reply(completionsAt(document->text, document->navigation,
                        document->text.offsetOf(params.position)));
  }
  std::vector<Location> placesOf(const TextDocumentPositionParams &params) {
    std::vector<Location> places;
    if (Document *document = find(params.textDocument.uri))
      for (Range range :
           document->navigation.definitionAndUses(document->text.offsetOf(params.position)))
        places.emplace_back(params.textDocument.uri, range);
    return places;
  }
  void define(const TextDocumentPositionParams &params, Callback<std::vector<Location>> reply) {
    std::vector<Location> places = placesOf(params);
    places.resize(std::min<size_t>(places.size(), 1));
    reply(std::move(places));
  }
  void refer(const ReferenceParams &params, Callback<std::vector<Location>> reply) {
    std::vector<Location> places = placesOf(params);
    if (!params.context.includeDeclaration && !places.empty())
      places.erase(places.begin());
    reply(std::move(places));
  }
  void outline(const DocumentSymbolParams &params, Callback<std::vector<DocumentSymbol>> reply) {
    Document *document = find(params.textDocument.uri);
    reply(document ? document->navigation.symbols() : std::vector<DocumentSymbol>());
  }
  void formatAll(const DocumentSymbolParams &params, Callback<std::vector<TextEdit>> reply) {
    std::vector<TextEdit> edits;
    if (Document *document = find(params.textDocument.uri)) {
      StringRef text = document->text.text();
      if (std::string formatted = format(text); formatted != text)
        edits.push_back({document->text.rangeOf(0, text.size()), formatted});
    }
    reply(std::move(edits));
  }
  void fix(const CodeActionParams &params, Callback<json::Value> reply) {
    std::vector<CodeAction> actions; // as JSON it would not own its strings
    if (Document *document = find(params.textDocument.uri))
      for (const Finding &finding : document->findings) {
        const Range &range = finding.diagnostic.range;
        if (params.range.end < range.start || range.end < params.range.start)
          continue;
        for (const Fix &fix : finding.fixes) {
          CodeAction action;
          action.title = fix.title;
          action.kind = CodeAction::kQuickFix.str();
          action.diagnostics = {finding.diagnostic};
          action.edit.emplace().changes[params.textDocument.uri.uri().str()] = fix.edits;
          actions.push_back(std::move(action));
        }
      }
    reply(json::Array(actions));
  }

  StringMap<std::unique_ptr<Document>> documents; ///< by URI
  OutgoingNotification<PublishDiagnosticsParams> publish;
};
} // namespace

int serve(JSONTransport &transport) {
  Server server(transport);
  if (Error error = transport.run(server.handler)) {
    Logger::error("{0}", toString(std::move(error)));
    return kWrongInput;
  }
  return server.wasShutDown ? kDone : kWrongInput;
}

} // namespace mlc::lsp
