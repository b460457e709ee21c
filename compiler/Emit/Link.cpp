//===- Link.cpp - objects to a library ------------------------------------===//
#include "compiler/Emit/Link.h"
#include "compiler/Emit/MemoryFile.h"

#include "lld/Common/Driver.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ObjCopy/ConfigManager.h"
#include "llvm/ObjCopy/ObjCopy.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/MemoryBuffer.h"

LLD_HAS_DRIVER(elf)

using namespace mlc;
using llvm::StringRef;

/// Runs LLD on arguments after the program's name.
static llvm::Error runLinker(const std::vector<std::string> &arguments) {
  std::vector<const char *> argv{"ld.lld"};
  for (const std::string &argument : arguments)
    argv.push_back(argument.c_str());
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  lld::Result result = lld::lldMain(argv, stream, stream, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode == 0)
    return llvm::Error::success();
  return llvm::createStringError("linking failed: " + StringRef(messages).trim());
}

/// Input files of a link, opened by path while this object lives.
namespace {
class Inputs {
public:
  llvm::Error add(StringRef content) {
    auto file = MemoryFile::create(content);
    if (!file)
      return file.takeError();
    files.push_back(std::move(*file));
    return llvm::Error::success();
  }
  llvm::Error addAll(llvm::ArrayRef<Bytes> objects) {
    for (const Bytes &object : objects)
      if (llvm::Error error = add(StringRef(object.data(), object.size())))
        return error;
    return llvm::Error::success();
  }
  std::string last() const { return files.back().path(); }
  void appendTo(std::vector<std::string> &arguments) const {
    for (const MemoryFile &file : files)
      arguments.push_back(file.path());
  }

private:
  std::vector<MemoryFile> files;
};
} // namespace

/// Runs LLD and returns what it wrote: to a pipe, so that no link, however it ends, leaves a file
/// or needs room for one.
static llvm::Expected<Bytes> link(std::vector<std::string> arguments) {
  auto pipe = MemoryPipe::create();
  if (!pipe)
    return pipe.takeError();
  arguments.insert(arguments.begin(), {"--no-mmap-output-file", "-o", (*pipe)->path()});
  if (llvm::Error error = runLinker(arguments))
    return std::move(error);
  return (*pipe)->finish();
}

llvm::Expected<Bytes> mlc::linkSharedLibrary(llvm::ArrayRef<Bytes> objects,
                                             const LinkOptions &options) {
  Inputs versions, script, inputs;
  std::string globals = llvm::join(options.exports, "; ");
  if (llvm::Error error = versions.add("{ global: " + globals + "; local: *; };\n"))
    return std::move(error);
  if (llvm::Error error = inputs.addAll(objects))
    return std::move(error);
  if (llvm::Error error = inputs.add(options.runtime))
    return std::move(error);
  // No build id and no immediate binding: the same bytes every time, and nothing to resolve while
  // loading.
  std::vector<std::string> arguments{"-shared",          "--version-script=" + versions.last(),
                                     "-Bsymbolic",       "--gc-sections",
                                     "--strip-all",      "--build-id=none",
                                     "--hash-style=gnu", "--no-undefined",
                                     "--as-needed",      "-znoexecstack",
                                     "-zrelro",          "--pack-dyn-relocs=none"};
  if (!options.soname.empty())
    arguments.push_back("--soname=" + options.soname);
  if (!options.script.empty()) {
    if (llvm::Error error = script.add(options.script))
      return std::move(error);
    arguments.insert(arguments.end(), {"-T", script.last()});
  }
  inputs.appendTo(arguments);
  arguments.push_back(options.libraries + "/libm.so.6");
  arguments.push_back(options.libraries + "/libc.so.6");
  return link(std::move(arguments));
}

/// Makes every symbol local but the exports and the undefined ones.
static llvm::Expected<Bytes> localizeSymbols(const Bytes &object,
                                             llvm::ArrayRef<std::string> exports) {
  auto binary = llvm::object::ObjectFile::createObjectFile(
      llvm::MemoryBufferRef(StringRef(object.data(), object.size()), "model"));
  if (!binary)
    return binary.takeError();
  llvm::objcopy::ConfigManager config;
  config.Common.StripUnneeded = true;
  auto fail = [](llvm::Error error) { return error; };
  for (const std::string &name : exports)
    if (llvm::Error error = config.Common.SymbolsToKeepGlobal.addMatcher(
            llvm::objcopy::NameOrPattern::create(name, llvm::objcopy::MatchStyle::Literal, fail)))
      return std::move(error);
  Bytes result;
  llvm::raw_svector_ostream stream(result);
  if (llvm::Error error = llvm::objcopy::executeObjcopyOnBinary(config, **binary, stream))
    return std::move(error);
  return result;
}

llvm::Expected<Bytes> mlc::linkObject(llvm::ArrayRef<Bytes> objects, const LinkOptions &options) {
  Inputs inputs;
  if (llvm::Error error = inputs.addAll(objects))
    return std::move(error);
  if (!options.runtime.empty())
    if (llvm::Error error = inputs.add(options.runtime))
      return std::move(error);
  std::vector<std::string> arguments{"-r"};
  inputs.appendTo(arguments);
  llvm::Expected<Bytes> merged = link(std::move(arguments));
  if (!merged)
    return merged.takeError();
  return localizeSymbols(*merged, options.exports);
}

llvm::Expected<Bytes> mlc::makeArchive(const Bytes &object, StringRef memberName) {
  llvm::NewArchiveMember member(
      llvm::MemoryBufferRef(StringRef(object.data(), object.size()), memberName));
  member.MemberName = memberName;
  auto archive = llvm::writeArchiveToBuffer(
      {std::move(member)}, llvm::SymtabWritingMode::NormalSymtab, llvm::object::Archive::K_GNU,
      /*Deterministic=*/true, /*Thin=*/false);
  if (!archive)
    return archive.takeError();
  StringRef content = (*archive)->getBuffer();
  return Bytes(content.begin(), content.end());
}
