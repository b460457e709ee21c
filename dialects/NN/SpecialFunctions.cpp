#include "dialects/NN/SpecialFunctions.h"
#include <cmath>
#include <limits>

namespace mlc::nn {

constexpr long double kPi = 3.14159265358979323846264338327950288L;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
/// From here on the asymptotic series of digamma and trigamma have all digits.
constexpr long double kFar = 20.0L;
/// Bernoulli numbers B2, B4, ...
constexpr long double kBernoulli[] = {1.0L / 6,  -1.0L / 30,     1.0L / 42, -1.0L / 30,
                                      5.0L / 66, -691.0L / 2730, 7.0L / 6,  -3617.0L / 510};

/// Newton's iteration on erfc, which has all digits where erf is near 1.
double inverseErrorFunction(double x) {
  double magnitude = std::fabs(x);
  if (!(magnitude < 1.0))
    return magnitude == 1.0 ? std::copysign(kInfinity, x) : std::nan("");
  if (magnitude < 1e-9) // erf is a line there
    return x * (std::sqrt(M_PI) / 2.0);
  // Winitzki 2008, right to some thousandths.
  long double w = std::log1p(-magnitude * magnitude), a = 0.147L;
  long double b = 2.0L / (kPi * a) + w / 2.0L;
  long double y = std::sqrt(std::sqrt(b * b - w / a) - b);
  for (int step = 0; step < 4; ++step) {
    long double slope = 2.0L / std::sqrt(kPi) * std::exp(-y * y);
    bool isNearOne = magnitude > 0.5;
    long double error = isNearOne ? (1.0L - magnitude) - std::erfc(y) : std::erf(y) - magnitude;
    // Halley's correction.
    long double change = error / slope;
    y -= change / (1.0L + y * change);
  }
  return static_cast<double>(std::copysign(y, static_cast<long double>(x)));
}

double logarithmOfGamma(double x) {
  int sign;
  return static_cast<double>(lgammal_r(x, &sign));
}

/// x - the nearest integer, which keeps sin(pi x) up to its sign.
static long double fractionOf(double x) { return x - std::nearbyint(x); }

double digammaFunction(double x) {
  if (x == 0.0)
    return std::copysign(kInfinity, -x);
  if (x < 0.0) {
    long double fraction = fractionOf(x);
    if (!(fraction != 0.0L))
      return std::nan("");
    return static_cast<double>(digammaFunction(1.0 - x) - kPi / std::tan(kPi * fraction));
  }
  long double y = x, result = 0.0L;
  for (; y < kFar; y += 1.0L)
    result -= 1.0L / y;
  result += std::log(y) - 0.5L / y;
  long double power = 1.0L;
  for (int k = 1; k <= 8; ++k) {
    power /= y * y;
    result -= kBernoulli[k - 1] / (2 * k) * power;
  }
  return static_cast<double>(result);
}

double trigammaFunction(double x) {
  if (x < 0.0) {
    long double sine = std::sin(kPi * fractionOf(x));
    return static_cast<double>(kPi * kPi / (sine * sine) - trigammaFunction(1.0 - x));
  }
  long double y = x, result = 0.0L;
  for (; y < kFar; y += 1.0L)
    result += 1.0L / (y * y);
  result += 1.0L / y + 0.5L / y / y;
  long double power = 1.0L / y;
  for (int k = 1; k <= 8; ++k) {
    power /= y * y;
    result += kBernoulli[k - 1] * power;
  }
  return static_cast<double>(result);
}

} // namespace mlc::nn
