"""A suppressed check without a reason is found."""

from pathlib import Path

import pytest
from checks.suppressions import violations

from .conftest import Write


@pytest.mark.parametrize(
    "comment",
    ["# noqa", "# noqa: BLE001", "# type: ignore", "# type: ignore[misc]", "#noqa:BLE001"],
)
def test_one_without_a_reason_is_found(write: Write, tmp_path: Path, comment: str) -> None:
    write("libs/common/src/common/x.py", f"x = 1\ny = 2  {comment}")
    assert [(one.path.name, one.line) for one in violations(tmp_path)] == [("x.py", 2)]


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa: BLE001 - it is tried again",
        "# noqa: BLE001, S110 (it is tried again)",
        "# type: ignore[misc]  # aiokafka is untyped",
        "# a comment that speaks of noqa",
    ],
)
def test_a_reason_is_enough(write: Write, tmp_path: Path, comment: str) -> None:
    write("libs/common/src/common/x.py", f"y = 2  {comment}")
    assert list(violations(tmp_path)) == []
