#!/usr/bin/env python3
"""Makes the wheel of the package from a build: build_wheel.py [--build build] [--out build/wheel] [--level 9]

It carries mlc, mlc-run and the shared libraries that they need beside the C library, so it works where only Python is. One wheel
serves every Python from 3.11 on. Prints the wheel's path. Needs patchelf.
"""
import argparse
import base64
import csv
import hashlib
import io
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

# What every Linux with this C library has.
SYSTEM = re.compile(r"(linux-vdso|ld-linux.*|libc|libm|libdl|libpthread|librt)\.so.*|linux-vdso.*|ld-linux.*")
PROGRAMS = ("mlc", "mlc-run")


def dependencies(files):
    """The libraries that files need, in turn, by name; those of the system left out."""
    found = {}
    for file in files:
        for line in subprocess.run(["ldd", file], check=True, capture_output=True, text=True).stdout.splitlines():
            match = re.match(r"\s*(\S+) => (\S+)", line)
            if match and not SYSTEM.fullmatch(match[1]):
                if match[2] == "not":
                    sys.exit(f"build_wheel.py: {file} needs {match[1]}, which is not there")
                found[match[1]] = os.path.realpath(match[2])
    return found


def run_path(file):
    return subprocess.run(["patchelf", "--print-rpath", file], check=True, capture_output=True, text=True).stdout.strip()


def set_run_path(file, path):
    # LLVM's own libraries look beside themselves already, and are large to rewrite.
    if run_path(file) != path and not run_path(file).startswith("$ORIGIN"):
        subprocess.run(["patchelf", "--set-rpath", path, file], check=True)


def stage(build, folder):
    """The package as it is installed."""
    package = os.path.join(folder, "mlc")
    shutil.copytree(os.path.join(build, "python", "mlc"), package, ignore=shutil.ignore_patterns("__pycache__", "bin"))
    os.makedirs(os.path.join(package, "bin"))
    for name in PROGRAMS:
        shutil.copy2(os.path.join(build, "bin", name), os.path.join(package, "bin", name))
    own = [os.path.join(package, "bin", name) for name in PROGRAMS] + [os.path.join(package, "lib", "libmlc_builder.so"), os.path.join(package, "_core.abi3.so")]
    libraries = dependencies([os.path.join(build, "bin", name) for name in PROGRAMS] + [os.path.join(build, "python", "mlc", "lib", "libmlc_builder.so")])
    for name, path in sorted(libraries.items()):
        target = os.path.join(package, "lib", name)
        shutil.copyfile(path, target)
        os.chmod(target, 0o755)
        set_run_path(target, "$ORIGIN")
    for file in own:
        subprocess.run(["strip", "--strip-unneeded", file], check=True)
        if "_core" not in file:
            subprocess.run(["patchelf", "--set-rpath", "$ORIGIN/../lib" if os.sep + "bin" + os.sep in file else "$ORIGIN", file], check=True)


def metadata(version, tag):
    """The texts of the wheel's own folder."""
    readme = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "README.md"), encoding="utf-8").read()
    return {
        "METADATA": "Metadata-Version: 2.1\nName: mlc\n" + f"Version: {version}\n" +
        "Summary: Compile a model, and its training, into one native library\n" + "License: Apache-2.0 WITH LLVM-exception\n" +
        "Requires-Python: >=3.11\nRequires-Dist: numpy\nDescription-Content-Type: text/markdown\n\n" + readme,
        "WHEEL": f"Wheel-Version: 1.0\nGenerator: build_wheel.py\nRoot-Is-Purelib: false\nTag: {tag}\n",
        "entry_points.txt": "[console_scripts]\nmlc = mlc.__main__:mlc\nmlc-run = mlc.__main__:mlc_run\n",
        "top_level.txt": "mlc\n",
    }


class Wheel:
    """The archive, with the same bytes for the same contents."""

    def __init__(self, path, level):
        self.zip, self.level = zipfile.ZipFile(path, "w"), level
        self.records = []

    def add(self, name, data, mode=0o644):
        info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        info.external_attr = (0o100000 | mode) << 16
        info.compress_type = zipfile.ZIP_DEFLATED
        self.zip.writestr(info, data, compresslevel=self.level)  # an entry of its own does not take the archive's
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        self.records.append((name, f"sha256={digest}", len(data)))

    def close(self, record):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([*self.records, (record, "", "")])
        self.add(record, text.getvalue().encode())
        self.zip.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build")
    parser.add_argument("--out")
    parser.add_argument("--level", type=int, default=9, help="of compression")
    options = parser.parse_args()
    if not shutil.which("patchelf"):
        sys.exit("build_wheel.py: patchelf is not there: apt-get install patchelf")
    version = re.search(r'__version__ = "(.*)"', open(os.path.join(options.build, "python/mlc/__init__.py"), encoding="utf-8").read())[1]
    libc = platform.libc_ver()[1].replace(".", "_")
    tag = f"cp311-abi3-manylinux_{libc}_{platform.machine()}"
    out = options.out or os.path.join(options.build, "wheel")
    os.makedirs(out, exist_ok=True)
    path = os.path.join(out, f"mlc-{version}-{tag}.whl")
    with tempfile.TemporaryDirectory() as folder:
        stage(options.build, folder)
        wheel = Wheel(path, options.level)
        for root, folders, files in os.walk(folder):
            folders.sort()
            for file in sorted(files):
                full = os.path.join(root, file)
                executable = os.sep + "bin" + os.sep in full or ".so" in file
                with open(full, "rb") as content:
                    wheel.add(os.path.relpath(full, folder), content.read(), 0o755 if executable else 0o644)
        info = f"mlc-{version}.dist-info"
        for name, text in metadata(version, tag).items():
            wheel.add(f"{info}/{name}", text.encode())
        wheel.close(f"{info}/RECORD")
    print(path)


main()
