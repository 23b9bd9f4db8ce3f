"""Measurements beside named rivals: `python -m tests.benchmarks`."""

import sys
from pathlib import Path

# As pytest's `pythonpath` does: some sections measure on the company of sla's tests.
sys.path.append(str(Path(__file__).parents[2] / "services/sla/tests/support"))
