// The one place where the names of a model become names of something else: of C functions, types
// and parameters, and of what a file of state holds. What cannot be a name there is refused with a
// reason, or escaped so that no two names become one.
#ifndef MLC_COMPILER_NAMES_NAMES_H
#define MLC_COMPILER_NAMES_NAMES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace mlc {

/// Whether `name` is made of letters, digits and underscores, no digit first, and no keyword.
bool isCIdentifier(llvm::StringRef name);
/// `name` with every other character replaced by '_'; a keyword or a leading digit gets an
/// underscore.
std::string toCIdentifier(llvm::StringRef name);

/// The functions that every model has, after `<model>_`.
llvm::ArrayRef<llvm::StringLiteral> commonFunctions();
/// The C function of an entry or a common function.
std::string cFunctionName(llvm::StringRef model, llvm::StringRef function);
/// Why no model may have a function of this name ("the C library has a function of this name"), or
/// "" where it may.
std::string whyNoCFunction(llvm::StringRef symbol);

/// The type of a model's handle: the model's name, or `mlc_` and that name where C may know it
/// already. Types are no part of the ABI.
std::string cTypeName(llvm::StringRef model);
/// Whether that name was escaped only because it is spelled as macros are: then a header can offer
/// the plain one, where the preprocessor knows no macro of it.
bool isCTypeUnlessMacro(llvm::StringRef model);
/// The name of a parameter of a prototype, which is no part of the ABI: lower-case identifiers that
/// are no words of C stay; others become `mlc_<name>`. Injective.
std::string cParameterName(llvm::StringRef name);

/// Whether the C library of this machine, or its libm, has the symbol.
bool isInCLibrary(llvm::StringRef symbol);
/// The folder of the C library that programs on this machine use.
std::string cLibraryFolder();

/// Why a file of state cannot hold a parameter, state, slot or hyperparameter of this name, or "".
std::string whyNoStateName(llvm::StringRef name);
/// The keys of the metadata that are no hyperparameters: of the runtime and of mlc-run.
llvm::ArrayRef<llvm::StringLiteral> metadataKeys();

} // namespace mlc
#endif
