// Text that is passed on as it comes, in whole characters, until it ends.
#ifndef MLC_TOOLS_RUN_TEXTSTREAM_H
#define MLC_TOOLS_RUN_TEXTSTREAM_H

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mlc::run {

class TextStream {
public:
  using Sink = std::function<void(const std::string &)>;
  /// The text ends before the first of `stops` that is in it.
  TextStream(std::vector<std::string> stops, Sink sink)
      : stops(std::move(stops)), sink(std::move(sink)) {}

  /// Takes more bytes. Holds back what may be the beginning of a stop or of a character; bytes that
  /// are no character are U+FFFD. False once a stop was there.
  bool add(std::string_view bytes);
  /// Passes on what is held back.
  void finish();

private:
  void pass(size_t size);

  std::vector<std::string> stops;
  Sink sink;
  std::string held;
};

} // namespace mlc::run
#endif
