// oneDNN 2: products (sgemm, matmul with weights in any layout), convolutions, softmax, layer norm,
// gelu.
#include "harness.h"
#include <dnnl.hpp>
#include <string>
#include <unordered_map>

using namespace dnnl;
using Tag = memory::format_tag;
using Arguments = std::unordered_map<int, memory>;

static engine &cpu() {
  static engine made(engine::kind::cpu, 0);
  return made;
}
static dnnl::stream &queue() {
  static dnnl::stream made(cpu());
  return made;
}

namespace {
struct Primitive {
  primitive op;
  Arguments arguments;
};
struct Product {
  bool transposeA, transposeB;
  int m, n, k;
  const float *a, *b;
  float *c;
};
} // namespace

static bench_case *makeCase(const primitive &op, const Arguments &arguments) {
  return new bench_case{[](void *context) {
                          auto *p = static_cast<Primitive *>(context);
                          p->op.execute(queue(), p->arguments);
                          queue().wait();
                        },
                        new Primitive{op, arguments}};
}

static memory::desc plain(int rows, int columns) {
  return {{rows, columns}, memory::data_type::f32, Tag::ab};
}
static memory bind(const memory::desc &desc, const float *data) {
  return {desc, cpu(), const_cast<float *>(data)};
}

extern "C" {
const char *peer_version() {
  static std::string text = std::to_string(dnnl_version()->major) + "." +
                            std::to_string(dnnl_version()->minor) + "." +
                            std::to_string(dnnl_version()->patch) + ", ISA " +
                            std::to_string(int(get_effective_cpu_isa()));
  return text.c_str();
}

bench_case *peer_product(int transposeA, int transposeB, int m, int n, int k, const float *a,
                         const float *b, float *c) {
  return new bench_case{[](void *context) {
                          auto *p = static_cast<Product *>(context);
                          dnnl_sgemm(p->transposeA ? 'T' : 'N', p->transposeB ? 'T' : 'N', p->m,
                                     p->n, p->k, 1, p->a, p->transposeA ? p->m : p->k, p->b,
                                     p->transposeB ? p->k : p->n, 0, p->c, p->n);
                        },
                        new Product{transposeA != 0, transposeB != 0, m, n, k, a, b, c}};
}

/* matmul; prepacked: the weights in the layout that oneDNN likes best, reordered beforehand. */
bench_case *peer_matmul(int transposeA, int transposeB, int m, int n, int k, const float *a,
                        const float *b, float *c, int prepacked) {
  auto f32 = memory::data_type::f32;
  memory::desc lhs({m, k}, f32, transposeA ? Tag::ba : Tag::ab);
  memory::desc rhs({k, n}, f32, transposeB ? Tag::ba : Tag::ab);
  memory::desc wanted = prepacked ? memory::desc({k, n}, f32, Tag::any) : rhs;
  matmul::primitive_desc desc({lhs, wanted, plain(m, n)}, cpu());
  memory weights = bind(rhs, b);
  if (prepacked) {
    memory packed(desc.weights_desc(), cpu());
    reorder(weights, packed).execute(queue(), weights, packed);
    queue().wait();
    weights = packed;
  }
  return makeCase(matmul(desc), {{DNNL_ARG_SRC, bind(lhs, a)},
                                 {DNNL_ARG_WEIGHTS, weights},
                                 {DNNL_ARG_DST, bind(plain(m, n), c)}});
}

/* Operands of bf16 (kind 0, the result too) or of int8 (kind 1, the result int32). Null where
 * oneDNN or the CPU cannot. */
bench_case *peer_narrow_matmul(int kind, int m, int n, int k, const void *a, const void *b, void *c,
                               int prepacked) {
  auto narrow = kind == 0 ? memory::data_type::bf16 : memory::data_type::s8;
  auto wide = kind == 0 ? memory::data_type::bf16 : memory::data_type::s32;
  memory::desc lhs({m, k}, narrow, Tag::ab), rhs({k, n}, narrow, Tag::ab),
      result({m, n}, wide, Tag::ab);
  try {
    memory::desc wanted = prepacked ? memory::desc({k, n}, narrow, Tag::any) : rhs;
    matmul::primitive_desc desc({lhs, wanted, result}, cpu());
    memory weights(rhs, cpu(), const_cast<void *>(b));
    if (prepacked) {
      memory packed(desc.weights_desc(), cpu());
      reorder(weights, packed).execute(queue(), weights, packed);
      queue().wait();
      weights = packed;
    }
    return makeCase(matmul(desc), {{DNNL_ARG_SRC, memory(lhs, cpu(), const_cast<void *>(a))},
                                   {DNNL_ARG_WEIGHTS, weights},
                                   {DNNL_ARG_DST, memory(result, cpu(), c)}});
  } catch (const error &) {
    return nullptr;
  }
}

/* A convolution of square images, kernels and strides: kind 0 forward, 1 by the input, 2 by the
 * kernel. Operands are oneDNN's own, channels last, or in the layouts that it likes best. */
bench_case *peer_convolution(int kind, int n, int size, int c, int o, int k, int stride, int groups,
                             int isFree) {
  auto f32 = memory::data_type::f32;
  int pad = k / 2, out = (size + 2 * pad - k) / stride + 1;
  Tag images = isFree ? Tag::any : Tag::nhwc;
  memory::desc src({n, c, size, size}, f32, images), dst({n, o, out, out}, f32, images);
  memory::desc weights = groups == 1
                             ? memory::desc({o, c, k, k}, f32, Tag::any)
                             : memory::desc({groups, o / groups, c / groups, k, k}, f32, Tag::any);
  memory::dims strides = {stride, stride}, padding = {pad, pad};
  auto form = algorithm::convolution_auto;
  auto forward = kind == 0 ? prop_kind::forward_inference : prop_kind::forward_training;
  try {
    convolution_forward::primitive_desc hint(
        {forward, form, src, weights, dst, strides, padding, padding}, cpu());
    auto filled = [](const memory::desc &desc) {
      memory made(desc, cpu());
      auto *data = static_cast<float *>(made.get_data_handle());
      for (size_t i = 0; i < desc.get_size() / sizeof(float); ++i)
        data[i] = float(i % 251) / 251 - 0.5f;
      return made;
    };
    if (kind == 0)
      return makeCase(convolution_forward(hint), {{DNNL_ARG_SRC, filled(hint.src_desc())},
                                                  {DNNL_ARG_WEIGHTS, filled(hint.weights_desc())},
                                                  {DNNL_ARG_DST, filled(hint.dst_desc())}});
    if (kind == 1) {
      convolution_backward_data::primitive_desc desc(
          {form, src, weights, dst, strides, padding, padding}, cpu(), hint);
      return makeCase(convolution_backward_data(desc),
                      {{DNNL_ARG_DIFF_SRC, filled(desc.diff_src_desc())},
                       {DNNL_ARG_WEIGHTS, filled(desc.weights_desc())},
                       {DNNL_ARG_DIFF_DST, filled(desc.diff_dst_desc())}});
    }
    convolution_backward_weights::primitive_desc desc(
        {form, src, weights, dst, strides, padding, padding}, cpu(), hint);
    return makeCase(convolution_backward_weights(desc),
                    {{DNNL_ARG_SRC, filled(desc.src_desc())},
                     {DNNL_ARG_DIFF_WEIGHTS, filled(desc.diff_weights_desc())},
                     {DNNL_ARG_DIFF_DST, filled(desc.diff_dst_desc())}});
  } catch (const error &) {
    return nullptr;
  }
}

bench_case *peer_softmax(int rows, int columns, const float *x, float *y) {
  softmax_forward::primitive_desc desc({prop_kind::forward_inference, plain(rows, columns), 1},
                                       cpu());
  return makeCase(softmax_forward(desc), {{DNNL_ARG_SRC, bind(plain(rows, columns), x)},
                                          {DNNL_ARG_DST, bind(plain(rows, columns), y)}});
}

bench_case *peer_softmax_backward(int rows, int columns, const float *y, const float *dy,
                                  float *dx) {
  memory::desc md = plain(rows, columns);
  softmax_forward::primitive_desc hint({prop_kind::forward_training, md, 1}, cpu());
  softmax_backward::primitive_desc desc({md, md, 1}, cpu(), hint);
  return makeCase(softmax_backward(desc), {{DNNL_ARG_DST, bind(md, y)},
                                           {DNNL_ARG_DIFF_DST, bind(md, dy)},
                                           {DNNL_ARG_DIFF_SRC, bind(md, dx)}});
}

/* parameters: scale, then shift. dy null: forward. */
bench_case *peer_layer_norm(int rows, int columns, const float *x, const float *parameters,
                            const float *dy, float *y, float *dparameters) {
  auto flags = normalization_flags::use_scale_shift;
  memory::desc md = plain(rows, columns), pd = plain(2, columns);
  layer_normalization_forward::primitive_desc forward(
      {dy ? prop_kind::forward_training : prop_kind::forward_inference, md, 1e-5f, flags}, cpu());
  Arguments arguments = {{DNNL_ARG_SRC, bind(md, x)}, {DNNL_ARG_SCALE_SHIFT, bind(pd, parameters)}};
  if (!dy) {
    arguments.insert({DNNL_ARG_DST, bind(md, y)});
    return makeCase(layer_normalization_forward(forward), arguments);
  }
  Arguments saved = arguments;
  memory mean(forward.mean_desc(), cpu()), variance(forward.variance_desc(), cpu());
  saved.insert({{DNNL_ARG_DST, bind(md, y)}, {DNNL_ARG_MEAN, mean}, {DNNL_ARG_VARIANCE, variance}});
  layer_normalization_forward(forward).execute(queue(), saved);
  queue().wait();
  layer_normalization_backward::primitive_desc desc({prop_kind::backward, md, md, 1e-5f, flags},
                                                    cpu(), forward);
  arguments.insert({{DNNL_ARG_MEAN, mean},
                    {DNNL_ARG_VARIANCE, variance},
                    {DNNL_ARG_DIFF_DST, bind(md, dy)},
                    {DNNL_ARG_DIFF_SRC, bind(md, y)},
                    {DNNL_ARG_DIFF_SCALE_SHIFT, bind(pd, dparameters)}});
  return makeCase(layer_normalization_backward(desc), arguments);
}

/* dy null: forward. */
bench_case *peer_gelu(int useErf, int rows, int columns, const float *x, const float *dy,
                      float *result) {
  algorithm kind = useErf ? algorithm::eltwise_gelu_erf : algorithm::eltwise_gelu_tanh;
  memory::desc md = plain(rows, columns);
  eltwise_forward::primitive_desc forward({prop_kind::forward_training, kind, md, 0.f, 0.f}, cpu());
  if (!dy)
    return makeCase(eltwise_forward(forward),
                    {{DNNL_ARG_SRC, bind(md, x)}, {DNNL_ARG_DST, bind(md, result)}});
  eltwise_backward::primitive_desc desc({kind, md, md, 0.f, 0.f}, cpu(), forward);
  return makeCase(eltwise_backward(desc), {{DNNL_ARG_SRC, bind(md, x)},
                                           {DNNL_ARG_DIFF_DST, bind(md, dy)},
                                           {DNNL_ARG_DIFF_SRC, bind(md, result)}});
}
}
