// RUN: mlc-opt %s --plan-memory=explain=true --mlir-print-op-on-diagnostic=false 2>&1 | FileCheck %s

module @m {
  func.func private @k(%x: tensor<32xf32>) -> tensor<32xf32> attributes {kernel.kernel}
  func.func private @small(%x: tensor<4xf32>) -> tensor<4xf32> attributes {kernel.kernel}
  func.func private @both(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> attributes {kernel.kernel}
  func.func private @free(%x: tensor<?x16xf32> {nn.sizes = affine_map<()[s0] -> (s0, 16)>}, %n: index)
    -> (tensor<?x16xf32> {nn.sizes = affine_map<()[s0] -> (s0, 16)>}) attributes {kernel.kernel}

  // CHECK: remark: body: arena of 64 bytes for 1 buffers and 2 launches; 16 bytes live at one time, 75.0 % less
  func.func private @body(%x: tensor<4xf32>, %s: tensor<4xf32>, %w: tensor<4xf32>) -> tensor<4xf32> attributes {kernel.subprogram} {
    %a = kernel.launch @small(%x) : (tensor<4xf32>) -> tensor<4xf32>
    %b = kernel.launch @both(%a, %x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    return %b : tensor<4xf32>
  }

  // A bar per launch, and the contents of the peak: the buffer that the second launch reads, and the one that it writes.
  // CHECK: remark: entry: arena of 256 bytes for 3 buffers and 4 launches; 256 bytes live at one time
  // CHECK-NEXT: 1 128 #################### k at {{.*}}plan-memory-explain.mlir:[[#@LINE+9]]:10
  // CHECK-NEXT: 2 256 ######################################## k at {{.*}}:[[#@LINE+9]]:10
  // CHECK-NEXT: 3 256
  // CHECK-NEXT: 4 128
  // CHECK-NEXT: at the peak, launch 2:
  // CHECK-NEXT: 128 launches 1 to 2: <32xf32> of k at {{.*}}:[[#@LINE+4]]:10
  // CHECK-NEXT: 128 launches 2 to 3: <32xf32> of k at {{.*}}:[[#@LINE+4]]:10
  // CHECK-NOT: launches
  func.func @entry(%x: tensor<32xf32>) -> tensor<32xf32> {
    %a = kernel.launch @k(%x) : (tensor<32xf32>) -> tensor<32xf32>
    %b = kernel.launch @k(%a) : (tensor<32xf32>) -> tensor<32xf32>
    %c = kernel.launch @k(%b) : (tensor<32xf32>) -> tensor<32xf32>
    %d = kernel.launch @k(%c) : (tensor<32xf32>) -> tensor<32xf32>
    return %d : tensor<32xf32>
  }

  // A loop needs the arena of its body and a second buffer of what it carries.
  // CHECK: remark: loop: arena of 128 bytes for 2 buffers and 1 launches; 80 bytes live at one time, 37.5 % less
  // CHECK: 64 launches 1 to 1: arena of @body at
  // CHECK-NEXT: 16 launches 1 to 1: second buffer of what @body carries at
  func.func @loop(%x: tensor<4xf32>, %xs: tensor<8x4xf32>) -> tensor<4xf32> {
    %n = arith.constant 8 : index
    %y = kernel.loop @body trips(%n) carried(%x) over(%xs) captured(%x) dims() : (tensor<4xf32>), (tensor<8x4xf32>), (tensor<4xf32>), () -> (tensor<4xf32>)
    return %y : tensor<4xf32>
  }

  // What depends on a free dimension is told for a size.
  // CHECK: remark: sized: arena of 4096 bytes for 1 buffers and 2 launches; 4096 bytes live at one time (free sizes taken as 64)
  func.func @sized(%x: tensor<?x16xf32> {nn.dims = ["n", ""]}) -> tensor<?x16xf32> {
    %n = nn.dim %x, 0 : tensor<?x16xf32>
    %a = kernel.launch @free(%x) dims(%n) : (tensor<?x16xf32>) -> tensor<?x16xf32>
    %b = kernel.launch @free(%a) dims(%n) : (tensor<?x16xf32>) -> tensor<?x16xf32>
    return %b : tensor<?x16xf32>
  }
}
