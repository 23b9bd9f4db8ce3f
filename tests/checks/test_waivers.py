"""What is about waivers is found outside the folder of waivers, and only that."""

from pathlib import Path

import pytest
from checks import waivers
from checks.tree import services
from checks.waivers import violations

from .conftest import Write

SLA = "services/sla/src/sla"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def sla(write: Write) -> None:
    write(f"{SLA}/waivers/commands.py", "def approve_waiver(): pass")
    write(f"{SLA}/app.py", "def waiver_app(): pass")
    write(f"{SLA}/timers.py", "async def on_waivers_due(): pass")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("store/waiver_scopes.py", ""),
        ("deciding.py", "def approve(waiver): pass\ndef _hold(key): pass"),
        ("expiring.py", "async def expire(key) -> Waiver: ..."),
    ],
)
@pytest.mark.usefixtures("sla")
def test_a_file_about_waivers_elsewhere(write: Write, tmp_path: Path, name: str, code: str) -> None:
    write(f"{SLA}/{name}", code)
    (found,) = violations(tmp_path)
    assert (found.path, found.line) == (Path(SLA) / name, 1)
    assert found.sentence == "is about waivers and lies outside sla/waivers/."


@pytest.mark.parametrize(
    "code",
    [
        "class WaiverState: pass",
        "async def waive_breach(): pass",
        "class Clock:\n    def waived(self): pass",
        "def _outer():\n    def is_waived(): pass",
        "OPEN_WAIVERS = 3",
        "WaiverKey: TypeAlias = str",
        "if x:\n    def waiver(): pass",
    ],
)
@pytest.mark.usefixtures("sla")
def test_one_definition_named_for_waivers_is_enough(
    write: Write, tmp_path: Path, code: str
) -> None:
    others = "".join(f"\ndef other_{number}(): pass" for number in range(9))
    write(f"{SLA}/clocks/domain/rules.py", f"{code}{others}\n")
    (found,) = violations(tmp_path)
    assert "is named for waivers and lies outside sla/waivers/." in found.sentence


@pytest.mark.usefixtures("sla")
def test_a_file_that_takes_waivers_into_account(write: Write, tmp_path: Path) -> None:
    write(f"{SLA}/clocks/clock.py", "class Clock: ...\ndef a(): ...\ndef b(waiver): waiver = 1")
    write(f"{SLA}/clocks/domain/clock.py", "class Clock: ...\nclass ClockWaiver: ...\ndef a(): ...")
    write(f"{SLA}/clocks/fold.py", "x = 'waiver'\nfrom sla import waivers")
    assert list(violations(tmp_path)) == []


@pytest.mark.usefixtures("sla")
def test_an_excepted_name_counts_in_another_file(write: Write, tmp_path: Path) -> None:
    write(f"{SLA}/clocks/clock.py", "class ClockWaiver: ...\n")
    assert [one.line for one in violations(tmp_path)] == [1]


def test_every_exception_is_still_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    (sla,) = [service for service in services(ROOT) if service.name == "sla"]
    source = sla.modules["sla"].path.parent
    monkeypatch.setattr(waivers, "EXCEPTIONS", {})
    needed = {
        (one.path.relative_to(source.relative_to(ROOT)).as_posix(), one.sentence.split("`")[1])
        for one in violations(ROOT)
    }
    monkeypatch.undo()
    assert needed == {(path, name) for path, names in waivers.EXCEPTIONS.items() for name in names}
