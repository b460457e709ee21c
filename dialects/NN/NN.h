// The nn dialect: include this to use its ops, attributes and interfaces.
#ifndef MLC_DIALECTS_NN_NN_H
#define MLC_DIALECTS_NN_NN_H

#include "dialects/NN/Attributes.h"
#include "dialects/NN/DimensionAnalysis.h"
#include "dialects/NN/Role.h"
#include "dialects/NN/Scalar.h"
#include "dialects/NN/Tensor.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace mlc::nn {
class VjpBuilder;

/// Runs for RunOpInterface what it asks for. All fail with a diagnostic.
class Runner {
public:
  using Tensors = llvm::SmallVector<Tensor>;
  virtual ~Runner() = default;
  /// What a region of the op yields for `arguments`.
  virtual mlir::FailureOr<Tensors> run(mlir::Region &body, llvm::ArrayRef<Tensor> arguments) = 0;
  /// What a function returns.
  virtual mlir::FailureOr<Tensors> call(mlir::FlatSymbolRefAttr function,
                                        llvm::ArrayRef<Tensor> arguments) = 0;
};

/// Positions given by data, which are right from 0 to `size` (kDynamic where that is not known),
/// and where they are `ignored`.
struct IndexRange {
  mlir::Value indices;
  int64_t size;
  std::optional<int64_t> ignored = std::nullopt;
};

/// Of an elementwise function that takes many instructions.
template <typename Op> class Costly : public mlir::OpTrait::TraitBase<Op, Costly> {};

/// What random numbers are a function of, besides the element: rank-0 i64 tensors, and a number.
struct RandomKey {
  mlir::Value seed, step;
  int64_t stream;
};

/// No tensor has more elements: then no product of sizes, and no number of bytes, wraps.
constexpr int64_t kMostElements = int64_t(1) << 44;
/// Of a function: the conditions on its free dimensions, a list of nn.requirement.
constexpr llvm::StringLiteral kRequirementsAttr = "nn.requirements";
/// Of an op: the result takes the place of the operand that KernelOpInterface calls overwritable.
constexpr llvm::StringLiteral kInPlaceAttr = "nn.in_place";
/// That operand of the op that computes `result`; null where all of the result is written.
mlir::Value overwrittenBy(mlir::Value result);
/// Where KernelOpInterface says that `result` lies; what it says of an op.
View viewOf(mlir::Value result);
bool joinsOperands(mlir::Operation *op);
/// Of a module whose text has several training steps, of which --entries left out all but one: what
/// belongs to a step has the same names in files whatever is left out.
constexpr llvm::StringLiteral kSeveralStepsAttr = "nn.several_steps";
/// Of a module: the names of parameters and states that --entries left out, a list of strings.
constexpr llvm::StringLiteral kLeftOutAttr = "nn.left_out";
/// Checks the product of the static sizes that are not 0 against kMostElements.
llvm::LogicalResult verifyElementCount(mlir::Location location, mlir::Type type);
/// Checks every tensor that an op makes, and every argument that it reads.
llvm::LogicalResult verifyElementCounts(mlir::Operation *op);

/// Whether the dtype holds a number: an integer as it is; a float rounded, but not to 0 or infinity
/// unless the number is that.
bool fits(mlir::Type element, double number);
bool fits(mlir::Type element, int64_t number);
/// Checks that a number called `name` fits the dtype of which it becomes an element; an absent
/// attribute does.
llvm::LogicalResult verifyFits(llvm::function_ref<mlir::InFlightDiagnostic()> emitError,
                               llvm::StringRef name, mlir::Type element, double number);
llvm::LogicalResult verifyFits(mlir::Operation *op, llvm::StringRef name, mlir::Type element,
                               mlir::Attribute number);

/// Of every op: its tensors have at most kMostElements elements.
template <typename Op>
class CountableTensors : public mlir::OpTrait::TraitBase<Op, CountableTensors> {
public:
  static llvm::LogicalResult verifyTrait(mlir::Operation *op) { return verifyElementCounts(op); }
};
} // namespace mlc::nn

namespace mlc::nn {
// What most ops answer to KernelOpInterface.
llvm::SmallVector<mlir::AffineExpr> loopSizesByRole(mlir::Operation *op, Role role,
                                                    DimensionAnalysis &sizes);
/// Those of the same position where there is one.
std::optional<llvm::SmallVector<int64_t>> operandDimsByRole(mlir::Operation *op, Role role,
                                                            unsigned operand);
/// A step of one along each.
std::optional<llvm::SmallVector<ViewStep>>
viewStepsByPermutation(std::optional<llvm::ArrayRef<int64_t>> permutation);
/// That of a view whose result has `dim` of its operand as it is.
std::optional<int64_t> rowInResultByViewSteps(mlir::Operation *op,
                                              std::optional<llvm::ArrayRef<ViewStep>> steps,
                                              unsigned operand, int64_t dim);
/// Whether all that is done with `value` is to multiply it by what windows see: the view of a small
/// tensor that is read many times costs nothing, but for other products it may.
bool isKernelOfWindows(mlir::Value value);
/// Of a reduction one per element of the operand, else none.
mlir::AffineExpr operationsByRole(mlir::Operation *op, Role role, DimensionAnalysis &sizes);
/// Of an elementwise op: one per element, of a costly one some.
mlir::AffineExpr elementwiseSteps(mlir::Operation *op, DimensionAnalysis &sizes);
/// Whether no element of `value` is positive (it may be NaN), as far as the ops say that compute
/// it.
bool isNeverPositive(mlir::Value value);
/// There are elements along every one of `dims` of the first operand.
void collectNotEmpty(mlir::Operation *op, llvm::ArrayRef<int64_t> dims, DimensionAnalysis &sizes,
                     llvm::SmallVectorImpl<SizeLimit> &limits);
} // namespace mlc::nn

#include "dialects/NN/NNDialect.h.inc"
#include "dialects/NN/NNEnums.h.inc"
#include "dialects/NN/NNInterfaces.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/NN/NNAttributes.h.inc"
#define GET_OP_CLASSES
#include "dialects/NN/NNOps.h.inc"

namespace mlc::nn {

/// Parses and prints the types of the operands of an op; one type alone stands for all of them.
mlir::ParseResult parseOperandTypes(mlir::OpAsmParser &parser, mlir::Type &lhs, mlir::Type &rhs);
void printOperandTypes(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::Type lhs,
                       mlir::Type rhs);
mlir::ParseResult parseOperandTypes(mlir::OpAsmParser &parser, mlir::Type &a, mlir::Type &b,
                                    mlir::Type &c);
void printOperandTypes(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::Type a, mlir::Type b,
                       mlir::Type c);
/// wrt(@kernel, 0): parameter names and argument positions.
mlir::ParseResult parseWithRespectTo(mlir::OpAsmParser &parser, mlir::ArrayAttr &wrt);
void printWithRespectTo(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::ArrayAttr wrt);
/// The types of run-time offsets, each after a comma; nothing where all are `index`.
mlir::ParseResult parseOffsetTypes(mlir::OpAsmParser &parser,
                                   llvm::SmallVectorImpl<mlir::Type> &types,
                                   llvm::ArrayRef<mlir::OpAsmParser::UnresolvedOperand> offsets);
void printOffsetTypes(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::TypeRange types,
                      mlir::ValueRange offsets);

/// The result type of an elementwise op: the operands' shape with `resultElement`. Fails, with a
/// diagnostic naming both types, if shapes (C1) or dtypes (C2) differ; the i1 condition of a select
/// may differ in dtype.
llvm::LogicalResult inferElementwiseType(std::optional<mlir::Location> location,
                                         llvm::ArrayRef<mlir::Type> operands,
                                         mlir::Type resultElement,
                                         llvm::SmallVectorImpl<mlir::Type> &types);

/// The result type of an elementwise loss: rank 0, or with `reduction = none` the operands' shape.
/// Fails, with a diagnostic that names both types and the remedy, if shapes (C1) or dtypes (C2)
/// differ. A null reduction is the mean.
llvm::LogicalResult inferElementwiseLoss(std::optional<mlir::Location> location, llvm::StringRef op,
                                         mlir::Value prediction, mlir::Value target,
                                         LossReductionAttr reduction,
                                         llvm::SmallVectorImpl<mlir::Type> &types);

/// The dimensions [0, rank) that are not among `dims`.
llvm::SmallVector<int64_t> complement(llvm::ArrayRef<int64_t> dims, int64_t rank);
/// The size of dimension `dim` of what is left of x without `dims`.
mlir::AffineExpr keptDimension(mlir::Value x, llvm::ArrayRef<int64_t> dims, unsigned dim,
                               DimensionAnalysis &sizes);
/// The type of x without `dims`. Fails, with a diagnostic, if they are not distinct, increasing
/// dimensions of x (C1).
llvm::FailureOr<mlir::RankedTensorType> typeWithout(std::optional<mlir::Location> location,
                                                    mlir::Value x, llvm::ArrayRef<int64_t> dims);
/// The type of the positions of extrema of x along `dims`; that of the elements there before it.
/// Fail, with a diagnostic, if the dimensions are none of x (C1) or hold no elements (C2).
llvm::LogicalResult inferPosition(std::optional<mlir::Location> location, mlir::Value x,
                                  llvm::ArrayRef<int64_t> dims,
                                  llvm::SmallVectorImpl<mlir::Type> &types);
llvm::LogicalResult inferValueAndPosition(std::optional<mlir::Location> location, mlir::Value x,
                                          llvm::ArrayRef<int64_t> dims,
                                          llvm::SmallVectorImpl<mlir::Type> &types);
/// The first positions of the largest or smallest elements of x along `dims`.
llvm::SmallVector<Tensor> evaluatePositions(const Tensor &x, llvm::ArrayRef<int64_t> dims,
                                            Reduction kind, mlir::RankedTensorType resultType);
/// The elements of x at row-major positions along `dims`, and those positions.
llvm::SmallVector<mlir::Value> elementsAt(mlir::OpBuilder &builder, mlir::Location location,
                                          mlir::Value x, llvm::ArrayRef<int64_t> dims,
                                          mlir::Value position);
/// The result type of a scan: that of x. Fails, with a diagnostic, if it has no such dimension
/// (C1).
llvm::LogicalResult inferScan(std::optional<mlir::Location> location, mlir::Value x, int64_t dim,
                              llvm::SmallVectorImpl<mlir::Type> &types);
llvm::SmallVector<Tensor> evaluateScan(ScanOpInterface scan, const Tensor &x);

/// All dimensions of all operands of an elementwise op, paired with those of the first.
void collectEqualShapes(mlir::Operation *op, DimensionAnalysis &sizes,
                        llvm::SmallVectorImpl<SizePair> &pairs);

} // namespace mlc::nn
#endif
