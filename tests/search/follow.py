"""A process that follows a register until its input ends: ``python follow.py REGISTER INDEX``."""

from __future__ import annotations

import sys
from pathlib import Path

from catalog.search.index import Index
from tests.search.shelf import Shelf

if __name__ == "__main__":
    index = Index.open(Path(sys.argv[2]))
    index.follow(Shelf(Path(sys.argv[1])))
    print("following", flush=True)
    for line in sys.stdin:
        print(index.wait_for(int(line), 10.0), index.writes, flush=True)
    index.close()
