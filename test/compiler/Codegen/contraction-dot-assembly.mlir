// The instructions of the inner loops: every dot product of the tile at two depths, or at four, a broadcast for every row, which
// vpdpbusd wants unsigned, the vectors of rhs, and its lines further on in the panel; nothing on the stack.
// RUN: mlc %s -o %t.z4.s --mcpu=znver4
// RUN: %{python} %S/Inputs/inner_loop.py %t.z4.s vdpbf16ps | FileCheck %s --check-prefix=BF16
// BF16: 48 vdpbf16ps
// BF16-NEXT: 16 vbroadcastss
// BF16-NEXT: 6 prefetcht0
// BF16-NEXT: 6 vmovups
// BF16-NEXT: 3 addq
// BF16-NEXT: 2 cmpq
// BF16-NEXT: 2 leaq
// BF16-NEXT: 1 cmovlq
// BF16-NEXT: 1 jl
// BF16-NEXT: 0 on the stack
// RUN: %{python} %S/Inputs/inner_loop.py %t.z4.s vpdpbusd | FileCheck %s --check-prefix=I8
// I8: 48 vpdpbusd
// I8-NEXT: 16 vpbroadcastd
// I8-NEXT: 16 vpxorq
// I8-NEXT: 6 prefetcht0
// I8-NEXT: 6 vmovdqu64
// I8-NEXT: 3 addq
// I8-NEXT: 2 cmpq
// I8-NEXT: 2 leaq
// I8-NEXT: 1 cmovlq
// I8-NEXT: 1 jl
// I8-NEXT: 0 on the stack

// Zen 5 has the same instructions; on 32 bytes with AVX-VNNI the tile is lower, for 16 registers.
// RUN: mlc %s -o %t.z5.s --mcpu=znver5
// RUN: %{python} %S/Inputs/inner_loop.py %t.z5.s vpdpbusd | FileCheck %s --check-prefix=I8
// RUN: mlc %s -o %t.alder.s --mcpu=alderlake
// RUN: %{python} %S/Inputs/inner_loop.py %t.alder.s vpdpbusd | FileCheck %s --check-prefix=ALDER
// ALDER: 48 vpdpbusd
// ALDER-NEXT: 24 vpbroadcastd
// ALDER: 0 on the stack

// Without AVX-512: a product of pairs, and its sum, at one depth, for want of registers.
// RUN: mlc %s -o %t.v3.s --mcpu=x86-64-v3
// RUN: %{python} %S/Inputs/inner_loop.py %t.v3.s vpmaddwd | FileCheck %s --check-prefix=AVX2
// AVX2: 12 vpaddd
// AVX2-NEXT: 12 vpmaddwd
// AVX2-NEXT: 6 vpbroadcastd
// AVX2: 2 vmovdqu
// AVX2: 0 on the stack

// RUN: mlc %s -o %t.arm.s --mtriple=aarch64-linux-gnu --mcpu=neoverse-v1
// RUN: %{python} %S/Inputs/inner_loop.py %t.arm.s bfdot | FileCheck %s --check-prefix=BFDOT
// BFDOT: 48 bfdot
// BFDOT: 0 on the stack
// RUN: %{python} %S/Inputs/inner_loop.py %t.arm.s sdot | FileCheck %s --check-prefix=SDOT
// SDOT: 48 sdot
// SDOT: 0 on the stack

module @products {
  func.func @bf16(%x: tensor<256x768xbf16>, %w: tensor<768x768xbf16>) -> tensor<256x768xbf16> {
    %y = nn.contract %x, %w contracting = [1] x [0] : tensor<256x768xbf16>, tensor<768x768xbf16>
    return %y : tensor<256x768xbf16>
  }
  func.func @i8(%x: tensor<256x768xi8>, %w: tensor<768x768xi8>) -> tensor<256x768xi32> {
    %xi = nn.cast %x : tensor<256x768xi8> -> tensor<256x768xi32>
    %wi = nn.cast %w : tensor<768x768xi8> -> tensor<768x768xi32>
    %y = nn.contract %xi, %wi contracting = [1] x [0] : tensor<256x768xi32>, tensor<768x768xi32>
    return %y : tensor<256x768xi32>
  }
}
