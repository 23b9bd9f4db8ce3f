"""`python -m checks`: run every check and say on one line each how it went.

`python -m checks.<name>` prints the violations of one.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from checks import (
    codes,
    handler_tables,
    identifiers,
    layout,
    migrations,
    openapi,
    purity,
    rules,
    suppressions,
    unused,
    versions,
    waivers,
    walk,
)

Check = Callable[[Path], Iterable[object]]

CHECKS: Mapping[str, Check] = {
    "codes": codes.violations,
    "handler_tables": handler_tables.violations,
    "identifiers": identifiers.violations,
    "layout": layout.violations,
    "migrations": migrations.violations,
    "openapi": openapi.violations,
    "purity": purity.violations,
    "rules": rules.find_undefined,
    "suppressions": suppressions.violations,
    "unused": unused.violations,
    "versions": versions.violations,
    "waivers": waivers.violations,
    "walk": walk.violations,
}


def counts(root: Path, checks: Mapping[str, Check] = CHECKS) -> Iterator[tuple[str, int]]:
    """The number of violations of each check."""
    for name, check in checks.items():
        yield name, sum(1 for _ in check(root))


def main(root: Path) -> int:
    """Print a line for each check; 1 if there is any violation, else 0."""
    failed = False
    for name, count in counts(root):
        failed |= count > 0
        print(
            f"{name}: {count} violations, see `python -m checks.{name}`" if count else f"{name}: ok"
        )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(Path.cwd()))
