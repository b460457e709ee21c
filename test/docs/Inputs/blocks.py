"""Prints the blocks of one language in a page: blocks.py PAGE LANGUAGE."""
import re
import sys

page, language = sys.argv[1:]
print("\n".join(re.findall(rf"^```{language}\n(.*?)^```", open(page).read(), re.M | re.S)))
