"""make_unicode.py OUT: ranges of code points that are letters, numbers and white space, for UnicodeClasses.cpp."""
import sys
import unicodedata

SPACES = {*range(9, 14), 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000}
KINDS = (("letter", lambda code: unicodedata.category(chr(code))[0] == "L"), ("number", lambda code: unicodedata.category(chr(code))[0] == "N"),
         ("space", lambda code: code in SPACES))


def ranges(holds):
    """First and last code points of the ranges where `holds` does."""
    found = []
    for code in filter(holds, range(0x110000)):
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


with open(sys.argv[1], "w", encoding="ascii") as out:
    every = sorted((first, last, kind) for kind, holds in KINDS for first, last in ranges(holds))
    out.writelines(f"{{{first:#x}, {last:#x}, CharacterClass::{kind}}},\n" for first, last, kind in every)
