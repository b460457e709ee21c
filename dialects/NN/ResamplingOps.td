// Composites that read signals, images and volumes between their elements, and that exchange channels for positions.
#ifndef MLC_NN_RESAMPLING_OPS
#define MLC_NN_RESAMPLING_OPS

include "dialects/NN/CompositeBase.td"

def NN_Interpolation : I32EnumAttr<"Interpolation", "what stands between elements", [
    I32EnumAttrCase<"nearest", 0>, I32EnumAttrCase<"linear", 1>, I32EnumAttrCase<"cubic", 2>]> {
  let cppNamespace = "::mlc::nn";
  let genSpecializedAttr = 0;
}
def NN_InterpolationAttr : EnumAttr<NN_Dialect, NN_Interpolation, "interpolation">;

def NN_Coordinates : I32EnumAttr<"Coordinates", "where the elements of a result lie among those of an operand", [
    I32EnumAttrCase<"half_pixel", 0>, I32EnumAttrCase<"align_corners", 1>, I32EnumAttrCase<"asymmetric", 2>]> {
  let cppNamespace = "::mlc::nn";
  let genSpecializedAttr = 0;
}
def NN_CoordinatesAttr : EnumAttr<NN_Dialect, NN_Coordinates, "coordinates">;

def NN_GridPadding : I32EnumAttr<"GridPadding", "what lies beyond the ends", [
    I32EnumAttrCase<"zeros", 0>, I32EnumAttrCase<"border", 1>, I32EnumAttrCase<"reflection", 2>]> {
  let cppNamespace = "::mlc::nn";
  let genSpecializedAttr = 0;
}
def NN_GridPaddingAttr : EnumAttr<NN_Dialect, NN_GridPadding, "grid_padding">;

def NN_InterpolateOp : NN_CompositeOp<"interpolate", [DeclareOpInterfaceMethods<DimensionOpInterface>,
                                                      DeclareOpInterfaceMethods<DifferentiableOpInterface>]> {
  let summary = "A signal, an image or a volume at another size";
  let pytorch = [{torch.nn.functional.interpolate: its linear, bilinear and trilinear are `linear` here, its bicubic `cubic`, of any number of dimensions; nearest-exact is `nearest` with
    half_pixel. Where a weight is 0, what it weighs may be infinite or NaN. area is nn.adaptive_avg_pool. Missing: antialias. ONNX Resize without antialias, exclude_outside and a
    region: linear and cubic with the same coordinates (cubic_coeff_a = -0.75), nearest with asymmetric and nearest_mode = floor, or half_pixel and round_prefer_ceil}];
  let semantics = [{along every spatial dimension of n elements, o of which the result has: element i of the result stands at p = (i + 1/2) n / o - 1/2 (half_pixel), i (n - 1) / (o - 1), 0 where o = 1 (align_corners), or
    i n / o (asymmetric); by `scale`, 1 / scale stands for n / o, but in align_corners. nearest: x[floor(p)], of half_pixel x[floor(p + 1/2)]. linear, p at least 0: (1 - t) x[floor(p)] + t x[floor(p) + 1], t = p - floor(p). cubic: the
    sum of four neighbours weighed by the cubic convolution with a = -3/4. Beyond the ends stands the element at the end. Coordinates are nearest: asymmetric, else half_pixel, unless given. Positions and weights are computed in f64}];
  let shapes = [{layout = "nchw" says what the dimensions of x are by a letter each: n batch, c channels, others spatial, one at least, none twice (C1); unless given: nc, then "w", "hw" or "dhw" by the rank of x, from 3 to 5 (C2). `sizes`, those of the
    result, or `scale`, not both (C3), has a number per spatial dimension, in the order of the layout, or one for all (C4). Sizes are at least 1, a scale is finite and above 0 (C5) and makes the size floor(n scale), at least 1 where n is static (C6). Where n is
    free, a scale is a fraction p / q, q a power of two, p and q at most 65536 (C7). x has elements along every spatial dimension (C8): where n is free, a call with none is refused. nearest: any dtype, align_corners not (C9); linear and cubic: floats (C10). 16-bit floats are computed in f32}];
  let vjp = "dx = the transpose of the linear map: dy at the elements of the result that an element of x takes part in, with the same weights; where sizes are free dy is added up where it belongs";
  let source = "torch.nn.functional.interpolate; ONNX Resize; Keys 1981, doi:10.1109/TASSP.1981.1163711 (cubic)";
  let example = "%y = nn.interpolate %x scale = [2] mode = linear : tensor<?x8x16x16xf32>";
  let arguments = (ins NN_Tensor:$x, OptionalAttr<DenseI64ArrayAttr>:$sizes, OptionalAttr<DenseF64ArrayAttr>:$scale,
                       DefaultValuedOptionalAttr<NN_InterpolationAttr, "::mlc::nn::Interpolation::nearest">:$mode,
                       OptionalAttr<NN_CoordinatesAttr>:$coordinates, OptionalAttr<StrAttr>:$layout);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $x oilist(`sizes` `=` custom<AsWritten>($sizes) | `scale` `=` custom<Numbers>($scale) | `mode` `=` custom<AsWritten>($mode)
    | `coordinates` `=` custom<AsWritten>($coordinates) | `layout` `=` custom<Layout>($layout)) attr-dict `:` type($x)
  }];
}

class NN_PixelOp<string mnemonic> : NN_CompositeOp<mnemonic, [DeclareOpInterfaceMethods<DimensionOpInterface>]> {
  string more;
  let shapes = [{layout as of nn.interpolate, with channels (C1, C2); factor is at least 1 (C3); }] # more # [{. With k spatial dimensions, factor^k is below 2^31 (C4)}];
  let arguments = (ins NN_Tensor:$x, I64Attr:$factor, OptionalAttr<StrAttr>:$layout);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$x `factor` `=` custom<Whole>($factor) oilist(`layout` `=` custom<Layout>($layout)) attr-dict `:` type($x)";
}

def NN_PixelShuffleOp : NN_PixelOp<"pixel_shuffle"> {
  let summary = "Channels exchanged for positions: factor times as many along every spatial dimension";
  let pytorch = "torch.nn.functional.pixel_shuffle, of any number of spatial dimensions, which the layout names; ONNX DepthToSpace in mode CRD";
  let semantics = "result[n, c, h factor + i, w factor + j] = x[n, (c factor + i) factor + j, h, w], likewise for other numbers of spatial dimensions; the order of the channels is the same in every layout";
  let more = "the channels of x are static and a multiple of factor^k (C5)";
  let vjp = "dx = pixel_unshuffle of dy";
  let source = "Shi et al. 2016, arXiv:1609.05158, eq. 4; torch.nn.functional.pixel_shuffle";
  let example = "%y = nn.pixel_shuffle %x factor = 2 : tensor<?x12x8x8xf32>";
}

def NN_PixelUnshuffleOp : NN_PixelOp<"pixel_unshuffle"> {
  let summary = "Positions exchanged for channels: the inverse of nn.pixel_shuffle";
  let pytorch = "torch.nn.functional.pixel_unshuffle, of any number of spatial dimensions, which the layout names";
  let semantics = "result[n, (c factor + i) factor + j, h, w] = x[n, c, h factor + i, w factor + j], likewise for other numbers of spatial dimensions";
  let more = "factor divides every spatial size of x (C5), which is a run-time check where it is free";
  let vjp = "dx = pixel_shuffle of dy";
  let source = "torch.nn.functional.pixel_unshuffle";
  let example = "%y = nn.pixel_unshuffle %x factor = 2 : tensor<?x3x16x16xf32>";
}

def NN_GridSampleOp : NN_CompositeOp<"grid_sample", [DeclareOpInterfaceMethods<DimensionOpInterface>]> {
  let summary = "A signal, an image or a volume at positions given by data";
  let pytorch = "torch.nn.functional.grid_sample: its bilinear is `linear`, its bicubic `cubic`; align_corners is false unless said. A NaN in the grid makes a NaN";
  let semantics = [{result[n, c, o...] = x[n, c, ...] at the position grid[n, o...], whose first number is along the last spatial dimension; -1 and 1 are the ends of the first and last element, or their middles with align_corners: of n elements
    ((g + 1) n - 1) / 2 or (g + 1) (n - 1) / 2. nearest: the element at the position rounded half to even; linear and cubic: as nn.interpolate. Beyond the ends are zeros; or the element at the end (border), or those of the signal turned round at its ends
    (reflection): before linear and nearest the position is moved there, of cubic the four neighbours are}];
  let shapes = [{layout as of nn.interpolate, with n and c (C1, C2). grid: [n, o..., k], k the number of spatial dimensions of x, as many sizes o (C3), the n and the dtype of x (C4). The result has the layout of x, and the sizes of the grid. cubic: at most two
    spatial dimensions (C5). x has elements along every spatial dimension (C6): where a size is free, a call with none is refused. 16-bit floats are computed in f32}];
  let vjp = "that of the decomposition: dx = dy times the weights, added up at the positions; dgrid = the slope between neighbours times dy, summed over the channels, where a border is not beyond; 0 of nearest";
  let source = "Jaderberg et al. 2015, arXiv:1506.02025, section 3.3; torch.nn.functional.grid_sample";
  let example = "%y = nn.grid_sample %x, %grid padding = border : tensor<?x8x16x16xf32>, tensor<?x4x4x2xf32>";
  let arguments = (ins NN_FloatTensor:$x, NN_FloatTensor:$grid,
                       DefaultValuedAttr<NN_InterpolationAttr, "::mlc::nn::Interpolation::linear">:$mode,
                       DefaultValuedAttr<NN_GridPaddingAttr, "::mlc::nn::GridPadding::zeros">:$padding, UnitAttr:$align_corners,
                       OptionalAttr<StrAttr>:$layout);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $x `,` $grid oilist(`mode` `=` $mode | `padding` `=` $padding | `align_corners` $align_corners | `layout` `=` custom<Layout>($layout))
    attr-dict `:` type($x) `,` type($grid)
  }];
  let hasVerifier = 1;
}

def NN_RoiAlignOp : NN_CompositeOp<"roi_align", [DeclareOpInterfaceMethods<DimensionOpInterface>,
                                                 DeclareOpInterfaceMethods<IndexOperandOpInterface>]> {
  let summary = "Boxes of images at one size";
  let pytorch = [{torchvision.ops.roi_align with sampling_ratio = samples, whose boxes have the image as a first column; there the boxes have no derivative. ONNX RoiAlign in mode avg with
    sampling_ratio = samples; half_pixel is `aligned`}];
  let semantics = [{of box k = (left, top, right, bottom), times scale, minus 1/2 if `aligned`: result[k, c, i, j] = the mean over samples x samples points of the part (i, j) of the box, of equal parts of which there are as many as sizes says, of x[images[k], c] at the
    point, linear between elements. The points are in the middles of equal parts of the part. Less than 1 before the first or behind the last element the element at the end stands for the point, beyond is 0. Without `aligned` a box is at least 1 wide and high}];
  let shapes = [{layout as of nn.interpolate, with n, c and two spatial dimensions (C1, C2); boxes: [boxes, 4] of the dtype of x, images: integers [boxes] (C3); sizes has two numbers, in the order of the layout, or one for both, each at least 1 (C4); samples is at least 1
    (C5); scale is finite and above 0 (C6). The result has the layout of x, with the boxes as n. x has elements along both spatial dimensions (C7): where a size is free, a call with none is refused. A public entry refuses images outside [0, n) at run time. 16-bit floats are computed in f32}];
  let vjp = "that of the decomposition: dx = dy times the weights, added up at the points; dboxes = the slopes between neighbours times dy, summed";
  let source = "He et al. 2017, arXiv:1703.06870, section 3; torchvision.ops.roi_align";
  let example = "%y = nn.roi_align %x, %boxes, %images sizes = [7, 7] samples = 2 scale = 0.25 aligned : tensor<2x8x32x32xf32>, tensor<?x4xf32>, tensor<?xi32>";
  let arguments = (ins NN_FloatTensor:$x, NN_FloatTensor:$boxes, NN_IndexTensor:$images, DenseI64ArrayAttr:$sizes, I64Attr:$samples,
                       DefaultValuedAttr<F64Attr, "1.0">:$scale, UnitAttr:$aligned, OptionalAttr<StrAttr>:$layout);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $x `,` $boxes `,` $images `sizes` `=` $sizes `samples` `=` custom<Whole>($samples)
    oilist(`scale` `=` custom<Number>($scale) | `aligned` $aligned | `layout` `=` custom<Layout>($layout))
    attr-dict `:` type($x) `,` type($boxes) `,` type($images)
  }];
  let hasVerifier = 1;
}

#endif
