"""Imported last by the server that forks the processes: what it has in memory by then stays as it is.

Python's garbage collection writes into every object that it looks at. In a process that was forked a
moment ago each write copies a page; what is frozen is not looked at. Nothing is collected before: new
objects would be put into the holes of old pages.
"""

import gc

gc.freeze()
