"""status.py STATUS COMMAND...: runs the command and checks its exit status."""
import subprocess
import sys

status = subprocess.run(sys.argv[2:]).returncode
sys.exit(0 if status == int(sys.argv[1]) else f"exit status {status}, but expected {sys.argv[1]}")
