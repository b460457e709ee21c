// What the text of a model may leave out or write shorter, and how it is read. All of it becomes
// explicit ops and full attributes at once: the printer writes the long form.
#ifndef MLC_DIALECTS_NN_TEXT_H
#define MLC_DIALECTS_NN_TEXT_H

#include "dialects/NN/Number.h"
#include "mlir/IR/OpImplementation.h"

namespace mlc::nn {

/// Some text from where the parser is: to look ahead without reading.
llvm::StringRef textAhead(mlir::AsmParser &parser);
/// The word of letters, digits and underscores with which `text` begins; empty where there is none.
llvm::StringRef wordOf(llvm::StringRef text);

/// The directive custom<Number>: a float attribute, of any number that parseLiteral reads.
mlir::ParseResult parseNumber(mlir::OpAsmParser &parser, mlir::FloatAttr &number);
void printNumber(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::FloatAttr number);
/// The directive custom<Numbers>: a list of such numbers in brackets.
mlir::ParseResult parseNumbers(mlir::OpAsmParser &parser, mlir::DenseF64ArrayAttr &numbers);
void printNumbers(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                  mlir::DenseF64ArrayAttr numbers);
/// The directives custom<Whole>: an i64 attribute, of any number without a fraction; and
/// custom<WholeOrOperand>: that, or an operand.
mlir::ParseResult parseWhole(mlir::OpAsmParser &parser, mlir::IntegerAttr &number);
void printWhole(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::IntegerAttr number);
mlir::ParseResult parseWholeOrOperand(mlir::OpAsmParser &parser, mlir::IntegerAttr &number,
                                      std::optional<mlir::OpAsmParser::UnresolvedOperand> &operand);
void printWholeOrOperand(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::IntegerAttr number,
                         mlir::Value operand);
/// The directive custom<NumberOrOperand>: what custom<Number> reads, or an operand.
mlir::ParseResult
parseNumberOrOperand(mlir::OpAsmParser &parser, mlir::FloatAttr &number,
                     std::optional<mlir::OpAsmParser::UnresolvedOperand> &operand);
void printNumberOrOperand(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::FloatAttr number,
                          mlir::Value operand);
/// The directive custom<AsWritten>: an attribute of an optional clause, whose kind is known from
/// the clause; without it ODS reads any attribute there may be.
template <typename Attr>
mlir::ParseResult parseAsWritten(mlir::OpAsmParser &parser, Attr &attribute) {
  return parser.parseCustomAttributeWithFallback(attribute);
}
template <typename Attr>
void printAsWritten(mlir::OpAsmPrinter &printer, mlir::Operation *, Attr attribute) {
  printer.printStrippedAttrOrType(attribute);
}
/// The directive custom<Schedule>: `(#nn.cosine_schedule<...>)`, or after `=`.
mlir::ParseResult parseSchedule(mlir::OpAsmParser &parser, mlir::Attribute &schedule);
void printSchedule(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::Attribute schedule);
/// The directive custom<NoMoreClauses>: refuses a word after the last clause, and names those there
/// are, separated by commas.
mlir::ParseResult parseNoMoreClauses(mlir::OpAsmParser &parser, llvm::StringRef known);
inline void printNoMoreClauses(mlir::OpAsmPrinter &, mlir::Operation *, llvm::StringRef) {}

/// Directives `dim = 1 {attributes} : type`, `dims = [0, 1] {attributes} : type`; `dim = 1` is
/// `dims = [1]`. Where they are left out: DimOfType, DimsOfType and OneOrMoreDims take the last
/// dimension of the type, AllDimsOfType all, NewDims one behind them.
mlir::ParseResult parseDimOfType(mlir::OpAsmParser &parser, mlir::IntegerAttr &dim,
                                 mlir::NamedAttrList &attributes, mlir::Type &type);
void printDimOfType(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::IntegerAttr dim,
                    mlir::DictionaryAttr attributes, mlir::Type type);
mlir::ParseResult parseDimsOfType(mlir::OpAsmParser &parser, mlir::DenseI64ArrayAttr &dims,
                                  mlir::NamedAttrList &attributes, mlir::Type &type);
void printDimsOfType(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::DenseI64ArrayAttr dims,
                     mlir::DictionaryAttr attributes, mlir::Type type);
mlir::ParseResult parseOneOrMoreDims(mlir::OpAsmParser &parser, mlir::DenseI64ArrayAttr &dims,
                                     mlir::NamedAttrList &attributes, mlir::Type &type);
void printOneOrMoreDims(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                        mlir::DenseI64ArrayAttr dims, mlir::DictionaryAttr attributes,
                        mlir::Type type);
mlir::ParseResult parseAllDimsOfType(mlir::OpAsmParser &parser, mlir::DenseI64ArrayAttr &dims,
                                     mlir::NamedAttrList &attributes, mlir::Type &type);
void printAllDimsOfType(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                        mlir::DenseI64ArrayAttr dims, mlir::DictionaryAttr attributes,
                        mlir::Type type);
mlir::ParseResult parseNewDims(mlir::OpAsmParser &parser, mlir::DenseI64ArrayAttr &dims,
                               mlir::NamedAttrList &attributes, mlir::Type &type);
void printNewDims(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::DenseI64ArrayAttr dims,
                  mlir::DictionaryAttr attributes, mlir::Type type);
/// `parts = 3`, `sizes = [1, -1]` and `dim = 1` in any order, then `{attributes} : type`; the last
/// dimension of the type where none is given.
mlir::ParseResult parsePieces(mlir::OpAsmParser &parser, mlir::IntegerAttr &parts,
                              mlir::DenseI64ArrayAttr &sizes, mlir::IntegerAttr &dim,
                              mlir::NamedAttrList &attributes, mlir::Type &type);
void printPieces(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::IntegerAttr parts,
                 mlir::DenseI64ArrayAttr sizes, mlir::IntegerAttr dim,
                 mlir::DictionaryAttr attributes, mlir::Type type);
/// Strides, all 1 where they are left out: as many as offsets.
mlir::ParseResult parseStrides(mlir::OpAsmParser &parser, mlir::DenseI64ArrayAttr &strides,
                               mlir::DenseI64ArrayAttr offsets);
void printStrides(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::DenseI64ArrayAttr strides,
                  mlir::DenseI64ArrayAttr offsets);
/// `low = [1] high = [0] interior = [0]` in any order; zeros for what is left out.
mlir::ParseResult parsePadding(mlir::OpAsmParser &parser, mlir::DenseI64ArrayAttr &low,
                               mlir::DenseI64ArrayAttr &high, mlir::DenseI64ArrayAttr &interior);
void printPadding(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::DenseI64ArrayAttr low,
                  mlir::DenseI64ArrayAttr high, mlir::DenseI64ArrayAttr interior);
/// The directive custom<PerDimension>: `[1, 2]`, or `1`, which is a list of one.
mlir::ParseResult parsePerDimension(mlir::OpAsmParser &parser, mlir::DenseI64ArrayAttr &numbers);
void printPerDimension(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                       mlir::DenseI64ArrayAttr numbers);
/// `dims = [1] sizes = [3] strides = [2] dilations = [1]` in any order; ones for the last two where
/// they are left out.
mlir::ParseResult parseWindowClauses(mlir::OpAsmParser &parser, mlir::DenseI64ArrayAttr &dims,
                                     mlir::DenseI64ArrayAttr &sizes,
                                     mlir::DenseI64ArrayAttr &strides,
                                     mlir::DenseI64ArrayAttr &dilations);
void printWindowClauses(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                        mlir::DenseI64ArrayAttr dims, mlir::DenseI64ArrayAttr sizes,
                        mlir::DenseI64ArrayAttr strides, mlir::DenseI64ArrayAttr dilations);
/// `as bf16`; f32 where it is left out.
mlir::ParseResult parseAsElement(mlir::OpAsmParser &parser, mlir::TypeAttr &element);
void printAsElement(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::TypeAttr element);

/// What the dimensions of an attention's operands are: "bthd"; one word needs no quotes.
mlir::ParseResult parseLayout(mlir::OpAsmParser &parser, mlir::StringAttr &layout);
void printLayout(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::StringAttr layout);
/// The types of an attention's operands, of those that are there; one type alone is that of q, k
/// and v.
using OptionalOperand = std::optional<mlir::OpAsmParser::UnresolvedOperand>;
mlir::ParseResult
parseAttentionTypes(mlir::OpAsmParser &parser, mlir::Type &q, mlir::Type &k, mlir::Type &v,
                    mlir::Type &bias, mlir::Type &mask, mlir::Type &lengths, mlir::Type &position,
                    const OptionalOperand &biasOperand, const OptionalOperand &maskOperand,
                    const OptionalOperand &lengthsOperand, const OptionalOperand &positionOperand);
void printAttentionTypes(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::Type q,
                         mlir::Type k, mlir::Type v, mlir::Type bias, mlir::Type mask,
                         mlir::Type lengths, mlir::Type position, mlir::Value biasOperand,
                         mlir::Value maskOperand, mlir::Value lengthsOperand,
                         mlir::Value positionOperand);

/// The types of operands that mostly have one: it stands for all of them.
mlir::ParseResult parseOneOrAllTypes(mlir::OpAsmParser &parser,
                                     llvm::SmallVectorImpl<mlir::Type> &types,
                                     llvm::ArrayRef<mlir::OpAsmParser::UnresolvedOperand> operands);
void printOneOrAllTypes(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::TypeRange types,
                        mlir::ValueRange operands);
/// The same of one operand and another that may be left out.
mlir::ParseResult parseOneOrBothTypes(mlir::OpAsmParser &parser, mlir::Type &a, mlir::Type &b,
                                      const OptionalOperand &operand);
void printOneOrBothTypes(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::Type a,
                         mlir::Type b, mlir::Value operand);

/// Operands, attributes and types of an elementwise op of `count` operands. An operand may be a
/// literal, and one of lower rank than the others is copied along the leading dimensions that it
/// lacks: constants and broadcasts are put after the definitions of the operands that they need.
///   nn.mul %x, 2.0 : tensor<?x5xf32>
///   nn.add %x, %b : tensor<?x5xf32>, tensor<5xf32>
mlir::ParseResult parseElementwise(mlir::OpAsmParser &parser, mlir::OperationState &state,
                                   unsigned count);
void printElementwise(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                      llvm::ArrayRef<llvm::StringRef> printedAttributes);

/// A constant tensor of the type that holds the literals: one for all elements, or one for each.
/// Null, after a diagnostic, where the dtype does not hold one.
mlir::DenseElementsAttr constantOf(mlir::AsmParser &parser, mlir::RankedTensorType type,
                                   llvm::ArrayRef<Literal> literals);

/// The operations of the dialect, without its prefix, also those that are planned.
std::vector<std::string> operationNames(mlir::MLIRContext *context);
/// The attributes of the dialect, without its prefix.
std::vector<std::string> attributeNames();

} // namespace mlc::nn
#endif
