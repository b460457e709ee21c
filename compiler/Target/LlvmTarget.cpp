//===- LlvmTarget.cpp - LLVM's back ends ----------------------------------===//
#include "compiler/Target/LlvmTarget.h"

#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"

using namespace mlc;

static llvm::Error initializeTarget(const llvm::Triple &triple) {
  bool known = triple.isOSBinFormatELF() && !triple.isX32(); // 64-bit pointers, and what LLD links
  switch (known ? triple.getArch() : llvm::Triple::UnknownArch) {
  case llvm::Triple::x86_64:
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeX86AsmParser();
    return llvm::Error::success();
  case llvm::Triple::aarch64:
    LLVMInitializeAArch64TargetInfo();
    LLVMInitializeAArch64Target();
    LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64AsmPrinter();
    LLVMInitializeAArch64AsmParser();
    return llvm::Error::success();
  case llvm::Triple::nvptx64:
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
    return llvm::Error::success();
  default:
    return llvm::createStringError("unknown target '" + triple.str() +
                                   "': expects an x86_64 or aarch64 triple of an ELF system, "
                                   "such as aarch64-linux-gnu");
  }
}

llvm::Expected<const llvm::Target *> mlc::findLlvmTarget(const llvm::Triple &triple) {
  if (llvm::Error error = initializeTarget(triple))
    return std::move(error);
  std::string message;
  if (const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, message))
    return target;
  return llvm::createStringError(message);
}

static llvm::CodeGenOptLevel codeGenLevel(unsigned optLevel) {
  return optLevel == 0   ? llvm::CodeGenOptLevel::None
         : optLevel == 1 ? llvm::CodeGenOptLevel::Less
         : optLevel == 2 ? llvm::CodeGenOptLevel::Default
                         : llvm::CodeGenOptLevel::Aggressive;
}

std::unique_ptr<llvm::TargetMachine> mlc::createLlvmMachine(const llvm::Triple &triple,
                                                            llvm::StringRef cpu,
                                                            llvm::StringRef features,
                                                            unsigned optLevel) {
  std::string message;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, message);
  llvm::TargetOptions options;
  options.FunctionSections = true;
  options.DataSections = true;
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(
      triple, cpu, features, options, llvm::Reloc::PIC_, std::nullopt, codeGenLevel(optLevel)));
}
