// How the elements of ops are computed that are not elementwise.
#ifndef MLC_COMPILER_CODEGEN_COMMON_EMISSION_H
#define MLC_COMPILER_CODEGEN_COMMON_EMISSION_H

#include "compiler/Codegen/Common/PullEmitter.h"

namespace mlc {

/// A matrix of numbers of few bits, of which several along the depth share a word and more a scale:
/// see `nn.dequantize`.
struct ScaledNumbers {
  int64_t depthDim = 0, bits = 8;
  int64_t group = 1; ///< numbers that are scaled alike
  std::function<mlir::Value(mlir::Value row, LaneIndex column)> wordAt;
  /// Fetches the line of a word that will be read soon, or may not exist. Empty: they are computed.
  std::function<void(mlir::Value row, LaneIndex column)> fetchWord;
  /// Of a group: a number stands for (number - zero) * scale.
  std::function<mlir::Value(mlir::Value group, LaneIndex column)> scaleAt, zeroAt;
};

/// What the emitter may take for granted of a rule.
struct EmissionTraits {
  /// Its lanes need no masks beyond those of the loop (see PullEmitter::laneBits).
  bool isPlain = false;
  /// The operands that are read at the same row-major index, where the op can do with one; none
  /// where it needs coordinates.
  std::optional<llvm::SmallVector<mlir::Value>> (*readsInOrder)(mlir::Operation *) = nullptr;
  /// The numbers and scales that the result is made of.
  ScaledNumbers (*scaledNumbers)(PullEmitter &, mlir::Operation *) = nullptr;
};

/// The rule of one kind of op.
struct Emission {
  bool (*isOf)(mlir::Operation *);
  /// The value of a result at a position: a scalar if it is the same in all lanes, else a vector.
  std::function<mlir::Value(PullEmitter &, mlir::OpResult, const Position &)> emit;
  EmissionTraits traits;
};

/// Null where there is no rule.
const Emission *emissionOf(mlir::Operation *op);
void addEmission(Emission emission);

/// Enters the rule of an op, or of all ops with an interface. The file that has the rule has such
/// an object: no list knows them all.
template <typename Op> struct EmissionEntry {
  /// Of an op with one result.
  EmissionEntry(mlir::Value (*rule)(PullEmitter &, Op, const Position &),
                EmissionTraits traits = {}) {
    auto emit = [rule](PullEmitter &emitter, mlir::OpResult result, const Position &position) {
      return rule(emitter, mlir::cast<Op>(result.getOwner()), position);
    };
    addEmission({isOf, emit, traits});
  }
  /// Of an op with several: the rule is told which is asked for.
  EmissionEntry(mlir::Value (*rule)(PullEmitter &, Op, unsigned, const Position &),
                EmissionTraits traits = {}) {
    auto emit = [rule](PullEmitter &emitter, mlir::OpResult result, const Position &position) {
      return rule(emitter, mlir::cast<Op>(result.getOwner()), result.getResultNumber(), position);
    };
    addEmission({isOf, emit, traits});
  }

private:
  static bool isOf(mlir::Operation *op) { return mlir::isa<Op>(op); }
};

} // namespace mlc
#endif
