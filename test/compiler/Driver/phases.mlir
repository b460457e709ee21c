// RUN: mlc --print-phases | FileCheck %s --check-prefix=PHASES
// RUN: mlc-opt %s --to-fuse | FileCheck %s --check-prefix=FUSE
// RUN: mlc-opt %s --phase-simplify | FileCheck %s --check-prefix=SIMPLIFY
// RUN: mlc-opt %s --to-schedule | FileCheck %s --check-prefix=SCHEDULE
// Every phase by its name and with its passes; --to-NAME runs all up to a phase, --phase-NAME that phase alone.

// PHASES: 1 import
// PHASES-NEXT: check-entries
// PHASES: 2 verify
// PHASES-NEXT: insert-index-checks
// PHASES: 3 differentiate
// PHASES: expand-train-steps
// PHASES: 4 simplify
// PHASES: decompose-composites
// PHASES-NEXT: verify-dimensions
// PHASES: 5 fuse
// PHASES-NEXT: outline-bodies
// PHASES-NEXT: pack-parameters
// PHASES-NEXT: tabulate-streams
// PHASES-NEXT: update-in-place
// PHASES-NEXT: form-kernels
// PHASES-NEXT: merge-equal-kernels
// PHASES: 6 schedule
// PHASES: 7 bufferize
// PHASES: 8 plan-memory
// PHASES-NEXT: plan-memory
// PHASES: 9 host
// PHASES-NEXT: build-host-program
// PHASES: 10 emit

// FUSE: kernel.launch @kernel_0
// SIMPLIFY-NOT: nn.relu
// SIMPLIFY-NOT: kernel.launch
// SIMPLIFY: nn.select
// On every machine for the same one, of 64-byte vectors.
// SCHEDULE: vector.load {{.*}} vector<16xf32>
module @m {
  func.func @f(%x: tensor<16xf32>) -> tensor<16xf32> {
    %y = nn.relu %x : tensor<16xf32>
    return %y : tensor<16xf32>
  }
}
