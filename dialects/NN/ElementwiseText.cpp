// The text of elementwise ops: literals as operands, and operands copied along the leading
// dimensions that they lack. The ops themselves know neither.
#include "dialects/NN/Refusal.h"
#include "dialects/NN/TensorExpr.h"
#include "dialects/NN/Text.h"

using namespace mlir;

namespace mlc::nn {

namespace {
/// An operand as the text has it, and what becomes of it.
struct OperandText {
  std::optional<Literal> literal;
  OpAsmParser::UnresolvedOperand name;
  Type type;
  Value value; ///< null for a literal until it is built
};
} // namespace

static ParseResult parseOperandText(OpAsmParser &parser, OperandText &operand) {
  Literal literal;
  OptionalParseResult number = parseOptionalLiteral(parser, literal);
  if (!number.has_value())
    return parser.parseOperand(operand.name);
  operand.literal = literal;
  return *number;
}

/// One type per operand; one for all; of three operands two are those of the condition and of the
/// others, and one is that of the others.
static ParseResult parseTypes(OpAsmParser &parser, MutableArrayRef<OperandText> operands) {
  SMLoc place = parser.getCurrentLocation();
  SmallVector<Type> types;
  auto parseOne = [&] { return parser.parseType(types.emplace_back()); };
  if (parser.parseCommaSeparatedList(parseOne))
    return failure();
  bool isChoice = operands.size() == 3;
  if (types.size() > operands.size() || (types.size() == 2 && operands.size() == 1)) {
    InFlightDiagnostic diagnostic = parser.emitError(place)
                                    << "expects at most " << operands.size()
                                    << " types, one for each operand, but got " << types.size();
    return diagnostic;
  }
  if (types.size() == operands.size()) {
    for (auto [operand, type] : llvm::zip_equal(operands, types))
      operand.type = type;
    return success();
  }
  for (OperandText &operand : operands)
    operand.type = types.back();
  if (!isChoice)
    return success();
  auto last = dyn_cast<RankedTensorType>(types.back());
  if (types.size() == 2)
    operands[0].type = types[0];
  else if (last)
    operands[0].type = last.clone(parser.getBuilder().getI1Type());
  return success();
}

//===- Where constants and broadcasts go ------------------------------------===//

/// The parser tells nobody which block it fills. But what follows the definition of an operand
/// dominates all that the operand does.
static bool isDefined(Value value) {
  Operation *definition = value.getDefiningOp();
  return !definition || definition->getBlock(); // what is used before its definition is in none
}

/// Of two values visible at one place, the one whose definition comes later. A body that is being
/// parsed does not know yet what it is in, but where things stand in the text.
static Value laterOf(Value a, Value b) {
  Operation *x = a.getDefiningOp(), *y = b.getDefiningOp();
  if (a.getParentBlock() == b.getParentBlock())
    return !y || (x && y->isBeforeInBlock(x)) ? a : b;
  auto placeOf = [](Value value) {
    auto location = value.getLoc()->findInstanceOf<FileLineColLoc>();
    return location ? std::pair(location.getLine(), location.getColumn()) : std::pair(0u, 0u);
  };
  return placeOf(a) < placeOf(b) ? b : a;
}

static void insertAfter(OpBuilder &builder, Value value) {
  if (Operation *definition = value.getDefiningOp())
    builder.setInsertionPointAfter(definition);
  else
    builder.setInsertionPointToStart(cast<BlockArgument>(value).getOwner());
}

/// Whether the dimensions of `low` can be the last of `high`.
static bool isTail(RankedTensorType low, RankedTensorType high) {
  return llvm::equal(low.getShape(), high.getShape().take_back(low.getRank()), areCompatible);
}

/// A constant of the shape of `like` and the dtype of the literal's type.
static Value buildLiteral(OpAsmParser &parser, const TensorExpr &like, const OperandText &operand) {
  auto own = dyn_cast<RankedTensorType>(operand.type);
  if (!own) {
    parser.emitError(operand.literal->place)
        << "expects a ranked tensor type, but got " << operand.type;
    return {};
  }
  RankedTensorType full = like.type().clone(own.getElementType()).dropEncoding();
  RankedTensorType type =
      full.hasStaticShape() ? full : RankedTensorType::get({}, own.getElementType());
  DenseElementsAttr number = constantOf(parser, type, *operand.literal);
  if (!number)
    return {};
  insertAfter(*like.builder, like.value());
  TensorExpr constant = like.with(ConstantOp::create(*like.builder, *like.location, number));
  return full.hasStaticShape() ? constant.value() : constant.splatTo(like).value();
}

/// The operand at every position along the leading dimensions of `like` that it lacks; as it is
/// where its own are not the last of those, which the op says.
static Value copyAlongLeading(const TensorExpr &like, Value operand) {
  auto own = cast<RankedTensorType>(operand.getType());
  int64_t added = like.rank() - own.getRank();
  if (added <= 0 || !isTail(own, like.type()))
    return operand;
  insertAfter(*like.builder, laterOf(like.value(), operand));
  SmallVector<int64_t> shape(like.type().getShape().take_front(added));
  SmallVector<Value> sizes;
  for (int64_t dim = 0; dim < added; ++dim)
    if (auto size = dyn_cast<Value>(like.size(dim)))
      sizes.push_back(size);
  llvm::append_range(shape, own.getShape());
  // Sizes of its own that are free come from the operand itself.
  for (int64_t dim = 0; dim < own.getRank(); ++dim)
    if (auto size = dyn_cast<Value>(like.with(operand).size(dim)))
      sizes.push_back(size);
  return BroadcastOp::create(*like.builder, *like.location,
                             RankedTensorType::get(shape, own.getElementType()), operand, sizes,
                             llvm::to_vector(llvm::seq(added, like.rank())));
}

/// Builds what is not there yet beside the operand of the highest rank.
static ParseResult completeOperands(OpAsmParser &parser, Location location,
                                    MutableArrayRef<OperandText> operands) {
  auto rankOf = [](const OperandText &operand) {
    auto type =
        dyn_cast_or_null<RankedTensorType>(operand.value ? operand.value.getType() : Type());
    return type ? type.getRank() : -1;
  };
  const OperandText &largest = *llvm::max_element(
      operands, [&](const auto &a, const auto &b) { return rankOf(a) < rankOf(b); });
  if (rankOf(largest) < 0)
    return success(); // which inference says
  OpBuilder builder(parser.getContext());
  TensorExpr like(builder, location, largest.value);
  for (OperandText &operand : operands) {
    bool isLower = operand.value && rankOf(operand) >= 0 && rankOf(operand) < like.rank();
    if (operand.value && !isLower)
      continue;
    if (!isDefined(like.value()) || (operand.value && !isDefined(operand.value)))
      return parser.emitError(parser.getNameLoc(),
                              "expects operands that are defined above this line");
    operand.value = operand.literal ? buildLiteral(parser, like, operand)
                                    : copyAlongLeading(like, operand.value);
    if (!operand.value)
      return failure();
  }
  return success();
}

ParseResult parseElementwise(OpAsmParser &parser, OperationState &state, unsigned count) {
  SmallVector<OperandText> operands(count);
  for (auto [position, operand] : llvm::enumerate(operands))
    if ((position > 0 && parser.parseComma()) || parseOperandText(parser, operand))
      return failure();
  if (parser.parseOptionalAttrDict(state.attributes) || parser.parseColon() ||
      parseTypes(parser, operands))
    return failure();
  if (llvm::all_of(operands, [](const OperandText &operand) { return operand.literal; })) {
    InFlightDiagnostic diagnostic = parser.emitError(
        operands[0].literal->place, "expects at least one operand that is a value");
    diagnostic.attachNote() << "nn.constant makes a tensor of a number";
    return diagnostic;
  }
  SmallVector<Value> resolved;
  for (OperandText &operand : operands) {
    if (operand.literal)
      continue;
    if (parser.resolveOperand(operand.name, operand.type, resolved))
      return failure();
    operand.value = resolved.back();
  }
  if (completeOperands(parser, state.location, operands))
    return failure();
  for (const OperandText &operand : operands)
    state.operands.push_back(operand.value);
  auto *inference = state.name.getInterface<InferTypeOpInterface>();
  return failure(
      failed(inference->inferReturnTypes(parser.getContext(), state.location, state.operands,
                                         state.attributes.getDictionary(parser.getContext()),
                                         state.getRawProperties(), state.regions, state.types)));
}

void printElementwise(OpAsmPrinter &printer, Operation *op, ArrayRef<StringRef> printedAttributes) {
  printer << ' ' << op->getOperands();
  printer.printOptionalAttrDict(op->getAttrs(), printedAttributes);
  printer << " : ";
  if (llvm::all_equal(op->getOperandTypes()))
    printer << op->getOperand(0).getType();
  else
    printer << op->getOperandTypes();
}

} // namespace mlc::nn
