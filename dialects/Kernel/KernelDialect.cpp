// The kernel dialect's ops: verification, sizes of results.
#include "dialects/Kernel/Subprogram.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace mlc::kernel;

#include "dialects/Kernel/KernelDialect.cpp.inc"
#include "dialects/Kernel/KernelEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Kernel/KernelAttributes.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/Kernel/KernelOps.cpp.inc"

void KernelDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Kernel/KernelAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/Kernel/KernelOps.cpp.inc"
      >();
  addSubprogramOps(*this);
}

LogicalResult KernelDialect::verifyOperationAttribute(Operation *op, NamedAttribute attribute) {
  if (attribute.getName() == kKernelAttr && !isa<func::FuncOp>(op))
    return op->emitOpError("expects '") << kKernelAttr << "' on a func.func only";
  return success();
}

namespace mlc::kernel {

std::string placeInText(Location location) {
  std::string place;
  location->walk([&](Location inner) {
    auto file = dyn_cast<FileLineColLoc>(inner);
    if (!file)
      return WalkResult::advance();
    place = llvm::formatv("{0}:{1}:{2}", file.getFilename().getValue(), file.getLine(),
                          file.getColumn());
    return WalkResult::interrupt();
  });
  return place;
}

bool isKernel(func::FuncOp function) { return function->hasAttr(kKernelAttr); }

SmallVector<func::FuncOp> kernels(ModuleOp module) {
  SmallVector<func::FuncOp> result;
  for (auto function : module.getOps<func::FuncOp>())
    if (isKernel(function))
      result.push_back(function);
  return result;
}

SmallVector<func::FuncOp> entries(ModuleOp module) {
  SmallVector<func::FuncOp> result;
  for (auto function : module.getOps<func::FuncOp>())
    if (function.isPublic() && !function.isExternal() && !isKernel(function))
      result.push_back(function);
  return result;
}

bool PartAttr::isWhole(unsigned tensor, unsigned inputs) const {
  for (size_t i = 0; i < static_cast<size_t>(getOverwrites().size()); i += 2)
    if (inputs + getOverwrites()[i] == tensor || getOverwrites()[i + 1] == tensor)
      return true;
  return false;
}

/// Kernels follow the functions that launch them, so these are looked at first: a model has as many
/// declarations as layers, but few kernels.
func::FuncOp calleeOf(LaunchOp launch) {
  auto program = launch->getParentOfType<func::FuncOp>();
  for (Operation *op = program; op; op = op->getNextNode())
    if (auto function = dyn_cast<func::FuncOp>(op);
        function && function.getSymNameAttr() == launch.getKernelAttr().getAttr())
      return function;
  return SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(launch, launch.getKernelAttr());
}

PartAttr partOf(LaunchOp launch) { return launch->getAttrOfType<PartAttr>(kPartAttr); }

std::pair<int64_t, int64_t> shareOf(LaunchOp launch) {
  PartAttr part = partOf(launch);
  if (!part)
    return {1, 1};
  func::FuncOp callee = calleeOf(launch);
  auto grid = callee->getAttrOfType<AffineMapAttr>(kGridAttr).getValue();
  return {part.getTiles()[1] - part.getTiles()[0], grid.getSingleConstantResult()};
}

bool overwrites(LaunchOp launch, unsigned result, unsigned operand) {
  if (PartAttr part = partOf(launch))
    for (size_t i = 0; i < static_cast<size_t>(part.getOverwrites().size()); i += 2)
      if (part.getOverwrites()[i] == result && part.getOverwrites()[i + 1] == operand)
        return true;
  func::FuncOp callee = calleeOf(launch);
  auto pairs = callee ? callee->getAttrOfType<ArrayAttr>(kOverwritesAttr) : ArrayAttr();
  return pairs && llvm::any_of(pairs.getAsRange<DenseI64ArrayAttr>(), [&](DenseI64ArrayAttr pair) {
           return pair[0] == result && pair[1] == operand;
         });
}

static LogicalResult verifyPlaces(Operation *op, std::optional<ArrayAttr> places) {
  if (!places)
    return success();
  size_t tensors = op->getNumResults();
  for (Value operand : op->getOperands())
    tensors += isa<RankedTensorType>(operand.getType());
  if (places->size() != tensors)
    return op->emitOpError("expects one place per tensor, but got ")
           << places->size() << " for " << tensors << " tensors";
  for (Attribute place : *places)
    if (!isa<PlaceAttr>(place))
      return op->emitOpError("expects places to be #kernel.place attributes, but got ") << place;
  return success();
}

/// The kernel's tensor types until the bufferize phase replaces them by memrefs.
static LogicalResult verifySignature(LaunchOp op, func::FuncOp callee) {
  FunctionType type = callee.getFunctionType();
  if (llvm::any_of(type.getInputs(), llvm::IsaPred<BaseMemRefType>) ||
      llvm::none_of(type.getResults(), llvm::IsaPred<TensorType>))
    return success();
  SmallVector<Type> operands(op.getOperandTypes());
  if (ArrayRef<Type>(operands) != type.getInputs() ||
      TypeRange(op.getResultTypes()) != TypeRange(type.getResults()))
    return op.emitOpError("expects the types of @")
           << callee.getSymName() << ", " << type << ", but got "
           << FunctionType::get(op.getContext(), op.getOperandTypes(), op.getResultTypes());
  return success();
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  Operation *symbol = symbols.lookupNearestSymbolFrom(*this, getKernelAttr());
  auto callee = dyn_cast_or_null<func::FuncOp>(symbol);
  if (!callee && isa_and_nonnull<FunctionOpInterface>(symbol))
    return success(); // lowered to LLVM: its signature is that of mlc_kernel
  if (!callee || !isKernel(callee))
    return emitOpError("expects a function with '")
           << kKernelAttr << "', but @" << getKernel() << " is not one";
  if (failed(verifyPlaces(*this, getPlaces())))
    return failure();
  return partOf(*this) ? success() : verifySignature(*this, callee);
}

AffineExpr LaunchOp::resultDimension(unsigned result, unsigned dim, nn::DimensionAnalysis &sizes) {
  auto type = cast<RankedTensorType>(getResult(result).getType());
  if (!type.isDynamicDim(dim))
    return sizes.constant(type.getDimSize(dim));
  func::FuncOp callee = calleeOf(*this);
  if (!callee)
    return {};
  // Bufferised, the results are arguments after the inputs.
  auto map = callee.getNumResults()
                 ? callee.getResultAttrOfType<AffineMapAttr>(result, kSizesAttr)
                 : callee.getArgAttrOfType<AffineMapAttr>(getInputs().size() + result, kSizesAttr);
  if (!map)
    return {};
  SmallVector<AffineExpr> symbols;
  for (Value value : getDims())
    symbols.push_back(sizes.index(value));
  return map.getValue().getResult(dim).replaceDimsAndSymbols({}, symbols);
}

LogicalResult CopyOp::verify() { return verifyPlaces(*this, getPlaces()); }

int64_t UnpackOp::getProducts() {
  auto shape = cast<RankedTensorType>(getPacked().getType()).getShape().drop_front(getBatchDims());
  return shape.size() == 4 ? shape[3] : 1;
}

SmallVector<int64_t> UnpackOp::columnDims() {
  SmallVector<int64_t> others = llvm::to_vector(llvm::seq<int64_t>(0, getBatchDims()));
  llvm::append_range(others, getDepth());
  return nn::complement(others, cast<RankedTensorType>(getType()).getRank());
}

LogicalResult UnpackOp::verify() {
  auto packed = cast<RankedTensorType>(getPacked().getType());
  auto matrix = cast<RankedTensorType>(getType());
  auto batch = static_cast<int64_t>(getBatchDims());
  auto isDim = [&](int64_t dim) {
    return dim >= batch && dim < matrix.getRank() && llvm::count(getDepth(), dim) == 1;
  };
  int64_t rank = packed.getRank() - batch;
  bool isBatch = batch >= 0 && batch < matrix.getRank() && rank > 0 &&
                 packed.getShape().take_front(batch) == matrix.getShape().take_front(batch);
  if (!isBatch || rank < 3 || rank > 4 || !llvm::all_of(getDepth(), isDim) ||
      packed.getElementType() != matrix.getElementType())
    return emitOpError("expects panels of rank 3 or 4, a weight of their dtype and distinct "
                       "dimensions of it for the depth, but got ")
           << packed << ", " << matrix << " and [" << getDepth() << "]";
  auto count = [&](ArrayRef<int64_t> dims) {
    int64_t elements = 1;
    for (int64_t dim : dims)
      elements *= matrix.getDimSize(dim);
    return elements;
  };
  ArrayRef<int64_t> shape = packed.getShape().drop_front(batch);
  int64_t columns = count(columnDims()), depth = count(getDepth());
  int64_t width = std::max<int64_t>(shape[2], 1), products = std::max<int64_t>(getProducts(), 1);
  int64_t panels = (columns + width - 1) / width, steps = (depth + products - 1) / products;
  if (shape[0] == panels && shape[1] == steps && width == shape[2] && products == getProducts())
    return success();
  return emitOpError("expects ") << panels << " panels of depth " << steps << " for " << matrix
                                 << ", but got " << packed;
}

FailureOr<SmallVector<nn::Tensor>> UnpackOp::evaluate(ArrayRef<nn::Tensor> operands,
                                                      ArrayRef<RankedTensorType> resultTypes) {
  auto batch = static_cast<int64_t>(getBatchDims());
  ArrayRef<int64_t> shape = ArrayRef<int64_t>(operands[0].shape).drop_front(batch);
  int64_t width = shape[2], products = getProducts();
  RankedTensorType type = resultTypes.front();
  nn::Tensor matrix = nn::Tensor::generate(type, [&](ArrayRef<int64_t> index) {
    auto along = [&](ArrayRef<int64_t> dims) {
      int64_t position = 0;
      for (int64_t dim : dims)
        position = position * type.getDimSize(dim) + index[dim];
      return position;
    };
    int64_t column = along(columnDims()), depth = along(getDepth());
    SmallVector<int64_t> at(index.take_front(batch));
    int64_t inPanels[] = {column / width, depth / products, column % width, depth % products};
    llvm::append_range(at, ArrayRef<int64_t>(inPanels, shape.size()));
    return operands[0][at];
  });
  return SmallVector<nn::Tensor>{matrix};
}

nn::Role UnpackOp::role() { return nn::Role::inlined; }
StringRef UnpackOp::segment() { return "map"; }
std::optional<SmallVector<int64_t>> UnpackOp::operandDims(unsigned) { return std::nullopt; }

AffineExpr CopyOp::resultDimension(unsigned, unsigned dim, nn::DimensionAnalysis &sizes) {
  return sizes.dimension(getSource(), dim);
}

} // namespace mlc::kernel
