//===- Embedded.cpp - files that travel inside the compiler ---------------===//
#include "compiler/Emit/Embedded.h"

extern "C" {
extern const char mlc_embedded_runtime_begin[], mlc_embedded_runtime_end[];
extern const char mlc_embedded_aarch64_begin[], mlc_embedded_aarch64_end[];
extern const char mlc_embedded_interface_begin[], mlc_embedded_interface_end[];
}

llvm::StringRef mlc::embeddedRuntime(const CpuTarget &target) {
  if (target.isHost())
    return {mlc_embedded_runtime_begin,
            size_t(mlc_embedded_runtime_end - mlc_embedded_runtime_begin)};
  if (target.triple().isAArch64() && target.triple().isOSLinux() &&
      target.triple().isGNUEnvironment())
    return {mlc_embedded_aarch64_begin,
            size_t(mlc_embedded_aarch64_end - mlc_embedded_aarch64_begin)};
  return {};
}

llvm::StringRef mlc::embeddedInterface() {
  return {mlc_embedded_interface_begin,
          size_t(mlc_embedded_interface_end - mlc_embedded_interface_begin)};
}
