#include "tools/mlc-lsp-server/Findings.h"

#include "compiler/Driver/Pipeline.h"
#include "compiler/Import/Import.h"
#include "compiler/Import/ModelText.h"
#include "tools/InputFile.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/SourceMgr.h"

using namespace llvm;

namespace mlc::lsp {
namespace {

class Collector {
public:
  Collector(const SourceText &text, const URIForFile &uri) : text(text), uri(uri) {}

  void add(size_t offset, DiagnosticSeverity severity, std::string message,
           std::vector<DiagnosticRelatedInformation> related = {}) {
    Finding finding;
    finding.diagnostic.range = rangeAt(offset);
    finding.diagnostic.severity = severity;
    finding.diagnostic.source = "mlc";
    finding.fixes = fixesFor(text, offset, message, uri.file());
    finding.diagnostic.message = std::move(message);
    if (!related.empty())
      finding.diagnostic.relatedInformation = std::move(related);
    findings.push_back(std::move(finding));
  }

  void add(mlir::Diagnostic &diagnostic) {
    std::optional<size_t> place = placeOf(diagnostic.getLocation());
    std::string message = diagnostic.str();
    std::vector<DiagnosticRelatedInformation> related;
    for (mlir::Diagnostic &note : diagnostic.getNotes()) {
      std::optional<size_t> other = placeOf(note.getLocation());
      if (!other || other == place) // a remedy: an editor shows the message alone
        message += "\n" + note.str();
      else
        related.emplace_back(Location(uri, rangeAt(*other)), note.str());
    }
    add(place.value_or(0), severityOf(diagnostic.getSeverity()), std::move(message),
        std::move(related));
  }

  std::vector<Finding> findings;

private:
  /// The word at a place, or what stands there in quotes.
  Range rangeAt(size_t offset) const {
    size_t end = text.wordAt(offset).end;
    if (text.text().substr(offset).starts_with("\""))
      end = text.text().find('"', offset + 1) + 1;
    return text.rangeOf(offset, std::max(offset, end));
  }
  std::optional<size_t> placeOf(mlir::Location location) const {
    auto place = location->findInstanceOf<mlir::FileLineColLoc>();
    if (!place || place.getLine() == 0)
      return std::nullopt;
    size_t start = text.offsetOf(Position(int(place.getLine()) - 1, 0));
    return start + std::min<size_t>(std::max(1u, place.getColumn()) - 1, text.lineAt(start).size());
  }
  static DiagnosticSeverity severityOf(mlir::DiagnosticSeverity severity) {
    switch (severity) {
    case mlir::DiagnosticSeverity::Error:
      return DiagnosticSeverity::Error;
    case mlir::DiagnosticSeverity::Warning:
      return DiagnosticSeverity::Warning;
    case mlir::DiagnosticSeverity::Note:
    case mlir::DiagnosticSeverity::Remark:
      return DiagnosticSeverity::Information;
    }
    llvm_unreachable("no other severity");
  }

  const SourceText &text;
  const URIForFile &uri;
};
} // namespace

std::vector<Finding> findingsIn(const SourceText &text, const URIForFile &uri) {
  Collector collector(text, uri);
  if (std::optional<TextProblem> problem = findProblem(text.text())) {
    collector.add(problem->place, DiagnosticSeverity::Error, problem->message);
    return std::move(collector.findings);
  }
  mlir::DialectRegistry registry;
  registerDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  context.printOpOnDiagnostic(false);
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) {
    collector.add(diagnostic);
    return success();
  });
  SourceMgr sources;
  openNoFiles(sources);
  sources.AddNewSourceBuffer(MemoryBuffer::getMemBufferCopy(text.text(), uri.file()), SMLoc());
  mlir::OwningOpRef<mlir::ModuleOp> module = importModel(sources, &context);
  if (!module)
    return std::move(collector.findings);
  mlir::PassManager manager(&context, mlir::ModuleOp::getOperationName());
  buildPipeline(manager, Phase::Import, Phase::Differentiate, PipelineOptions());
  (void)manager.run(*module); // what is wrong, the handler was told
  return std::move(collector.findings);
}

} // namespace mlc::lsp
