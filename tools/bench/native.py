"""The C side: builds the harness and the C peers, compiles models with mlc, and times cases."""
import ctypes
import os
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
POINTER, INT, INT64, DOUBLE = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64, ctypes.c_double


def compile_library(output, sources, options):
    """Returns an error text, or None."""
    compiler = "clang++-22" if str(sources[0]).endswith(".cpp") else "clang-22"
    # Without the width clang splits the vectors of limits.c on CPUs where it prefers narrower ones: half the peak.
    command = [compiler, "-march=native", "-mprefer-vector-width=512", "-fPIC", "-shared", *map(str, sources), "-o", str(output), *options]
    run = subprocess.run(command, capture_output=True, text=True)
    return None if run.returncode == 0 else run.stderr.strip().splitlines()[0]


class Native:
    """Everything measured in this process. `work`: the folder of what is built; `mlc`: the compiler."""

    def __init__(self, work, mlc, threads):
        self.work, self.mlc, self.threads = Path(work), mlc, threads
        self.work.mkdir(parents=True, exist_ok=True)
        sources = [HERE / "harness.c", HERE / "limits.c"]
        error = compile_library(self.work / "harness.so", sources, ["-O2", "-ffp-contract=fast", "-lpthread"])
        if error:
            raise SystemExit(f"bench: the harness does not compile: {error}")
        self.harness = ctypes.CDLL(str(self.work / "harness.so"))
        self.harness.bench_random.restype = POINTER
        for name in ("bench_call", "bench_peak", "bench_stream", "bench_both"):
            getattr(self.harness, name).restype = POINTER
        self.peers = {}
        self.arrays = []

    def peer(self, name, options=("-O2",)):
        """A C peer's library, or None if it cannot be had: then `absent` says why."""
        if name not in self.peers:
            source = next(HERE.glob(f"{name}.c*"))
            error = compile_library(self.work / f"{name}.so", [source], list(options))
            self.peers[name] = error or ctypes.CDLL(str(self.work / f"{name}.so"), mode=os.RTLD_LOCAL)
        found = self.peers[name]
        return None if isinstance(found, str) else found

    def openblas(self):
        return self.peer("peer_openblas", ("-O2", "-lopenblas"))

    def onednn(self):
        return self.peer("peer_onednn", ("-O2", "-ldnnl"))

    def loops(self):
        return self.peer("loops", ("-O3", "-ffast-math", "-fveclib=libmvec", "-lmvec", "-lm"))

    def versions(self):
        result = {}
        for name, library in (("OpenBLAS", self.openblas()), ("oneDNN", self.onednn())):
            if library:
                library.peer_version.restype = ctypes.c_char_p
                result[name] = library.peer_version().decode()
            else:
                result[name] = "absent: " + self.peers["peer_" + name.lower()]
        return result

    def random(self, count):
        return POINTER(self.harness.bench_random(INT64(count)))

    def random_bf16(self, count):
        """The high halves of random f32."""
        wide = (ctypes.c_float * count).from_address(self.random(count).value)
        halves = memoryview(wide).cast("B").cast("H")[1::2].tobytes()
        array = (ctypes.c_uint16 * count).from_buffer_copy(halves)
        self.arrays.append(array)
        return ctypes.cast(array, POINTER)

    def labels(self, rows, classes):
        array = (ctypes.c_int32 * rows)(*[row * 7919 % classes for row in range(rows)])
        self.arrays.append(array)
        return ctypes.cast(array, POINTER)

    def integer(self, value):
        self.arrays.append(ctypes.c_int32(value))
        return POINTER(ctypes.addressof(self.arrays[-1]))

    def call(self, function, *arguments):
        """A case that calls a C function with pointers and integers."""
        values = [a.value if isinstance(a, POINTER) else a for a in arguments]
        return self.harness.bench_call(function, (ctypes.c_size_t * len(values))(*values), len(values))

    def peer_case(self, library, name, *arguments):
        if library is None:
            return None
        function = getattr(library, name)
        function.restype = POINTER
        return function(*arguments)

    def both(self, first, second):
        return self.harness.bench_both(POINTER(first), POINTER(second)) if first and second else None

    def stream(self, reads, writes, count, in_place=False):
        """A vector loop with these streams, and the number of loops in one of its runs."""
        passes = 1 if self.threads == 1 else max(1, 20_000_000 // ((reads + writes) * count))
        case = self.harness.bench_stream(reads, writes, INT64(count), int(in_place), self.threads, passes)
        return case, passes

    def peak(self, kind=0):
        """The case of independent multiply-adds, and its floating-point operations; None without the instruction."""
        flops = DOUBLE()
        case = self.harness.bench_peak(kind, self.threads, ctypes.byref(flops))
        return case, flops.value

    def compile_model(self, name, text, flags=(), ending=".so"):
        """`ending`: another one for a second library of the name, as a file is loaded once."""
        source, library = self.work / f"{name}.mlir", self.work / f"{name}{ending}"
        source.write_text(text)
        run = subprocess.run([self.mlc, str(source), "-o", str(library), *flags], capture_output=True, text=True)
        if run.returncode:
            raise SystemExit(f"bench: {source} does not compile:\n{run.stderr}")
        return Model(self, name, library)

    def measure(self, cases, rounds=9, slice_seconds=0.003):
        """Median seconds by name of the cases that exist, all in turn."""
        present = {name: case for name, case in cases.items() if case}
        array = (POINTER * len(present))(*present.values())
        medians = (DOUBLE * len(present))()
        self.harness.bench_in_turn(array, len(present), rounds, DOUBLE(slice_seconds), self.threads, medians)
        return dict(zip(present, medians))


class Model:
    """A compiled model, called through its C entry points."""

    def __init__(self, native, name, path):
        self.native, self.name = native, name
        self.library = ctypes.CDLL(str(path), mode=os.RTLD_LOCAL)

        class Options(ctypes.Structure):
            _fields_ = [("struct_size", ctypes.c_size_t), ("threads", ctypes.c_int32), ("spin", ctypes.c_int32),
                        ("seed", ctypes.c_uint64), ("rest", ctypes.c_size_t * 5)]

        options = Options(struct_size=ctypes.sizeof(Options), threads=native.threads)
        self.handle = POINTER()
        if getattr(self.library, name + "_create")(ctypes.byref(options), ctypes.byref(self.handle)):
            raise SystemExit(f"bench: {name}_create failed")

    def destroy(self):
        getattr(self.library, self.name + "_destroy")(self.handle)

    def save(self, path):
        if getattr(self.library, self.name + "_save")(self.handle, str(path).encode()):
            raise SystemExit(f"bench: {self.name}_save failed")

    def entry(self, entry, *arguments):
        return self.native.call(getattr(self.library, f"{self.name}_{entry}"), self.handle, *arguments)
