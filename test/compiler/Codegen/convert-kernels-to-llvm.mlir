// RUN: mlc-opt %s --schedule-kernels --bufferize-kernels --convert-kernels-to-llvm | FileCheck %s

// The interface of runtime/model.h: an array of pointers and sizes, the tiles, the scratch memory. Buffers that may share
// memory with another are not `noalias`: here the result may lie where %x lay.
// CHECK: llvm.func internal @kernel_0.body(%{{[^,]*}}: !llvm.ptr, %{{[^,]*}}: !llvm.ptr {llvm.noalias}, %{{[^,]*}}: !llvm.ptr, %{{.*}}: i64, %{{.*}}: i64, %{{.*}}: i64, %{{.*}}: !llvm.ptr {llvm.noalias})
// CHECK: llvm.func @kernel_0(%[[ARGUMENTS:.*]]: !llvm.ptr, %[[BEGIN:.*]]: i64, %[[END:.*]]: i64, %[[SCRATCH:.*]]: !llvm.ptr)
// CHECK: llvm.getelementptr %[[ARGUMENTS]][0]
// CHECK: llvm.call @kernel_0.body({{.*}}, %[[BEGIN]], %[[END]], %[[SCRATCH]])
func.func private @kernel_0(%x: tensor<?x8xf32> {nn.sizes = affine_map<()[s0] -> (s0, 8)>}, %b: tensor<8xf32>, %n: index)
    -> (tensor<?x8xf32> {nn.sizes = affine_map<()[s0] -> (s0, 8)>}) attributes {kernel.kernel} {
  %rows = nn.broadcast %b [%n] dims = [1] : tensor<8xf32> -> tensor<?x8xf32>
  %y = nn.add %x, %rows : tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}
