"""make_goldens.py: writes gpt2.json and llama3.json, small tokenizers of the two kinds, and goldens.json, texts with what Hugging Face's
`tokenizers` makes of them (pip install tokenizers). The tests need none of this."""
import json
import os

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

HERE = os.path.dirname(os.path.abspath(__file__))
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
TEXTS = [
    "Hello, world!", "It's what they'll've said: I'm, you're, he'd; IT'S THEY'LL 'sure", " a  b   c    ", "\n\n  x\n\ty\r\n\r\n z \n", "tabs\t\there\t",
    "12 345 6789 1234567 x1y22 3.14 ½ ² Ⅷ ٣٤٥", "größer naïve Ærøskøbing Straße", "Привет, мир! Как дела?", "日本語のテキスト、漢字かな交じり", "한국어 ไทย हिन्दी عربى עברית",
    "emoji 👩‍👩‍👧 🇩🇪 👍🏽 ❤️!", "a\u00a0b\u3000c\u2003d\u200be\ufefff", "x<|end|>y <|end|><|endings|> <|en", "don\u2019t \u201cquote\u201d — dash… ellipsis", "\\u0041 {}[]()_*&^%$#@!~`|/?.,;:'\"",
    "snake_case CamelCase kebab-case __init__ 'quoted' ''s", "e\u0301 combining \u0915\u094d\u0937", "the the the the thethethe", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "'", "'l", " ", "  ", "\n", "𝔘𝔫𝔦 𐍈 \U0010ffff",
    "In the beginning God created the heaven and the earth.\nAnd the earth was without form, and void;"]


def train(pre_tokenizer, path, post, added):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer, tokenizer.decoder, tokenizer.post_processor = pre_tokenizer, decoders.ByteLevel(), post
    trainer = trainers.BpeTrainer(vocab_size=380, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), special_tokens=added, show_progress=False)
    tokenizer.train_from_iterator(TEXTS * 2, trainer)
    return tokenizer


def main():
    gpt2 = train(pre_tokenizers.ByteLevel(add_prefix_space=False), "gpt2.json", processors.ByteLevel(trim_offsets=False), ["<|end|>", "<|endings|>"])
    split = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(LLAMA3), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    llama3 = train(split, "llama3.json", processors.ByteLevel(trim_offsets=False), ["<|begin|>", "<|end|>"])
    llama3.add_tokens([AddedToken("<|endings|>", normalized=False)])
    begin = llama3.token_to_id("<|begin|>")
    llama3.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), processors.TemplateProcessing("<|begin|> $A", special_tokens=[("<|begin|>", begin)])])
    goldens = {"texts": TEXTS}
    whole = gpt2.pre_tokenizer
    gpt2.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), whole])
    goldens["digits"] = [gpt2.encode(text).ids for text in TEXTS]
    gpt2.pre_tokenizer = whole
    for name, tokenizer in (("gpt2", gpt2), ("llama3", llama3)):
        tokenizer.save(os.path.join(HERE, name + ".json"), pretty=False)
        goldens[name] = [tokenizer.encode(text).ids for text in TEXTS]
    # The older form of a file, as GPT-2's: merges are texts.
    with open(os.path.join(HERE, "gpt2.json"), encoding="utf-8") as file:
        written = json.load(file)
    written["model"]["merges"] = [" ".join(pair) for pair in written["model"]["merges"]]
    with open(os.path.join(HERE, "gpt2.json"), "w", encoding="utf-8") as file:
        json.dump(written, file, ensure_ascii=False)
    with open(os.path.join(HERE, "goldens.json"), "w", encoding="ascii") as file:
        json.dump(goldens, file)


main()
