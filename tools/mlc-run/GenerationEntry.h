// An entry that draws the next token of a text: docs/generation.md.
#ifndef MLC_TOOLS_RUN_GENERATIONENTRY_H
#define MLC_TOOLS_RUN_GENERATIONENTRY_H

#include "Model.h"

namespace mlc::run {

class GenerationEntry {
public:
  /// Checks what the entry takes and gives; wrong input, with what was expected, where it is no
  /// such entry.
  GenerationEntry(const Model &model, const mlc_entry_info &entry);

  /// The entry of that name; without one that is called "generate", or the only one that takes
  /// tokens.
  static const mlc_entry_info &find(const Model &model, const std::string &name);

  /// Gives a number that the command line has; wrong usage where the entry does not take it.
  void set(const std::string &input, const std::string &option, double value);
  /// The token after those of a text, of which the entry sees what it has not seen yet.
  int64_t next(const std::vector<int64_t> &text);

private:
  Tensor *find(const std::string &input);
  void check(const mlc_tensor_info &input);
  void checkToken();
  /// Calls the entry on the tokens [begin, end) of a text.
  void feed(const std::vector<int64_t> &text, size_t begin, size_t end);
  [[noreturn]] void refuse(const mlc_tensor_info &tensor, const char *expected) const;

  const mlc_entry_info &entry;
  std::vector<Tensor> inputs;
  Call call;
  int token = 0;       ///< number of the result
  size_t seen = 0;     ///< tokens that the entry was given
  bool isLong = false; ///< whether a call takes any number of tokens
};

} // namespace mlc::run
#endif
