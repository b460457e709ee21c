"""interrupt.py SIGNAL LOG COMMAND...: sends the signal once the loss log has lines, and shows status and messages."""
import signal
import subprocess
import sys
import time
from pathlib import Path

number, log, command = signal.Signals[sys.argv[1]], Path(sys.argv[2]), sys.argv[3:]
log.unlink(missing_ok=True)
# What a shell starts behind itself ignores SIGINT, and so would what it starts.
run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                       preexec_fn=lambda: signal.signal(number, signal.SIG_DFL))
while run.poll() is None and not (log.exists() and log.stat().st_size):
    time.sleep(0.01)
run.send_signal(number)
print(run.communicate(timeout=60)[0], end="")
print("status", run.returncode)
