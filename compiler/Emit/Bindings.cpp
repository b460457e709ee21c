//===- Bindings.cpp - a compiled model in other languages -----------------===//
#include "compiler/Emit/Bindings.h"

using namespace mlc;

llvm::ArrayRef<Binding> mlc::bindings() {
  static constexpr Binding kBindings[] = {{"fortran", ".f90", writeFortranModule},
                                          {"rust", ".rs", writeRustModule}};
  return kBindings;
}

llvm::ArrayRef<StatusName> mlc::statusNames() {
  static constexpr StatusName kNames[] = {{"MLC_OK", MLC_OK},
                                          {"MLC_INVALID_ARGUMENT", MLC_INVALID_ARGUMENT},
                                          {"MLC_INDEX_OUT_OF_RANGE", MLC_INDEX_OUT_OF_RANGE},
                                          {"MLC_OUT_OF_MEMORY", MLC_OUT_OF_MEMORY},
                                          {"MLC_WORKSPACE_TOO_SMALL", MLC_WORKSPACE_TOO_SMALL},
                                          {"MLC_BUSY", MLC_BUSY},
                                          {"MLC_IO_ERROR", MLC_IO_ERROR},
                                          {"MLC_INVALID_FILE", MLC_INVALID_FILE},
                                          {"MLC_UNSUPPORTED_CPU", MLC_UNSUPPORTED_CPU},
                                          {"MLC_UNSUPPORTED", MLC_UNSUPPORTED},
                                          {"MLC_NOT_FOUND", MLC_NOT_FOUND},
                                          {"MLC_NOT_FINITE", MLC_NOT_FINITE}};
  return kNames;
}
