// Reproducible random choices: the same seed gives the same program and inputs on every machine.
#ifndef MLC_TEST_FUZZ_RANDOM_H
#define MLC_TEST_FUZZ_RANDOM_H

#include <cstdint>
#include <iterator>

namespace mlc::fuzz {

/// SplitMix64 (Steele et al. 2014).
class Random {
public:
  explicit Random(uint64_t seed) : state(seed) {}

  uint64_t next() {
    uint64_t word = (state += 0x9e3779b97f4a7c15ull);
    word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9ull;
    word = (word ^ (word >> 27)) * 0x94d049bb133111ebull;
    return word ^ (word >> 31);
  }
  /// In [0, bound).
  int64_t below(int64_t bound) {
    return static_cast<int64_t>(next() % static_cast<uint64_t>(bound));
  }
  /// In [first, last].
  int64_t between(int64_t first, int64_t last) { return first + below(last - first + 1); }
  double uniform(double low, double high) { return low + (high - low) * unit(); }
  bool chance(double probability) { return unit() < probability; }
  template <typename Range> auto pick(const Range &range) {
    return *std::next(std::begin(range), below(std::size(range)));
  }
  /// A generator of its own for one purpose.
  Random fork(uint64_t purpose) { return Random(next() ^ (purpose * 0xd6e8feb86659fd93ull)); }

private:
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  uint64_t state;
};

} // namespace mlc::fuzz
#endif
