"""Checks of this repository's own rules: `python -m checks` runs all, `python -m checks.<name>` one.

Each prints its violations as `path:line: sentence` and exits 1 if there is one. They read the tree
that they are started in; only `checks.openapi` imports the services.
"""
