"""The commands `mlc` and `mlc-run`, for the scripts that pip makes: they become the programs that the package brings."""
import os
import sys

from .compiler import program


def mlc() -> None:
    os.execv(program("mlc"), ["mlc", *sys.argv[1:]])


def mlc_run() -> None:
    os.execv(program("mlc-run"), ["mlc-run", *sys.argv[1:]])


if __name__ == "__main__":
    mlc()
