"""A service's `app.py` hands on the tables of its handlers and timers as they are."""

from pathlib import Path

import pytest
from checks.handler_tables import violations

from .conftest import Write

SLA = "services/sla/src/sla"
IMPORTS = (
    "from common.http import Service\n"
    "from sla.handlers import HANDLERS\n"
    "from sla.timers import TIMERS\n"
    "from sla.clocks import handlers as clocks, OTHERS\n"
)


@pytest.fixture
def tables(write: Write) -> None:
    write(f"{SLA}/handlers.py", "HANDLERS = {}")
    write(f"{SLA}/timers.py", "TIMERS = {}")


@pytest.mark.usefixtures("tables")
def test_the_tables_as_they_are(write: Write, tmp_path: Path) -> None:
    write(f"{SLA}/app.py", f"{IMPORTS}SERVICE = Service(handlers=HANDLERS, timers=TIMERS)")
    assert list(violations(tmp_path)) == []


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize(
    "code",
    [
        "Service(timers=TIMERS)",
        "Service(handlers=HANDLERS)",
        "Service(handlers={}, timers=TIMERS)",
        "Service(handlers={**HANDLERS, X: clocks.stop}, timers=TIMERS)",
        "Service(handlers=HANDLERS | OTHERS, timers=TIMERS)",
        "Service(handlers=OTHERS, timers=TIMERS)",
        "Service(handlers=clocks.HANDLERS, timers=TIMERS)",
        "Service(handlers=TIMERS, timers=TIMERS)",
        "Service(handlers=HANDLERS, timers=dict(TIMERS))",
        "Service(handlers=HANDLERS, timers=TIMERS, **OTHERS)",
        "HANDLERS[X] = clocks.stop\nService(handlers=HANDLERS, timers=TIMERS)",
        "HANDLERS = {}\nService(handlers=HANDLERS, timers=TIMERS)",
        "TIMERS.update(OTHERS)\nService(handlers=HANDLERS, timers=TIMERS)",
        "Service(HANDLERS, TIMERS)",
        "SERVICE = None",
    ],
)
def test_another_table(write: Write, tmp_path: Path, code: str) -> None:
    write(f"{SLA}/app.py", f"{IMPORTS}{code}")
    assert {one.path for one in violations(tmp_path)} == {Path(SLA) / "app.py"}


def test_a_service_may_have_neither_table(write: Write, tmp_path: Path) -> None:
    write(f"{SLA}/app.py", "from common.http import Service\nSERVICE = Service(name='sla')")
    assert list(violations(tmp_path)) == []


@pytest.mark.usefixtures("tables")
def test_the_line_of_the_table_is_named(write: Write, tmp_path: Path) -> None:
    write(f"{SLA}/app.py", f"{IMPORTS}Service(\n    timers=TIMERS,\n    handlers=OTHERS,\n)")
    assert [str(one) for one in violations(tmp_path)] == [
        f"{SLA}/app.py:7: `handlers=` is not just the name imported from sla.handlers."
    ]


def test_a_service_that_is_not_seen_to_be_put_together(write: Write, tmp_path: Path) -> None:
    write(f"{SLA}/app.py", "from common.http import Service as Other\nOther(handlers={})")
    assert [one.line for one in violations(tmp_path)] == [1]
