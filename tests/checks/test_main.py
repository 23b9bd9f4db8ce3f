"""All checks in one go: a line each, and the exit code of the command."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from checks import __main__ as command
from checks import identifiers

from .conftest import Write

ROOT = Path(__file__).parents[2]


def test_a_line_for_each_check(
    write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write("libs/common/src/common/x.py", "told = said = 1")
    write("docs/rules.md", "### C1\n**Clocks.** They run.\n")
    assert command.main(tmp_path) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(command.CHECKS)
    assert "identifiers: 2 violations, see `python -m checks.identifiers`" in lines
    assert "purity: ok" in lines


def test_a_check_alone_prints_its_violations(write: Write, tmp_path: Path) -> None:
    def run() -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        program = [sys.executable, "-m", identifiers.__name__]
        return subprocess.run(
            program, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    assert (run().returncode, run().stdout) == (0, "")
    write("libs/common/src/common/x.py", "told = 1")
    assert run().returncode == 1
    assert run().stdout.startswith("libs/common/src/common/x.py:1: ")
