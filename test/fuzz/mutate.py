#!/usr/bin/env python3
"""Mutated inputs must end in a diagnostic or in success: never a crash, a hang, 4 GiB, a file left behind or a word of another file.

usage: mutate.py models COUNT SEED MLC SEED-FILE...
       mutate.py states COUNT SEED MLC-RUN MODEL.so ENTRY STATE.safetensors

`models` mutates model texts and compiles them; `states` mutates a saved state and loads it by `mlc-run call --params`.
Every failing input is kept in the working folder as crash-N.* and printed; the exit status is 1 if there was one.
"""
import os
import random
import resource
import subprocess
import sys
import tempfile

# The shadow of AddressSanitizer reserves terabytes of addresses: there, what counts is the memory in use.
SANITIZER = "ASAN_OPTIONS" in os.environ
SECONDS = 60 if SANITIZER else 10
MEMORY = 4 << 30
TOKENS = ["?", "-1", "0", "9223372036854775807", "tensor<", ">", "x", "f32", "i1", "i64", "bf16", "[", "]", "{", "}", "(", ")", "%",
          "@", "#nn.", "nn.", "->", ":", "=", ",", "dense<", "nan", "1.0e400", '"', "\\", "func.func", "module", "index", "*",
          "nn.train_step", "nn.grad", "wrt", "attributes", "loc(", "!", "\x00", "\xff"]
# Where a text may point: a file with a word that nothing may print, a pipe that nobody writes, devices, names that are none.
SECRET = "xyzzy-4711"
PATHS = ["secret", "pipe", "/dev/zero", "/dev/stdin", "/proc/self/mem", ".", "", "a\\0Ab", "\\1B[2J", "\\FF\\FE", "p" * 5000]


if SANITIZER:
    os.environ["ASAN_OPTIONS"] += f":hard_rss_limit_mb={MEMORY >> 20}"


def limit():
    if not SANITIZER:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def location(random_):
    """A location that names some file, itself or through others."""
    path = random_.choice(PATHS)
    place = f'"{path}":{random_.choice([0, 1, 2, 4294967295])}:{random_.choice([0, 1, 99999])}'
    return random_.choice([place, f'"{path}"', f'"{path}"({place})', f'fused[{place}, "{path}"]', f"callsite({place} at {place})", "#l",
                           "unknown", f"{place} to :3:4"])


def metadata(random_):
    """A section of metadata whose blob has any alignment and size."""
    alignment = random_.choice([0, 1, 3, 4, 8, 64, 65536, 1 << 31, (1 << 32) - 1]).to_bytes(4, "little").hex()
    blob = random_.choice(["0x" + alignment + "00" * random_.choice([0, 1, 3, 4, 8, 16, 48, 400]), "0x", "0x04", "", "k", "0xzz"])
    key = random_.choice(["builtin", "nn", "none"])
    return f'{{-#\n dialect_resources: {{ {key}: {{ k: "{blob}" }} }},\n external_resources: {{ k: {{ k: "{blob}" }} }}\n#-}}\n'


def bomb(random_):
    """Aliases, numbers and maps whose text is short or flat and whose meaning is not."""
    begin, step, sigil = random_.choice([("[1]", "[{0}, {0}]", "#"), ("tuple<f32>", "tuple<{0}, {0}>", "!"), ("[1]", "[{0}]", "#"),
                                         ("loc(unknown)", "loc(fused[{0}, {0}])", "#")])
    count = random_.choice([3, 40, 3000])
    aliases = [f"{sigil}a0 = {begin}"] + [f"{sigil}a{i + 1} = {step.format(f'{sigil}a{i}')}" for i in range(count)]
    long = random_.choice(["#n = " + "9" * 300000, "#m = affine_map<(d0) -> (" + "d0 + " * 200000 + "d0)>", "#m = affine_map<(d0) -> (" +
                           "-" * 200000 + "d0)>", "!t = tensor<" + "1x" * 100000 + "f32>", " " * 3000000, "// " + "x" * 3000000])
    return random_.choice(["\n".join(aliases), long]) + "\n"


def mutate_text(random_, text):
    """One to four edits: of a token, a line, a number or a byte; of a string; of what points elsewhere or stands for more than it is."""
    for _ in range(random_.choice([1, 1, 2, 4])):
        lines = text.split("\n")
        kind = random_.randrange(11)
        position = random_.randrange(len(text) + 1)
        if kind == 0:
            text = text[:position] + random_.choice(TOKENS) + text[position:]
        elif kind == 1:
            text = text[:position] + text[position + random_.randint(1, 12):]
        elif kind == 2:
            line = random_.randrange(len(lines))
            lines.insert(random_.randrange(len(lines)), lines[line])
            text = "\n".join(lines)
        elif kind == 3 and len(lines) > 1:
            del lines[random_.randrange(len(lines))]
            text = "\n".join(lines)
        elif kind == 4:
            digits = [i for i, c in enumerate(text) if c.isdigit()]
            if digits:
                i = random_.choice(digits)
                text = text[:i] + random_.choice(["0", "1", "7", "?", "-3", "99999999999"]) + text[i + 1:]
        elif kind == 5:
            words = text.split(" ")
            i, j = random_.randrange(len(words)), random_.randrange(len(words))
            words[i], words[j] = words[j], words[i]
            text = " ".join(words)
        elif kind == 6:
            # At an op, half the time one that is wrong: the diagnostic goes where the location says.
            line = random_.choice([i for i, content in enumerate(lines) if "%" in content and " : " in content] or [0])
            wrong = random_.random() < 0.5
            lines[line] = (lines[line].replace("x", "x7x", 1) if wrong else lines[line]) + f" loc({location(random_)})"
            text = "\n".join(lines + random_.choice([[], [f"#l = loc({location(random_)})"]]))
        elif kind == 7:
            text += metadata(random_)
            begin = text.rfind("dense<", 0, position)
            if begin >= 0:
                text = text[:begin] + "dense_resource<k>" + text[text.find(">", begin) + 1:]
        elif kind == 8:
            pieces = text.split('"')
            if len(pieces) > 2:
                pieces[random_.randrange(1, len(pieces), 2)] = random_.choice(PATHS + ["stablehlo.add", "0x00000000", "//", "{-#"])
            text = '"'.join(pieces)
        elif kind == 9 and random_.random() < 0.3:  # these take long
            text = bomb(random_) + text
        else:
            text = text[:position]
        if not text:
            text = " "
    return text.encode("utf-8", "surrogateescape")


def mutate_bytes(random_, data):
    data = bytearray(data)
    for _ in range(random_.randint(1, 4)):
        kind = random_.randrange(6)
        if not data:
            break
        position = random_.randrange(len(data))
        if kind == 0:
            data[position] = random_.randrange(256)
        elif kind == 1:
            data[min(position, 7)] = random_.randrange(256)  # the header's length
        elif kind == 2:
            del data[position:]
        elif kind == 3:
            data[position:position] = random_.randbytes(random_.randint(1, 9))
        elif kind == 4:
            del data[position:position + random_.randint(1, 64)]
        else:
            header = min(len(data), 8 + int.from_bytes(data[:2], "little"))
            if header > 8:
                data[random_.randrange(8, header)] = random_.choice(b'0123456789{}[]",:-eE\\ \x00')
    return bytes(data)


def attempt(command, folder, number, data, suffix):
    """Runs the command on the input; returns what is wrong with how it ended, or None."""
    before = set(os.listdir(folder))
    path = os.path.join(folder, "input" + suffix)
    with open(path, "wb") as file:
        file.write(data)
    outcome = None
    try:
        run = subprocess.run(command(path, folder), cwd=folder, timeout=SECONDS, preexec_fn=limit, capture_output=True,
                             stdin=subprocess.DEVNULL)
        if run.returncode not in (0, 1, 2, 3):
            outcome = f"exit status {run.returncode}: {run.stderr[-300:]!r}"
        elif run.returncode != 0 and not run.stderr.strip():
            outcome = f"exit status {run.returncode} without a message"
        elif SECRET.encode() in run.stderr + run.stdout:
            outcome = "shows another file"
        elif run.returncode == 1 and b"LLVM ERROR" in run.stderr:
            outcome = f"aborted inside LLVM: {run.stderr[-300:]!r}"
        elif run.returncode != 0 and set(os.listdir(folder)) - before - {"input" + suffix}:
            outcome = f"left files behind: {sorted(set(os.listdir(folder)) - before)}"
    except subprocess.TimeoutExpired:
        outcome = f"no end after {SECONDS} s"
    for name in set(os.listdir(folder)) - before:
        os.remove(os.path.join(folder, name))
    if outcome:
        kept = f"crash-{number}{suffix}"
        with open(kept, "wb") as file:
            file.write(data)
        print(f"{kept}: {outcome}")
    return outcome


def main():
    mode, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    random_ = random.Random(seed)
    failures = 0
    counted = {}
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "secret"), "w") as file:
            file.write(f"{SECRET}\n" * 3)
        os.mkfifo(os.path.join(folder, "pipe"))
        for number in range(count):
            if mode == "models":
                with open(random_.choice(sys.argv[5:]), encoding="utf-8", errors="surrogateescape") as file:
                    data = mutate_text(random_, file.read())
                command = lambda path, to: [os.path.abspath(sys.argv[4]), path, "-o", os.path.join(to, "out.so")]
                suffix = ".mlir"
            else:
                with open(sys.argv[7], "rb") as file:
                    data = mutate_bytes(random_, file.read())
                command = lambda path, to: [os.path.abspath(sys.argv[4]), "call", os.path.abspath(sys.argv[5]), sys.argv[6],
                                            "--params", path]
                suffix = ".safetensors"
            failures += attempt(command, folder, number, data, suffix) is not None
            if count >= 500 and number % 100 == 99:
                print(f"{number + 1} of {count}, {failures} failures", flush=True)
    print(f"{count} inputs, {failures} failures")
    sys.exit(failures != 0)


if __name__ == "__main__":
    main()
