// What the C library says that it has: no list of ours could be complete.
#include "compiler/Names/Names.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <dlfcn.h>
#include <gnu/libc-version.h>

std::string mlc::cLibraryFolder() {
  Dl_info info;
  if (!dladdr(reinterpret_cast<void *>(&gnu_get_libc_version), &info) || !info.dli_fname)
    return "/lib/x86_64-linux-gnu";
  return llvm::sys::path::parent_path(info.dli_fname).str();
}

static void addSymbols(llvm::StringRef path, llvm::StringSet<> &symbols) {
  auto file = llvm::MemoryBuffer::getFile(path);
  if (!file)
    return;
  auto object = llvm::object::ObjectFile::createELFObjectFile((*file)->getMemBufferRef());
  if (!object)
    return llvm::consumeError(object.takeError());
  auto *elf = llvm::dyn_cast<llvm::object::ELFObjectFileBase>(object->get());
  for (llvm::object::ELFSymbolRef symbol : elf->getDynamicSymbolIterators()) {
    llvm::Expected<llvm::StringRef> name = symbol.getName();
    if (name)
      symbols.insert(*name);
    else
      llvm::consumeError(name.takeError());
  }
}

bool mlc::isInCLibrary(llvm::StringRef symbol) {
  static const llvm::StringSet<> symbols = [] {
    llvm::StringSet<> all;
    for (const char *library : {"/libc.so.6", "/libm.so.6"})
      addSymbols(cLibraryFolder() + library, all);
    return all;
  }();
  return symbols.contains(symbol);
}
