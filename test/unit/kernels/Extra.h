// A dialect of structured ops that no file of the compiler knows.
#ifndef MLC_TEST_UNIT_KERNELS_EXTRA_H
#define MLC_TEST_UNIT_KERNELS_EXTRA_H

#include "dialects/NN/NN.h"

#include "test/unit/kernels/ExtraDialect.h.inc"
#define GET_OP_CLASSES
#include "test/unit/kernels/ExtraOps.h.inc"
#endif
