// RUN: mlc-fuzz --file %s | FileCheck %s
// Windows of one element are no windows in the code: that there are elements was not checked where a size is free.
// CHECK: 0 failures

module @fuzz {
  func.func private @body(%arg0: tensor<1x17xf32>, %arg1: tensor<f32>, %arg2: tensor<?x1x?xi32>, %arg3: tensor<?x1x?xf32>, %arg4: tensor<f32>, %arg5: tensor<?x1x?xi32>) -> (tensor<1xf32>, tensor<1x17xf32>, tensor<17x1xf32>, tensor<f32>, tensor<f32>, tensor<3x16x1x17xf32>) {
    %0 = nn.constant dense<2.500000e-01> : tensor<f32>
    %1 = nn.broadcast %0 dims = [] : tensor<f32> -> tensor<1x17xf32>
    %2 = nn.mul %arg0, %1 : tensor<1x17xf32>
    %3 = nn.constant dense<1.000000e+00> : tensor<1x17xf32>
    %4 = nn.add %2, %3 : tensor<1x17xf32>
    %5 = nn.cumprod %4 dim = 1 : tensor<1x17xf32>
    %6 = nn.constant dense<3.906250e-03> : tensor<f32>
    %7 = nn.broadcast %6 dims = [] : tensor<f32> -> tensor<1x17xf32>
    %8 = nn.mul %5, %7 : tensor<1x17xf32>
    %9 = nn.round_even %arg0 : tensor<1x17xf32>
    %10 = nn.reverse %arg5 dims = [0] : tensor<?x1x?xi32>
    %11 = nn.sign %arg3 : tensor<?x1x?xf32>
    %12 = nn.neg %8 : tensor<1x17xf32>
    %13 = nn.compare le %11, %arg3 : tensor<?x1x?xf32>
    %14 = nn.select %13, %11, %arg3 : tensor<?x1x?xi1>, tensor<?x1x?xf32>, tensor<?x1x?xf32>
    %15 = nn.compare ne %9, %12 : tensor<1x17xf32>
    %16 = nn.dim %13, 2 : tensor<?x1x?xi1>
    %17 = nn.dim %10, 2 : tensor<?x1x?xi32>
    %18 = nn.reshape %10[%16, %17] : tensor<?x1x?xi32> -> tensor<?x1x1x?xi32>
    %19 = nn.constant dense<5.000000e-01> : tensor<1x17xf32>
    %20 = nn.mul %8, %19 : tensor<1x17xf32>
    %21 = nn.checkpoint {
      %166 = nn.swiglu %8, %9 : tensor<1x17xf32>
      %167 = nn.constant dense<5.000000e-01> : tensor<f32>
      %168 = nn.broadcast %167 dims = [] : tensor<f32> -> tensor<1x17xf32>
      %169 = nn.mul %166, %168 : tensor<1x17xf32>
      %170 = nn.constant dense<14> : tensor<i32>
      %171 = nn.abs %170 : tensor<i32>
      %172 = nn.broadcast %171 dims = [] : tensor<i32> -> tensor<1x17xi32>
      %173 = nn.iota dim = 0 : tensor<1x17xi32>
      %174 = nn.constant dense<28> : tensor<1x17xi32>
      %175 = nn.mul %173, %174 : tensor<1x17xi32>
      %176 = nn.add %172, %175 : tensor<1x17xi32>
      %177 = nn.iota dim = 1 : tensor<1x17xi32>
      %178 = nn.constant dense<9> : tensor<1x17xi32>
      %179 = nn.mul %177, %178 : tensor<1x17xi32>
      %180 = nn.add %176, %179 : tensor<1x17xi32>
      %181 = nn.constant dense<1> : tensor<1x17xi32>
      %182 = nn.rem %180, %181 : tensor<1x17xi32>
      %183 = nn.constant dense<-4> : tensor<i32>
      %184 = nn.abs %183 : tensor<i32>
      %185 = nn.broadcast %184 dims = [] : tensor<i32> -> tensor<1x17xi32>
      %186 = nn.iota dim = 0 : tensor<1x17xi32>
      %187 = nn.constant dense<26> : tensor<i32>
      %188 = nn.broadcast %187 dims = [] : tensor<i32> -> tensor<1x17xi32>
      %189 = nn.mul %186, %188 : tensor<1x17xi32>
      %190 = nn.add %185, %189 : tensor<1x17xi32>
      %191 = nn.iota dim = 1 : tensor<1x17xi32>
      %192 = nn.constant dense<34> : tensor<1x17xi32>
      %193 = nn.mul %191, %192 : tensor<1x17xi32>
      %194 = nn.add %190, %193 : tensor<1x17xi32>
      %195 = nn.constant dense<1> : tensor<i32>
      %196 = nn.broadcast %195 dims = [] : tensor<i32> -> tensor<1x17xi32>
      %197 = nn.rem %194, %196 : tensor<1x17xi32>
      %198 = nn.constant dense<2.500000e-01> : tensor<f32>
      %199 = nn.broadcast %198 dims = [] : tensor<f32> -> tensor<1x17xf32>
      %200 = nn.mul %169, %199 : tensor<1x17xf32>
      %201 = nn.embedding %200, %182 : tensor<1x17xf32>, tensor<1x17xi32>
      %202 = nn.tanh %201 : tensor<1x17x17xf32>
      %203 = nn.contract %202, %200 contracting = [2] x [1] : tensor<1x17x17xf32>, tensor<1x17xf32>
      %204 = nn.constant dense<6.250000e-02> : tensor<1x17x1xf32>
      %205 = nn.mul %203, %204 : tensor<1x17x1xf32>
      %206 = nn.cross_entropy %205, %197 reduction =  none : tensor<1x17x1xf32>, tensor<1x17xi32>
      %207 = nn.tanh %206 : tensor<1x17xf32>
      nn.yield %207 : tensor<1x17xf32>
    }
    %22 = nn.log_softmax %9 dim = 0 : tensor<1x17xf32>
    %23 = nn.constant dense<-0.0865921676> : tensor<f32>
    %24 = nn.dim %14, 0 : tensor<?x1x?xf32>
    %25 = nn.dim %14, 2 : tensor<?x1x?xf32>
    %26 = nn.broadcast %23[%24, %25] dims = [] : tensor<f32> -> tensor<?x1x?xf32>
    %27 = nn.compare ge %14, %26 : tensor<?x1x?xf32>
    %28 = nn.select %15, %12, %8 : tensor<1x17xi1>, tensor<1x17xf32>, tensor<1x17xf32>
    %29 = nn.constant dense<true> : tensor<i1>
    %30 = nn.dim %27, 0 : tensor<?x1x?xi1>
    %31 = nn.dim %27, 2 : tensor<?x1x?xi1>
    %32 = nn.broadcast %29[%30, %31] dims = [] : tensor<i1> -> tensor<?x1x?xi1>
    %33 = nn.stack %27, %32 : tensor<?x1x?xi1>
    %34 = nn.dim %33, 3 : tensor<2x?x1x?xi1>
    %35 = nn.dim %11, 0 : tensor<?x1x?xf32>
    %36 = nn.broadcast %27[%34, %35] dims = [1, 2, 3] : tensor<?x1x?xi1> -> tensor<2x?x1x?xi1>
    %37 = nn.compare ge %33, %36 : tensor<2x?x1x?xi1>
    %38 = nn.abs %arg4 : tensor<f32>
    %39 = nn.constant dense<5.000000e-01> : tensor<f32>
    %40 = nn.add %38, %39 : tensor<f32>
    %41 = nn.abs %arg4 : tensor<f32>
    %42 = nn.constant dense<5.000000e-01> : tensor<f32>
    %43 = nn.add %41, %42 : tensor<f32>
    %44 = nn.constant dense<5.000000e-01> : tensor<f32>
    %45 = nn.mul %arg4, %44 : tensor<f32>
    %46 = nn.tan %45 : tensor<f32>
    %value, %position = nn.min_with_position %18 dim = 1 : tensor<?x1x1x?xi32>
    %47 = nn.constant dense<1> : tensor<i32>
    %48 = nn.dim %arg2, 0 : tensor<?x1x?xi32>
    %49 = nn.dim %arg2, 2 : tensor<?x1x?xi32>
    %50 = nn.broadcast %47[%48, %49] dims = [] : tensor<i32> -> tensor<?x1x?xi32>
    %51 = nn.select %27, %arg2, %50 : tensor<?x1x?xi1>, tensor<?x1x?xi32>, tensor<?x1x?xi32>
    %52 = nn.constant dense<0> : tensor<i64>
    %53 = nn.dim %position, 0 : tensor<?x1x?xi64>
    %54 = nn.dim %position, 2 : tensor<?x1x?xi64>
    %55 = nn.broadcast %52[%53, %54] dims = [] : tensor<i64> -> tensor<?x1x?xi64>
    %56 = nn.shl %position, %55 : tensor<?x1x?xi64>
    %57 = nn.abs %22 : tensor<1x17xf32>
    %58 = nn.constant dense<5.000000e-01> : tensor<1x17xf32>
    %59 = nn.add %57, %58 : tensor<1x17xf32>
    %60 = nn.log1p %59 : tensor<1x17xf32>
    %61 = nn.tanh %8 : tensor<1x17xf32>
    %62 = nn.checkpoint {
      %166 = nn.pad %60, %arg1 low = [0, 0] high = [2, 0] interior = [0, 0] : tensor<1x17xf32>, tensor<f32>
      %167 = nn.tanh %28 : tensor<1x17xf32>
      nn.yield %167 : tensor<1x17xf32>
    }
    %63 = nn.custom_vjp (%arg6 = %12, %arg7 = %28) : tensor<1x17xf32>, tensor<1x17xf32> {
      %166 = nn.sin %arg6 : tensor<1x17xf32>
      %167 = nn.mul %166, %arg7 : tensor<1x17xf32>
      nn.yield %167, %166, %arg6, %arg7 : tensor<1x17xf32>, tensor<1x17xf32>, tensor<1x17xf32>, tensor<1x17xf32>
    } backward (%arg6) saved (%arg7, %arg8, %arg9) {
      %166 = nn.cos %arg8 : tensor<1x17xf32>
      %167 = nn.mul %166, %arg9 : tensor<1x17xf32>
      %168 = nn.mul %arg6, %167 : tensor<1x17xf32>
      %169 = nn.mul %arg6, %arg7 : tensor<1x17xf32>
      nn.yield %168, %169 : tensor<1x17xf32>, tensor<1x17xf32>
    }
    %64:2 = nn.scan (%arg6 = %arg0) trips = 3 : tensor<1x17xf32> {
      %166 = nn.transpose %15 permutation = [0, 1] : tensor<1x17xi1>
      %167 = nn.constant dense<0.73635745> : tensor<1x1x1xf32>
      %168 = nn.conv %11, %167 strides = [1] padding = [0, 0] dilation = [1]  : tensor<?x1x?xf32>, tensor<1x1x1xf32>
      %169 = nn.broadcast %63 dims = [1, 2] : tensor<1x17xf32> -> tensor<16x1x17xf32>
      %170 = nn.dim %14, 0 : tensor<?x1x?xf32>
      %171 = nn.dim %position, 0 : tensor<?x1x?xi64>
      %172 = nn.reshape %value[%170, %171] : tensor<?x1x?xi32> -> tensor<1x?x1x?xi32>
      nn.yield %arg6, %169 : tensor<1x17xf32>, tensor<16x1x17xf32>
    }
    %65 = nn.dim %arg5, 0 : tensor<?x1x?xi32>
    %c0 = arith.constant 0 : index
    %66 = nn.dim %37, 3 : tensor<2x?x1x?xi1>
    %c1 = arith.constant 1 : index
    %67 = arith.subi %66, %c1 : index
    %68 = nn.dim %64#0, 0 : tensor<1x17xf32>
    %69 = nn.slice %56 [0, %c0, %68] [%65, 1, %67] [1, 1, 1] : tensor<?x1x?xi64>
    %70 = nn.abs %63 : tensor<1x17xf32>
    %71 = nn.constant dense<5.000000e-01> : tensor<1x17xf32>
    %72 = nn.add %70, %71 : tensor<1x17xf32>
    %73 = nn.kl %62, %72 reduction =  none : tensor<1x17xf32>
    %74 = nn.tanh %73 : tensor<1x17xf32>
    %75 = nn.reduce  sum %12 dims = [0] : tensor<1x17xf32>
    %76 = nn.abs %11 : tensor<?x1x?xf32>
    %77 = nn.constant dense<4> : tensor<i64>
    %78 = nn.constant dense<0> : tensor<i64>
    %79:3 = nn.while (%arg6 = %74, %arg7 = %78) max_trips = 4 : tensor<1x17xf32>, tensor<i64> {
      %166 = nn.compare lt %arg7, %77 : tensor<i64>
      %167 = nn.reduce  sum %arg6 dims = [0, 1] : tensor<1x17xf32>
      %168 = nn.constant dense<3.000000e+00> : tensor<f32>
      %169 = nn.compare lt %167, %168 : tensor<f32>
      %170 = nn.and %166, %169 : tensor<i1>
      nn.yield %170 : tensor<i1>
    } do (%arg6, %arg7) {
      %166 = nn.matmul %21, %75 : tensor<1x17xf32>, tensor<17xf32>
      %167 = nn.tanh %166 : tensor<1xf32>
      %168 = nn.avg_pool %76 window = [2] strides = [1] padding = [0, 1] dilation = [1]  : tensor<?x1x?xf32>
      %169 = nn.popcount %arg2 : tensor<?x1x?xi32>
      %170 = nn.constant dense<1> : tensor<i64>
      %171 = nn.add %arg7, %170 : tensor<i64>
      nn.yield %arg6, %171, %arg6 : tensor<1x17xf32>, tensor<i64>, tensor<1x17xf32>
    }
    %80 = nn.select %15, %79#0, %28 : tensor<1x17xi1>, tensor<1x17xf32>, tensor<1x17xf32>
    %81 = nn.logsumexp %21 dims = [0, 1] : tensor<1x17xf32>
    %82 = nn.constant dense<7> : tensor<i32>
    %83 = nn.abs %82 : tensor<i32>
    %84 = nn.broadcast %83 dims = [] : tensor<i32> -> tensor<1x17xi32>
    %85 = nn.iota dim = 0 : tensor<1x17xi32>
    %86 = nn.constant dense<5> : tensor<1x17xi32>
    %87 = nn.mul %85, %86 : tensor<1x17xi32>
    %88 = nn.add %84, %87 : tensor<1x17xi32>
    %89 = nn.iota dim = 1 : tensor<1x17xi32>
    %90 = nn.constant dense<16> : tensor<1x17xi32>
    %91 = nn.mul %89, %90 : tensor<1x17xi32>
    %92 = nn.add %88, %91 : tensor<1x17xi32>
    %93 = nn.constant dense<1> : tensor<i32>
    %94 = nn.broadcast %93 dims = [] : tensor<i32> -> tensor<1x17xi32>
    %95 = nn.rem %92, %94 : tensor<1x17xi32>
    %96 = nn.constant dense<13> : tensor<i32>
    %97 = nn.abs %96 : tensor<i32>
    %98 = nn.broadcast %97 dims = [] : tensor<i32> -> tensor<1x17xi32>
    %99 = nn.iota dim = 0 : tensor<1x17xi32>
    %100 = nn.constant dense<7> : tensor<1x17xi32>
    %101 = nn.mul %99, %100 : tensor<1x17xi32>
    %102 = nn.add %98, %101 : tensor<1x17xi32>
    %103 = nn.iota dim = 1 : tensor<1x17xi32>
    %104 = nn.constant dense<37> : tensor<1x17xi32>
    %105 = nn.mul %103, %104 : tensor<1x17xi32>
    %106 = nn.add %102, %105 : tensor<1x17xi32>
    %107 = nn.constant dense<1> : tensor<i32>
    %108 = nn.broadcast %107 dims = [] : tensor<i32> -> tensor<1x17xi32>
    %109 = nn.rem %106, %108 : tensor<1x17xi32>
    %110 = nn.tanh %22 : tensor<1x17xf32>
    %111 = nn.embedding %110, %95 : tensor<1x17xf32>, tensor<1x17xi32>
    %112 = nn.tanh %111 : tensor<1x17x17xf32>
    %113 = nn.transpose %110 permutation = [1, 0] : tensor<1x17xf32>
    %114 = nn.matmul %112, %113 : tensor<1x17x17xf32>, tensor<17x1xf32>
    %115 = nn.tanh %114 : tensor<1x17x1xf32>
    %116 = nn.cross_entropy %115, %109 : tensor<1x17x1xf32>, tensor<1x17xi32>
    %117 = nn.tanh %116 : tensor<f32>
    %118 = nn.tanh %22 : tensor<1x17xf32>
    %119 = nn.constant dense<-7> : tensor<i32>
    %120 = nn.abs %119 : tensor<i32>
    %121 = nn.broadcast %120 dims = [] : tensor<i32> -> tensor<17x1xi32>
    %122 = nn.iota dim = 0 : tensor<17x1xi32>
    %123 = nn.constant dense<14> : tensor<i32>
    %124 = nn.broadcast %123 dims = [] : tensor<i32> -> tensor<17x1xi32>
    %125 = nn.mul %122, %124 : tensor<17x1xi32>
    %126 = nn.add %121, %125 : tensor<17x1xi32>
    %127 = nn.iota dim = 1 : tensor<17x1xi32>
    %128 = nn.constant dense<8> : tensor<i32>
    %129 = nn.broadcast %128 dims = [] : tensor<i32> -> tensor<17x1xi32>
    %130 = nn.mul %127, %129 : tensor<17x1xi32>
    %131 = nn.add %126, %130 : tensor<17x1xi32>
    %132 = nn.constant dense<1000> : tensor<i32>
    %133 = nn.broadcast %132 dims = [] : tensor<i32> -> tensor<17x1xi32>
    %134 = nn.rem %131, %133 : tensor<17x1xi32>
    %135 = nn.cast %134 : tensor<17x1xi32> -> tensor<17x1xf64>
    %136 = nn.sin %135 : tensor<17x1xf64>
    %137 = nn.cast %136 : tensor<17x1xf64> -> tensor<17x1xf32>
    %138 = nn.tanh %12 : tensor<1x17xf32>
    %139 = nn.constant dense<14> : tensor<i32>
    %140 = nn.abs %139 : tensor<i32>
    %141 = nn.broadcast %140 dims = [] : tensor<i32> -> tensor<1x1xi32>
    %142 = nn.iota dim = 0 : tensor<1x1xi32>
    %143 = nn.constant dense<31> : tensor<i32>
    %144 = nn.broadcast %143 dims = [] : tensor<i32> -> tensor<1x1xi32>
    %145 = nn.mul %142, %144 : tensor<1x1xi32>
    %146 = nn.add %141, %145 : tensor<1x1xi32>
    %147 = nn.iota dim = 1 : tensor<1x1xi32>
    %148 = nn.constant dense<17> : tensor<i32>
    %149 = nn.broadcast %148 dims = [] : tensor<i32> -> tensor<1x1xi32>
    %150 = nn.mul %147, %149 : tensor<1x1xi32>
    %151 = nn.add %146, %150 : tensor<1x1xi32>
    %152 = nn.constant dense<1000> : tensor<1x1xi32>
    %153 = nn.rem %151, %152 : tensor<1x1xi32>
    %154 = nn.cast %153 : tensor<1x1xi32> -> tensor<1x1xf64>
    %155 = nn.sin %154 : tensor<1x1xf64>
    %156 = nn.cast %155 : tensor<1x1xf64> -> tensor<1x1xf32>
    %157 = nn.constant dense<1> : tensor<i32>
    %158 = nn.abs %157 : tensor<i32>
    %159 = nn.constant dense<25> : tensor<i32>
    %160 = nn.rem %158, %159 : tensor<i32>
    %result, %logSum = nn.attention %118, %137, %138 layout = "td,dt,td" scale = 2.500000e-01 causal window = 9 soft_cap = 1.500000e+00 bias = %156 lengths = %160 lse : tensor<1x17xf32>, tensor<17x1xf32>, tensor<1x17xf32>, tensor<1x1xf32>, tensor<i32>
    %161 = nn.constant dense<-3.000000e+02> : tensor<1xf32>
    %162 = nn.max %logSum, %161 : tensor<1xf32>
    %163 = nn.constant dense<1.562500e-02> : tensor<f32>
    %164 = nn.broadcast %163 dims = [] : tensor<f32> -> tensor<1xf32>
    %165 = nn.mul %162, %164 : tensor<1xf32>
    return %165, %result, %137, %117, %81, %64#1 : tensor<1xf32>, tensor<1x17xf32>, tensor<17x1xf32>, tensor<f32>, tensor<f32>, tensor<3x16x1x17xf32>
  }
  func.func @f(%arg0: tensor<1x17xf32>, %arg1: tensor<f32>, %arg2: tensor<?x1x?xi32> {nn.dims = ["n", "", "n"]}, %arg3: tensor<?x1x?xf32>, %arg4: tensor<f32>, %arg5: tensor<?x1x?xi32>) -> (tensor<1xf32>, tensor<1x17xf32>, tensor<17x1xf32>, tensor<f32>, tensor<f32>, tensor<3x16x1x17xf32>) {
    %0:6 = call @body(%arg0, %arg1, %arg2, %arg3, %arg4, %arg5) : (tensor<1x17xf32>, tensor<f32>, tensor<?x1x?xi32>, tensor<?x1x?xf32>, tensor<f32>, tensor<?x1x?xi32>) -> (tensor<1xf32>, tensor<1x17xf32>, tensor<17x1xf32>, tensor<f32>, tensor<f32>, tensor<3x16x1x17xf32>)
    return %0#0, %0#1, %0#2, %0#3, %0#4, %0#5 : tensor<1xf32>, tensor<1x17xf32>, tensor<17x1xf32>, tensor<f32>, tensor<f32>, tensor<3x16x1x17xf32>
  }
  func.func @loss(%arg0: tensor<1x17xf32>, %arg1: tensor<f32>, %arg2: tensor<?x1x?xi32> {nn.dims = ["n", "", "n"]}, %arg3: tensor<?x1x?xf32>, %arg4: tensor<f32>, %arg5: tensor<?x1x?xi32>) -> tensor<f32> {
    %0:6 = call @body(%arg0, %arg1, %arg2, %arg3, %arg4, %arg5) : (tensor<1x17xf32>, tensor<f32>, tensor<?x1x?xi32>, tensor<?x1x?xf32>, tensor<f32>, tensor<?x1x?xi32>) -> (tensor<1xf32>, tensor<1x17xf32>, tensor<17x1xf32>, tensor<f32>, tensor<f32>, tensor<3x16x1x17xf32>)
    %1 = nn.reduce  sum %0#0 dims = [0] : tensor<1xf32>
    %2 = nn.constant dense<1.000000e+00> : tensor<f32>
    %3 = nn.mul %1, %2 : tensor<f32>
    %4 = nn.tanh %0#2 : tensor<17x1xf32>
    %5 = nn.reduce  sum %4 dims = [0, 1] : tensor<17x1xf32>
    %6 = nn.constant dense<0.0588235296> : tensor<f32>
    %7 = nn.mul %5, %6 : tensor<f32>
    %8 = nn.add %3, %7 : tensor<f32>
    %9 = nn.mul %0#3, %0#3 : tensor<f32>
    %10 = nn.reduce  sum %9 dims = [] : tensor<f32>
    %11 = nn.constant dense<1.000000e+00> : tensor<f32>
    %12 = nn.mul %10, %11 : tensor<f32>
    %13 = nn.add %8, %12 : tensor<f32>
    %14 = nn.tanh %0#4 : tensor<f32>
    %15 = nn.reduce  sum %14 dims = [] : tensor<f32>
    %16 = nn.constant dense<1.000000e+00> : tensor<f32>
    %17 = nn.mul %15, %16 : tensor<f32>
    %18 = nn.add %13, %17 : tensor<f32>
    %19 = nn.mul %0#5, %0#5 : tensor<3x16x1x17xf32>
    %20 = nn.reduce  sum %19 dims = [0, 1, 2, 3] : tensor<3x16x1x17xf32>
    %21 = nn.constant dense<0.00122549024> : tensor<f32>
    %22 = nn.mul %20, %21 : tensor<f32>
    %23 = nn.add %18, %22 : tensor<f32>
    return %23 : tensor<f32>
  }
  func.func @grad(%arg0: tensor<1x17xf32>, %arg1: tensor<f32>, %arg2: tensor<?x1x?xi32> {nn.dims = ["n", "", "n"]}, %arg3: tensor<?x1x?xf32>, %arg4: tensor<f32>, %arg5: tensor<?x1x?xi32>) -> (tensor<f32>, tensor<1x17xf32>, tensor<f32>, tensor<?x1x?xf32>, tensor<f32>) {
    %0:5 = nn.grad @loss(%arg0, %arg1, %arg2, %arg3, %arg4, %arg5) wrt (0, 1, 3, 4) : (tensor<1x17xf32>, tensor<f32>, tensor<?x1x?xi32>, tensor<?x1x?xf32>, tensor<f32>, tensor<?x1x?xi32>) -> (tensor<f32>, tensor<1x17xf32>, tensor<f32>, tensor<?x1x?xf32>, tensor<f32>)
    return %0#0, %0#1, %0#2, %0#3, %0#4 : tensor<f32>, tensor<1x17xf32>, tensor<f32>, tensor<?x1x?xf32>, tensor<f32>
  }
}
