// What to do about a mistake that MLIR's parser, or a dialect of others, has found: a note, and in
// place of words that only compiler writers know, our own.
#ifndef MLC_COMPILER_IMPORT_PARSERADVICE_H
#define MLC_COMPILER_IMPORT_PARSERADVICE_H

#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/SourceMgr.h"

namespace mlc {

/// While it lives, errors about the main file of `sources` that come without a remedy get one.
class ParserAdvice {
public:
  ParserAdvice(llvm::SourceMgr &sources, mlir::MLIRContext *context);

private:
  mlir::LogicalResult advise(mlir::Diagnostic &diagnostic);

  llvm::SourceMgr &sources;
  bool isOurs = false; ///< the diagnostic at hand was made here
  unsigned count = 0;  ///< of mistakes so far
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace mlc
#endif
