"""Every option that a tool's --help has is in its pages: options.py TOOL PAGE..."""
import re
import subprocess
import sys

shown = re.findall(r"^ +(?:-\w,)?(--[\w-]+)", subprocess.run([sys.argv[1], "--help"], capture_output=True, text=True, check=True).stdout, re.M)
assert len(shown) > 10, shown
for page in sys.argv[2:]:
    text = open(page).read().replace("\\-", "-")
    missing = [option for option in shown if option not in text and f"-l {option[2:]} " not in text]
    assert not missing, f"{page} lacks {missing}"
