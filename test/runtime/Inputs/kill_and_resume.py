"""Kills a training run with SIGKILL at random moments and resumes it until it is done. The loss log and the checkpoint
must equal those of a run that was left alone, and every checkpoint met on the way must load.

usage: kill_and_resume.py FOLDER KILLS LONGEST-MILLISECONDS COMMAND...
COMMAND is an `mlc-run fit` without --save, --resume and --loss-log."""
import os
import random
import subprocess
import sys
import time

folder, kills, longest, command = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]


def files(stem):
    return os.path.join(folder, stem + ".safetensors"), os.path.join(folder, stem + ".log")


def start(stem):
    save, log = files(stem)
    resume = ["--resume", save] if os.path.exists(save) else []
    return subprocess.Popen(command + ["--save", save, "--loss-log", log] + resume, stdout=subprocess.DEVNULL)


for stem in ("whole", "killed"):
    for path in files(stem):
        if os.path.exists(path):
            os.remove(path)
assert start("whole").wait() == 0
random.seed(1)
killed = 0
while killed < kills:
    run = start("killed")
    time.sleep(random.uniform(0.005, longest / 1000))
    if run.poll() is None:
        run.kill()
        killed += run.wait() == -9
    else:
        assert run.returncode == 0, "a resumed run failed"
        break
assert start("killed").wait() == 0
for whole, other in zip(files("whole"), files("killed")):
    same = open(whole, "rb").read() == open(other, "rb").read()
    assert same, f"{other} differs from {whole}"
assert killed, "no run lived long enough to be killed"
assert len(open(files("whole")[1]).readlines()) > 0
print("same after being killed")
