// The text of attributes whose parameters have names: `<learning_rate = 1e-3, beta1 = 0.9>`, in any
// order, or the values alone in the order of declaration: `<1e-3, 0.9>`. What has a default may be
// left out.
#ifndef MLC_DIALECTS_NN_NAMEDPARAMETERS_H
#define MLC_DIALECTS_NN_NAMEDPARAMETERS_H

#include "dialects/NN/Number.h"
#include "mlir/IR/Attributes.h"
#include <optional>

namespace mlc::nn {

/// A parameter with its default, or with what the text says; none where that is required and not
/// there yet.
template <typename T> struct NamedParameter {
  llvm::StringLiteral name;
  std::optional<T> value;
};

/// A number without a fraction: `1000` or `1e3`.
mlir::FailureOr<int64_t> parseWhole(mlir::AsmParser &parser);
template <typename T> mlir::FailureOr<T> parseParameter(mlir::AsmParser &parser) {
  if constexpr (std::is_same_v<T, int64_t>)
    return parseWhole(parser);
  else
    return mlir::FieldParser<T>::parse(parser);
}

/// How one parameter is read.
struct ParameterText {
  llvm::StringRef name;
  bool isRequired = false;
  std::function<mlir::ParseResult()> parse;
  bool isGiven = false;
};
/// Reads the list of the attribute `mnemonic`; fails with a diagnostic that says which parameters
/// there are.
mlir::ParseResult parseParameters(mlir::AsmParser &parser, llvm::StringRef mnemonic,
                                  llvm::MutableArrayRef<ParameterText> parameters);

template <typename Attr, typename... T>
mlir::Attribute parseNamed(mlir::AsmParser &parser, std::tuple<NamedParameter<T>...> parameters) {
  llvm::SMLoc location = parser.getCurrentLocation();
  auto textOf = [&parser](auto &parameter) {
    auto parse = [&parser, &parameter]() -> mlir::ParseResult {
      using Value = typename std::remove_reference_t<decltype(parameter.value)>::value_type;
      mlir::FailureOr<Value> value = parseParameter<Value>(parser);
      if (succeeded(value))
        parameter.value = *value;
      return mlir::success(succeeded(value));
    };
    return ParameterText{parameter.name, !parameter.value, parse};
  };
  auto read = [&](auto &...parameter) -> mlir::Attribute {
    llvm::SmallVector<ParameterText> texts = {textOf(parameter)...};
    if (parseParameters(parser, Attr::getMnemonic(), texts))
      return {};
    return parser.getChecked<Attr>(location, parser.getContext(), *parameter.value...);
  };
  return std::apply(read, parameters);
}

enum class PrintedNames {
  named,  ///< those that differ from their defaults, with names
  inOrder ///< all, without names, if one differs
};

/// Prints what parseNamed reads; nothing where every value is its default.
template <typename... T>
void printNamed(mlir::AsmPrinter &printer, PrintedNames names,
                const std::tuple<NamedParameter<T>...> &parameters,
                const std::tuple<T...> &values) {
  bool differs = false, isFirst = true;
  auto isDefault = [](const auto &parameter, const auto &value) {
    return parameter.value && *parameter.value == value;
  };
  auto print = [&](const auto &parameter, const auto &value) {
    if (names == PrintedNames::named && isDefault(parameter, value))
      return;
    printer << (isFirst ? "<" : ", ");
    isFirst = false;
    if (names == PrintedNames::named)
      printer << parameter.name << " = ";
    printer.printStrippedAttrOrType(value);
  };
  auto each = [&]<size_t... I>(std::index_sequence<I...>) {
    ((differs |= !isDefault(std::get<I>(parameters), std::get<I>(values))), ...);
    if (!differs)
      return;
    (print(std::get<I>(parameters), std::get<I>(values)), ...);
    printer << '>';
  };
  each(std::index_sequence_for<T...>());
}

} // namespace mlc::nn
#endif
