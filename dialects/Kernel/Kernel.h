// The kernel dialect: launches, places, and the attributes of kernel functions.
#ifndef MLC_DIALECTS_KERNEL_KERNEL_H
#define MLC_DIALECTS_KERNEL_KERNEL_H

#include "dialects/NN/AttributeNames.h"
#include "dialects/NN/NN.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

#include "dialects/Kernel/KernelDialect.h.inc"
#include "dialects/Kernel/KernelEnums.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Kernel/KernelAttributes.h.inc"
#define GET_OP_CLASSES
#include "dialects/Kernel/KernelOps.h.inc"

namespace mlc::kernel {

/// Unit attribute of a function that is a kernel.
constexpr llvm::StringLiteral kKernelAttr = "kernel.kernel";
using nn::kSizesAttr;
/// Written by the schedule phase, each an affine_map over the index arguments: the number of tiles;
/// a rough count of element operations; floating-point operations and bytes moved (two results).
constexpr llvm::StringLiteral kGridAttr = "kernel.grid";
constexpr llvm::StringLiteral kWorkAttr = "kernel.work";
constexpr llvm::StringLiteral kCostAttr = "kernel.cost";
/// Written by the schedule phase, an affine map over the index arguments: scratch bytes of one
/// worker, a multiple of 64.
constexpr llvm::StringLiteral kScratchAttr = "kernel.scratch";
/// Written by the schedule phase, an array of pairs [result, input]: the result may share the
/// buffer of that input.
constexpr llvm::StringLiteral kInPlaceAttr = "kernel.in_place";
/// Likewise, those of kernel.in_place that must: the kernel writes a part of the result, and the
/// rest is what the input holds.
constexpr llvm::StringLiteral kOverwritesAttr = "kernel.overwrites";
/// Written by the schedule phase on request, where a range of tiles is a range of rows: an array
/// [tiles, rows, elements of a row of every input, and of every result]. Every `tiles` tiles
/// compute so many neighbouring rows of all results, the last ones what is left; 0 for an input of
/// which they may read anything.
constexpr llvm::StringLiteral kRowsAttr = "kernel.rows";
/// On a launch that runs some tiles of its kernel only: a PartAttr.
constexpr llvm::StringLiteral kPartAttr = "kernel.part";
/// Null for a launch of the whole kernel.
PartAttr partOf(LaunchOp launch);
/// The launched function.
mlir::func::FuncOp calleeOf(LaunchOp launch);
/// The share of a kernel's cost that a launch has: tiles that it runs, of so many.
std::pair<int64_t, int64_t> shareOf(LaunchOp launch);
/// Whether the result of a launch must lie where the operand lies.
bool overwrites(LaunchOp launch, unsigned result, unsigned operand);

/// Written by the schedule phase on request, for explain-kernels: the ops, the schedule, the
/// products whose tilings can be tuned, the percent of the limit of multiply-adds that its loops
/// can reach, and their number as an affine_map.
constexpr llvm::StringLiteral kExplainAttr = "kernel.explain";

/// Unit attribute of the entry that writes the packed copies of parameters. It is not the user's:
/// the runtime runs it before an entry that reads a packed storage, if parameters have changed.
constexpr llvm::StringLiteral kRefreshAttr = "kernel.refresh";

/// "model.mlir:18:11", or "" where nothing of the model's text is known.
std::string placeInText(mlir::Location location);

bool isKernel(mlir::func::FuncOp function);
/// All kernel functions of a module, in order.
llvm::SmallVector<mlir::func::FuncOp> kernels(mlir::ModuleOp module);
/// All entries: public functions with a body, in order.
llvm::SmallVector<mlir::func::FuncOp> entries(mlir::ModuleOp module);

} // namespace mlc::kernel
#endif
