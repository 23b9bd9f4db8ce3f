"""Nothing is skipped in silence, and where everything must run nothing is skipped."""

import subprocess
import sys
from pathlib import Path

import pytest

from opsdesk_local.state import CLONE

SKIPS = """
import pytest

def test_runs(): pass

@pytest.mark.skip(reason="no disk")
def test_cannot(): pass
"""


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--no-skips",), 1)])
def test_a_skip_is_shown_with_its_reason_and_fails_where_none_may_be(
    tmp_path: Path, options: tuple[str, ...], code: int
) -> None:
    file = tmp_path / "test_it.py"
    file.write_text(SKIPS)
    line: list[str | Path] = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.faults.completeness",
        "-ra",
        *options,
        file,
    ]
    own = ["-c", "/dev/null", "-p", "no:cacheprovider"]
    done = subprocess.run([*line, *own], cwd=CLONE, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert "no disk" in done.stdout
    assert ("nothing may be" in done.stdout) == (code == 1)
