"""Names of all kinds: each is refused with a reason, or works in C, in C++ and in files of state.

names.py TMP CC: prints "every name is refused or works".
"""
import ctypes
import json
import os
import random
import re
import subprocess
import sys

folder, cc = sys.argv[1:3]
random.seed(12)

C_HEADERS = """assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdarg stdbool stddef stdint
stdio stdlib string tgmath time wchar wctype""".split()
SYSTEM_HEADERS = """aio arpa/inet arpa/nameser dirent dlfcn fcntl fnmatch ftw glob grp iconv langinfo libgen mqueue net/if netdb
netinet/icmp6 netinet/in netinet/ip6 netinet/ip_icmp netinet/tcp nl_types poll pthread pwd regex resolv sched search semaphore
spawn strings sys/ipc sys/mman sys/msg sys/resource sys/select sys/sem sys/shm sys/socket sys/stat sys/statvfs sys/sysmacros
sys/time sys/times sys/types sys/uio sys/un sys/utsname sys/wait syslog termios unistd utime utmpx wordexp""".split()
HARD = """I EOF errno INT_MAX INT64_MAX NAN INFINITY stdin stdout stderr assert major minor unix linux complex imaginary bool true
false near far NULL _Bool _Complex typeof typeof_unqual static_assert const_cast constexpr nullptr alignas thread_local co_await
char8_t uint8_t int64_t mlc_status mlc_options mlc_mlc_status model bytes result shape st_atime sa_handler si_value h_errno
noreturn asm inline restrict double float int struct class template namespace and or not xor x X x_ x__ _x __x x__y x_0_y _ __
BUFSIZ M_PI PRId64 SIGINT DLPACK_DLPACK_H_ MLC_MLC_H MLC_OK std main vector i386""".split()


def write(name, text, mode="w"):
    path = os.path.join(folder, name)
    with open(path, mode) as file:
        file.write(text)
    return path


def check(condition, what):
    if not condition:
        sys.exit(f"failed: {what}")


def refused(modules):
    """The positions of the modules that mlc-opt refuses; each must be told so at a line of its own."""
    text, starts = b"", []
    for module in modules:
        text += b"\n// -----\n" if starts else b""
        starts.append(text.count(b"\n") + 1)
        text += module
    path = write("split.mlir", text, "wb")
    run = subprocess.run(["mlc-opt", "--check-entries", "--split-input-file", path], capture_output=True)
    check(run.returncode in (0, 1), "mlc-opt ends with status 0 or 1")
    at = re.findall(rb"^within split at [^\n]*:(\d+) offset :(\d+):\d+: error: ", run.stderr, re.M)
    lines = {int(begin) + int(offset) - 1 for begin, offset in at}
    ends = starts[1:] + [text.count(b"\n") + 2]
    return {i for i, (begin, end) in enumerate(zip(starts, ends)) if any(begin <= line < end for line in lines)}


def module(name, entries=(b"f",), before=b""):
    body = b"".join(b'func.func @"' + entry + b'"(%x: tensor<f32>) -> tensor<f32> { return %x : tensor<f32> }\n' for entry in entries)
    return b'module @"' + name + b'" {\n' + before + body + b"}"


def quoted(name):
    return b"".join(b"\\%02X" % byte for byte in name)


def compiles(name, text):
    """As C99 and C++11, strictly, after every header, after none, and as GNU C."""
    headers = "".join(f"#include <{h}.h>\n" for h in C_HEADERS + SYSTEM_HEADERS if h in C_HEADERS or os.path.exists(f"/usr/include/{h}.h"))
    bare = "".join(f"#include <{h}.h>\n" for h in C_HEADERS)
    for before, options in [(bare, "-x c -std=c99 -pedantic"), ("#define _GNU_SOURCE\n" + headers, "-x c -std=gnu99"),
                            (headers.replace("#include <tgmath.h>\n", "").replace("#include <complex.h>\n", ""), "-x c++ -std=c++11 -pedantic"),
                            ("", "-x c -std=c99 -pedantic"), ("", "-x c++ -std=c++20 -pedantic"), ("", "-x c -std=c2x")]:
        path = write(name + ".source", before + text)
        run = subprocess.run([cc, *options.split(), "-Wall", "-Wextra", "-Werror", "-Wno-error=cpp", "-fsyntax-only", "-I" + folder, path], capture_output=True, text=True)
        check(run.returncode == 0, f"{options}: {run.stderr[:2000]}")


def exports_of_the_c_library():
    """No model exports what the C library has: each symbol, at each underscore."""
    symbols = set()
    for library in ("libc.so.6", "libm.so.6"):
        path = next((line.split()[-1] for line in open("/proc/self/maps") if line.rstrip().endswith("/" + library)), None)
        if path:
            listed = subprocess.run(["llvm-nm", "-D", "--defined-only", path], capture_output=True, text=True).stdout
            symbols |= {line.split()[-1].split("@")[0] for line in listed.splitlines()}
    pairs = [(s[:i], s[i + 1:]) for s in symbols for i in range(1, len(s) - 1) if s[i] == "_" and re.fullmatch("[A-Za-z0-9_]+", s)]
    got = refused([module(m.encode(), (e.encode(),)) for m, e in pairs])
    missed = [pairs[i] for i in range(len(pairs)) if i not in got]
    check(not missed, f"exports of the C library: {missed[:20]}")


def arguments():
    """Hard names of arguments, dims and results, all in one entry, and of models and entries."""
    letters = "aAbZ_09xX"
    names = HARD + ["".join(random.choice(letters) for _ in range(random.randint(1, 9))) for _ in range(300)]
    names = sorted({n for n in names if not n[0].isdigit()})
    typed = [f'module @m {{ func.func @f(%x: tensor<?xf32> {{nn.name = "{n}", nn.dims = ["{n}"]}}) -> (tensor<?xf32> {{nn.name = "{n}"}}) {{ return %x : tensor<?xf32> }} }}'.encode() for n in names]
    no = refused(typed)
    names = [n for i, n in enumerate(names) if i not in no]
    check(len(names) > 200, "most identifiers can be names of arguments")
    typed = ", ".join(f'%a{i}: tensor<?xf32> {{nn.name = "{n}", nn.dims = ["{n}"]}}' for i, n in enumerate(names))
    results = ", ".join(f'(tensor<?xf32> {{nn.name = "{n}"}})'[1:-1] for n in names)
    values = ", ".join(f"%a{i}" for i in range(len(names)))
    kinds = ", ".join(["tensor<?xf32>"] * len(names))
    path = write("arguments.mlir", f"module @arguments {{ func.func @f({typed}) -> ({results}) {{ return {values} : {kinds} }} }}")
    check(subprocess.run(["mlc", path, "-o", os.path.join(folder, "arguments.h")]).returncode == 0, "arguments compile")
    prototype = re.search(r"arguments_f\(arguments \*([^)]*)\)", open(os.path.join(folder, "arguments.h")).read())[1]
    used = [re.findall(r"\w+", part)[-1] for part in prototype.split(",")]
    check(len(used) == len(set(used)) == 1 + 3 * len(names), "parameters have names of their own")
    compiles("arguments", '#include "arguments.h"\n')


def models():
    """Names of models and entries: what is accepted gives headers that fit in one program."""
    names = HARD + ["exp", "time", "index", "leaf", "option", "FILE", "MLP", "tanh", "gamma", "m", "Net", "posix_net", "aligned", "a__b", "open"]
    pairs = [(n, e) for n in names for e in ["f", "alloc", "EOF", "MAX", "_g", "create", "r"]]
    got = refused([module(n.encode(), (e.encode(),)) for n, e in pairs])
    accepted = {}
    for i, (name, entry) in enumerate(pairs):
        if i not in got:
            accepted.setdefault(name, []).append(entry)
    check("MLP" in accepted and "exp" in accepted and "alloc" not in accepted["aligned"], "the right ones are refused")
    includes = ""
    for number, (name, entries) in enumerate(accepted.items()):
        path = write(f"model{number}.mlir", module(name.encode(), [e.encode() for e in entries]), "wb")
        check(subprocess.run(["mlc", path, "-o", os.path.join(folder, f"model{number}.h")]).returncode == 0, name)
        includes += f'#include "model{number}.h"\n'
    compiles("models", includes)


def is_key(name):
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return 0 < len(name) <= 1000 and 0 not in name and name != b"__metadata__"


def parameters():
    """1,000 names of any bytes: saved and loaded to the bit, or refused."""
    names = {b"__metadata__", b"m/w", b"w", b"a/b/c", b"\x00", b"a\x00b", b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", "ü/λ".encode(), b'"', b"\\", b"\n\x7f\x01", b"", b"n" * 509,
             b"n" * 510, b"n" * 512, b"n" * 1000, b"n" * 1001, b"step", b"mlc", b" ", b"loss.data", b"\x01x"}
    while len(names) < 1000:
        size = random.choice([1, 2, 3, 8, 40])
        alphabet = random.choice([range(256), range(1, 128), b"ab/_.", b'"\\/\n\t{}[]:,'])
        names.add(bytes(random.choice(alphabet) for _ in range(size)) if random.random() < 0.7 else "".join(chr(random.choice([0x7f, 0xe9, 0x3bb, 0x20ac, 0x1f600])) for _ in range(size)).encode())
    names = sorted(names - {b"f", b"loss", b"fit"})
    declare = lambda name: b'nn.parameter @"' + quoted(name) + b'" : tensor<2xf32> init(#nn.uniform<-1.0, 1.0>)\n'
    no = refused([module(b"m", before=declare(name)) for name in names if name])
    listed = [name for name in names if name]
    for i, name in enumerate(listed):
        check((i not in no) == is_key(name), f"{name!r} is refused exactly where no file can hold it")
    kept = [name for i, name in enumerate(listed) if i not in no and not re.match(b"[mv]/", name)]
    reads = b"".join(b'%%p%d = nn.param @"%s" : tensor<2xf32>\n%%s%d = nn.add %%s%d, %%p%d : tensor<2xf32>\n' % (i, quoted(name), i + 1, i, i) for i, name in enumerate(kept[::8]))
    text = b"module @names {\n" + b"".join(map(declare, kept)) + b"func.func @loss(%s0: tensor<2xf32>) -> tensor<f32> {\n" + reads + b"%%l = nn.mse %%s%d, %%s0 : tensor<2xf32>, tensor<2xf32>\nreturn %%l : tensor<f32>\n}\nnn.train_step @fit minimizes @loss with #nn.adam<learning_rate = 0.1>\n}\n" % len(kept[::8])
    library = os.path.join(folder, "names.so")
    check(subprocess.run(["mlc", "-O1", write("names.mlir", text, "wb"), "-o", library]).returncode == 0, "the rest compiles")
    loaded = ctypes.CDLL(library)
    files = [os.path.join(folder, f"{n}.safetensors").encode() for n in "ab"]
    handles = [ctypes.c_void_p(), ctypes.c_void_p()]
    for handle in handles:
        check(loaded.names_create(None, ctypes.byref(handle)) == 0, "create")
    x, loss = (ctypes.c_float * 2)(1, 2), ctypes.c_float()
    for _ in range(3):
        check(loaded.names_fit(handles[0], x, ctypes.byref(loss)) == 0, "fit")
    check(loaded.names_save(handles[0], files[0]) == 0 and loaded.names_load(handles[1], files[0]) == 0, "save and load")
    check(loaded.names_save(handles[1], files[1]) == 0, "save again")
    data = [open(file, "rb").read() for file in files]
    check(data[0] == data[1], "what was loaded is what was saved")
    header = json.loads(data[0][8:8 + int.from_bytes(data[0][:8], "little")], object_pairs_hook=lambda pairs: check(len(pairs) == len(dict(pairs)), "keys are unique") or dict(pairs))
    wanted = {n.decode() for n in kept} | {f"{slot}/{n.decode()}" for slot in "mv" for n in kept[::8]}
    check(set(header) - {"__metadata__"} == wanted, "every name is a key, as it is")
    return list(header["__metadata__"])


def hyperparameters(keys):
    """A key of the metadata that is no hyperparameter cannot be one."""
    step = b'func.func private @o(%%p: tensor<?xf32>, %%g: tensor<?xf32>, %%r: tensor<f32>, %%t: tensor<i64>) -> tensor<?xf32> { return %%p : tensor<?xf32> }\nfunc.func private @l() -> tensor<f32> { %%p = nn.param @w : tensor<f32> return %%p : tensor<f32> }\nnn.parameter @w : tensor<f32> init(#nn.ones)\nnn.train_step @fit minimizes @l with #nn.optimizer_function<@o, hyperparameters = {%s = 0.1}>\n'
    own = "learning_rate beta1 beta2 epsilon weight_decay".split()
    keys = [k for k in keys if k not in own] + "epoch batch batch_size samples shuffle data_seed".split()
    check({"model", "step", "seed"} <= set(keys), "the runtime's keys")
    check(len(refused([module(b"m", before=step % k.encode()) for k in keys])) == len(keys), "keys of the metadata")
    check(not refused([module(b"m", before=step % k.encode()) for k in own + ["rate"]]), "others may be")


exports_of_the_c_library()
arguments()
models()
hyperparameters(parameters())
print("every name is refused or works")
