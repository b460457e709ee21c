"""Prints the shell lines of the README's tour as one script: tour.py README."""
import re
import sys

tour = open(sys.argv[1]).read().split("## A five-minute tour")[1].split("\n## ")[0]
print("set -ex")
for block in re.findall(r"```sh\n(.*?)```", tour, re.S):
    print(block)
