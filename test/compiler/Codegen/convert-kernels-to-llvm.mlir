// RUN: mlc-opt %s --schedule-kernels --bufferize-kernels --convert-kernels-to-llvm | FileCheck %s
// RUN: mlc-opt %s --schedule-kernels="target=gpu vector-bytes=0 tile-elements=1" --bufferize-kernels --convert-kernels-to-llvm=target=gpu | FileCheck %s --check-prefix=GPU
// RUN: not mlc-opt %s --schedule-kernels --bufferize-kernels --convert-kernels-to-llvm=target=tpu 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: error: unknown target 'tpu': expects cpu or gpu

// The interface of runtime/model.h: an array of pointers and sizes, the tiles, the scratch memory. Buffers that may share
// memory with another are not `noalias`: here the result may lie where %x lay.
// CHECK: llvm.func internal @kernel_0.body(%{{[^,]*}}: !llvm.ptr, %{{[^,]*}}: !llvm.ptr {llvm.noalias}, %{{[^,]*}}: !llvm.ptr, %{{.*}}: i64, %{{.*}}: i64, %{{.*}}: i64, %{{.*}}: !llvm.ptr {llvm.noalias})
// CHECK: llvm.func @kernel_0(%[[ARGUMENTS:.*]]: !llvm.ptr, %[[BEGIN:.*]]: i64, %[[END:.*]]: i64, %[[SCRATCH:.*]]: !llvm.ptr)
// CHECK: llvm.getelementptr %[[ARGUMENTS]][0]
// CHECK: llvm.call @kernel_0.body({{.*}}, %[[BEGIN]], %[[END]], %[[SCRATCH]])

// For a GPU an entry: thread t takes tiles t, t + threads, ...; the body is inlined there.
// GPU: llvm.func internal @kernel_0.body({{.*}}) attributes {always_inline}
// GPU: llvm.func @kernel_0(%[[X:[^,]*]]: !llvm.ptr, %{{[^,]*}}: !llvm.ptr, %{{[^,]*}}: !llvm.ptr, %{{[^,]*}}: i64, %[[TILES:[^,]*]]: i64, %{{[^,]*}}: !llvm.ptr) attributes {nvvm.kernel}
// GPU: nvvm.read.ptx.sreg.ctaid.x
// GPU: llvm.icmp "slt" %[[TILE:.*]], %[[TILES]]
// GPU: %[[NEXT:.*]] = llvm.add %[[TILE]]
// GPU: llvm.call @kernel_0.body(%[[X]], {{.*}}, %[[TILE]], %[[NEXT]], %{{.*}})
func.func private @kernel_0(%x: tensor<?x8xf32> {nn.sizes = affine_map<()[s0] -> (s0, 8)>}, %b: tensor<8xf32>, %n: index)
    -> (tensor<?x8xf32> {nn.sizes = affine_map<()[s0] -> (s0, 8)>}) attributes {kernel.kernel} {
  %rows = nn.broadcast %b [%n] dims = [1] : tensor<8xf32> -> tensor<?x8xf32>
  %y = nn.add %x, %rows : tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}
