"""Files about waivers are found outside the folder of waivers, and only those."""

from pathlib import Path

import pytest
from checks.waivers import violations

from .conftest import Write

SLA = "services/sla/src/sla"


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
        ("reviews/lines.py", "class WaiverLine: pass"),
    ],
)
@pytest.mark.usefixtures("sla")
def test_a_file_about_waivers_elsewhere(write: Write, tmp_path: Path, name: str, code: str) -> None:
    write(f"{SLA}/{name}", code)
    assert [one.path for one in violations(tmp_path)] == [Path(SLA) / name]


@pytest.mark.usefixtures("sla")
def test_a_file_that_takes_waivers_into_account(write: Write, tmp_path: Path) -> None:
    write(f"{SLA}/clocks/clock.py", "class Clock: ...\nclass ClockWaiver: ...\ndef a(): ...")
    write(f"{SLA}/clocks/fold.py", "x = 'waiver'")
    assert list(violations(tmp_path)) == []
