"""One version: whatever repeats what the file VERSION says, says the same.

Packages, what they need of each other, and the chart. `python -m opsdesk_local version 0.3.0` raises it everywhere.
"""

from collections.abc import Iterator
from pathlib import Path

from checks.violations import Violation, run
from opsdesk_local.release.version import faults


def violations(root: Path) -> Iterator[Violation]:
    """Every place that says another version."""
    for fault in faults(root):
        yield Violation(*fault)


if __name__ == "__main__":
    run(violations)
