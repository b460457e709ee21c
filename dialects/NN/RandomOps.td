// Counter-based random numbers: a pure function of key, stream, step and element.
#ifndef MLC_NN_RANDOM_OPS
#define MLC_NN_RANDOM_OPS

include "dialects/NN/NNBase.td"

def NN_RngBitsOp : NN_KernelOp<"rng_bits", [Pure, DeclareOpInterfaceMethods<DimensionOpInterface>,
    DeclareOpInterfaceMethods<EvaluableOpInterface>]> {
  let role = "pointwise";
  let summary = "Random 32-bit integers from Philox4x32-10";
  let pytorch = "none: the numbers are not those of torch.Generator";
  let semantics = "element e is word e mod 4 of philox(counter = (e / 4, step), key = seed ^ stream), each 64 bits wide; e is the "
                  "row-major index";
  let shapes = "seed, step: rank 0, i64; one size operand per `?` of the result, in order (C1); the result is i32";
  let vjp = "zero: integers";
  let source = "Salmon et al. 2011, Parallel random numbers: as easy as 1, 2, 3";
  let example = "%b = nn.rng_bits %seed, %step [%n] stream = 17 : tensor<i64>, tensor<i64> -> tensor<?x8xi32>";
  let arguments = (ins 0DTensorOf<[I64]>:$seed, 0DTensorOf<[I64]>:$step, Variadic<Index>:$sizes, I64Attr:$stream);
  let results = (outs RankedTensorOf<[I32]>:$result);
  let assemblyFormat = "$seed `,` $step (`[` $sizes^ `]`)? `stream` `=` $stream attr-dict `:` type($seed) `,` type($step) `->` type($result)";
  let hasVerifier = 1;
}

#endif
