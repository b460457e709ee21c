// Quick fixes: what our messages tell people to do, done. A message names what it is about in the
// text between quotes, so a fix looks for that at the message's line, and where it is not there is
// no fix.
#include "tools/mlc-lsp-server/Findings.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Regex.h"

using namespace llvm;

namespace mlc::lsp {
namespace {

/// What stands between quotes or backticks, in order.
SmallVector<StringRef> quotedIn(StringRef text) {
  SmallVector<StringRef> found;
  while (true) {
    size_t begin = text.find_first_of("'`");
    while (begin != StringRef::npos && begin > 0 && isAlnum(text[begin - 1])) // module's
      begin = text.find_first_of("'`", begin + 1);
    if (begin == StringRef::npos)
      return found;
    size_t end = text.find(text[begin], begin + 1);
    if (end == StringRef::npos)
      return found;
    found.push_back(text.slice(begin + 1, end));
    text = text.substr(end + 1);
  }
}

/// Finds fixes for one message.
class Fixer {
public:
  Fixer(const SourceText &text, size_t offset, StringRef message, StringRef file)
      : text(text), offset(offset), start(text.lineStart(offset)), line(text.lineAt(offset)),
        message(message), file(file) {}

  std::vector<Fix> run() {
    replaceByName();
    addMark();
    nameSizes();
    replaceResultType();
    replaceByOther();
    replaceType();
    castOperand();
    nameModule();
    encloseInModule();
    return std::move(fixes);
  }

private:
  TextEdit edit(size_t begin, size_t end, const Twine &text) const {
    return {this->text.rangeOf(begin, end), text.str()};
  }
  void add(const Twine &title, std::vector<TextEdit> edits) {
    fixes.push_back({title.str(), std::move(edits)});
  }

  /// Where `name` stands in the line as a word, from the message's place on if it is there.
  std::optional<size_t> find(StringRef name) const {
    auto isPart = [](char c) { return isAlnum(c) || c == '_'; };
    std::optional<size_t> found;
    for (size_t at = line.find(name); !name.empty() && at != StringRef::npos;
         at = line.find(name, at + 1)) {
      size_t end = at + name.size();
      if ((at > 0 && isPart(line[at - 1]) && isPart(name.front())) ||
          (end < line.size() && isPart(line[end]) && isPart(name.back())))
        continue;
      if (!found || start + *found < offset)
        found = at;
    }
    return found ? std::optional(start + *found) : std::nullopt;
  }

  /// "... but got nn.rellu\ndid you mean 'nn.relu' or 'nn.elu'?": what is wrong is the last word of
  /// the message that stands in the line.
  void replaceByName() {
    auto [before, after] = message.split("did you mean ");
    SmallVector<StringRef> names = quotedIn(after.split('?').first);
    static Regex pattern("[#@%]?[A-Za-z0-9_.]*[A-Za-z0-9_]");
    std::optional<size_t> begin;
    StringRef wrong;
    for (SmallVector<StringRef> match; pattern.match(before, &match);
         before = before.substr(match[0].end() - before.begin()))
      if (std::optional<size_t> place = find(match[0]); place && !is_contained(names, match[0])) {
        begin = place;
        wrong = match[0];
      }
    if (!begin)
      return;
    for (StringRef name : names) {
      size_t prefix = name.find('.') + 1; // "nn.", which the message may leave out
      bool hasPrefix = prefix > 0 && *begin >= prefix && !wrong.contains('.') &&
                       text.text().slice(*begin - prefix, *begin) == name.take_front(prefix);
      add("Write " + name, {edit(*begin - (hasPrefix ? prefix : 0), *begin + wrong.size(), name)});
    }
  }

  /// "write %x", "write @loss", "write #nn.adam", where the line has the word alone.
  void addMark() {
    static Regex pattern("write ([%@]|#nn\\.)([A-Za-z0-9_]+)( =|\n|$)");
    SmallVector<StringRef> match;
    if (!pattern.match(message, &match))
      return;
    std::optional<size_t> begin = find(match[2]);
    StringRef before = begin ? text.text().take_front(*begin) : "";
    if (begin && !before.ends_with(match[1])) {
      std::string name = (match[1] + match[2]).str();
      add("Write " + name, {edit(*begin - (match[1].size() > 1 && before.ends_with("nn.") ? 3 : 0),
                                 *begin + match[2].size(), name)});
    }
  }

  /// "write %x: tensor<?x5xf32> {nn.dims = [...]}"
  void nameSizes() {
    static Regex pattern("write (%[A-Za-z0-9_]+): '?([^' ]+)'? (\\{nn\\.dims = .*\\})");
    SmallVector<StringRef> match;
    if (!pattern.match(message, &match))
      return;
    for (StringRef colon : {": ", ":", " : "}) {
      std::string argument = (match[1] + colon + match[2]).str();
      size_t at = line.find(argument);
      if (at == StringRef::npos)
        continue;
      size_t end = start + at + argument.size();
      add("Name the sizes of " + match[1], {edit(end, end, " " + match[3])});
      return;
    }
  }

  /// "write `-> A` as the result type of the function (here 'B')"
  void replaceResultType() {
    static Regex pattern(
        "write `-> ([^`]+)` as the result type of the function \\(here '?([^')]+)'?\\)");
    SmallVector<StringRef> match;
    if (!pattern.match(message, &match))
      return;
    size_t function = text.text().take_front(offset).rfind("func.func");
    size_t arrow = function == StringRef::npos ? function : text.text().find("-> ", function);
    if (arrow == StringRef::npos || arrow > offset ||
        !text.text().substr(arrow + 3).starts_with(match[2]))
      return;
    add("Return " + match[1], {edit(arrow + 3, arrow + 3 + match[2].size(), match[1])});
  }

  /// "expects a C identifier as the module's name, but got 'my-net'\n'my_net' is one"
  void replaceByOther() {
    auto [first, note] = message.split('\n');
    SmallVector<StringRef> wrongs = quotedIn(first), names = quotedIn(note.split('\n').first);
    if (!note.contains("' is one") || wrongs.empty() || names.empty())
      return;
    if (std::optional<size_t> begin = find(wrongs.back()))
      add("Write " + names.front(), {edit(*begin, *begin + wrongs.back().size(), names.front())});
  }

  /// The parts of `%y = nn.add %a, %b … : A, B` in the message's line.
  struct Statement {
    SmallVector<StringRef> operands, types;
  };
  Statement statement() const {
    Statement parts;
    StringRef right = line.substr(line.find('=') == StringRef::npos ? 0 : line.find('=') + 1);
    size_t colon = right.rfind(" : ");
    if (colon == StringRef::npos)
      return parts;
    StringRef rest = right.take_front(colon);
    while (rest.contains('%')) {
      rest = rest.substr(rest.find('%'));
      size_t end = rest.find_if_not([](char c) { return isAlnum(c) || c == '_' || c == '%'; });
      parts.operands.push_back(rest.take_front(end));
      rest = rest.substr(std::min(end, rest.size()));
    }
    StringRef types = right.substr(colon + 3).split(" -> ").first.split("//").first.rtrim();
    types.split(parts.types, ", ");
    return parts;
  }
  size_t placeOf(StringRef part) const { return part.data() - text.text().data(); }

  /// "use of value '%x' expects different type than prior uses: 'A' vs 'B'"
  void replaceType() {
    SmallVector<StringRef> names = quotedIn(message.split('\n').first);
    if (!message.contains("expects different type than prior uses") || names.size() != 3)
      return;
    Statement parts = statement();
    for (auto [i, type] : llvm::enumerate(parts.types))
      if (type == names[1] &&
          (parts.types.size() == 1 || (i < parts.operands.size() && parts.operands[i] == names[0])))
        add("Write " + names[2] + ", the type of " + names[0],
            {edit(placeOf(type), placeOf(type) + type.size(), names[2])});
  }

  /// "expects operands of one dtype, but got A and B": casts the operand of type B.
  void castOperand() {
    static Regex pattern(
        "expects operands of one dtype, but got '?(tensor<[^>]*>)'? and '?(tensor<[^>]*>)");
    SmallVector<StringRef> match;
    Statement parts = statement();
    if (!pattern.match(message, &match) || parts.types.size() != parts.operands.size())
      return;
    auto elementOf = [](StringRef type) {
      StringRef inside = type.drop_back().drop_front(strlen("tensor<"));
      return inside.substr(inside.rfind('x') == StringRef::npos ? 0 : inside.rfind('x') + 1);
    };
    StringRef element = elementOf(match[1]), indentation = line.take_while(isSpace);
    for (auto [operand, type] : llvm::zip_equal(parts.operands, parts.types)) {
      if (type != match[2])
        continue;
      std::string cast = type.drop_back(1 + elementOf(type).size()).str() + element.str() + ">";
      std::string name = (operand + "_" + element).str();
      std::string added =
          (indentation + name + " = nn.cast " + operand + " : " + type + " -> " + cast + "\n")
              .str();
      add("Cast " + operand + " to " + element,
          {edit(start, start, added),
           edit(placeOf(operand), placeOf(operand) + operand.size(), name),
           edit(placeOf(type), placeOf(type) + type.size(), cast)});
      return;
    }
  }

  /// The name of the file as one of a model.
  std::string modelName() const {
    std::string name;
    for (char c : sys::path::stem(file))
      name += isAlnum(c) ? c : '_';
    return name.empty() || isDigit(name.front()) ? "model" + name : name;
  }

  void nameModule() {
    size_t word = line.find("module");
    if (message.starts_with("expects a named module") && word != StringRef::npos) {
      size_t end = start + word + strlen("module");
      add("Name the module " + modelName(), {edit(end, end, " @" + modelName())});
    }
  }

  /// The note "enclose the model in `module @name { ... }`".
  void encloseInModule() {
    if (!message.contains("enclose the model in `module @name"))
      return;
    std::string enclosed = "module @" + modelName() + " {\n";
    for (StringRef line : split(text.text().rtrim(), '\n'))
      enclosed += (line.trim().empty() ? "" : "  ") + line.str() + "\n";
    add("Enclose the model in a module", {edit(0, text.text().size(), enclosed + "}\n")});
  }

  const SourceText &text;
  size_t offset, start;
  StringRef line, message, file;
  std::vector<Fix> fixes;
};
} // namespace

std::vector<Fix> fixesFor(const SourceText &text, size_t offset, StringRef message,
                          StringRef file) {
  return Fixer(text, offset, message, file).run();
}

} // namespace mlc::lsp
