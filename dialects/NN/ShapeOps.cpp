// Types, constraints and sizes of the ops that create tensors or move their elements.
#include "dialects/NN/NN.h"
#include "dialects/NN/Refusal.h"
#include "dialects/NN/TensorExpr.h"
#include "dialects/NN/Text.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

namespace mlc::nn {

static RankedTensorType rankedTypeOf(Value value) {
  return mlir::cast<RankedTensorType>(value.getType());
}
/// Checks that one size operand is there per `?` of the result.
static LogicalResult verifySizes(Operation *op, ValueRange sizes) {
  RankedTensorType type = rankedTypeOf(op->getResult(0));
  if (sizes.size() == static_cast<size_t>(type.getNumDynamicDims()))
    return success();
  InFlightDiagnostic diagnostic = op->emitOpError("expects one size operand per `?` of ")
                                  << type << ", but got " << sizes.size();
  diagnostic.attachNote()
      << "write the `index` sizes in brackets; nn.dim gives the size of a tensor";
  return diagnostic;
}
/// Checks that an `index` operand stands for every dynamic marker of a list.
static LogicalResult verifyMarkers(Operation *op, StringRef name, ArrayRef<int64_t> statics,
                                   ValueRange operands) {
  int64_t markers = llvm::count_if(statics, ShapedType::isDynamic);
  if (markers == static_cast<int64_t>(operands.size()))
    return success();
  return op->emitOpError("expects one operand per dynamic marker of ")
         << name << ", but got " << operands.size() << " for " << markers;
}
/// The size of a `?` dimension of a result whose sizes are operands, in order.
static AffineExpr sizeOperand(RankedTensorType type, unsigned dim, ValueRange sizes,
                              DimensionAnalysis &analysis) {
  return analysis.index(sizes[type.getDynamicDimIndex(dim)]);
}

// constant, iota, dim

/// Numbers in brackets in brackets, one after the other, and how many there are of each bracket.
static ParseResult parseLiterals(OpAsmParser &parser, SmallVectorImpl<Literal> &literals,
                                 SmallVectorImpl<int64_t> &shape, unsigned depth = 0) {
  if (failed(parser.parseOptionalLSquare()))
    return parseLiteral(parser, literals.emplace_back());
  SMLoc place = parser.getCurrentLocation();
  int64_t count = 0;
  bool isFirst = shape.size() <= depth;
  if (isFirst)
    shape.push_back(0);
  if (failed(parser.parseOptionalRSquare())) {
    do {
      ++count;
      if (parseLiterals(parser, literals, shape, depth + 1))
        return failure();
    } while (succeeded(parser.parseOptionalComma()));
    if (parser.parseRSquare())
      return failure();
  }
  if (isFirst)
    shape[depth] = count;
  if (shape[depth] != count)
    return parser.emitError(place) << "expects lists of equal length, but got " << shape[depth]
                                   << " and " << count << " elements";
  return success();
}

/// Without the quotes of diagnostics.
static std::string textOf(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

/// 1.0 : tensor<4xf32>, [[1, 2], [3, 4]] : tensor<2x2xf32>
static ParseResult parseLiteralConstant(OpAsmParser &parser, ElementsAttr &value) {
  SmallVector<Literal> literals;
  SmallVector<int64_t> shape;
  Type type;
  if (parseLiterals(parser, literals, shape) || parser.parseColon())
    return failure();
  SMLoc place = parser.getCurrentLocation();
  if (parser.parseType(type))
    return failure();
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape()) {
    InFlightDiagnostic diagnostic = parser.emitError(place)
                                    << "expects a tensor type of static shape, but got " << type;
    if (type.isIntOrFloat())
      diagnostic.attachNote() << "a scalar is a tensor of rank 0: "
                              << textOf(RankedTensorType::get({}, type));
    else
      diagnostic.attachNote() << "nn.broadcast copies a constant to sizes that are free";
    return diagnostic;
  }
  if (!shape.empty() && ArrayRef(shape) != tensor.getShape())
    return parser.emitError(place)
           << "expects a type of the shape of the lists, "
           << RankedTensorType::get(shape, tensor.getElementType()) << ", but got " << type;
  if (!shape.empty() && static_cast<int64_t>(literals.size()) != tensor.getNumElements())
    return parser.emitError(place)
           << "expects " << tensor.getNumElements() << " numbers in lists of equal depth, but got "
           << literals.size();
  value = constantOf(parser, tensor, literals);
  return success(static_cast<bool>(value));
}
ParseResult ConstantOp::parse(OpAsmParser &parser, OperationState &state) {
  ElementsAttr value;
  if (parser.parseOptionalAttrDict(state.attributes))
    return failure();
  // `dense<...>` and resources are words, as are inf, nan, true and false.
  StringRef text = textAhead(parser), word = wordOf(text);
  bool isAttribute = !word.empty() && !llvm::is_contained({"inf", "nan", "true", "false"}, word);
  if (isAttribute ? parser.parseAttribute(value) : parseLiteralConstant(parser, value))
    return failure();
  state.getOrAddProperties<Properties>().value = value;
  state.addTypes(value.getType());
  return success();
}
void ConstantOp::print(OpAsmPrinter &printer) {
  printer.printOptionalAttrDict((*this)->getAttrs(), {getValueAttrName().getValue()});
  printer << ' ' << getValue();
}

LogicalResult ConstantOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getValue().getShapedType());
  return success();
}
/// Null where the values are neither dense nor a resource with a byte for every i1, else as many as
/// the dtype has.
static DenseElementsAttr denseValues(ElementsAttr value) {
  if (auto dense = dyn_cast<DenseElementsAttr>(value))
    return dense;
  auto resource = dyn_cast<DenseResourceElementsAttr>(value);
  AsmResourceBlob *blob = resource ? resource.getRawHandle().getBlob() : nullptr;
  if (!blob)
    return {};
  ArrayRef<char> data = blob->getData();
  ShapedType type = resource.getType();
  if (type.getElementType().isInteger(1)) {
    bool isWhole = static_cast<int64_t>(data.size()) == type.getNumElements();
    SmallVector<bool> truths(llvm::map_range(data, [](char byte) { return byte != 0; }));
    return isWhole ? DenseElementsAttr::get(type, truths) : DenseElementsAttr();
  }
  uint64_t bytes = type.getElementTypeBitWidth() / 8 * type.getNumElements();
  // A buffer of one element would stand for a splat.
  return data.size() == bytes ? DenseElementsAttr::getFromRawBuffer(type, data)
                              : DenseElementsAttr();
}

DenseElementsAttr ConstantOp::getDense() { return denseValues(getValue()); }

LogicalResult ConstantOp::verify() {
  if (!getDense()) // constant_c1
    return emitOpError("expects dense values, or a resource of ")
           << getType().getNumElements() << " elements, but got " << getValue();
  return success();
}
AffineExpr ConstantOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.constant(getType().getShape()[dim]);
}

LogicalResult IotaOp::verify() {
  if (failed(verifyDim(getLoc(), "dim", getDim(), rankedTypeOf(getResult())))) // iota_c2
    return failure();
  RankedTensorType type = rankedTypeOf(getResult());
  int64_t size = type.getDimSize(getDim());
  if (!ShapedType::isDynamic(size) && size > 0 &&
      !fits(type.getElementType(), size - 1)) { // iota_c3
    InFlightDiagnostic diagnostic = emitOpError("expects a dtype that holds the positions up to ")
                                    << size - 1 << ", but got " << type;
    diagnostic.attachNote() << "nn.iota of i64 holds every position; nn.cast converts";
    return diagnostic;
  }
  return verifySizes(*this, getSizes()); // iota_c1
}
AffineExpr IotaOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizeOperand(rankedTypeOf(getResult()), dim, getSizes(), sizes);
}

LogicalResult DimOp::verify() {
  return verifyDim(getLoc(), "dim", getDim(), rankedTypeOf(getX()));
} // dim_c1

// broadcast

LogicalResult BroadcastOp::verify() {
  RankedTensorType from = rankedTypeOf(getX()), to = rankedTypeOf(getResult());
  if (from.getElementType() != to.getElementType()) { // broadcast_c4
    InFlightDiagnostic diagnostic = emitOpError("expects one dtype, but got ")
                                    << from << " -> " << to;
    diagnostic.attachNote() << "convert the operand with nn.cast";
    return diagnostic;
  }
  if (static_cast<int64_t>(getDims().size()) != from.getRank()) // broadcast_c1
    return emitOpError("expects dims to name the result dimension of each of the ")
           << from.getRank() << " dimensions of " << from << ", but got " << getDims().size()
           << " entries";
  int64_t last = -1;
  for (auto [position, dim] : llvm::enumerate(getDims())) {
    if (dim <= last || dim >= to.getRank()) { // broadcast_c1
      InFlightDiagnostic diagnostic = emitOpError("expects increasing dims in [0, ")
                                      << to.getRank() << "), the dimensions of " << to
                                      << ", but got " << dim << " at position " << position;
      diagnostic.attachNote() << "nn.transpose changes the order of dimensions";
      return diagnostic;
    }
    if (from.getDimSize(position) != to.getDimSize(dim)) { // broadcast_c2
      InFlightDiagnostic diagnostic = emitOpError("expects equal sizes, but dimension ")
                                      << position << " of " << from << " becomes dimension " << dim
                                      << " of " << to;
      diagnostic.attachNote()
          << "only new dimensions are copied along; nn.reshape drops a dimension of size 1";
      return diagnostic;
    }
    last = dim;
  }
  return verifySizes(*this, getSizes()); // broadcast_c3
}
SmallVector<int64_t> BroadcastOp::addedDims() {
  SmallVector<int64_t> added;
  for (int64_t dim = 0; dim < rankedTypeOf(getResult()).getRank(); ++dim)
    if (!llvm::is_contained(getDims(), dim))
      added.push_back(dim);
  return added;
}
std::optional<SmallVector<int64_t>> BroadcastOp::operandDims(unsigned) {
  return SmallVector<int64_t>(getDims());
}
AffineExpr BroadcastOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  const auto *source = llvm::find(getDims(), static_cast<int64_t>(dim));
  if (source != getDims().end())
    return sizes.dimension(getX(), source - getDims().begin());
  return sizeOperand(rankedTypeOf(getResult()), dim, getSizes(), sizes);
}

// reshape

/// The product of the static sizes, at most kMostElements.
static int64_t staticCount(RankedTensorType type) {
  int64_t count = 1;
  for (int64_t size : type.getShape())
    count *= ShapedType::isDynamic(size) ? 1 : size;
  return count;
}
/// Whether some sizes for the `?` make both element counts equal.
static bool canHoldEqualCounts(RankedTensorType a, RankedTensorType b) {
  int64_t x = staticCount(a), y = staticCount(b);
  if (a.hasStaticShape() && b.hasStaticShape())
    return x == y;
  if (a.hasStaticShape())
    return y == 0 ? x == 0 : x % y == 0;
  return !b.hasStaticShape() || canHoldEqualCounts(b, a);
}

LogicalResult ReshapeOp::verify() {
  RankedTensorType from = rankedTypeOf(getX()), to = rankedTypeOf(getResult());
  if (from.getElementType() != to.getElementType()) { // reshape_c3
    InFlightDiagnostic diagnostic = emitOpError("expects one dtype, but got ")
                                    << from << " -> " << to;
    diagnostic.attachNote() << "convert the operand with nn.cast";
    return diagnostic;
  }
  if (!canHoldEqualCounts(from, to)) // reshape_c1
    return emitOpError("expects equal element counts, but got ") << from << " -> " << to;
  if (getSizes().empty() && to.getNumDynamicDims() <= 1)
    return success();
  return verifySizes(*this, getSizes()); // reshape_c2
}
AffineExpr ReshapeOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  RankedTensorType to = rankedTypeOf(getResult());
  if (!getSizes().empty())
    return sizeOperand(to, dim, getSizes(), sizes);
  AffineExpr count = sizes.constant(1);
  for (AffineExpr size : sizes.shape(getX()))
    count = count * size;
  return count.floorDiv(std::max<int64_t>(staticCount(to), 1));
}

/// A dimension stays that has as many elements before it as it had.
std::optional<int64_t> ReshapeOp::rowInResult(unsigned operand, int64_t dim) {
  RankedTensorType from = rankedTypeOf(getX()), to = rankedTypeOf(getResult());
  if (operand != 0 || !from.hasStaticShape() || !to.hasStaticShape())
    return std::nullopt;
  int64_t before = llvm::product_of(from.getShape().take_front(dim)), count = 1;
  for (int64_t row = 0; row < to.getRank(); count *= to.getDimSize(row++))
    if (count == before && to.getDimSize(row) == from.getDimSize(dim))
      return row;
  return std::nullopt;
}

// transpose, reverse

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                            Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> from = rankedType(location, adaptor.getX());
  if (failed(from))
    return failure();
  SmallVector<int64_t> sorted(adaptor.getPermutation()), shape;
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, from->getRank()))) // transpose_c1
    return refuse(location, "", "expects a permutation of the ", from->getRank(), " dimensions of ",
                  *from, ", but got [", adaptor.getPermutation(), "]");
  for (int64_t dim : adaptor.getPermutation())
    shape.push_back(from->getDimSize(dim));
  types.push_back(from->clone(shape));
  return success();
}
AffineExpr TransposeOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension(getX(), getPermutation()[dim]);
}

LogicalResult ReverseOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                          Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> from = rankedType(location, adaptor.getX());
  if (failed(from))
    return failure();
  for (auto [position, dim] : llvm::enumerate(adaptor.getDims())) { // reverse_c1
    if (failed(verifyDim(location, "dims", dim, *from)))
      return failure();
    if (llvm::is_contained(adaptor.getDims().take_front(position), dim))
      return refuse(location, "", "expects distinct dims, but got ", dim, " twice");
  }
  types.push_back(*from);
  return success();
}
std::optional<SmallVector<ViewStep>> ReverseOp::viewSteps() {
  auto type = cast<RankedTensorType>(getX().getType());
  SmallVector<ViewStep> steps;
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    steps.push_back({dim});
  for (int64_t dim : getDims()) {
    if (type.isDynamicDim(dim))
      return std::nullopt;
    steps[dim].step = -1;
    steps[dim].first = std::max<int64_t>(type.getDimSize(dim) - 1, 0);
  }
  return steps;
}

AffineExpr ReverseOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension(getX(), dim);
}

// concat

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  if (adaptor.getInputs().empty()) // concat_c1
    return refuse(location, "", "expects at least one operand");
  FailureOr<RankedTensorType> first = rankedType(location, adaptor.getInputs().front());
  int64_t along = adaptor.getDim();
  if (failed(first) || failed(verifyDim(location, "dim", along, *first))) // concat_c5
    return failure();
  SmallVector<int64_t> shape(first->getShape());
  for (Value input : adaptor.getInputs().drop_front()) {
    FailureOr<RankedTensorType> type = rankedType(location, input);
    if (failed(type))
      return failure();
    if (type->getElementType() != first->getElementType()) // concat_c2
      return refuse(location, "convert one with nn.cast", "expects operands of one dtype, but got ",
                    *first, " and ", *type);
    if (type->getRank() != first->getRank()) // concat_c3
      return refuse(location, "nn.reshape adds a dimension of size 1",
                    "expects operands of one rank, but got ", *first, " and ", *type);
    for (auto [dim, size] : llvm::enumerate(type->getShape())) {
      bool isAlong = static_cast<int64_t>(dim) == along;
      bool isUnknown = ShapedType::isDynamic(shape[dim]) || ShapedType::isDynamic(size);
      if (!isAlong && !areCompatible(shape[dim], size)) // concat_c4
        return refuse(location, "", "expects equal sizes except along dimension ", along,
                      ", but dimension ", dim, " of ", *first, " and ", *type, " differ");
      shape[dim] = !isAlong    ? mergeSizes(shape[dim], size)
                   : isUnknown ? ShapedType::kDynamic
                               : shape[dim] + size;
    }
  }
  types.push_back(first->clone(shape));
  return success();
}
bool ConcatOp::isView(DimensionAnalysis &) {
  return llvm::all_of(rankedTypeOf(getResult()).getShape().take_front(getDim()),
                      [](int64_t size) { return size == 1; });
}
SmallVector<AffineExpr> ConcatOp::pieceOffsets(DimensionAnalysis &sizes) {
  SmallVector<AffineExpr> offsets{sizes.constant(0)};
  for (Value input : getInputs().drop_back())
    offsets.push_back(offsets.back() + sizes.elements(input));
  return offsets;
}
AffineExpr ConcatOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  AffineExpr total = sizes.dimension(getInputs().front(), dim);
  if (dim == getDim())
    for (Value input : getInputs().drop_front())
      total = total + sizes.dimension(input, dim);
  return total;
}

void ConcatOp::collectEqualSizes(DimensionAnalysis &sizes, SmallVectorImpl<SizePair> &pairs) {
  for (unsigned input = 1; input < getInputs().size(); ++input)
    for (unsigned dim = 0; dim < rankedTypeOf(getResult()).getRank(); ++dim)
      if (dim != getDim())
        pairs.push_back(sizes.pair(*this, 0, dim, input, dim));
}

// slice, update_slice

ParseResult parseOffsetTypes(OpAsmParser &parser, SmallVectorImpl<Type> &types,
                             ArrayRef<OpAsmParser::UnresolvedOperand> offsets) {
  if (failed(parser.parseOptionalComma())) {
    types.assign(offsets.size(), parser.getBuilder().getIndexType());
    return success();
  }
  SMLoc location = parser.getCurrentLocation();
  if (parser.parseTypeList(types))
    return failure();
  if (types.size() == offsets.size())
    return success();
  return parser.emitError(location, "expects one type per offset that is not a number, but got ")
         << types.size() << " for " << offsets.size();
}

void printOffsetTypes(OpAsmPrinter &printer, Operation *, TypeRange types, ValueRange) {
  if (llvm::any_of(types, [](Type type) { return !type.isIndex(); }))
    printer << ", " << types;
}

/// Checks that `extent` elements from `offset` on lie within dimension `dim` of `type`, as far as
/// all is static.
static LogicalResult verifyBox(std::optional<Location> location, RankedTensorType type, int64_t dim,
                               int64_t offset, int64_t extent) {
  bool isMoving = ShapedType::isDynamic(offset);
  if (!isMoving && offset < 0)
    return refuse(location, "", "expects offsets that are not negative, but got ", offset,
                  " in dimension ", dim);
  int64_t size = type.getDimSize(dim);
  if (ShapedType::isDynamic(extent) || ShapedType::isDynamic(size))
    return success();
  if (extent > size || (!isMoving && offset > size - extent))
    return refuse(location, "", "expects a box inside ", type, ", but dimension ", dim,
                  " has size ", size, " and the box spans ", extent, " elements",
                  isMoving ? std::string() : " from " + std::to_string(offset));
  return success();
}

LogicalResult SliceOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                        Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> from = rankedType(location, adaptor.getX());
  if (failed(from))
    return failure();
  ArrayRef<int64_t> offsets = adaptor.getStaticOffsets(), sizes = adaptor.getStaticSizes(),
                    strides = adaptor.getStrides();
  size_t rank = from->getRank();
  if (offsets.size() != rank || sizes.size() != rank || strides.size() != rank) // slice_c1
    return refuse(location, "", "expects one offset, size and stride per dimension of ", *from,
                  ", but got ", offsets.size(), ", ", sizes.size(), " and ", strides.size());
  for (size_t dim = 0; dim < rank; ++dim) {
    if (strides[dim] < 1) // slice_c2
      return refuse(location, "nn.reverse turns a dimension around",
                    "expects strides of at least 1, but got ", strides[dim], " in dimension ", dim);
    bool isOpen = ShapedType::isDynamic(sizes[dim]);
    if (!isOpen && sizes[dim] < 0) // slice_c3
      return refuse(location, "", "expects sizes that are not negative, but got ", sizes[dim],
                    " in dimension ", dim);
    int64_t steps = isOpen || sizes[dim] == 0 ? 0 : sizes[dim] - 1, extent;
    if (llvm::MulOverflow(steps, strides[dim], extent))
      return refuse(location, "", "expects a box inside ", *from, ", but dimension ", dim,
                    " spans more than 2^63 elements");
    extent = isOpen ? ShapedType::kDynamic : extent + (sizes[dim] != 0);
    if (failed(verifyBox(location, *from, dim, offsets[dim], extent))) // slice_c3
      return failure();
  }
  types.push_back(from->clone(sizes));
  return success();
}
LogicalResult SliceOp::verify() { // slice_c4
  return failure(failed(verifyMarkers(*this, "offsets", getStaticOffsets(), getOffsets())) ||
                 failed(verifyMarkers(*this, "sizes", getStaticSizes(), getSizes())));
}
void SliceOp::build(OpBuilder &builder, OperationState &state, Value x,
                    ArrayRef<OpFoldResult> offsets, ArrayRef<OpFoldResult> sizes,
                    ArrayRef<int64_t> strides) {
  SmallVector<Value> dynamicOffsets, dynamicSizes;
  SmallVector<int64_t> staticOffsets, staticSizes;
  dispatchIndexOpFoldResults(offsets, dynamicOffsets, staticOffsets);
  dispatchIndexOpFoldResults(sizes, dynamicSizes, staticSizes);
  build(builder, state, rankedTypeOf(x).clone(staticSizes), x, dynamicOffsets, dynamicSizes,
        staticOffsets, staticSizes, strides);
}
SmallVector<OpFoldResult> SliceOp::getMixedOffsets() {
  return mlir::getMixedValues(getStaticOffsets(), getOffsets(), getContext());
}
SmallVector<OpFoldResult> SliceOp::getMixedSizes() {
  return mlir::getMixedValues(getStaticSizes(), getSizes(), getContext());
}
std::optional<SmallVector<ViewStep>> SliceOp::viewSteps() {
  if (!getOffsets().empty()) // clamped at run time
    return std::nullopt;
  SmallVector<ViewStep> steps;
  for (auto [dim, stride] : llvm::enumerate(getStrides()))
    steps.push_back({static_cast<int64_t>(dim), stride, getStaticOffsets()[dim]});
  return steps;
}

bool SliceOp::isStatic() { return getOffsets().empty() && getSizes().empty(); }
bool SliceOp::isView(DimensionAnalysis &sizes) {
  if (!getOffsets().empty()) // clamped at run time
    return false;
  bool mustBeWhole = false;
  for (auto [dim, stride] : llvm::enumerate(getStrides())) {
    AffineExpr size = sizes.index(getMixedSizes()[dim]), whole = sizes.dimension(getX(), dim);
    if (stride != 1 || (mustBeWhole && size != whole))
      return false;
    mustBeWhole |= size != sizes.constant(1);
  }
  return true;
}
AffineExpr SliceOp::viewOffset(unsigned, DimensionAnalysis &sizes) {
  AffineExpr offset = sizes.constant(0), row = sizes.constant(1);
  for (int64_t dim = getStaticOffsets().size() - 1; dim >= 0; --dim) {
    offset = offset + row * sizes.index(getMixedOffsets()[dim]);
    row = row * sizes.dimension(getX(), dim);
  }
  return offset;
}
AffineExpr SliceOp::elementsRead(unsigned operand, DimensionAnalysis &sizes) {
  return operand == 0 ? sizes.elements(getResult()) : AffineExpr();
}
AffineExpr SliceOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.index(getMixedSizes()[dim]);
}

LogicalResult UpdateSliceOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                              Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> x = rankedType(location, adaptor.getX()),
                              update = rankedType(location, adaptor.getUpdate());
  if (failed(x) || failed(update))
    return failure();
  if (x->getRank() != update->getRank()) // update_slice_c1
    return refuse(location, "nn.reshape adds a dimension of size 1",
                  "expects an update of the rank of ", *x, ", but got ", *update);
  if (x->getElementType() != update->getElementType()) // update_slice_c2
    return refuse(location, "convert one with nn.cast", "expects operands of one dtype, but got ",
                  *x, " and ", *update);
  ArrayRef<int64_t> offsets = adaptor.getStaticOffsets();
  if (static_cast<int64_t>(offsets.size()) != x->getRank()) // update_slice_c4
    return refuse(location, "", "expects one offset per dimension of ", *x, ", but got ",
                  offsets.size());
  for (int64_t dim = 0; dim < x->getRank(); ++dim)
    if (failed(
            verifyBox(location, *x, dim, offsets[dim], update->getDimSize(dim)))) // update_slice_c3
      return failure();
  types.push_back(*x);
  return success();
}
LogicalResult UpdateSliceOp::verify() { // update_slice_c5
  return verifyMarkers(*this, "offsets", getStaticOffsets(), getOffsets());
}
void UpdateSliceOp::build(OpBuilder &builder, OperationState &state, Value x, Value update,
                          ArrayRef<OpFoldResult> offsets) {
  SmallVector<Value> dynamicOffsets;
  SmallVector<int64_t> staticOffsets;
  dispatchIndexOpFoldResults(offsets, dynamicOffsets, staticOffsets);
  build(builder, state, x.getType(), x, update, dynamicOffsets, staticOffsets);
}
SmallVector<OpFoldResult> UpdateSliceOp::getMixedOffsets() {
  return mlir::getMixedValues(getStaticOffsets(), getOffsets(), getContext());
}
AffineExpr UpdateSliceOp::elementsRead(unsigned operand, DimensionAnalysis &sizes) {
  return operand == 0 && (*this)->hasAttr(kInPlaceAttr) ? sizes.constant(0) : AffineExpr();
}
AffineExpr UpdateSliceOp::elementsWritten(DimensionAnalysis &sizes) {
  return sizes.elements(getUpdate());
}
AffineExpr UpdateSliceOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension(getX(), dim);
}

} // namespace mlc::nn
