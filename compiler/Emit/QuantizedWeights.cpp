//===- QuantizedWeights.cpp - weights in few bits -------------------------===//
#include "compiler/Emit/QuantizedWeights.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <cmath>

using namespace mlc;
using nn::QuantizedPart;

/// Rows that are read at once where each has all of the depth.
static constexpr int64_t kRowsAtOnce = 64;

namespace {
class Quantizer {
public:
  explicit Quantizer(const QuantizedPart &part) : part(part), hasZeros(part.bits == 4) {
    result.words.resize(part.depth / part.numbersOfWord() * part.columns);
    result.scales.resize(part.groups() * part.columns);
    if (hasZeros)
      result.zeros.resize(result.scales.size());
  }
  llvm::Error run(const RowReader &read);

  QuantizedMatrix result;

private:
  /// Some rows of the weight: whole groups of all columns, or some columns of all groups.
  struct Rows {
    const float *first;
    int64_t depthLow, depthHigh, columnLow, columnHigh;
  };
  void takeRows(const Rows &rows);
  void takeGroup(const Rows &rows, int64_t low, int64_t high);
  void setScale(int64_t group, float least, float most);
  uint32_t numberOf(float x, int64_t group) const;

  float at(const Rows &rows, int64_t depth, int64_t column) const {
    return part.isTransposed ? rows.first[(column - rows.columnLow) * part.depth + depth]
                             : rows.first[(depth - rows.depthLow) * part.columns + column];
  }

  const QuantizedPart &part;
  bool hasZeros;
};
} // namespace

llvm::Error Quantizer::run(const RowReader &read) {
  int64_t count = part.isTransposed ? part.columns : part.depth,
          width = part.isTransposed ? part.depth : part.columns,
          step = part.isTransposed ? kRowsAtOnce : part.group;
  std::vector<float> rows;
  for (int64_t low = 0; low < count; low += step) {
    int64_t high = std::min(low + step, count);
    rows.resize((high - low) * width);
    if (llvm::Error error = read(low, high - low, rows.data()))
      return error;
    if (!std::all_of(rows.begin(), rows.end(), [](float x) { return std::isfinite(x); }))
      return llvm::createStringError(
          "tensor %s has a number that is not finite: --quantize-weights needs finite weights",
          part.source.c_str());
    takeRows(part.isTransposed ? Rows{rows.data(), 0, part.depth, low, high}
                               : Rows{rows.data(), low, high, 0, part.columns});
  }
  return llvm::Error::success();
}

void Quantizer::takeRows(const Rows &rows) {
  for (int64_t low = rows.depthLow; low < rows.depthHigh; low += part.group)
    takeGroup(rows, low, std::min(low + part.group, rows.depthHigh));
}

void Quantizer::takeGroup(const Rows &rows, int64_t low, int64_t high) {
  int64_t columns = rows.columnHigh - rows.columnLow,
          base = low / part.group * part.columns + rows.columnLow, perWord = part.numbersOfWord();
  std::vector<float> least(columns, INFINITY), most(columns, -INFINITY);
  auto forAll = [&](auto body) {
    for (int64_t depth = low; depth < high; ++depth)
      for (int64_t column = 0; column < columns; ++column)
        body(depth, column, at(rows, depth, rows.columnLow + column));
  };
  forAll([&](int64_t, int64_t column, float x) {
    least[column] = std::min(least[column], x);
    most[column] = std::max(most[column], x);
  });
  for (int64_t column = 0; column < columns; ++column)
    setScale(base + column, least[column], most[column]);
  forAll([&](int64_t depth, int64_t column, float x) {
    uint32_t number = numberOf(x, base + column);
    result.words[depth / perWord * part.columns + rows.columnLow + column] |=
        number << (depth % perWord * part.bits);
    double zero = hasZeros ? result.zeros[base + column] : 128.0;
    double error = (number - zero) * result.scales[base + column] - x;
    result.squaredError += error * error;
    result.squares += double(x) * x;
  });
}

void Quantizer::setScale(int64_t group, float least, float most) {
  float &scale = result.scales[group];
  if (!hasZeros) {
    scale = std::max(-least, most) / 127.0f;
    return;
  }
  scale = most / 15.0f - least / 15.0f;
  if (scale > 0.0f) {
    result.zeros[group] = -least / scale;
    return;
  }
  scale = least; // all are equal: (0 - (-1)) * scale
  result.zeros[group] = -1.0f;
}

uint32_t Quantizer::numberOf(float x, int64_t group) const {
  float scale = result.scales[group], zero = hasZeros ? result.zeros[group] : 128.0f,
        most = hasZeros ? 15.0f : 255.0f;
  if (scale == 0.0f)
    return static_cast<uint32_t>(std::max(zero, 0.0f));
  return static_cast<uint32_t>(std::clamp(std::nearbyint(x / scale + zero), 0.0f, most));
}

static double rootOfShare(double squaredError, double squares) {
  return squares > 0 ? std::sqrt(squaredError / squares) : 0.0;
}

void QuantizationReport::add(const QuantizedPart &part, const QuantizedMatrix &matrix) {
  ++matrices;
  numbers += part.depth * part.columns;
  bytes += 4 * (matrix.words.size() + matrix.scales.size() + matrix.zeros.size());
  squaredError += matrix.squaredError;
  squares += matrix.squares;
  double error = rootOfShare(matrix.squaredError, matrix.squares);
  if (worst.empty() || error > most) {
    most = error;
    worst = part.source;
  }
}

std::string QuantizationReport::text() const {
  if (matrices == 0)
    return "no product reads a matrix of f32 that is large enough for --quantize-weights";
  return llvm::formatv("{0} matrices of {1} numbers have {2:f2} bits a number; relative error "
                       "{3:f4}, at most {4:f4} ({5})",
                       matrices, numbers, 8.0 * double(bytes) / double(numbers),
                       rootOfShare(squaredError, squares), most, worst)
      .str();
}

llvm::Expected<QuantizedMatrix> mlc::quantize(const QuantizedPart &part, const RowReader &rows) {
  Quantizer quantizer(part);
  if (llvm::Error error = quantizer.run(rows))
    return error;
  return std::move(quantizer.result);
}
