# Configuration of the lit suite: every .mlir and .test file below this folder, run against the build in MLC_BUILD.
import os
import shutil
import subprocess

import lit.formats

config.name = "mlc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "CMakeLists.txt"]
config.test_source_root = os.path.dirname(__file__)

build = lit_config.params.get("build") or os.environ.get("MLC_BUILD") or os.path.join(os.path.dirname(config.test_source_root), "build")
llvm = lit_config.params.get("llvm") or os.environ.get("MLC_LLVM", "/usr/lib/llvm-22")
config.test_exec_root = os.path.join(build, "test")
config.environment["PATH"] = os.pathsep.join([os.path.join(build, "bin"), os.path.join(llvm, "bin"), os.environ.get("PATH", "")])
for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "CUDA_HOME"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

# Programs of the tests find the libraries beside them; users write -Wl,-rpath,'$ORIGIN'.
config.environment["LD_RUN_PATH"] = "$ORIGIN"

root = os.path.dirname(config.test_source_root)
config.substitutions.append(("%{root}", root))
config.substitutions.append(("%{llvm}", llvm))
config.substitutions.append(("%{examples}", os.path.join(root, "examples")))
config.substitutions.append(("%{build}", build))
config.substitutions.append(("%{cc}", os.environ.get("CC", "cc")))
# Debian's numpy belongs to Debian's interpreter, whatever comes first in PATH.
python = next(p for p in ("/usr/bin/python3", shutil.which("python3")) if p and os.path.exists(p))
config.substitutions.append(("%{python}", python))

if subprocess.run([python, "-c", "import numpy"], capture_output=True).returncode == 0:
    config.available_features.add("numpy")
    # The Python package, in the build; %{python-package} runs its interpreter.
    if os.path.exists(os.path.join(build, "python", "mlc", "_core.abi3.so")):
        config.available_features.add("python-package")
        config.substitutions.append(("%{python-package}", f"env PYTHONPATH={os.path.join(build, 'python')} {python}"))
if shutil.which("patchelf"):
    config.available_features.add("patchelf")
ptxas = shutil.which("ptxas") or shutil.which("ptxas", path="/usr/local/cuda/bin")
if ptxas:
    config.available_features.add("ptxas")
    config.substitutions.append(("%{ptxas}", ptxas))
# Libraries for AArch64 run here: mlc has that machine's runtime, and qemu-user and its C library are installed.
clang = shutil.which("clang", path=os.path.join(llvm, "bin"))
config.substitutions.append(("%{clang}", clang or "clang"))
if clang and shutil.which("qemu-aarch64") and os.path.exists("/usr/aarch64-linux-gnu/lib/libc.so.6") and os.path.exists(
        os.path.join(build, "lib", "libmlc_runtime_aarch64.a")):
    config.available_features.add("aarch64")
# Compilers of the languages that call models, where they are installed; the Rust modules need 1.82.
for feature, command in (("fortran", "gfortran --version"), ("rust", "rustc --version"), ("go", "go version"), ("cmake", "cmake --version && ninja --version")):
    found = subprocess.run(command, shell=True, capture_output=True, text=True)
    old = feature == "rust" and found.returncode == 0 and [int(n) for n in found.stdout.split()[1].split(".")[:2]] < [1, 82]
    if found.returncode == 0 and not old:
        config.available_features.add(feature)
if all(map(shutil.which, ("cpack", "dpkg-deb", "dpkg-shlibdeps", "file"))):
    config.available_features.add("debian-packages")
if shutil.which("debootstrap") and os.geteuid() == 0:
    config.available_features.add("debootstrap")
# A small file system of its own, to run full.
mounts = shutil.which("unshare") and subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True).returncode == 0
if mounts:
    config.available_features.add("mounts")
# The compiler of the tests has LeakSanitizer, and it works here: it needs ptrace.
probe = os.path.join(build, "leak-probe")
if subprocess.run(f"echo 'int main(void) {{ return 0; }}' | {os.environ.get('CC', 'cc')} -fsanitize=address -x c - -o {probe} && "
                  f"ASAN_OPTIONS=detect_leaks=1 {probe}; status=$?; rm -f {probe}; exit $status", shell=True, capture_output=True).returncode == 0:
    config.available_features.add("leak-sanitizer")
flags = open("/proc/cpuinfo").read() if os.path.exists("/proc/cpuinfo") else ""
for feature in ("avx2", "avx512f"):
    if f" {feature} " in flags:
        config.available_features.add(feature)
if "ASAN_OPTIONS" in os.environ:  # ./dev test --asan
    config.available_features.add("sanitized")
if lit_config.params.get("long"):
    config.available_features.add("long")
