// An entry that draws the next tokens of texts: docs/generation.md.
#ifndef MLC_TOOLS_RUN_GENERATIONENTRY_H
#define MLC_TOOLS_RUN_GENERATIONENTRY_H

#include "Model.h"

namespace mlc::run {

/// The tokens of a text, which grows.
using Text = std::vector<int64_t>;

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
  /// How many texts a call takes at most.
  size_t mostTexts() const { return batch < 0 ? SIZE_MAX : size_t(batch); }
  /// Whether the texts of a call may be of different lengths.
  bool takesLengths() const;
  /// Other texts come, of which this is the number of the first: the next call starts with all of
  /// their tokens.
  void begin(size_t firstNumber);
  /// The token after each text, of which the entry sees what it has not seen yet; where that is
  /// nothing, the last token again.
  std::vector<int64_t> next(const std::vector<Text> &texts);

private:
  /// What of a text a call is given.
  struct Piece {
    const Text *text;
    size_t begin, end;
  };

  int indexOf(const char *input) const;
  void check(const mlc_tensor_info &input);
  void checkToken();
  /// A dimension of a tensor that has a position for each text.
  void checkBatch(const mlc_tensor_info &tensor);
  void feed(const std::vector<Piece> &pieces);
  void fillTokens(int input, const std::vector<Piece> &pieces);
  void fillPrevious(int input, const std::vector<Piece> &pieces);
  void fillNumber(int input, const std::vector<Piece> &pieces);
  /// The tensor of an input under this shape.
  Tensor &shaped(int input, std::vector<int64_t> shape);
  [[noreturn]] void refuse(const mlc_tensor_info &tensor, const char *expected) const;

  const mlc_entry_info &entry;
  std::vector<Tensor> inputs;
  std::vector<double> numbers; ///< of each input that is given one
  Call call;
  int token = 0;            ///< number of the result
  int64_t batch = 1;        ///< texts of a call; -1: any number
  size_t firstNumber = 0;   ///< of the texts that come
  std::vector<size_t> seen; ///< of each text, the tokens that the entry was given
  bool isLong = false;      ///< whether a call takes any number of tokens
};

} // namespace mlc::run
#endif
