"""columns.py WIDTH COMMAND...: runs it on a terminal of so many columns and shows the widest line that it drew over."""
import fcntl
import os
import re
import struct
import subprocess
import sys
import termios

width, command = int(sys.argv[1]), sys.argv[2:]
ours, theirs = os.openpty()
fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
run = subprocess.Popen(command, stdout=theirs, stderr=theirs)
os.close(theirs)
text = b""
try:
    while block := os.read(ours, 4096):
        text += block
except OSError:  # the terminal of a process that has ended
    pass
drawn = re.sub(r"\x1b\[K", "", text.decode()).split("\r")
# What is followed by a new line stays, and may wrap.
bars = [line for line, after in zip(drawn, drawn[1:]) if not line.startswith("\n") and not after.startswith("\n")]
print("status", run.wait(), "widest", max(map(len, bars)), "bar" if any("[" in line for line in bars) else "no bar")
