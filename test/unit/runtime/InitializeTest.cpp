// Philox against the vectors of Random123, and the initialisers by their moments.
#include "runtime/philox.h"
#include "runtime/pool.h"

extern "C" {
bool mlc_initialize(const struct mlc_member *member, void *data, uint64_t seed, mlc_pool *pool);
}
#include "TestModel.h"

#include <algorithm>
#include <cstring>

namespace mlc {
namespace {

TEST(Philox, KnownAnswers) {
  struct {
    uint32_t key[2], counter[4], expected[4];
  } cases[] = {
      {{0, 0}, {0, 0, 0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff},
       {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0xa4093822, 0x299f31d0},
       {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (const auto &known : cases) {
    uint32_t output[4];
    mlc_philox_block(known.key, known.counter, output);
    EXPECT_EQ(std::memcmp(output, known.expected, sizeof output), 0);
  }
}

TEST(Philox, HashesNamesByFnv1a) {
  EXPECT_EQ(mlc_hash_name(""), 0xcbf29ce484222325u);
  EXPECT_EQ(mlc_hash_name("a"), 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(mlc_hash_name("foobar"), 0x85944171f73967e8u);
}

/// The values of one initialiser on a matrix.
std::vector<float> draw(mlc_initializer_kind kind, double a, double b, int64_t rows,
                        int64_t columns, uint64_t seed = 1) {
  int64_t shape[] = {rows, columns};
  mlc_tensor_info info = {"weight", MLC_F32, 2, shape, nullptr, 1};
  mlc_member member = {&info, 0, kind, 0, a, b, 0};
  std::vector<float> values(rows * columns);
  EXPECT_TRUE(mlc_initialize(&member, values.data(), seed, nullptr));
  return values;
}

TEST(Initialize, HasTheSameBitsOnAnyThreads) {
  int64_t shape[] = {300, 333}; // some tiles, the last of them not whole
  mlc_tensor_info info = {"weight", MLC_F32, 2, shape, nullptr, 1};
  mlc_pool *pool = mlc_pool_create(3, 0);
  for (mlc_initializer_kind kind : {MLC_INIT_UNIFORM, MLC_INIT_NORMAL, MLC_INIT_TRUNCATED_NORMAL}) {
    mlc_member member = {&info, 0, kind, 0, -1.0, 2.0, 0};
    std::vector<float> values(300 * 333);
    EXPECT_TRUE(mlc_initialize(&member, values.data(), 7, pool));
    EXPECT_EQ(values, draw(kind, -1.0, 2.0, 300, 333, 7));
  }
  mlc_pool_destroy(pool);
}

struct Moments {
  double mean = 0, deviation = 0, lowest = INFINITY, highest = -INFINITY;
  explicit Moments(const std::vector<float> &values) {
    for (float value : values) {
      mean += value / double(values.size());
      lowest = std::min(lowest, double(value));
      highest = std::max(highest, double(value));
    }
    for (float value : values)
      deviation += (value - mean) * (value - mean) / double(values.size());
    deviation = std::sqrt(deviation);
  }
};

TEST(Initialize, Uniform) {
  Moments m(draw(MLC_INIT_UNIFORM, -2, 4, 400, 250));
  EXPECT_NEAR(m.mean, 1, 0.02);
  EXPECT_NEAR(m.deviation, 6 / std::sqrt(12), 0.02);
  EXPECT_GE(m.lowest, -2);
  EXPECT_LT(m.highest, 4);
}

/// The value of one 16-bit float.
float widened(uint16_t bits, mlc_dtype dtype) {
  if (dtype == MLC_F16) {
    _Float16 half;
    std::memcpy(&half, &bits, 2);
    return float(half);
  }
  uint32_t wide = uint32_t(bits) << 16;
  float value;
  std::memcpy(&value, &wide, 4);
  return value;
}

TEST(Initialize, UniformDoesNotReachItsBoundInNarrowTypes) {
  int64_t count = 100000;
  std::vector<uint16_t> values(count);
  for (mlc_dtype dtype : {MLC_BF16, MLC_F16})
    for (auto [low, high] :
         {std::pair{0.0, 1.0}, {-1.0, 0.0}, {-3.0, -2.0}, {0.1, 0.3}, {-0.3, -0.1}}) {
      mlc_tensor_info info = {"weight", dtype, 1, &count, nullptr, 1};
      mlc_member member = {&info, 0, MLC_INIT_UNIFORM, 0, low, high, 0};
      ASSERT_TRUE(mlc_initialize(&member, values.data(), 1, nullptr));
      for (uint16_t bits : values) {
        ASSERT_GE(widened(bits, dtype), low);
        ASSERT_LT(widened(bits, dtype), high);
      }
    }
  std::vector<float> floats = draw(MLC_INIT_UNIFORM, 1, 1 + 0x1p-22, 100, 100); // two numbers
  EXPECT_EQ(*std::max_element(floats.begin(), floats.end()), 1 + 0x1p-23f);
}

TEST(Initialize, Normal) {
  std::vector<float> values = draw(MLC_INIT_NORMAL, 1, 0.5, 400, 250);
  Moments m(values);
  EXPECT_NEAR(m.mean, 1, 0.01);
  EXPECT_NEAR(m.deviation, 0.5, 0.005);
  auto within =
      std::count_if(values.begin(), values.end(), [](float v) { return std::abs(v - 1) < 0.5; });
  EXPECT_NEAR(double(within) / values.size(), 0.6827, 0.005);
}

TEST(Initialize, TruncatedNormal) {
  Moments m(draw(MLC_INIT_TRUNCATED_NORMAL, 0, 1, 400, 250));
  EXPECT_NEAR(m.mean, 0, 0.01);
  EXPECT_NEAR(m.deviation, 0.8796, 0.01);
  EXPECT_GE(m.lowest, -2);
  EXPECT_LE(m.highest, 2);
}

TEST(Initialize, OrthogonalRowsOrColumns) {
  for (auto [rows, columns] : {std::pair{40, 40}, {30, 70}, {70, 30}, {1, 5}, {5, 1}}) {
    std::vector<float> q = draw(MLC_INIT_ORTHOGONAL, 2, 0, rows, columns);
    bool wide = rows <= columns;
    int count = wide ? rows : columns, length = wide ? columns : rows;
    for (int i = 0; i < count; ++i)
      for (int j = 0; j < count; ++j) {
        double product = 0;
        for (int k = 0; k < length; ++k)
          product += wide ? q[i * columns + k] * q[j * columns + k]
                          : q[k * columns + i] * q[k * columns + j];
        ASSERT_NEAR(product, i == j ? 4 : 0, 1e-5)
            << rows << "x" << columns << " " << i << "," << j;
      }
  }
}

TEST(Initialize, DependsOnSeedAndNameOnly) {
  EXPECT_EQ(draw(MLC_INIT_NORMAL, 0, 1, 10, 30, 5), draw(MLC_INIT_NORMAL, 0, 1, 30, 10, 5));
  EXPECT_NE(draw(MLC_INIT_NORMAL, 0, 1, 10, 30, 5), draw(MLC_INIT_NORMAL, 0, 1, 10, 30, 6));
}

TEST(Initialize, RoundsToNarrowTypes) {
  // The last are a little above and below the middle of two: rounded twice, they would meet it.
  double above = 1 + 0x1p-8 + 0x1p-40, below = 1 + 3 * 0x1p-8 - 0x1p-40;
  double values[] = {0,
                     1,
                     -2.5,
                     65504,
                     1e-7,
                     0x1p-14,
                     1.0009765625,
                     1e9,
                     above,
                     -above,
                     below,
                     3.4e38,
                     0x1.ffp127 - 0x1p80,
                     1e39};
  uint16_t half[] = {0,      0x3c00, 0xc100, 0x7bff, 0x0002, 0x0400, 0x3c01,
                     0x7c00, 0x3c04, 0xbc04, 0x3c0c, 0x7c00, 0x7c00, 0x7c00};
  uint16_t brain[] = {0,      0x3f80, 0xc020, 0x4780, 0x33d7, 0x3880, 0x3f80,
                      0x4e6e, 0x3f81, 0xbf81, 0x3f81, 0x7f80, 0x7f7f, 0x7f80};
  for (int i = 0; i < 14; ++i) {
    int64_t one = 1;
    mlc_tensor_info info = {"x", MLC_F16, 1, &one, nullptr, 1};
    mlc_member member = {&info, 0, MLC_INIT_CONSTANT, 0, values[i], 0, 0};
    uint16_t bits;
    mlc_initialize(&member, &bits, 0, nullptr);
    EXPECT_EQ(bits, half[i]) << values[i];
    info.dtype = MLC_BF16;
    mlc_initialize(&member, &bits, 0, nullptr);
    EXPECT_EQ(bits, brain[i]) << values[i];
  }
}

} // namespace
} // namespace mlc
