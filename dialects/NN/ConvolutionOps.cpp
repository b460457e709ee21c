// Convolutions: words, windows and channels. What they are made of is in
// ConvolutionDecomposition.cpp.
#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/ConvGeometry.h"
#include "dialects/NN/Refusal.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc::nn {

//===- Shapes ---------------------------------------------------------------===//

/// Whether the kernel's word has o, i and the spatial letters of x.
static LogicalResult verifyWords(std::optional<Location> location, const ConvWords &words,
                                 RankedTensorType w) {
  std::string expected = words.spatial + "oi", sorted = words.kernel;
  llvm::sort(expected);
  llvm::sort(sorted);
  if (sorted != expected) // conv_c1, conv_transpose_c1
    return refuse(location, "o is the output channels, i the input channels",
                  "expects a kernel_layout of o, i and the spatial letters of the layout \"",
                  words.x, "\", but got \"", words.kernel, "\"");
  if (static_cast<int64_t>(words.kernel.size()) != w.getRank()) // conv_c3
    return refuse(location, "", "expects a kernel of ", words.kernel.size(),
                  " dimensions, by the kernel_layout \"", words.kernel, "\", but got ", w);
  for (char letter : words.spatial)
    if (int64_t size = w.getDimSize(words.kernel.find(letter)); size < 1) // conv_c5
      return refuse(location, "",
                    "expects a kernel of static spatial sizes that are not 0, but got ", w);
  return success();
}

/// The sizes of the kernel along the spatial dimensions of x.
static SmallVector<int64_t> kernelSizes(const ConvWords &words, RankedTensorType w) {
  return llvm::map_to_vector(words.spatial,
                             [&](char letter) { return w.getDimSize(words.kernel.find(letter)); });
}

/// The words of an op, or the defaults for the rank of x, the kernel's channels in the order
/// `channels`.
template <typename OpOrAdaptor>
static FailureOr<ConvWords> wordsOf(std::optional<Location> location, OpOrAdaptor op,
                                    RankedTensorType x, RankedTensorType w, StringRef channels) {
  FailureOr<ImageLayout> layout = ImageLayout::of(location, op.getLayoutAttr(), x, "nc");
  if (failed(layout))
    return failure();
  ConvWords words{layout->word, "", layout->spatial};
  words.kernel = op.getKernelLayout().value_or((channels + words.spatial).str()).str();
  return failed(verifyWords(location, words, w)) ? FailureOr<ConvWords>() : words;
}
FailureOr<ConvGeometry> geometryOf(std::optional<Location> location, ConvOp::Adaptor op) {
  RankedTensorType x = tensorType(op.getX()), w = tensorType(op.getW());
  FailureOr<ConvWords> words = wordsOf(location, op, x, w, "oi");
  if (failed(words))
    return failure();
  size_t rank = words->spatial.size();
  WindowGrid grid;
  grid.sizes = kernelSizes(*words, w);
  grid.strides = perDimension(op.getStrides(), rank, 1);
  grid.dilation = perDimension(op.getDilation(), rank, 1);
  grid.inputDilation = perDimension(op.getInputDilation(), rank, 1);
  if (failed(setPadding(location, grid, op.getPadding(), op.getSame(), words->layout(), x)) ||
      failed(verifyGrid(location, grid, words->layout(), x)))
    return failure();
  return ConvGeometry{*words, grid};
}

FailureOr<ConvGeometry> geometryOf(std::optional<Location> location, ConvTransposeOp::Adaptor op) {
  RankedTensorType x = tensorType(op.getX()), w = tensorType(op.getW());
  FailureOr<ConvWords> words = wordsOf(location, op, x, w, "io");
  if (failed(words))
    return failure();
  size_t rank = words->spatial.size();
  WindowGrid grid;
  grid.sizes = kernelSizes(*words, w);
  grid.strides.assign(rank, 1);
  grid.dilation = perDimension(op.getDilation(), rank, 1);
  grid.inputDilation = perDimension(op.getStrides(), rank, 1);
  SmallVector<int64_t> extra = perDimension(op.getOutputPadding(), rank, 0);
  if (failed(setPadding(location, grid, op.getPadding(), /*same=*/false, words->layout(), x)))
    return failure();
  size_t count = std::min({rank, grid.low.size(), grid.high.size(), extra.size(),
                           grid.dilation.size(), grid.inputDilation.size()});
  for (size_t dim = 0; dim < count; ++dim) {
    int64_t most = std::max(grid.inputDilation[dim], grid.dilation[dim]);
    if (extra[dim] < 0 || extra[dim] >= most) // conv_transpose_c2
      return refuse(location, "",
                    "expects output_padding of at least 0 and less than the stride or the "
                    "dilation, ",
                    most, ", but got ", extra[dim]);
    int64_t reach = grid.length(dim) - 1;
    grid.low[dim] = reach - grid.low[dim];
    grid.high[dim] = reach - grid.high[dim] + extra[dim];
  }
  if (extra.size() != rank) // conv_c7
    return refuse(location, "", "expects output_padding for the ", rank,
                  " spatial dimensions of the layout \"", words->x, "\", but got ", extra.size());
  if (failed(verifyGrid(location, grid, words->layout(), x)))
    return failure();
  return ConvGeometry{*words, grid};
}

/// Whether the channels of x, of the kernel and the groups agree.
static LogicalResult verifyChannels(std::optional<Location> location, int64_t channels,
                                    int64_t ofGroup, int64_t cut, int64_t groups,
                                    RankedTensorType x, RankedTensorType w) {
  if (groups < 1) // conv_c6
    return refuse(location, "", "expects groups of at least 1, but got ", groups);
  bool areKnown = !ShapedType::isDynamic(channels) && !ShapedType::isDynamic(ofGroup);
  bool isCut = ShapedType::isDynamic(cut) ? groups == 1 : cut % groups == 0;
  if (isCut && (areKnown ? channels == groups * ofGroup : groups == 1))
    return success();
  return refuse(location, "the kernel has the input channels of one group", // conv_c6
                "expects channels in ", groups, " groups of equal size, but got ", x, " and ", w);
}

static LogicalResult verifyOperands(std::optional<Location> location, RankedTensorType x,
                                    RankedTensorType w, Value b, int64_t outputs) {
  if (x.getElementType() != w.getElementType()) // conv_c4
    return refuse(location, "convert one with nn.cast", "expects operands of one dtype, but got ",
                  x, " and ", w);
  if (!b)
    return success();
  auto bias = dyn_cast<RankedTensorType>(b.getType());
  if (bias && bias.getRank() == 1 && areCompatible(bias.getDimSize(0), outputs) &&
      bias.getElementType() == x.getElementType())
    return success();
  return refuse(location, "", "expects a bias of ",
                RankedTensorType::get({outputs}, x.getElementType()), ", but got ",
                b.getType()); // conv_c9
}

static int64_t times(int64_t size, int64_t factor) {
  return ShapedType::isDynamic(size) ? size : size * factor;
}

/// The type of the result: n of x, so many channels, the positions of windows.
static RankedTensorType resultType(const ConvWords &words, const WindowGrid &grid,
                                   RankedTensorType x, int64_t channels) {
  SmallVector<int64_t> shape(x.getShape());
  shape[words.x.find('c')] = channels;
  for (auto [dim, letter] : llvm::enumerate(words.spatial))
    shape[words.x.find(letter)] = grid.positions(dim, shape[words.x.find(letter)]);
  return x.clone(shape);
}

LogicalResult ConvOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                       SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> x = rankedType(location, op.getX()),
                              w = rankedType(location, op.getW());
  if (failed(x) || failed(w))
    return failure();
  FailureOr<ConvGeometry> geometry = geometryOf(location, op);
  if (failed(geometry))
    return failure();
  const ConvWords &words = geometry->words;
  auto groups = static_cast<int64_t>(op.getGroups());
  int64_t outputs = w->getDimSize(words.kernel.find('o')),
          inputs = w->getDimSize(words.kernel.find('i'));
  if (failed(verifyOperands(location, *x, *w, op.getB(), outputs)) ||
      failed(verifyChannels(location, x->getDimSize(words.x.find('c')), inputs, outputs, groups, *x,
                            *w)))
    return failure();
  types.push_back(resultType(words, geometry->grid, *x, outputs));
  return success();
}

/// A size of the result: `channels` along c.
static AffineExpr resultSize(const ConvGeometry &geometry, Value x, unsigned dim,
                             AffineExpr channels, DimensionAnalysis &sizes) {
  char letter = geometry.words.x[dim];
  AffineExpr size = sizes.dimension(x, dim);
  return letter == 'n'   ? size
         : letter == 'c' ? channels
                         : geometry.grid.positions(geometry.words.spatial.find(letter), size);
}

AffineExpr ConvOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  ConvGeometry geometry = *geometryOf(std::nullopt, Adaptor(*this));
  AffineExpr channels = sizes.dimension(getW(), geometry.words.kernel.find('o'));
  return resultSize(geometry, getX(), dim, channels, sizes);
}
//===- nn.conv_transpose ----------------------------------------------------===//

LogicalResult ConvTransposeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                                Adaptor op, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> x = rankedType(location, op.getX()),
                              w = rankedType(location, op.getW());
  if (failed(x) || failed(w))
    return failure();
  FailureOr<ConvGeometry> geometry = geometryOf(location, op);
  if (failed(geometry))
    return failure();
  const ConvWords &words = geometry->words;
  auto groups = static_cast<int64_t>(op.getGroups());
  int64_t inputs = w->getDimSize(words.kernel.find('i')),
          outputs = times(w->getDimSize(words.kernel.find('o')), groups);
  bool isCut = groups >= 1 && (groups == 1 || inputs % groups == 0);
  if (!isCut || !areCompatible(x->getDimSize(words.x.find('c')), inputs)) // conv_c6
    return refuse(location, "the kernel has the input channels of all groups",
                  "expects channels in ", groups, " groups of equal size, but got ", *x, " and ",
                  *w);
  if (failed(verifyOperands(location, *x, *w, op.getB(), outputs)))
    return failure();
  types.push_back(resultType(words, geometry->grid, *x, outputs));
  return success();
}

AffineExpr ConvTransposeOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  ConvGeometry geometry = *geometryOf(std::nullopt, Adaptor(*this));
  AffineExpr channels =
      sizes.dimension(getW(), geometry.words.kernel.find('o')) * static_cast<int64_t>(getGroups());
  return resultSize(geometry, getX(), dim, channels, sizes);
}

} // namespace mlc::nn
