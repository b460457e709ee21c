// Text that is printed as it comes, in whole characters, until it ends.
#ifndef MLC_TOOLS_RUN_TEXTSTREAM_H
#define MLC_TOOLS_RUN_TEXTSTREAM_H

#include <string>
#include <string_view>
#include <vector>

namespace mlc::run {

class TextStream {
public:
  /// The text ends before the first of `stops` that is in it.
  explicit TextStream(std::vector<std::string> stops) : stops(std::move(stops)) {}

  /// Takes more bytes. Holds back what may be the beginning of a stop or of a character; bytes that
  /// are no character are U+FFFD. False once a stop was there.
  bool add(std::string_view bytes);
  /// Prints what is held back.
  void finish();

private:
  void print(size_t size);

  std::vector<std::string> stops;
  std::string held;
};

} // namespace mlc::run
#endif
