// Where an op stands in the model's text, for messages at run time.
#ifndef MLC_COMPILER_GRAPHTRANSFORMS_PLACES_H
#define MLC_COMPILER_GRAPHTRANSFORMS_PLACES_H

#include "mlir/IR/Location.h"
#include "llvm/Support/Path.h"

namespace mlc {

/// " at FILE:LINE:COL" of the model's text, empty if unknown; the file's name without its folder,
/// so that the library does not depend on where the model lies. A location in the text may give any
/// name: of a long one its end is shown, of control characters a question mark.
inline std::string placeOf(mlir::Location location) {
  auto place = location->findInstanceOf<mlir::FileLineColLoc>();
  if (!place)
    return "";
  constexpr size_t kLongestName = 200;
  std::string file = llvm::sys::path::filename(place.getFilename()).take_back(kLongestName).str();
  for (char &c : file)
    if (static_cast<unsigned char>(c) < ' ' || c == 127)
      c = '?';
  return (" at " + file + ":" + llvm::Twine(place.getLine()) + ":" + llvm::Twine(place.getColumn()))
      .str();
}

} // namespace mlc
#endif
