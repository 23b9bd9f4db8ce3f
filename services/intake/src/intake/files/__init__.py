"""Files that callers upload: where their bytes lie, and what waits to be used in a message."""
