#include "tools/reference/Reference.h"
#include "dialects/NN/Suggestions.h"
#include "tools/ExitStatus.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace mlc {

static constexpr ReferenceEntry kEntries[] = {
#include "Reference.inc"
};

ArrayRef<ReferenceEntry> referenceEntries() { return kEntries; }

StringRef ReferenceEntry::mnemonic() const { return name.substr(name.find('.') + 1); }

/// A name as people write it: without spaces around it, in small letters.
static std::string plainName(StringRef name) { return name.trim().lower(); }

std::vector<const ReferenceEntry *> entriesNamed(StringRef name) {
  std::string wanted = plainName(name);
  std::vector<const ReferenceEntry *> found;
  for (const ReferenceEntry &entry : kEntries)
    if (wanted == entry.name || wanted == entry.mnemonic())
      found.push_back(&entry);
  return found;
}

/// Whether `text` has `word`, in letters of any size, and not as a part of another word; ".word"
/// goes on with one.
static bool hasWord(StringRef text, StringRef word) {
  auto isPart = [](char c) { return isAlnum(c) || c == '_'; };
  for (size_t at = text.find_insensitive(word); at != StringRef::npos;
       at = text.find_insensitive(word, at + 1)) {
    size_t end = at + word.size();
    if ((at == 0 || word.front() == '.' || !isPart(text[at - 1])) &&
        (end == text.size() || !isPart(text[end])))
      return true;
  }
  return false;
}

std::vector<const ReferenceEntry *> entriesNear(StringRef name) {
  constexpr size_t kMost = 5;
  std::string wanted = plainName(name);
  StringRef stem = StringRef(wanted).substr(StringRef(wanted).find('.') + 1);
  SetVector<const ReferenceEntry *> found;
  std::vector<std::string> mnemonics;
  for (const ReferenceEntry &entry : kEntries)
    mnemonics.push_back(entry.mnemonic().str());
  for (const std::string &near : suggestionsFor(stem.str(), mnemonics))
    for (const ReferenceEntry &entry : kEntries)
      if (entry.mnemonic() == near)
        found.insert(&entry);
  for (std::string word : {"." + stem.str(), stem.str()}) // torch.sigmoid, then sigmoid
    for (const ReferenceEntry &entry : kEntries)
      if (stem.size() > 1 && hasWord(entry.text, word))
        found.insert(&entry);
  return {found.begin(), found.begin() + std::min(found.size(), kMost)};
}

/// Prints Markdown without the marks that a terminal has no use for: **, \\ before another mark,
/// ```.
static void printPlain(StringRef markdown, raw_ostream &os) {
  bool isCode = false;
  for (StringRef line : split(markdown, '\n')) {
    if (line.starts_with("```")) {
      isCode = !isCode;
      continue;
    }
    os << (isCode ? "    " : "");
    while (!line.empty()) {
      bool isMark = !isCode && line.starts_with("**");
      bool isEscape = !isCode && line.size() > 1 && line[0] == '\\' && isPunct(line[1]);
      if (!isMark && !isEscape)
        os << line.front();
      line = line.drop_front(isMark ? 2 : 1);
      if (isEscape) {
        os << line.front();
        line = line.drop_front();
      }
    }
    os << '\n';
  }
}

static void printFamily(StringRef family, raw_ostream &os) {
  for (const ReferenceEntry &entry : kEntries)
    if (entry.family == family && !entry.isInternal)
      os << "  " << left_justify(entry.name, 24) << ' ' << entry.summary << '\n';
}

static SetVector<StringRef> families() {
  SetVector<StringRef> names;
  for (const ReferenceEntry &entry : kEntries)
    names.insert(entry.family);
  return names;
}

/// Every family with the names of its entries.
static void printFamilies(raw_ostream &os) {
  os << "mlc --doc NAME tells of an op, an attribute or a whole family:\n";
  for (StringRef family : families()) {
    os << '\n' << family << ":\n ";
    size_t column = 1;
    for (const ReferenceEntry &entry : kEntries) {
      if (entry.family != family || entry.isInternal)
        continue;
      if (column + entry.name.size() > 78) {
        os << "\n ";
        column = 1;
      }
      os << ' ' << entry.name;
      column += 1 + entry.name.size();
    }
    os << '\n';
  }
}

int printReference(StringRef name, raw_ostream &os) {
  if (name.empty()) {
    printFamilies(os);
    return kDone;
  }
  std::vector<const ReferenceEntry *> found = entriesNamed(name);
  for (const ReferenceEntry *entry : found) {
    os << entry->name << " (" << entry->family << ")\n\n";
    printPlain(entry->text, os);
    os << (entry == found.back() ? "" : "\n");
  }
  if (!found.empty())
    return kDone;
  if (families().contains(plainName(name))) {
    printFamily(plainName(name), os);
    return kDone;
  }
  errs() << "mlc: --doc: there is no op, attribute or family '" << name << "'";
  std::vector<const ReferenceEntry *> nearest = entriesNear(name);
  if (!nearest.empty()) {
    errs() << "; near it are:\n";
    for (const ReferenceEntry *entry : nearest)
      errs() << "  " << left_justify(entry->name, 24) << ' ' << entry->summary << '\n';
  } else {
    errs() << ": mlc --doc lists them all\n";
  }
  return kWrongUsage;
}

} // namespace mlc
