#include "compiler/Codegen/Common/TargetCode.h"

using namespace mlir;

namespace mlc {

static llvm::StringMap<TargetCode> &entries() {
  static llvm::StringMap<TargetCode> entries;
  return entries;
}

TargetEntry::TargetEntry(StringRef kind, const TargetCode &code) { entries()[kind] = code; }

const TargetCode *findTargetCode(Operation *op, StringRef kind) {
  if (auto entry = entries().find(kind); entry != entries().end())
    return &entry->second;
  op->emitError() << "unknown target '" << kind << "': expects cpu or gpu";
  return nullptr;
}

} // namespace mlc
