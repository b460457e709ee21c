// What passes ask of an op. They talk to these, never to lists of ops.
#ifndef MLC_NN_INTERFACES
#define MLC_NN_INTERFACES

include "mlir/IR/OpBase.td"

def ElementwiseOpInterface : OpInterface<"ElementwiseOpInterface"> {
  let cppNamespace = "::mlc::nn";
  let description = [{
    One scalar formula applied at every position; all operands and the result have one shape. The formula of the ODS entry
    is compiled twice: to arith/math ops on scalars or vectors, and to the reference evaluator's numbers.
  }];
  let methods = [
    InterfaceMethod<"Builds the formula on scalars, or on vectors of any one shape, with arith and math ops.",
      "::mlir::Value", "buildScalar",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$location, "::mlir::ValueRange":$operands)>,
    InterfaceMethod<"Evaluates the formula exactly (double, dual numbers, 64-bit integers).",
      "::mlc::nn::Scalar", "evaluateScalar", (ins "::llvm::ArrayRef<::mlc::nn::Scalar>":$operands)>,
    InterfaceMethod<"What the op makes of its operands.", "::mlc::nn::Form", "form", (ins), "", [{ return Form::formula; }]>
  ];
}

def DifferentiableOpInterface : OpInterface<"DifferentiableOpInterface"> {
  let cppNamespace = "::mlc::nn";
  let description = [{
    The vector-Jacobian product: given cotangents of the results, adds the cotangents of the operands. A rule emits nn ops
    only. Operands that receive nothing have a zero cotangent.
  }];
  let methods = [
    InterfaceMethod<"Adds contributions for the active operands; fails with a diagnostic where no rule exists.",
      "::llvm::LogicalResult", "buildVjp", (ins "::mlc::nn::VjpBuilder &":$vjp)>
  ];
}

def CompositeOpInterface : OpInterface<"CompositeOpInterface"> {
  let cppNamespace = "::mlc::nn";
  let description = [{ An op defined by other nn ops. }];
  let methods = [
    InterfaceMethod<[{Builds the results from the operands with other nn ops (composites among them, if they are simpler) at
      the builder's insertion point. The op itself stays.}],
      "::llvm::FailureOr<::llvm::SmallVector<::mlir::Value>>", "decompose", (ins "::mlir::OpBuilder &":$builder)>
  ];
}

def TrainingOpInterface : OpInterface<"TrainingOpInterface"> {
  let cppNamespace = "::mlc::nn";
  let description = [{ An op that does in code reached from a nn.train_step what it does nowhere else. }];
  let methods = [
    InterfaceMethod<"Whether it does, with the attributes that it has.", "bool", "actsInTraining", (ins), "", [{ return true; }]>,
    InterfaceMethod<[{Lets it act, if actsInTraining holds. `draw` gives the key to random numbers of its own; an op that needs none does not ask.}],
      "void", "enterTraining", (ins "::llvm::function_ref<::mlc::nn::RandomKey()>":$draw)>
  ];
}

def DimensionOpInterface : OpInterface<"DimensionOpInterface"> {
  let cppNamespace = "::mlc::nn";
  let description = [{
    Says the size of every result dimension as an expression over the function's free dimensions. Shapes are equal if the
    expressions are.
  }];
  let methods = [
    InterfaceMethod<"Returns the size of dimension `dim` of result `result`, built from `sizes` of the operands.",
      "::mlir::AffineExpr", "resultDimension",
      (ins "unsigned":$result, "unsigned":$dim, "::mlc::nn::DimensionAnalysis &":$sizes)>,
    InterfaceMethod<"Adds the pairs of sizes that the op needs to be equal at run time; types say the rest.",
      "void", "collectEqualSizes",
      (ins "::mlc::nn::DimensionAnalysis &":$sizes, "::llvm::SmallVectorImpl<::mlc::nn::SizePair> &":$pairs), "",
      [{ (void)sizes, (void)pairs; }]>,
    InterfaceMethod<"Adds what the op needs of its sizes besides: boxes inside operands, equal element counts.",
      "void", "collectLimits",
      (ins "::mlc::nn::DimensionAnalysis &":$sizes, "::llvm::SmallVectorImpl<::mlc::nn::SizeLimit> &":$limits), "",
      [{ (void)sizes, (void)limits; }]>
  ];
}

def KernelOpInterface : OpInterface<"KernelOpInterface"> {
  let cppNamespace = "::mlc::nn";
  let description = [{
    What fusion, the schedules and the cost model ask of an op that is left when composites are decomposed. How its elements are
    computed is said beside the code that emits it (compiler/Codegen/Common/Emission.h).
  }];
  let methods = [
    InterfaceMethod<"How the op takes part in kernels.", "::mlc::nn::Role", "role">,
    InterfaceMethod<[{Whether nothing is computed: a result is bytes of an operand as they lie, or the operands lie in the result. The
      next four say where.}],
      "bool", "isView", (ins "::mlc::nn::DimensionAnalysis &":$sizes), "", [{ (void)sizes; return false; }]>,
    InterfaceMethod<"The operand in which a result lies, if isView holds; null: in none.",
      "::mlc::nn::View", "view", (ins "unsigned":$result), "", [{ (void)result; return {}; }]>,
    InterfaceMethod<"The element of that operand at which the result starts.",
      "::mlir::AffineExpr", "viewOffset", (ins "unsigned":$result, "::mlc::nn::DimensionAnalysis &":$sizes), "",
      [{ (void)result; return sizes.constant(0); }]>,
    InterfaceMethod<"Whether the result is all operands, each in one piece, if isView holds.",
      "bool", "joinsOperands", (ins), "", [{ return false; }]>,
    InterfaceMethod<"The element of the result at which each of these operands starts.",
      "::llvm::SmallVector<::mlir::AffineExpr>", "pieceOffsets", (ins "::mlc::nn::DimensionAnalysis &":$sizes), "",
      [{ (void)sizes; return {}; }]>,
    InterfaceMethod<"The sizes of what a loop over the op runs over: of the first operand for a reduction, else of the first result.",
      "::llvm::SmallVector<::mlir::AffineExpr>", "loopSizes", (ins "::mlc::nn::DimensionAnalysis &":$sizes), "",
      [{ return ::mlc::nn::loopSizesByRole($_op, $_op.role(), sizes); }]>,
    InterfaceMethod<[{Which dimension of that loop each dimension of an operand follows. None where elements at other positions are
      read, or of a range of positions.}],
      "std::optional<::llvm::SmallVector<int64_t>>", "operandDims", (ins "unsigned":$operand), "",
      [{ return ::mlc::nn::operandDimsByRole($_op, $_op.role(), operand); }]>,
    InterfaceMethod<[{So many leading dimensions of every operand are those of the result, where data say what is read along the others; 0
      where operandDims says it.}],
      "int64_t", "batchedDims", (ins), "", [{ return 0; }]>,
    InterfaceMethod<"The rank-0 operand that every element of the result is; null: there is none.",
      "::mlir::Value", "splat", (ins), "", [{ return {}; }]>,
    InterfaceMethod<[{Which dimension of the first operand each dimension of the result is, where putting them in that order is all
      that the op does; none where it is not.}],
      "std::optional<::llvm::SmallVector<int64_t>>", "permutation", (ins), "", [{ return std::nullopt; }]>,
    InterfaceMethod<[{Along which dimension of the first operand each dimension of the result runs, from where and how far, where an element of
      the result is the one of that operand at the sum of these; none where it is not.}],
      "std::optional<::llvm::SmallVector<::mlc::nn::ViewStep>>", "viewSteps", (ins), "",
      [{ return ::mlc::nn::viewStepsByPermutation($_op.permutation()); }]>,
    InterfaceMethod<[{The dimension of the result of which each row is computed from the same row of dimension `dim` of that operand alone, where
      elements at other positions of other dimensions are read; none where there is none.}],
      "std::optional<int64_t>", "rowInResult", (ins "unsigned":$operand, "int64_t":$dim), "",
      [{ return ::mlc::nn::rowInResultByViewSteps($_op, $_op.viewSteps(), operand, dim); }]>,
    InterfaceMethod<[{Whether the op's kernel computes this operand itself, as it reads what that is computed from.}],
      "bool", "takesIn", (ins "unsigned":$operand), "", [{ (void)operand; return false; }]>,
    InterfaceMethod<"Additions, multiplications and functions, each counted once.",
      "::mlir::AffineExpr", "operations", (ins "::mlc::nn::DimensionAnalysis &":$sizes), "",
      [{ return ::mlc::nn::operationsByRole($_op, $_op.role(), sizes); }]>,
    InterfaceMethod<"Multiply-adds, or what takes as long.",
      "::mlir::AffineExpr", "steps", (ins "::mlc::nn::DimensionAnalysis &":$sizes), "",
      [{ return $_op.operations(sizes); }]>,
    InterfaceMethod<[{The elements of an operand that are read, where that may be few of them; null: all.}],
      "::mlir::AffineExpr", "elementsRead", (ins "unsigned":$operand, "::mlc::nn::DimensionAnalysis &":$sizes), "",
      [{ (void)operand, (void)sizes; return {}; }]>,
    InterfaceMethod<[{The operand of which the first result changes a part only, whose place it can take; null: all of it is computed.}],
      "::mlir::Value", "overwritable", (ins), "", [{ return {}; }]>,
    InterfaceMethod<[{The elements of the first result that are written where it takes that operand's place.}],
      "::mlir::AffineExpr", "elementsWritten", (ins "::mlc::nn::DimensionAnalysis &":$sizes), "",
      [{ return sizes.elements($_op->getResult(0)); }]>,
    InterfaceMethod<[{The kind of loops that share work between elements of the result, as a target's table of segments names it;
      "map": none do.}], "::llvm::StringRef", "segment">
  ];
}

def ReductionOpInterface : OpInterface<"ReductionOpInterface"> {
  let cppNamespace = "::mlc::nn";
  let description = [{ Combines the elements of its first operand along some dimensions into the one result. }];
  let methods = [
    InterfaceMethod<"The dimensions of the operand that are combined, increasing.",
      "::llvm::SmallVector<int64_t>", "reducedDims", (ins), "", [{ return ::llvm::to_vector($_op.getDims()); }]>,
    InterfaceMethod<"How two elements are combined.", "::mlc::nn::Reduction", "getKind">,
    InterfaceMethod<[{Whether the result is the position of the chosen element, counted in row-major order of those dimensions, instead of
      its value.}], "bool", "givesPosition", (ins), "", [{ return false; }]>
  ];
}

def ProductOpInterface : OpInterface<"ProductOpInterface"> {
  let cppNamespace = "::mlc::nn";
  let description = [{
    Sums products of the elements of its two operands: result[b..., m..., n...] = sum over k... of lhs[b, m, k] * rhs[b, n, k],
    where each operand may have its dimensions in any order.
  }];
  let methods = [
    InterfaceMethod<"The first operand.", "::mlir::Value", "getLhs">,
    InterfaceMethod<"The second operand.", "::mlir::Value", "getRhs">,
    InterfaceMethod<"Which of their dimensions are b, in the order of the result, and which are k.",
      "::mlc::nn::ProductDims", "dims">,
    InterfaceMethod<"Which dimensions of lhs are m, increasing.", "::llvm::SmallVector<int64_t>", "lhsFreeDims">,
    InterfaceMethod<"Which dimensions of rhs are n, increasing.", "::llvm::SmallVector<int64_t>", "rhsFreeDims">,
    InterfaceMethod<[{The dtype of which both operands hold numbers only, narrower than what is computed in: bf16 or f16 for operands of it or
      cast from it to f32, i8 for operands cast from i8 or i1 to i32. Null where there is none.}], "::mlir::Type", "narrowElement">,
    InterfaceMethod<"What an operand is cast from, if narrowElement() says so, else the operand.",
      "::mlir::Value", "narrowOperand", (ins "::mlir::Value":$operand)>,
    InterfaceMethod<"Builds the same of other operands and dimensions; returns the result.",
      "::mlir::Value", "rebuild", (ins "::mlir::OpBuilder &":$builder, "::mlir::Value":$lhs, "::mlir::Value":$rhs,
        "const ::mlc::nn::ProductDims &":$dims)>
  ];
  let extraClassDeclaration = [{
    /// What `numbers`, a narrow operand of 16-bit floats, is rounded from in f32; else `numbers`.
    static ::mlir::Value unrounded(::mlir::Value numbers);
  }];
}

def ScanOpInterface : OpInterface<"ScanOpInterface"> {
  let cppNamespace = "::mlc::nn";
  let description = [{
    Combines every element of its operand along one dimension with those before it: result[i] = x[0] . ... . x[i]; exclusive:
    without x[i]; reverse: from the other end.
  }];
  let methods = [
    InterfaceMethod<"The dimension.", "uint64_t", "getDim">,
    InterfaceMethod<"How two elements are combined.", "::mlc::nn::Reduction", "getKind">,
    InterfaceMethod<"Whether an element is left out of its own result.", "bool", "getExclusive">,
    InterfaceMethod<"Whether the last element comes first.", "bool", "getReverse">
  ];
}

def EvaluableOpInterface : OpInterface<"EvaluableOpInterface"> {
  let cppNamespace = "::mlc::nn";
  let description = [{ The reference semantics of a structured op, written to be read. }];
  let methods = [
    InterfaceMethod<[{Computes the results from the operands. `operands` holds one tensor per operand (index operands are rank-0
      i64 tensors); `resultTypes` are the result types with every size static. Fails with a diagnostic on the op.}],
      "::llvm::FailureOr<::llvm::SmallVector<::mlc::nn::Tensor>>", "evaluate",
      (ins "::llvm::ArrayRef<::mlc::nn::Tensor>":$operands, "::llvm::ArrayRef<::mlir::RankedTensorType>":$resultTypes)>
  ];
}

def RunOpInterface : OpInterface<"RunOpInterface"> {
  let cppNamespace = "::mlc::nn";
  let description = [{ An op that runs bodies or functions: which, how often and on what. }];
  let methods = [
    InterfaceMethod<[{Computes the results from the operands (index operands are rank-0 tensors) by runs of bodies and functions. Fails with
      a diagnostic.}],
      "::llvm::FailureOr<::llvm::SmallVector<::mlc::nn::Tensor>>", "evaluateRuns",
      (ins "::llvm::ArrayRef<::mlc::nn::Tensor>":$operands, "::mlc::nn::Runner &":$runner)>
  ];
}

def IndexOperandOpInterface : OpInterface<"IndexOperandOpInterface"> {
  let cppNamespace = "::mlc::nn";
  let description = [{ An op that is right only for some values of its operands: positions given by data. Anything else is a run-time error. }];
  let methods = [
    InterfaceMethod<[{Builds a rank-0 i1 tensor that is true if every operand is in range, or null if that holds by
      construction.}],
      "::mlir::Value", "buildInRange", (ins "::mlir::OpBuilder &":$builder)>,
    InterfaceMethod<"Says what is wrong where the condition is false, as in `labels outside [0, 10)`.", "std::string", "describeRange">,
    InterfaceMethod<"The positions that it is about, and their range.", "::mlc::nn::IndexRange", "indexRange">
  ];
}

#endif
