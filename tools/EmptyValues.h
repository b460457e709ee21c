// Options of every tool that reads its command line by CLI11.
#ifndef MLC_TOOLS_EMPTYVALUES_H
#define MLC_TOOLS_EMPTYVALUES_H

#include <CLI/CLI.hpp>

namespace mlc {

/// Makes an empty value of any option or position wrong usage: it is a variable of a script that is
/// not set, and would otherwise count as an option that is not given.
inline void refuseEmptyValues(CLI::App &app) {
  auto check = [](std::string &text) -> std::string {
    return text.empty() ? "expects a value, but got ''" : "";
  };
  for (CLI::Option *option : app.get_options())
    if (option->get_items_expected_max() > 0)
      option->check(CLI::Validator(check, ""));
}

} // namespace mlc

#endif
