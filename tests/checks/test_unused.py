"""A definition that nobody names is found, and nothing that something reaches in another way."""

from pathlib import Path

import pytest
from checks import unused
from checks.unused import violations

from .conftest import Write

SLA = "services/sla/src/sla"
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "code",
    [
        "def forgotten(): pass",
        "async def forgotten(): pass",
        "forgotten = 3",
        "forgotten: int = 3",
        "class forgotten: pass",
        "class Clock:\n    def forgotten(self): pass\nClock()",
        "class Clock:\n    @property\n    def forgotten(self): pass\nClock()",
    ],
)
def test_what_is_named_only_where_it_is_defined(write: Write, tmp_path: Path, code: str) -> None:
    write(f"{SLA}/clock.py", code)
    (found,) = violations(tmp_path)
    assert found.sentence == "nobody names `forgotten`."


@pytest.mark.parametrize(
    "code",
    [
        "@routes.get('')\ndef index(): pass",
        "class Sizes(Base):\n    def called_by_the_base(self): pass",
        "def __getattr__(name): pass",
        "def used(): pass\nused()",
    ],
)
def test_what_is_reached_in_another_way(write: Write, tmp_path: Path, code: str) -> None:
    write(f"{SLA}/clock.py", code)
    assert list(violations(tmp_path)) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("services/sla/src/sla/clock.html", "{{ clock.left }}"),
        ("services/sla/tests/test_clock.py", "assert left() == 3"),
        ("tests/faults/load.py", "from sla.clock import left"),
    ],
)
def test_a_template_a_test_and_another_file_use_it(
    write: Write, tmp_path: Path, name: str, text: str
) -> None:
    write(f"{SLA}/clock.py", "def left(): pass")
    assert len(list(violations(tmp_path))) == 1
    write(name, text)
    assert list(violations(tmp_path)) == []


def test_every_exception_is_still_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unused, "EXCEPTIONS", {})
    needed = {one.sentence.split("`")[1] for one in violations(ROOT)}
    monkeypatch.undo()
    assert needed == unused.EXCEPTIONS.keys()
