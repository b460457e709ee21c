#include "tools/mlc-lsp-server/Completion.h"

#include "tools/reference/Reference.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Regex.h"

using namespace llvm;

namespace mlc::lsp {
namespace {

/// Whether `word` is one of an entry, and the line that says what it may be.
std::optional<StringRef> lineOfWord(const ReferenceEntry &entry, StringRef word) {
  for (StringRef line : split(entry.words, '\n'))
    if (line.starts_with(("`" + word + "`").str()))
      return line;
  return std::nullopt;
}

StringRef wordOfLine(StringRef line) { return line.split('`').second.split('`').first; }

/// The choices of "`reduction`: mean, sum, none (mean)", if these are words.
SmallVector<StringRef> choicesOf(StringRef line) {
  StringRef list = line.split("`: ").second.split(" (").first;
  SmallVector<StringRef> choices;
  list.split(choices, ", ");
  bool areWords = choices.size() > 1 && all_of(choices, [](StringRef choice) {
                    return all_of(choice, [](char c) { return isAlnum(c) || c == '_'; }) &&
                           choice != "optional";
                  });
  return areWords ? choices : SmallVector<StringRef>();
}

/// The ops and attributes named before a byte, the nearest first: up to a few, in the text that may
/// be of one op.
SmallVector<const ReferenceEntry *> entriesBefore(StringRef before) {
  constexpr size_t kFarthest = 600, kMost = 6;
  SmallVector<const ReferenceEntry *> found;
  before = before.take_back(kFarthest);
  for (size_t at; found.size() < kMost && (at = before.rfind("nn.")) != StringRef::npos;) {
    size_t begin = at > 0 && before[at - 1] == '#' ? at - 1 : at;
    StringRef name = before.substr(begin).take_while(
        [](char c) { return isAlnum(c) || c == '_' || c == '.' || c == '#'; });
    for (const ReferenceEntry *entry : entriesNamed(name))
      if (entry->name == name)
        found.push_back(entry);
    bool endsStatement = begin == at && !found.empty() && found.back()->isOp();
    if (endsStatement)
      break;
    before = before.take_front(begin);
  }
  return found;
}

class Completer {
public:
  Completer(const SourceText &text, Navigation &navigation, size_t offset)
      : text(text), navigation(navigation), offset(offset) {
    begin = offset;
    auto isPart = [](char c) { return isAlnum(c) || c == '_' || c == '.' || c == '$'; };
    while (begin > 0 && isPart(text.text()[begin - 1]))
      --begin;
    if (begin > 0 && StringRef("%@#").contains(text.text()[begin - 1]))
      --begin;
    before = text.text().take_front(begin);
    line = before.substr(text.lineStart(begin));
  }

  CompletionList run() {
    StringRef word = text.text().slice(begin, offset);
    if (word.starts_with("#"))
      addAttributes();
    else if (word.starts_with("%"))
      for (auto &[name, type] : navigation.valuesAt(offset))
        add(name, CompletionItemKind::Variable, type);
    else if (word.starts_with("@"))
      addSymbols();
    else if (word.starts_with("nn.") || line.trim().empty() || isResult(line))
      addOps();
    else
      addWords();
    return std::move(list);
  }

private:
  CompletionItem &add(const Twine &label, CompletionItemKind kind, StringRef detail = "") {
    CompletionItem item(label, kind);
    item.detail = detail.str();
    item.filterText = item.label;
    item.textEdit = TextEdit{text.rangeOf(begin, offset), item.label};
    list.items.push_back(std::move(item));
    return list.items.back();
  }
  void add(const ReferenceEntry &entry, CompletionItemKind kind) {
    CompletionItem &item = add(entry.name, kind, entry.summary);
    item.documentation = MarkupContent{MarkupKind::Markdown, entry.text.str()};
  }

  /// "%y =", "%a, %b =": an op follows.
  static bool isResult(StringRef line) {
    static Regex pattern("^ *%[^()=]*= *$");
    return pattern.match(line);
  }

  /// Those that begin with what is written, or all where none does: editors also find by parts.
  void addOps() {
    StringRef word = text.text().slice(begin, offset);
    auto isMeant = [&](const ReferenceEntry &entry) {
      return entry.isOp() && !entry.isInternal &&
             (entry.name.starts_with(word) || entry.mnemonic().starts_with(word));
    };
    bool isAny = none_of(referenceEntries(), isMeant);
    for (const ReferenceEntry &entry : referenceEntries())
      if (isAny ? entry.isOp() && !entry.isInternal : isMeant(entry))
        add(entry, CompletionItemKind::Function);
    if (!word.contains('.'))
      for (StringRef keyword : {"call", "func.func", "return"})
        add(keyword, CompletionItemKind::Keyword);
  }

  /// After `init(` initialisers, after `with` optimizers, and so on; all where none is meant.
  void addAttributes() {
    StringRef left = before.rtrim();
    StringRef kind = left.ends_with("init(")                                   ? "initialiser"
                     : left.ends_with("with")                                  ? "optimizer"
                     : left.ends_with("schedule(") || left.ends_with("then =") ? "schedule"
                     : left.rsplit("groups").second.trim().starts_with("=")    ? "group"
                                                                               : "";
    for (const ReferenceEntry &entry : referenceEntries())
      if (!entry.isOp() && !entry.isInternal && (kind.empty() || entry.kind == kind))
        add(entry, CompletionItemKind::Class);
  }

  void addSymbols() {
    static Regex pattern("^@[A-Za-z_][A-Za-z0-9_$.]*");
    SetVector<StringRef> names;
    StringRef rest = text.text();
    for (size_t at; (at = rest.find('@')) != StringRef::npos; rest = rest.substr(at + 1)) {
      SmallVector<StringRef> match;
      if (pattern.match(rest.substr(at), &match) && match[0].data() != text.text().data() + begin)
        names.insert(match[0]);
    }
    for (StringRef name : names)
      add(name, CompletionItemKind::Reference);
  }

  /// The words of the op or attribute that the place is in, or the choices of the word before `=`.
  void addWords() {
    StringRef left = before.rtrim();
    bool isValue = left.consume_back("=");
    StringRef word = left.rtrim().substr(left.rtrim().find_last_of(" <,(") + 1);
    bool isFirst = line.rtrim().ends_with(word) && word.starts_with("nn.");
    for (const ReferenceEntry *entry : entriesBefore(before)) {
      if (!entry->isOp() && !isOpen(before.substr(before.rfind(entry->name))))
        continue; // the place is after it
      if (!isValue)
        addWords(*entry, isFirst);
      else if (std::optional<StringRef> words = lineOfWord(*entry, word))
        for (StringRef choice : choicesOf(*words))
          add(choice, CompletionItemKind::EnumMember);
      return;
    }
  }
  void addWords(const ReferenceEntry &entry, bool isFirst) {
    for (StringRef words : split(entry.words, '\n')) {
      if (words.empty())
        continue;
      StringRef word = wordOfLine(words);
      bool isPositional = !entry.text.contains((word + " = ").str());
      if (isFirst && isPositional) // `nn.reduce sum`
        for (StringRef choice : choicesOf(words))
          add(choice, CompletionItemKind::EnumMember);
      add(word, CompletionItemKind::Property, words.drop_front(word.size() + 2).ltrim(",: "));
    }
  }

  static bool isOpen(StringRef text) { return text.count('<') > text.count('>'); }

  const SourceText &text;
  Navigation &navigation;
  size_t offset, begin;
  StringRef before, line; ///< the text, and the line, before the word at the place
  CompletionList list;
};
} // namespace

CompletionList completionsAt(const SourceText &text, Navigation &navigation, size_t offset) {
  return Completer(text, navigation, offset).run();
}

std::string referenceAt(const SourceText &text, size_t offset) {
  SourceText::Word word = text.wordAt(offset);
  for (const ReferenceEntry *entry : entriesNamed(word.text))
    if (entry->name == word.text)
      return ("**" + entry->name + "** (" + entry->kind + ")\n\n" + entry->text).str();
  if (word.text.empty() || StringRef("%@").contains(word.text.front()))
    return "";
  for (const ReferenceEntry *entry : entriesBefore(text.text().take_front(word.begin)))
    if (std::optional<StringRef> line = lineOfWord(*entry, word.text))
      return (*line + "\n\nof " + entry->name + ": " + entry->summary).str();
  return "";
}

} // namespace mlc::lsp
