"""Two nouns with a module of one name are found, and files that are too long."""

from pathlib import Path

import pytest
from checks.layout import violations

from .conftest import Write

CLOCKS = "services/sla/src/sla/clocks"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{CLOCKS}/domain/picture.py", "services/sla/src/sla/catalogue/domain/picture.py"),
        (f"{CLOCKS}/routes/status.py", "services/sla/src/sla/reports/store/status.py"),
        (f"{CLOCKS}/domain/volume.py", "services/sla/src/sla/reports/domain/volume.py"),
        (f"{CLOCKS}/queue.py", "services/sla/src/sla/queue.py"),
        (f"{CLOCKS}/store/queue.py", f"{CLOCKS}/store/open/queue.py"),
    ],
)
def test_a_shared_base_name(write: Write, tmp_path: Path, one: str, other: str) -> None:
    write(one, "")
    write(other, "")
    (violation,) = violations(tmp_path)
    assert {one, other} == {str(violation.path), violation.sentence.split()[-1].rstrip(".")}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{CLOCKS}/commands.py", "services/sla/src/sla/waivers/commands.py"),
        (f"{CLOCKS}/domain.py", "services/sla/src/sla/waivers/domain.py"),
        (f"{CLOCKS}/handlers.py", "services/sla/src/sla/handlers.py"),
        (f"{CLOCKS}/store/queue.py", f"{CLOCKS}/routes/queue.py"),
        (f"{CLOCKS}/store/queue.py", "services/sla/src/sla/reports/routes/queue.py"),
        (f"{CLOCKS}/queue.py", "services/intake/src/intake/tickets/queue.py"),
        (f"{CLOCKS}/env.py", "services/sla/src/sla/migrations/env.py"),
    ],
)
def test_base_names_that_the_layout_shares(
    write: Write, tmp_path: Path, one: str, other: str
) -> None:
    write(one, "")
    write(other, "")
    assert list(violations(tmp_path)) == []


def test_a_file_of_more_than_250_lines(write: Write, tmp_path: Path) -> None:
    write("tests/contracts/long.py", "x = 1\n" * 251)
    write("tests/contracts/short.py", "x = 1\n" * 250)
    (violation,) = violations(tmp_path)
    assert str(violation).startswith("tests/contracts/long.py:251: has 251 lines")
