"""The frameworks: a virtual environment outside the repository, and runs of frameworks.py in it."""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOME = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mlc-bench"
PACKAGES = {"numpy": "numpy", "onnx": "onnx", "matplotlib": "matplotlib", "onnxruntime": "ONNX Runtime", "jax": "JAX",
            "openvino": "OpenVINO", "torch": "PyTorch"}


def python():
    return HOME / "bin/python"


def version_of(package):
    code = f"import importlib.metadata as m, {package}; print(m.version('{package}'))"
    run = subprocess.run([python(), "-c", code], capture_output=True, text=True)
    return run.stdout.strip() if run.returncode == 0 else None


def prepare():
    """Installs what is missing. Versions by name; a peer that cannot be had is `absent`, with the reason."""
    if not python().exists():
        subprocess.run([sys.executable, "-m", "venv", HOME], check=True)
    versions = {}
    for package, name in PACKAGES.items():
        version, reason = version_of(package), ""
        if not version:
            print(f"bench: installing {package} in {HOME}", flush=True)
            run = subprocess.run([python(), "-m", "pip", "install", "-q", package], capture_output=True, text=True)
            reason = (run.stderr.strip().splitlines() or ["it does not import"])[-1]
            version = version_of(package)
        versions[name] = version or f"absent: {reason}"
    return versions


def held(process):
    """kB that a process has had in memory at most; None once it has ended. (What wait4 says of a child counts its parent's memory too.)"""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), None)


def measure(framework, job, memory=None):
    """Median seconds that a framework takes for the job, or None if it is absent or fails. The kB that its process held at most go into `memory`."""
    run = subprocess.run([python(), HERE / "frameworks.py", framework, json.dumps(job)], capture_output=True, text=True)
    if run.returncode:
        last = (run.stderr.strip().splitlines() or ["no message"])[-1]
        print(f"bench: {framework} absent from {job['what']}: {last}", flush=True)
        return None
    seconds, held = run.stdout.split()[-2:]
    if memory is not None:
        memory[framework] = int(held)
    return float(seconds)


def plot(folder, everything):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(everything, file)
        file.flush()
        code = "import json, sys, report; report.plot(sys.argv[2], json.load(open(sys.argv[1])))"
        subprocess.run([python(), "-c", code, file.name, str(folder)], check=True, env=os.environ | {"PYTHONPATH": str(HERE)})
