#include "dialects/NN/ImageLayout.h"
#include "dialects/NN/Refusal.h"

using namespace mlir;

namespace mlc::nn {

constexpr llvm::StringLiteral kRemedy =
    "n is the batch, c the channels, any other letter a spatial dimension";

static bool isWord(StringRef word) {
  for (auto [position, letter] : llvm::enumerate(word))
    if (letter < 'a' || letter > 'z' || word.find(letter, position + 1) != StringRef::npos)
      return false;
  return true;
}

FailureOr<ImageLayout> ImageLayout::of(std::optional<Location> location, StringAttr text,
                                       RankedTensorType x, StringRef needed) {
  int64_t rank = x.getRank();
  if (!text && (rank < 3 || rank > 5)) // interpolate_c2, pixel_shuffle_c2, grid_sample_c2, ...
    return refuse(
        location, "layout = \"hw\" says what the dimensions are",
        "expects x of rank 3 to 5, by the layout \"ncw\", \"nchw\" or \"ncdhw\", but got ", x);
  constexpr llvm::StringLiteral kSpatial = "dhw";
  ImageLayout layout{text ? text.str() : "nc" + kSpatial.take_back(rank - 2).str(), ""};
  llvm::copy_if(layout.word, std::back_inserter(layout.spatial),
                [](char letter) { return letter != 'n' && letter != 'c'; });
  auto isThere = [&](char letter) { return StringRef(layout.word).contains(letter); };
  if (!isWord(layout.word) || layout.spatial.empty() ||
      !llvm::all_of(needed, isThere)) // interpolate_c1, pixel_shuffle_c1, grid_sample_c1, ...
    return refuse(location, kRemedy, "expects a layout such as \"nchw\", with ",
                  needed.empty()  ? ""
                  : needed == "c" ? "c, "
                                  : "n, c, ",
                  "a spatial dimension and no letter twice, but got \"", layout.word, "\"");
  if (static_cast<int64_t>(layout.word.size()) != rank) // interpolate_c2, ...
    return refuse(location, kRemedy, "expects x of ", layout.word.size(),
                  " dimensions, by the layout \"", layout.word, "\", but got ", x);
  return layout;
}

SmallVector<int64_t> ImageLayout::spatialDims() const {
  return llvm::map_to_vector(spatial, [&](char letter) { return at(letter); });
}

LogicalResult verifyForSpatialDims(std::optional<Location> location, StringRef name, size_t count,
                                   const ImageLayout &layout) {
  if (count == 1 || count == layout.spatial.size()) // interpolate_c4, roi_align_c4
    return success();
  return refuse(location, "", "expects ", name, " to have one number for each of the ",
                layout.spatial.size(), " spatial dimensions of the layout \"", layout.word,
                "\", or one for all, but got ", count);
}

LogicalResult verifyNotEmpty(std::optional<Location> location, RankedTensorType x,
                             const ImageLayout &layout) {
  for (int64_t dim : layout.spatialDims())
    if (x.getDimSize(dim) == 0) // interpolate_c8, grid_sample_c6, roi_align_c7
      return refuse(location, "", "expects elements along every spatial dimension of x, but got ",
                    x);
  return success();
}

void refuseEmpty(const TensorExpr &x, ArrayRef<int64_t> dims) {
  // Read by nobody: what it needs of the sizes is noted before it is dropped.
  for (int64_t dim : dims)
    if (x.type().isDynamicDim(dim))
      x.sliceAlong(dim, 0, 1);
}

} // namespace mlc::nn
