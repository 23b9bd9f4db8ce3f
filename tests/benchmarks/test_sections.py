"""Every section of `make bench` can be started, as the command does it: without pytest's paths."""

import subprocess
import sys
from pathlib import Path

from tests.benchmarks.__main__ import SECTIONS

ROOT = Path(__file__).parents[2]


def test_every_section_is_found_outside_of_a_test_run() -> None:
    imports = "; ".join(f"import tests.benchmarks.{name}" for name in SECTIONS)
    done = subprocess.run(
        [sys.executable, "-c", imports], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
