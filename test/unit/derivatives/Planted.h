// A dialect of ops whose derivatives are wrong on purpose.
#ifndef MLC_TEST_UNIT_DERIVATIVES_PLANTED_H
#define MLC_TEST_UNIT_DERIVATIVES_PLANTED_H

#include "dialects/NN/NN.h"
#include "dialects/NN/TensorExpr.h"

namespace mlc::planted {
/// x, by planted.identity.
nn::TensorExpr frozen(const nn::TensorExpr &x);
} // namespace mlc::planted

#include "test/unit/derivatives/PlantedDialect.h.inc"
#define GET_OP_CLASSES
#include "test/unit/derivatives/PlantedOps.h.inc"
#endif
