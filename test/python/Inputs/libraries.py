"""Which libraries the programs and modules of an installed wheel load: libraries.py ENVIRONMENT."""
import glob
import os
import re
import subprocess
import sys

package, = glob.glob(os.path.join(sys.argv[1], "lib", "python3*", "site-packages", "mlc"))
load = f"import ctypes; ctypes.CDLL('{package}/lib/libmlc_builder.so', mode=ctypes.RTLD_LOCAL)"
for command in ([f"{package}/bin/mlc", "--version"], [f"{package}/bin/mlc-run", "--version"], [sys.executable, "-I", "-S", "-c", load]):
    done = subprocess.run(command, env={"LD_DEBUG": "libs"}, capture_output=True, text=True, check=True)
    loaded = set(re.findall(r"calling init: (\S+)", done.stderr))
    foreign = {path for path in loaded if not os.path.realpath(path).startswith(os.path.realpath(package))
               and not re.match(r"(libc|libm|libdl|libpthread|ld-linux.*)\.so", os.path.basename(path))}
    if command[0] == sys.executable:  # the interpreter has libraries of its own
        foreign = {path for path in foreign if re.search(r"LLVM|MLIR|mlc|edit|xml2|icu|z3", path)}
        assert any("libMLIR" in path for path in loaded)
    assert not foreign, (command, foreign)
print("all libraries but libc and libm are the wheel's")
