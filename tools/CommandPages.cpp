// Man pages and completions of shells, from the definitions of a tool's options.
#include "tools/CommandPages.h"

#include <algorithm>
#include <cstdio>

namespace {

using Options = std::vector<const CLI::Option *>;

/// What users see: neither positions nor hidden options.
Options namedOptions(const CLI::App &app) {
  return app.get_options([](const CLI::Option *option) {
    return !option->get_group().empty() && !option->get_positional() &&
           !(option->get_lnames().empty() && option->get_snames().empty());
  });
}

Options positions(const CLI::App &app) {
  return app.get_options([](const CLI::Option *option) { return option->get_positional(); });
}

std::vector<const CLI::App *> commands(const CLI::App &app) {
  return app.get_subcommands([](const CLI::App *) { return true; });
}

std::vector<std::string> spellings(const CLI::Option &option) {
  std::vector<std::string> names;
  for (const std::string &name : option.get_snames())
    names.push_back("-" + name);
  for (const std::string &name : option.get_lnames())
    names.push_back("--" + name);
  return names;
}

std::string join(const std::vector<std::string> &parts, const std::string &separator) {
  std::string text;
  for (const std::string &part : parts)
    text += (text.empty() ? "" : separator) + part;
  return text;
}

bool takesValue(const CLI::Option &option) { return option.get_items_expected_max() > 0; }

/// "cpu cuda" of a type that CLI11 describes as "TEXT:{cpu,cuda}", else "".
std::string choices(const CLI::Option &option) {
  std::string type = option.get_type_name();
  size_t from = type.find('{'), to = type.find('}');
  if (from == type.npos || to == type.npos)
    return "";
  std::string words = type.substr(from + 1, to - from - 1);
  std::replace(words.begin(), words.end(), ',', ' ');
  return words;
}

/// `text` with every character of `special` behind `escape`.
std::string escaped(const std::string &text, const std::string &special,
                    const std::string &escape) {
  std::string result;
  for (char c : text)
    result += (special.find(c) == special.npos ? "" : escape) + c;
  return result;
}

/// Text of a man page: no line is a request, no hyphen is typeset, and lines stay lines.
std::string roff(const std::string &text) {
  std::string result;
  for (char c : text) {
    bool startsLine = result.empty() || result.back() == '\n';
    if (startsLine && (c == '.' || c == '\''))
      result += "\\&";
    result += c == '\\' ? "\\e" : c == '-' ? "\\-" : c == '\n' ? "\n.br\n" : std::string(1, c);
  }
  return result;
}

void writeManOptions(const CLI::App &app) {
  for (const CLI::Option *option : positions(app))
    std::printf(".TP\n\\fI%s\\fR\n%s\n", roff(option->get_name(true)).c_str(),
                roff(option->get_description()).c_str());
  for (const CLI::Option *option : namedOptions(app)) {
    std::string value = takesValue(*option) ? " \\fI" + roff(option->get_type_name()) + "\\fR" : "";
    std::string standard = option->get_default_str();
    std::printf(".TP\n\\fB%s\\fR%s\n%s%s\n", roff(join(spellings(*option), ", ")).c_str(),
                value.c_str(), roff(option->get_description()).c_str(),
                standard.empty() ? "" : roff(" (default " + standard + ")").c_str());
  }
}

void writeMan(const CLI::App &app) {
  std::string name = app.get_name(), about = app.get_description(), synopsis;
  std::string first = about.substr(0, about.find('\n'));
  for (const CLI::Option *option : positions(app))
    synopsis += " " + option->get_name(true);
  if (!commands(app).empty())
    synopsis += " COMMAND";
  std::printf(".TH \"%s\" 1 \"\" \"%s\" \"User Commands\"\n.SH NAME\n%s \\- %s\n", name.c_str(),
              app.version().c_str(), roff(name).c_str(), roff(first).c_str());
  std::printf(".SH SYNOPSIS\n\\fB%s\\fR%s [OPTION...]\n.SH DESCRIPTION\n%s\n.SH OPTIONS\n",
              roff(name).c_str(), roff(synopsis).c_str(), roff(about).c_str());
  writeManOptions(app);
  if (!commands(app).empty())
    std::printf(".SH COMMANDS\n");
  for (const CLI::App *command : commands(app)) {
    std::printf(".SS \"%s %s\"\n%s\n", name.c_str(), command->get_name().c_str(),
                roff(command->get_description()).c_str());
    writeManOptions(*command);
  }
  if (!app.get_footer().empty())
    std::printf(".SH NOTES\n%s\n", roff(app.get_footer()).c_str());
}

std::string words(const CLI::App &app) {
  std::vector<std::string> all;
  for (const CLI::App *command : commands(app))
    all.push_back(command->get_name());
  for (const CLI::Option *option : namedOptions(app))
    for (const std::string &name : spellings(*option))
      all.push_back(name);
  return join(all, " ");
}

/// In bash: the values of the option before the word.
void writeBashValues(const CLI::App &app, std::vector<std::string> &known) {
  for (const CLI::Option *option : namedOptions(app)) {
    std::string names = join(spellings(*option), "|");
    if (choices(*option).empty() || std::count(known.begin(), known.end(), names))
      continue;
    known.push_back(names);
    std::printf("    %s) words='%s' ;;\n", names.c_str(), choices(*option).c_str());
  }
}

void writeBash(const CLI::App &app) {
  std::string function = "_" + app.get_name();
  std::replace(function.begin(), function.end(), '-', '_');
  std::printf("%s() {\n  local word=${COMP_WORDS[COMP_CWORD]} words\n  case ${COMP_WORDS[1]} in\n",
              function.c_str());
  for (const CLI::App *command : commands(app))
    std::printf("    %s) words='%s' ;;\n", command->get_name().c_str(), words(*command).c_str());
  std::printf("    *) words='%s' ;;\n  esac\n", words(app).c_str());
  std::printf("  local before=${COMP_WORDS[COMP_CWORD-1]}\n"
              "  [ \"$before\" = = ] && before=${COMP_WORDS[COMP_CWORD-2]}\n  case $before in\n");
  std::vector<std::string> known;
  writeBashValues(app, known);
  for (const CLI::App *command : commands(app))
    writeBashValues(*command, known);
  std::printf("    *) [[ $word == -* || $COMP_CWORD -eq 1 ]] || words= ;;\n  esac\n"
              "  COMPREPLY=($(compgen -W \"$words\" -- \"${word#=}\"))\n}\n"
              "complete -o bashdefault -o default -F %s %s\n",
              function.c_str(), app.get_name().c_str());
}

void writeZshOptions(const CLI::App &app, const char *indent) {
  std::printf("%s_arguments -s", indent);
  for (const CLI::Option *option : namedOptions(app))
    for (const std::string &name : spellings(*option)) {
      std::string about = escaped(option->get_description(), "[]:", "\\");
      std::string values = choices(*option), value;
      if (takesValue(*option))
        value = ":value:" + (values.empty() ? "_files" : "(" + values + ")");
      bool joins = takesValue(*option) && name.substr(0, 2) == "--";
      std::string spec = name + (joins ? "=" : "") + "[" + about + "]" + value;
      std::printf(" \\\n%s  '%s'", indent, escaped(spec, "'", "'\\'").c_str());
    }
  std::printf(" \\\n%s  '*:file:_files'\n", indent);
}

void writeZsh(const CLI::App &app) {
  std::printf("#compdef %s\n", app.get_name().c_str());
  if (commands(app).empty())
    return writeZshOptions(app, "");
  std::printf("if (( CURRENT == 2 )); then\n  local -a commands=(");
  for (const CLI::App *command : commands(app))
    std::printf(" '%s:%s'", command->get_name().c_str(),
                escaped(command->get_description(), "'", "'\\'").c_str());
  std::printf(" )\n  _describe command commands\n  return\nfi\ncase $words[2] in\n");
  for (const CLI::App *command : commands(app)) {
    std::printf("%s)\n", command->get_name().c_str());
    writeZshOptions(*command, "  ");
    std::printf("  ;;\n");
  }
  std::printf("esac\n");
}

void writeFishOptions(const CLI::App &app, const std::string &program,
                      const std::string &condition) {
  for (const CLI::Option *option : namedOptions(app)) {
    std::printf("complete -c %s%s", program.c_str(), condition.c_str());
    for (const std::string &name : option->get_snames())
      std::printf(" -s %s", name.c_str());
    for (const std::string &name : option->get_lnames())
      std::printf(" -l %s", name.c_str());
    if (std::string values = choices(*option); !values.empty())
      std::printf(" -x -a '%s'", values.c_str());
    else if (takesValue(*option))
      std::printf(" -r");
    std::printf(" -d '%s'\n", escaped(option->get_description(), "'\\", "\\").c_str());
  }
}

void writeFish(const CLI::App &app) {
  std::string program = app.get_name();
  writeFishOptions(app, program, commands(app).empty() ? "" : " -n __fish_use_subcommand");
  for (const CLI::App *command : commands(app)) {
    std::string name = command->get_name();
    std::printf("complete -c %s -n __fish_use_subcommand -f -a %s -d '%s'\n", program.c_str(),
                name.c_str(), escaped(command->get_description(), "'\\", "\\").c_str());
    writeFishOptions(*command, program, " -n '__fish_seen_subcommand_from " + name + "'");
  }
}

} // namespace

bool mlc::writePage(const CLI::App &app, int argc, const char *const *argv) {
  const std::pair<const char *, void (*)(const CLI::App &)> kinds[] = {
      {"man", writeMan}, {"bash", writeBash}, {"zsh", writeZsh}, {"fish", writeFish}};
  for (auto [kind, write] : kinds)
    if (argc == 2 && argv[1] == std::string("--write-page=") + kind) {
      write(app);
      return true;
    }
  return false;
}
