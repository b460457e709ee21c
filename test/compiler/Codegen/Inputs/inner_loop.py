"""inner_loop.py FILE.s MNEMONIC: the innermost loop with the most of this instruction, of several the shortest (others fetch lines of
the result), as counts of mnemonics, the loads that are instructions of their own, and the accesses of the stack."""
import collections
import re
import sys


def innermost_loops(lines):
    label_at = {}
    for number, line in enumerate(lines):
        if label := re.match(r"(\.L\w+):", line):
            label_at[label[1]] = number
        jump = re.match(r"\s+(?:j\w+|b\.\w+|cbn?z\s+\w+,)\s+(\.L\w+)", line)
        if not jump or jump[1] not in label_at:
            continue
        body = lines[label_at[jump[1]] + 1:number + 1]
        if not any(line.startswith(".L") for line in body):
            yield [re.sub(r"^\{vex\}\s+", "", line.strip()) for line in body if not line.strip().startswith((".", "#", "//"))]


def main():
    path, mnemonic = sys.argv[1:]
    with open(path) as file:
        loops = innermost_loops(file.read().split("\n"))
    body = max(loops, key=lambda body: (sum(line.split()[0] == mnemonic for line in body), -len(body)))
    for name, count in sorted(collections.Counter(line.split()[0] for line in body).items(), key=lambda item: (-item[1], item[0])):
        print(count, name)
    print(sum(bool(re.search(r"\(%rsp|\[sp", line)) for line in body), "on the stack")


main()
