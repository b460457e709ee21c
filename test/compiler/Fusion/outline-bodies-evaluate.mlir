// RUN: mlc-opt %s --evaluate -o /dev/null | FileCheck %s
// RUN: mlc-opt %s --outline-bodies --evaluate -o /dev/null | FileCheck %s
// RUN: mlc-opt %s --to-fuse --evaluate -o /dev/null | FileCheck %s
// RUN: mlc-opt %s --outline-bodies | mlc-opt | FileCheck %s --check-prefix=TEXT
// RUN: not mlc-opt %s --to-bufferize --evaluate -o /dev/null 2>&1 | FileCheck %s --check-prefix=BUFFERS
// BUFFERS: error: not supported yet: evaluation of functions on buffers; evaluate the text before phase bufferize

// What bodies became functions of means what it meant: loops of either kind, in either direction, limited; branches; checkpoints.
// TEXT: kernel.loop @f_body{{.*}} trips(%{{.*}}) limit(%{{.*}}) reverse carried(%{{.*}}) over(%{{.*}}) captured(%{{.*}}) dims(%{{.*}}) : (tensor<?xf32>), (tensor<?x?xf32>), (tensor<?xf32>), () -> (tensor<?xf32>, tensor<?x?xf32>)
// TEXT: kernel.loop @f_body{{.*}} carried(%{{.*}}) over() captured() dims(%{{.*}}) while @f_body{{.*}} captured(%{{.*}}) dims(%{{.*}}) : (tensor<?xf32>), (), (), (tensor<f32>) -> (tensor<?xf32>)
// TEXT: kernel.call @f_body{{.*}} captured(%{{.*}}) dims(%{{.*}}) if %{{.*}} else @f_body
// CHECK: @f[0] = dense<[19, 134]> : tensor<2xf32>
// CHECK: @f[1] = dense<{{\[\[}}6, 22], [1, 2], [0, 0]]> : tensor<3x2xf32>
// CHECK: @f[2] = dense<[38, 268]> : tensor<2xf32>
// CHECK: @f[3] = dense<[-38, -268]> : tensor<2xf32>
module @m {
func.func @f(%x: tensor<?xf32> {nn.value = dense<[1.0, 2.0]> : tensor<2xf32>, nn.dims = ["n"]},
             %xs: tensor<?x?xf32> {nn.value = dense<[[3.0, 6.0], [5.0, 10.0], [100.0, 200.0]]> : tensor<3x2xf32>, nn.dims = ["t", "n"]},
             %two: tensor<i64> {nn.value = dense<2> : tensor<i64>}) -> (tensor<?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>) {
  %y, %all = nn.scan (%h = %x) over (%s = %xs) limit = %two reverse : tensor<?xf32>, tensor<?x?xf32> {
    %0 = nn.mul %h, %s : tensor<?xf32>
    %1 = nn.add %0, %x : tensor<?xf32>
    nn.yield %1, %h : tensor<?xf32>, tensor<?xf32>
  }
  %hundred = nn.reduce max %xs dims = [0, 1] : tensor<?x?xf32>
  %z = nn.while (%h = %y) : tensor<?xf32> {
    %0 = nn.reduce sum %h dims = [0] : tensor<?xf32>
    %c = nn.compare lt %0, %hundred : tensor<f32>
    nn.yield %c : tensor<i1>
  } do (%h) {
    %0 = nn.add %h, %h : tensor<?xf32>
    nn.yield %0 : tensor<?xf32>
  }
  %0 = nn.reduce sum %z dims = [0] : tensor<?xf32>
  %c = nn.compare lt %0, %hundred : tensor<f32>
  %w = nn.if %c {
    nn.yield %z : tensor<?xf32>
  } else {
    %1 = nn.checkpoint {
      %2 = nn.neg %z : tensor<?xf32>
      nn.yield %2 : tensor<?xf32>
    }
    nn.yield %1 : tensor<?xf32>
  }
  return %y, %all, %z, %w : tensor<?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>
}
}
