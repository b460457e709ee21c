// Checks the derivatives of one op against dual numbers.
#ifndef MLC_TEST_UNIT_DERIVATIVES_DERIVATIVECHECK_H
#define MLC_TEST_UNIT_DERIVATIVES_DERIVATIVECHECK_H

#include "mlir/IR/MLIRContext.h"
#include <cstdint>
#include <string>
#include <vector>

namespace mlc::test {

/// An argument of a case, drawn at random: magnitudes of [low, high], of both signs unless
/// `positive`; integers of [low, high].
struct Argument {
  std::string type;
  std::vector<int64_t> shape = {}; ///< at run time, where the type has `?`
  double low = 0.3, high = 1.5;
  bool positive = false;
};

/// One use of an op. `body` is text whose last op is the one under test; its arguments are %a, %b,
/// ...
struct Case {
  std::string op; ///< "nn.contract"
  std::string body;
  std::vector<Argument> arguments;
};

/// The cases that attributes and shapes of an op ask for; empty if its text with nothing but
/// operands will do.
std::vector<Case> recipesFor(const std::string &op);
/// Of ops on signals, images and volumes.
std::vector<Case> imageRecipes();

/// Finds the cases of an op: its recipes, else its text with one or two operands, of static and of
/// dynamic size. Empty if neither exists: an op without a case must not pass.
std::vector<Case> casesFor(mlir::MLIRContext *context, const std::string &op);

/// Returns what is wrong, one sentence each:
/// - for every subset of the float arguments, the VJP by them equals, element by element, u * J
/// with J from dual numbers;
/// - the VJP of the VJP, by the arguments and the cotangents, equals what dual numbers make of the
/// VJP;
/// - the VJP is linear in the cotangents;
/// - derivatives consist of nn ops (and sizes); an op with an own rule and a decomposition agrees
/// with its decomposition. All at a relative error of 1e-10 (of 1, where values are smaller).
std::vector<std::string> checkDerivatives(mlir::MLIRContext *context, const Case &testCase);

} // namespace mlc::test
#endif
