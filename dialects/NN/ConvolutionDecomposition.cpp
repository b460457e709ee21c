// Convolutions: products of kernels with what windows see.
#include "dialects/NN/AttributeNames.h"
#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/ConvGeometry.h"
#include "dialects/NN/WindowsOfElements.h"
#include "dialects/NN/Winograd.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc::nn {

using Results = FailureOr<SmallVector<Value>>;

/// Neighbouring channels that see each other, while it is built; no letter that people write.
constexpr char kGroup = '#';

/// The kernel whose groups are of `total` instead of `inner`: [total] of all groups becomes that of
/// one, [inner] of one that of all.
static Lettered regrouped(const Lettered &kernel, char total, char inner, int64_t groups) {
  if (groups == 1)
    return kernel;
  constexpr char kRest = '*';
  Lettered cut = kernel.split(total, groups, kRest, kernel.size(total) / groups);
  std::string order;
  for (char letter : cut.dims)
    if (letter != total)
      order += letter == inner ? std::string{total, inner} : std::string(1, letter);
  return cut.inOrder(order).merge(total, inner, inner).renamed(kRest, total);
}

/// The elements in the opposite order along those of `letters` that there are.
static Lettered turnedRound(const Lettered &kernel, StringRef letters) {
  SmallVector<int64_t> places;
  for (auto [place, letter] : llvm::enumerate(kernel.dims))
    if (letters.contains(letter) && kernel.size(letter) != 1)
      places.push_back(static_cast<int64_t>(place));
  const TensorExpr &value = kernel.value;
  auto before = kernel.value.value().getDefiningOp<ReverseOp>();
  if (before && before.getDims() == ArrayRef(places))
    return kernel.with(kernel.value.with(before.getX()));
  return places.empty() ? kernel
                        : kernel.with(value.with(ReverseOp::create(*value.builder, *value.location,
                                                                   value.value(), places)));
}

/// A convolution whose windows are those of the grid, computed as `like` says.
static Value createConv(OpBuilder &builder, Operation *like, const Lettered &x, Value w, Value b,
                        StringRef kernelWord, const WindowGrid &grid, int64_t groups) {
  SmallVector<int64_t> padding;
  for (auto [low, high] : llvm::zip_equal(grid.low, grid.high))
    padding.append({low, high});
  auto conv = ConvOp::create(builder, like->getLoc(), x.value.value(), w, b, grid.strides, padding,
                             /*same=*/false, grid.dilation, grid.inputDilation, groups,
                             builder.getStringAttr(x.dims), builder.getStringAttr(kernelWord));
  if (Attribute use = like->getAttr(kWinogradAttr))
    conv->setAttr(kWinogradAttr, use);
  return conv;
}

namespace {
/// What a convolution and its derivatives are made of. Spatial dimensions have the letters of the
/// layout, those of the kernel and of windows the capitals.
class Convolution {
public:
  Convolution(OpBuilder &builder, ConvOp op)
      : Convolution(builder, op, *geometryOf(std::nullopt, ConvOp::Adaptor(op))) {}
  Convolution(OpBuilder &builder, ConvOp op, const ConvGeometry &geometry)
      : builder(builder), op(op), groups(static_cast<int64_t>(op.getGroups())),
        words(geometry.words), grid(geometry.grid), x{expr(op.getX()), words.x},
        w{expr(op.getW()), kernelWord(words.kernel)} {
    if (!isDepthwise() || w.size('o') == groups)
      return;
    // Several outputs of a channel are those of so many copies of it, one each.
    copies = w.size('o') / groups;
    groups *= copies;
    x = x.with(repeated(x.value, x.at('c'), copies));
  }

  Value build();
  TensorExpr inputGradient(const TensorExpr &dy);
  TensorExpr kernelGradient(const TensorExpr &dy);

  TensorExpr expr(Value value) { return TensorExpr(builder, op.getLoc(), value); }

private:
  /// A kernel's word with capitals for what is spatial.
  std::string kernelWord(StringRef word) const {
    std::string letters = word.str();
    for (char &letter : letters)
      letter = letter == 'o' || letter == 'i' ? letter : windowLetter(letter);
    return letters;
  }
  std::string last(char channels) const { return "n" + words.spatial + channels; }
  /// Whether the elements of x are apart, and positions are not: a transposed convolution.
  bool isSpread() const {
    auto isApart = [](int64_t step) { return step > 1; };
    return llvm::any_of(grid.inputDilation, isApart) && llvm::none_of(grid.strides, isApart);
  }
  bool isDepthwise() const { return groups > 1 && w.size('i') == 1; }
  /// Without strides the result has as many elements as x times the input dilation, and so many
  /// more.
  int64_t beyond(size_t dim) const {
    return grid.low[dim] + grid.high[dim] + 2 - grid.inputDilation[dim] - grid.length(dim);
  }

  TensorExpr gradientOfCopies(const TensorExpr &dy);
  TensorExpr inputGradientByElements(const TensorExpr &dy);
  Lettered seen(const Lettered &input, const WindowGrid &windows, char channels);
  Lettered withZeros(const Lettered &seen, const Lettered &input, const WindowGrid &windows);
  Lettered inGroups(const Lettered &input, char channels);
  Lettered kernel();
  Lettered product(const Lettered &windows, const Lettered &kernel, StringRef summed);
  Lettered joined(const Lettered &result);
  std::optional<WinogradConvolution> winograd();
  Lettered byTiles(WinogradConvolution tiles);
  bool isOfOneElement() const;
  Lettered element() const;
  Lettered byTaps();
  Lettered tapsByElement(const Lettered &output);
  Lettered byPhases();
  Lettered interleaved(size_t dim, SmallVector<int64_t> &phases);
  Lettered stacked(ArrayRef<Value> pieces, char letter);
  Lettered ofPhase(ArrayRef<int64_t> phases);
  Value convolve(const Lettered &input, const Lettered &kernel, const WindowGrid &windows);

  OpBuilder &builder;
  ConvOp op;
  int64_t groups;
  ConvWords words;
  WindowGrid grid;
  Lettered x, w;
  int64_t copies = 1; ///< of each channel of the operand, side by side in x
};
} // namespace

/// Channels as groups and `channels`, or as groups alone where they are of one.
Lettered Convolution::inGroups(const Lettered &input, char channels) {
  if (groups == 1)
    return input.renamed('c', channels);
  if (isDepthwise())
    return input.renamed('c', kGroup);
  return input.split('c', groups, channels, input.size('c') / groups).renamed('c', kGroup);
}

/// Tells products what windows see of the padding of `input`.
Lettered Convolution::withZeros(const Lettered &seen, const Lettered &input,
                                const WindowGrid &windows) {
  SmallVector<int64_t> zeros(2 * input.dims.size(), 0);
  for (auto [dim, letter] : llvm::enumerate(words.spatial)) {
    zeros[2 * input.at(letter)] = std::max<int64_t>(windows.low[dim], 0);
    zeros[2 * input.at(letter) + 1] = std::max<int64_t>(windows.high[dim], 0);
  }
  auto isZero = [](int64_t count) { return count == 0; };
  if (!llvm::all_of(zeros, isZero))
    seen.value.value().getDefiningOp()->setAttr(kZerosAttr, builder.getDenseI64ArrayAttr(zeros));
  return seen;
}

/// What windows see of the padded input: [n, positions, windows, groups, channels].
Lettered Convolution::seen(const Lettered &input, const WindowGrid &windows, char channels) {
  Lettered inside = padded(input.inOrder(last('c')), words.spatial, windows, 0.0);
  Lettered cut = inGroups(inside, channels);
  if (!windows.isTrivial())
    return withZeros(seenByWindows(cut, words.spatial, windows), cut, windows);
  refuseEmpty(cut.value,
              llvm::map_to_vector(words.spatial, [&](char each) { return cut.at(each); }));
  return cut;
}

Lettered Convolution::kernel() {
  auto isWindow = [](char letter, int64_t) { return letter != 'i' && letter != 'o'; };
  Lettered sorted = grid.isTrivial() ? w.without(isWindow).inOrder("io")
                                     : w.inOrder(windowLetters(words.spatial) + "io");
  return groups == 1 ? sorted
                     : sorted.split('o', groups, 'q', sorted.size('o') / groups)
                           .renamed('o', kGroup)
                           .renamed('q', 'o');
}

/// The sum over `summed` of products; one group to a channel leaves nothing to share, so that it is
/// a reduction, along vectors of channels.
Lettered Convolution::product(const Lettered &a, const Lettered &b, StringRef summed) {
  if (!isDepthwise())
    return contract(a, b, summed);
  auto isOne = [](char letter, int64_t size) {
    return size == 1 && (letter == 'i' || letter == 'o');
  };
  Lettered left = a.without(isOne), right = b.without(isOne);
  Lettered wide{widened(left.value), left.dims};
  Lettered other{widened(right.value), right.dims};
  TensorExpr products = wide.value * other.broadcastTo(wide);
  SmallVector<int64_t> dims;
  std::string kept;
  for (auto [dim, letter] : llvm::enumerate(wide.dims))
    if (summed.contains(letter))
      dims.push_back(static_cast<int64_t>(dim));
    else
      kept += letter;
  return {cast(products.sum(dims), op.getType().getElementType()), kept};
}

/// [groups, o] as the channels, in the order of the layout.
Lettered Convolution::joined(const Lettered &result) {
  if (groups == 1)
    return result.renamed('o', 'c').inOrder(words.x);
  if (isDepthwise())
    return result.renamed(kGroup, 'c').inOrder(words.x);
  return result.inOrder("n" + words.spatial + std::string{kGroup, 'o'})
      .merge(kGroup, 'o', 'c')
      .inOrder(words.x);
}

Value Convolution::build() {
  Lettered sum;
  if (isOfOneElement()) {
    sum = byTaps();
  } else if (isSpread()) {
    sum = byPhases();
  } else if (auto tiles = winograd()) {
    sum = byTiles(*tiles);
  } else {
    std::string taps = grid.isTrivial() ? "i" : windowLetters(words.spatial) + "i";
    sum = joined(product(seen(x, grid, 'i'), kernel(), taps));
  }
  if (!op.getB())
    return sum.value.value();
  Lettered bias{expr(op.getB()), "c"};
  return (sum.value + bias.broadcastTo(sum)).value();
}

/// Where tiles of minimal filtering take fewer products.
std::optional<WinogradConvolution> Convolution::winograd() {
  if (groups != 1)
    return std::nullopt;
  ConvolutionSizes sizes;
  sizes.images = std::max<int64_t>(x.size('n'), 1);
  sizes.taps = grid.sizes;
  sizes.inputs = x.size('c');
  sizes.outputs = w.size('o');
  sizes.isDerivative = bool(w.value.value().getDefiningOp<ReverseOp>());
  for (auto [dim, letter] : llvm::enumerate(words.spatial))
    sizes.positions.push_back(grid.positions(dim, x.size(letter)));
  std::optional<int64_t> points = winogradPoints(grid, sizes, x.value.element(), winogradUse(op));
  if (!points)
    return std::nullopt;
  return WinogradConvolution(builder, op.getLoc(), grid, sizes.positions, *points);
}

/// A kernel's channels stay as they lie, where its taps come first, or else change their places: so
/// a convolution and its derivative by the input take the same.
Lettered Convolution::byTiles(WinogradConvolution tiles) {
  std::string taps = windowLetters(words.spatial), channels;
  for (char letter : w.dims)
    if (letter == 'i' || letter == 'o')
      channels += letter;
  if (!StringRef(w.dims).ends_with(channels))
    std::swap(channels[0], channels[1]);
  // What turns it round is told to the map.
  Lettered kernel = w;
  SmallVector<bool> isTurned(grid.rank(), false);
  auto reverse = w.value.value().getDefiningOp<ReverseOp>();
  auto isTap = [&](int64_t dim) { return StringRef(taps).contains(w.dims[dim]); };
  if (reverse && llvm::all_of(reverse.getDims(), isTap)) {
    kernel = w.with(w.value.with(reverse.getX()));
    for (int64_t dim : reverse.getDims())
      isTurned[taps.find(w.dims[dim])] = true;
  }
  Lettered sum{tiles.forward(x.inOrder(last('c')).value, kernel.inOrder(taps + channels), isTurned),
               last('c')};
  return sum.inOrder(words.x);
}

Value Convolution::convolve(const Lettered &input, const Lettered &kernel,
                            const WindowGrid &windows) {
  return createConv(builder, op, input, kernel.value.value(), Value(),
                    StringRef(kernel.dims).lower(), windows, groups);
}

/// `count` taps of a kernel from `first` on. Of one that is turned round they are taken before: one
/// tap has no other order.
static Lettered tapsOf(const Lettered &kernel, char letter, int64_t first, int64_t count,
                       int64_t step) {
  const TensorExpr &value = kernel.value;
  OpBuilder &builder = *value.builder;
  if (auto turned = value.value().getDefiningOp<ReverseOp>()) {
    Lettered source = kernel.with(value.with(turned.getX()));
    std::string letters;
    for (int64_t dim : turned.getDims())
      letters += kernel.dims[dim];
    if (letters.find(letter) != std::string::npos)
      first = source.size(letter) - 1 - (first + (count - 1) * step);
    return turnedRound(tapsOf(source, letter, first, count, step), letters);
  }
  int64_t place = kernel.at(letter);
  SmallVector<OpFoldResult> offsets(value.rank(), builder.getIndexAttr(0)), sizes = value.sizes();
  SmallVector<int64_t> strides(value.rank(), 1);
  offsets[place] = builder.getIndexAttr(first);
  sizes[place] = builder.getIndexAttr(count);
  strides[place] = step;
  return kernel.with(value.slice(offsets, sizes, strides));
}

//===- One element ----------------------------------------------------------===//

/// Whether x is one element, in padding, and each tap meets it at one position: to multiply what
/// else windows see would be in vain.
bool Convolution::isOfOneElement() const {
  bool isOne = groups == 1 && !grid.isTrivial();
  for (auto [dim, letter] : llvm::enumerate(words.spatial)) {
    auto isInside = [&](int64_t padding) { return padding >= 0 && padding < grid.sizes[dim]; };
    isOne &= x.size(letter) == 1 && grid.strides[dim] == 1 && grid.dilation[dim] == 1 &&
             isInside(grid.low[dim]) && isInside(grid.high[dim]);
  }
  return isOne;
}

/// Its channels, of every image.
Lettered Convolution::element() const {
  auto isSpatial = [&](char letter, int64_t) {
    return words.spatial.find(letter) != std::string::npos;
  };
  return x.without(isSpatial).renamed('c', 'i');
}

/// Position p is that of tap low - p: the result is the products of the element's channels with
/// all taps.
Lettered Convolution::byTaps() {
  Lettered taps = w.renamed('o', 'c');
  for (auto [dim, letter] : llvm::enumerate(words.spatial)) {
    int64_t count = grid.positions(dim, 1);
    if (count != grid.sizes[dim])
      taps = tapsOf(taps, windowLetter(letter), grid.low[dim] - count + 1, count, 1);
  }
  taps = turnedRound(taps, windowLetters(words.spatial));
  for (char letter : words.spatial)
    taps = taps.renamed(windowLetter(letter), letter);
  return contract(element(), taps, "i").inOrder(words.x);
}

/// The derivative of that by the kernel.
Lettered Convolution::tapsByElement(const Lettered &output) {
  Lettered taps = contract(element(), output.renamed('c', 'o'), "n");
  SmallVector<int64_t> low(taps.value.rank(), 0), high = low, interior = low;
  for (auto [dim, letter] : llvm::enumerate(words.spatial)) {
    low[taps.at(letter)] = grid.low[dim] - grid.positions(dim, 1) + 1;
    high[taps.at(letter)] = grid.sizes[dim] - 1 - grid.low[dim];
    taps = taps.renamed(letter, windowLetter(letter));
  }
  taps = turnedRound(taps, windowLetters(words.spatial));
  return taps.with(taps.value.pad(0.0, low, high, interior));
}

//===- Transposed -----------------------------------------------------------===//

/// With zeros between the elements of x most products are zero. Those that are not fall into
/// phases: at every L-th position the same taps meet elements, which is a convolution of its own.
/// Their results lie side by side.
Lettered Convolution::byPhases() {
  SmallVector<int64_t> phases;
  x = x.inOrder(last('c'));
  return interleaved(0, phases).inOrder(words.x);
}

/// Puts zeros around the elements of a dimension, which are at one phase; together with those of
/// the dimensions before.
static Lettered spread(Lettered piece, char letter, int64_t phase, int64_t period) {
  SmallVector<int64_t> low(piece.value.rank(), 0), high = low, interior = low;
  if (auto inner = piece.value.value().getDefiningOp<PadOp>()) {
    low = llvm::to_vector(inner.getLow());
    high = llvm::to_vector(inner.getHigh());
    interior = llvm::to_vector(inner.getInterior());
    piece = piece.with(piece.value.with(inner.getX()));
  }
  int64_t place = piece.at(letter);
  low[place] = phase;
  high[place] = period - 1 - phase;
  interior[place] = period - 1;
  return piece.with(piece.value.pad(0.0, low, high, interior));
}

/// Pieces of the result with the elements of a dimension at one phase each.
Lettered Convolution::stacked(ArrayRef<Value> pieces, char letter) {
  constexpr char kPhase = '*';
  std::string letters = last('c');
  int64_t place = static_cast<int64_t>(letters.find(letter)) + 1;
  letters.insert(place, 1, kPhase);
  Lettered result{expr(StackOp::create(builder, op.getLoc(), pieces, place)), letters};
  return result.merge(letter, kPhase, letter);
}

/// The elements of the result along the dimensions from `dim` on, at these phases of those before.
Lettered Convolution::interleaved(size_t dim, SmallVector<int64_t> &phases) {
  if (dim == words.spatial.size())
    return ofPhase(phases);
  int64_t period = grid.inputDilation[dim];
  char letter = words.spatial[dim];
  auto atPhase = [&](int64_t phase) {
    phases.push_back(phase);
    Lettered piece = interleaved(dim + 1, phases);
    phases.pop_back();
    return piece;
  };
  if (period == 1)
    return atPhase(0);
  auto hasTaps = [&](int64_t phase) {
    return phaseOf(phase, period, grid.sizes[dim], grid.dilation[dim], grid.low[dim]).count > 0;
  };
  auto all = llvm::seq<int64_t>(0, period);
  Lettered result = {x.value, last('c')};
  if (llvm::count_if(all, hasTaps) == 1) { // as with a window of one
    int64_t phase = *llvm::find_if(all, hasTaps);
    result = spread(atPhase(phase), letter, phase, period);
  } else {
    SmallVector<Value> pieces =
        llvm::map_to_vector(all, [&](int64_t phase) { return atPhase(phase).value.value(); });
    result = stacked(pieces, letter);
  }
  // The last phases may have an element too many.
  int64_t over = llvm::divideCeilSigned(beyond(dim), period) * period - beyond(dim);
  if (over == 0)
    return result;
  OpFoldResult size = addSizes(builder, op.getLoc(), result.value.size(result.at(letter)),
                               builder.getIndexAttr(-over));
  return trimmed(result, letter, 0, size);
}

Lettered Convolution::ofPhase(ArrayRef<int64_t> phases) {
  WindowGrid part = grid;
  Lettered taps = w;
  bool isEmpty = false;
  for (auto [dim, letter] : llvm::enumerate(words.spatial)) {
    int64_t period = grid.inputDilation[dim];
    Phase phase = phaseOf(phases[dim], period, grid.sizes[dim], grid.dilation[dim], grid.low[dim]);
    isEmpty |= phase.count == 0;
    int64_t count = std::max<int64_t>(phase.count, 1);
    if (count != grid.sizes[dim])
      taps = tapsOf(taps, windowLetter(letter), phase.count ? phase.first : 0, count,
                    phase.count > 1 ? phase.step : 1);
    part.sizes[dim] = count;
    part.dilation[dim] = phase.count > 1 ? phase.advance : 1;
    part.inputDilation[dim] = 1;
    part.low[dim] = -phase.shift;
    part.high[dim] =
        llvm::divideCeilSigned(beyond(dim), period) + part.length(dim) - 1 - part.low[dim];
  }
  TensorExpr result = expr(convolve(x, taps, part));
  return {isEmpty ? zeroLike(result) : result, last('c')};
}

//===- Derivatives ----------------------------------------------------------===//

/// With strides and one channel to a group, each element sums up products of the few windows that
/// see it.
TensorExpr Convolution::inputGradientByElements(const TensorExpr &dy) {
  auto isWindow = [&](char letter) {
    return windowLetters(words.spatial).find(letter) != std::string::npos;
  };
  auto isOne = [](char letter, int64_t size) { return letter == 'i' && size == 1; };
  std::string order;
  for (char letter : w.dims)
    if (isWindow(letter))
      order += letter;
  Lettered taps = w.without(isOne).inOrder(order + "o").renamed('o', 'c');
  Lettered output = Lettered{dy, words.x}.inOrder(last('c'));
  WindowsOfElements around(x.inOrder(last('c')), words.spatial, grid);
  Lettered given = around.of(output.with(widened(output.value)), 0.0);
  Lettered kernel = around.kernel(taps.with(widened(taps.value)));
  TensorExpr place = around.places(given), products = given.value * kernel.broadcastTo(given);
  TensorExpr share = select(place >= place.integerConstant(0), products, zeroLike(products));
  Lettered sum = around.sum(given.with(share));
  return cast(sum.inOrder(words.x).value, op.getX().getType().getElementType());
}

/// That of all copies of a channel.
TensorExpr Convolution::inputGradient(const TensorExpr &dy) {
  TensorExpr ofCopies = gradientOfCopies(dy);
  if (copies == 1)
    return ofCopies;
  Lettered apart = Lettered{ofCopies, words.x}.split('c', groups / copies, '*', copies);
  return cast(widened(apart.value).sum({apart.at('*')}), ofCopies.element());
}

/// The convolution of dy with the kernel turned round.
TensorExpr Convolution::gradientOfCopies(const TensorExpr &dy) {
  bool hasStrides = llvm::any_of(grid.strides, [](int64_t stride) { return stride > 1; });
  if (hasStrides && isDepthwise() && WindowsOfElements::areKnown(x, words.spatial, grid))
    return inputGradientByElements(dy);
  Lettered turned = regrouped(turnedRound(w, windowLetters(words.spatial)), 'o', 'i', groups)
                        .renamed('o', '*')
                        .renamed('i', 'o')
                        .renamed('*', 'i');
  WindowGrid back = grid;
  std::swap(back.strides, back.inputDilation);
  Lettered output{dy, words.x};
  SmallVector<char> cut; // dimensions of which more was computed than x has
  for (auto [dim, letter] : llvm::enumerate(words.spatial)) {
    int64_t reach = grid.length(dim) - 1, stride = grid.strides[dim], size = x.size(letter);
    back.low[dim] = reach - grid.low[dim];
    int64_t over = 0; // elements after the last window
    if (stride > 1 && ShapedType::isDynamic(size)) {
      over = stride - 1;
      cut.push_back(letter);
    } else if (stride > 1) {
      int64_t spread = (size - 1) * grid.inputDilation[dim] + 1;
      over = (spread + grid.low[dim] + grid.high[dim] - reach - 1) % stride;
    }
    back.high[dim] = reach - grid.high[dim] + over;
  }
  Lettered result{expr(convolve(output, turned, back)), words.x};
  for (char letter : cut)
    result = trimmed(result, letter, 0, x.value.size(x.at(letter)));
  return result.value;
}

/// The sum over all positions of what windows see of x times dy; where x is spread, of what
/// windows see of dy times x, turned round, so that no zeros between are multiplied.
TensorExpr Convolution::kernelGradient(const TensorExpr &dy) {
  Lettered output{dy, words.x}, sum;
  std::string positions = "n" + words.spatial;
  if (isOfOneElement()) {
    sum = tapsByElement(output);
  } else if (isSpread()) {
    WindowGrid over = grid;
    std::swap(over.strides, over.inputDilation);
    for (size_t dim = 0; dim < grid.rank(); ++dim) {
      int64_t reach = grid.length(dim) - 1;
      over.low[dim] = reach - grid.low[dim];
      over.high[dim] = reach - grid.high[dim];
    }
    sum = product(seen(output, over, 'o'), inGroups(x.inOrder(last('c')), 'i'), positions);
    sum = turnedRound(sum, windowLetters(words.spatial));
  } else if (auto tiles = winograd()) {
    sum = {tiles->byKernel(x.inOrder(last('c')).value, output.inOrder(last('c')).value),
           windowLetters(words.spatial) + "io"};
  } else {
    sum = product(seen(x, grid, 'i'), inGroups(output.inOrder(last('c')), 'o'), positions);
  }
  // [groups, o] of all groups is o; what one group has of one channel may be missing.
  if (groups > 1) {
    if (sum.has('o')) {
      std::string order;
      for (char letter : sum.dims)
        if (letter != kGroup && letter != 'o')
          order += letter;
      sum = sum.inOrder(order + std::string{kGroup, 'o'}).merge(kGroup, 'o', 'o');
    } else {
      sum = sum.renamed(kGroup, 'o');
    }
  }
  SmallVector<int64_t> shape(sum.value.type().getShape());
  std::string letters = sum.dims;
  for (char letter : w.dims)
    if (!sum.has(letter)) { // of size 1
      shape.push_back(1);
      letters += letter;
    }
  return Lettered{reshaped(sum.value, shape), letters}.inOrder(w.dims).value;
}

Results ConvOp::decompose(OpBuilder &builder) {
  return SmallVector<Value>{Convolution(builder, *this).build()};
}

LogicalResult ConvOp::buildVjp(VjpBuilder &vjp) {
  Convolution convolution(vjp.builder, *this);
  TensorExpr dy = vjp.cotangent();
  if (vjp.isActive(0))
    vjp.accumulate(0, convolution.inputGradient(dy));
  if (vjp.isActive(1))
    vjp.accumulate(1, convolution.kernelGradient(dy));
  if (getB() && vjp.isActive(2)) {
    SmallVector<int64_t> others;
    int64_t channels = geometryOf(std::nullopt, Adaptor(*this))->words.layout().at('c');
    for (int64_t dim = 0; dim < dy.rank(); ++dim)
      if (dim != channels)
        others.push_back(dim);
    vjp.accumulate(2, dy.sum(others));
  }
  return success();
}

//===- nn.conv_transpose ----------------------------------------------------===//

Results ConvTransposeOp::decompose(OpBuilder &builder) {
  ConvGeometry geometry = *geometryOf(std::nullopt, Adaptor(*this));
  const ConvWords &words = geometry.words;
  Lettered w{TensorExpr(builder, getLoc(), getW()), words.kernel};
  Lettered turned =
      regrouped(turnedRound(w, words.spatial), 'i', 'o', static_cast<int64_t>(getGroups()));
  Lettered x{TensorExpr(builder, getLoc(), getX()), words.x};
  return SmallVector<Value>{createConv(builder, *this, x, turned.value.value(), getB(), turned.dims,
                                       geometry.grid, static_cast<int64_t>(getGroups()))};
}

} // namespace mlc::nn
