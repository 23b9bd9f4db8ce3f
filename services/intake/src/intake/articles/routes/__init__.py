"""HTTP in: articles are read, written, published and rated."""
