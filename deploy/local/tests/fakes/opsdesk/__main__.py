"""Counts in its working folder how often each of its commands was called."""

import sys
from pathlib import Path

with Path("called").open("a") as called:
    called.write(" ".join(sys.argv[1:3]) + "\n")
