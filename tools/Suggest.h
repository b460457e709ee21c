// Options of every tool that reads its command line by CLI11: what may have been meant.
#ifndef MLC_TOOLS_SUGGEST_H
#define MLC_TOOLS_SUGGEST_H

#include "dialects/NN/Suggestions.h"
#include <CLI/CLI.hpp>

namespace mlc {

/// "did you mean '--mcpu'?" for the options in CLI11's message that `app` does not know, or "".
inline std::string suggestOptions(const CLI::App &app, const std::string &message) {
  std::vector<std::string> known;
  for (const CLI::Option *option : app.get_options()) {
    known.insert(known.end(), option->get_lnames().begin(), option->get_lnames().end());
    known.insert(known.end(), option->get_snames().begin(), option->get_snames().end());
  }
  std::vector<std::string> meant;
  std::istringstream words(message);
  for (std::string word; words >> word;)
    if (word.size() > 1 && word[0] == '-') {
      std::string name = word.substr(word.find_first_not_of('-'));
      for (const std::string &near : suggestionsFor(name.substr(0, name.find('=')), known))
        meant.push_back((near.size() == 1 ? "'-" : "'--") + near + "'");
    }
  return meant.empty() ? "" : "did you mean " + joinOr(meant) + "?";
}

} // namespace mlc

#endif
