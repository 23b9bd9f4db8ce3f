"""The figures of `make house`, on a small tree that can be counted by hand."""

from pathlib import Path

import pytest
from checks.house import main, rows
from checks.rooms import rooms_of
from checks.sizes import function_lines, quantile
from checks.tree import packages

from .conftest import Write

SLA = "services/sla/src/sla"


@pytest.fixture
def repository(write: Write, tmp_path: Path) -> Path:
    write(f"{SLA}/app.py", "from sla import clocks\nfrom sla.clocks import store\n")
    write(
        f"{SLA}/clocks/store.py", "import os\nfrom ..waivers.domain import Waiver\n" + "x = 1\n" * 4
    )
    write(f"{SLA}/waivers/domain.py", "from sla.clocks.store import x\n\n\ndef f():\n    pass\n")
    write("docs/architecture.md", f"## The walk of one ticket\n{SLA}/app.py\n")
    return tmp_path


def test_rooms_arrows_and_circles(repository: Path) -> None:
    (package,) = packages(repository)
    rooms = rooms_of(package)
    assert set(rooms.lines) == {"sla", "app", "clocks", "waivers"}
    assert rooms.arrows == {("app", "clocks"), ("clocks", "waivers"), ("waivers", "clocks")}
    assert rooms.circles == [("clocks", "waivers")]
    assert (rooms.biggest, rooms.biggest_share) == ("clocks", 6 / 13)


def test_modules_beside_the_nouns_are_in_no_circle(write: Write, repository: Path) -> None:
    write(f"{SLA}/clocks/late.py", "from sla import app")
    (package,) = packages(repository)
    assert rooms_of(package).circles == [("clocks", "waivers")]


def test_the_table_says_it_all(repository: Path) -> None:
    figures = {label: figure for label, figure, _ in rows(repository)}
    assert figures == {
        "sla: folders and modules on its two upper levels": "4",
        "sla: import arrows between them": "3",
        "sla: biggest share of lines": "46 % (clocks)",
        "sla: pairs of folders that import each other": "1",
        "files that a ticket passes from HTTP to its stored clock": "1",
        "files about waivers outside sla/waivers": "0",
        "file lines: median / p90 / max": "5 / 6 / 6",
        "function lines: median / p90": "2 / 2",
    }


def test_it_prints_columns(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(repository)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 10
    assert lines[1].index("4") == lines[0].index("now")
    assert lines[-1] == "sla: clocks and waivers import each other"


def test_the_length_of_a_function_counts_its_signature_and_docstring(
    write: Write, tmp_path: Path
) -> None:
    path = write(
        "libs/x.py", 'def f(\n    a,\n):\n    """Say."""\n    return a\n\n\nasync def g(): ...\n'
    )
    assert function_lines([path]) == [1, 5]


def test_quantiles() -> None:
    ordered = list(range(1, 11))
    assert [quantile(ordered, share) for share in (0.0, 0.5, 0.9, 1.0)] == [1, 6, 10, 10]
