// Reads tokenizer.json, as Hugging Face's library `tokenizers` writes it.
#include "Failure.h"
#include "Npy.h"
#include "Tokenizer.h"
#include "UnicodeClasses.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace mlc::run {

using Json = nlohmann::json;

/// The byte that each of the characters stands for with which these files write bytes: those that
/// print for themselves, the others from U+0100 on, in order.
static std::unordered_map<uint32_t, uint8_t> bytesOfCharacters() {
  auto prints = [](int byte) { return (byte >= 33 && byte < 127) || (byte >= 161 && byte != 173); };
  std::unordered_map<uint32_t, uint8_t> bytes;
  uint32_t next = 256;
  for (int byte = 0; byte < 256; ++byte)
    bytes[prints(byte) ? uint32_t(byte) : next++] = uint8_t(byte);
  return bytes;
}

/// Builds a tokenizer. What a file asks for and we do not do, it refuses by name; keys that change
/// nothing here (truncation, padding, trim_offsets) it passes over.
class TokenizerReader {
public:
  explicit TokenizerReader(const std::string &path) : path(path) { made.path = path; }

  Tokenizer read() {
    Json file = Json::parse(readFile(path), nullptr, /*allow_exceptions=*/false);
    if (!file.is_object())
      failInput("{} is no tokenizer.json: it is not a JSON object", path);
    readModel(part(file, "model"));
    readAdded(file.value("added_tokens", Json::array()));
    refuseUnless(isEmpty(file, "normalizer"), "the normalizer", file, "normalizer");
    if (!isEmpty(file, "pre_tokenizer"))
      readPreTokenizer(file["pre_tokenizer"]);
    refuseUnless(isLevel && (made.pattern || !isolatesNumbers), "the pre_tokenizer", file,
                 "pre_tokenizer");
    if (made.pattern)
      made.pattern->isolatesNumbers = isolatesNumbers;
    if (!isEmpty(file, "post_processor"))
      readPostProcessor(file["post_processor"]);
    refuseUnless(typeOf(file, "decoder") == "ByteLevel", "the decoder", file, "decoder");
    return std::move(made);
  }

private:
  //===- JSON ---------------------------------------------------------------===//

  static bool isEmpty(const Json &object, const char *key) {
    auto found = object.find(key);
    return found == object.end() || found->is_null();
  }
  const Json &part(const Json &object, const char *key) const {
    if (!object.is_object() || isEmpty(object, key))
      failInput("{} is no tokenizer.json: it lacks \"{}\"", path, key);
    return object.at(key);
  }
  template <typename T> T as(const Json &value, const char *what) const {
    bool fits = std::is_same_v<T, std::string> ? value.is_string() : value.is_number_integer();
    if (!fits)
      failInput("{}: expects {} that is {}, but got {}", path, what,
                std::is_same_v<T, std::string> ? "a text" : "a whole number", shown(value));
    return value.get<T>();
  }
  static std::string shown(const Json &value) {
    std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
    return text.size() > 100 ? text.substr(0, 100) + "..." : text;
  }
  static std::string typeOf(const Json &object, const char *key) {
    auto found = object.find(key);
    return found != object.end() && found->is_object() ? found->value("type", "") : "";
  }
  static bool isTrue(const Json &object, const char *key) {
    auto found = object.find(key);
    return found != object.end() && found->is_boolean() && found->get<bool>();
  }
  void refuseUnless(bool isSupported, const char *what, const Json &object, const char *key) const {
    if (isSupported)
      return;
    failUnsupported("{} of {}: {}; what is read is byte-level byte pair encoding, as GPT-2 and "
                    "Llama 3 have it",
                    what, path, object.contains(key) ? shown(object.at(key)) : "none");
  }

  //===- The model ----------------------------------------------------------===//

  /// The bytes that a token of the vocabulary is written for.
  std::string bytesOf(const std::string &token) const {
    std::string bytes;
    for (std::string_view rest = token; !rest.empty();) {
      Character character = firstCharacter(rest);
      auto byte = byteOf.find(character.code);
      if (byte == byteOf.end())
        return token; // an added token, which is in the vocabulary too
      bytes += char(byte->second);
      rest.remove_prefix(character.size);
    }
    return bytes;
  }

  void readModel(const Json &model) {
    if (!model.is_object())
      failInput("{}: expects a \"model\" that is an object, but got {}", path, shown(model));
    refuseUnless(model.value("type", "BPE") == "BPE", "the model", model, "type");
    for (const char *key : {"dropout", "continuing_subword_prefix", "end_of_word_suffix"})
      refuseUnless(isEmpty(model, key) || model[key] == "" || model[key] == 0.0, key, model, key);
    refuseUnless(!isTrue(model, "byte_fallback"), "byte_fallback", model, "byte_fallback");
    made.pairs.takesWholePieces = isTrue(model, "ignore_merges");
    const Json &vocabulary = part(model, "vocab");
    if (!vocabulary.is_object())
      failInput("{}: expects a \"vocab\" that is an object, but got {}", path, shown(vocabulary));
    for (const auto &[token, number] : vocabulary.items()) {
      std::string bytes = bytesOf(token);
      auto value = as<int64_t>(number, "the number of a token");
      made.pairs.vocabulary[bytes] = value;
      made.texts[value] = bytes;
    }
    for (const Json &merge : part(model, "merges"))
      readMerge(merge);
  }

  /// "a b", or ["a", "b"].
  void readMerge(const Json &merge) {
    std::string left, right;
    if (merge.is_array() && merge.size() == 2) {
      left = as<std::string>(merge[0], "a merge"), right = as<std::string>(merge[1], "a merge");
    } else {
      auto both = as<std::string>(merge, "a merge");
      size_t space = both.find(' ');
      left = both.substr(0, space), right = space == both.npos ? "" : both.substr(space + 1);
    }
    if (!made.pairs.addMerge(bytesOf(left), bytesOf(right)))
      failInput("{}: the merge {} is not of tokens that make one", path, shown(merge));
  }

  void readAdded(const Json &tokens) {
    for (const Json &token : tokens) {
      auto text = as<std::string>(part(token, "content"), "the content of an added token");
      auto number = as<int64_t>(part(token, "id"), "the id of an added token");
      for (const char *key : {"lstrip", "rstrip", "single_word"})
        refuseUnless(!isTrue(token, key), key, token, "content");
      if (!text.empty())
        made.added.push_back({text, number, isTrue(token, "special")});
      made.texts[number] = text;
    }
    std::sort(made.added.begin(), made.added.end(), [](const auto &a, const auto &b) {
      return a.text.size() != b.text.size() ? a.text.size() > b.text.size() : a.text < b.text;
    });
  }

  //===- Around it ----------------------------------------------------------===//

  void readPreTokenizer(const Json &step) {
    std::string type = step.is_object() ? step.value("type", "") : "";
    if (type == "Sequence") {
      for (const Json &each : part(step, "pretokenizers"))
        readPreTokenizer(each);
    } else if (type == "ByteLevel") {
      isLevel = true;
      made.addsSpace |= isTrue(step, "add_prefix_space");
      if (isEmpty(step, "use_regex") || isTrue(step, "use_regex")) {
        refuseUnless(!made.pattern, "a second pattern", step, "type");
        made.pattern = SplitPattern{};
      }
    } else if (type == "Digits") { // before a pattern, of which each digit would be a part
      refuseUnless(isTrue(step, "individual_digits") && !made.pattern, "Digits", step, "type");
      isolatesNumbers = true;
    } else if (type == "Split") {
      const Json &pattern = part(step, "pattern");
      made.pattern = SplitPattern::of(pattern.value("Regex", ""));
      refuseUnless(made.pattern.has_value(), "the pattern", step, "pattern");
      refuseUnless(step.value("behavior", "") == "Isolated" && !isTrue(step, "invert"),
                   "a Split that is not Isolated", step, "behavior");
    } else {
      failUnsupported("the pre_tokenizer of {}: {}", path, shown(step));
    }
  }

  void readPostProcessor(const Json &step) {
    std::string type = step.is_object() ? step.value("type", "") : "";
    if (type == "Sequence") {
      for (const Json &each : part(step, "processors"))
        readPostProcessor(each);
    } else if (type == "TemplateProcessing") {
      readTemplate(step);
    } else if (type != "ByteLevel") {
      failUnsupported("the post_processor of {}: {}", path, shown(step));
    }
  }

  void readTemplate(const Json &step) {
    bool isBefore = true;
    for (const Json &piece : part(step, "single")) {
      if (piece.contains("Sequence")) {
        isBefore = false;
        continue;
      }
      auto name = as<std::string>(part(part(piece, "SpecialToken"), "id"), "a special token");
      for (const Json &id : part(part(part(step, "special_tokens"), name.c_str()), "ids"))
        (isBefore ? made.before : made.after).push_back(as<int64_t>(id, "the id of a token"));
    }
  }

  std::string path;
  Tokenizer made;
  bool isLevel = false, isolatesNumbers = false;
  const std::unordered_map<uint32_t, uint8_t> byteOf = bytesOfCharacters();
};

Tokenizer Tokenizer::open(const std::string &path) {
  if (!path.empty())
    return TokenizerReader(path).read();
  Tokenizer bytes;
  for (int byte = 0; byte < 256; ++byte) {
    std::string text(1, char(byte));
    bytes.pairs.vocabulary[text] = byte;
    bytes.texts[byte] = text;
  }
  return bytes;
}

} // namespace mlc::run
