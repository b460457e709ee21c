// All ops of the dialect, one file per family.
include "dialects/NN/ElementwiseOps.td"
include "dialects/NN/ShapeOps.td"
include "dialects/NN/ReductionOps.td"
include "dialects/NN/ContractionOps.td"
include "dialects/NN/IndexingOps.td"
include "dialects/NN/RandomOps.td"
include "dialects/NN/ModelOps.td"
include "dialects/NN/NNAttributes.td"
