"""What a new receiver, or one behind a gap, can learn of each event that it handles.

By `announce`: the sender publishes the present state again, as snapshots that need no earlier
event. By history: from the topic alone, which goes back 400 days.
"""

from importlib import import_module
from pathlib import Path

import pytest

from common.events import EVENTS
from common.events.envelope import Event
from common.events.restored import HistoryRestored
from common.http import Service
from delivery_gate.app import SERVICE as DELIVERY_GATE
from escalation.app import SERVICE as ESCALATION
from intake.app import SERVICE as INTAKE
from sla.app import SERVICE as SLA

from .example import example

ROOT = Path(__file__).parents[2]
SERVICES = (INTAKE, SLA, ESCALATION, DELIVERY_GATE)
BY_HISTORY = {
    ("intake", "clock"): "each event carries the clock's whole state, and says whether it goes on",
    ("sla", "ticket"): "a clock is the fold over all events of its ticket, not its present state",
    ("sla", "alert"): "an outage needs the instants at which the alert began and ended",
    ("intake", "outage"): "customers are told of a happening; a state tells them nothing new",
    ("intake", "maintenance"): "the same",
    ("intake", "agreement"): "the same",
    ("escalation", "ticket"): "a case is opened by a happening; a state opens none",
    ("escalation", "improvement"): "the same",
    ("escalation", "article"): "its owner is reminded once a review is due, and weekly after that",
    ("escalation", "clock"): "the same",
    ("escalation", "forecast"): "the same",
    ("escalation", "waiver"): "the same",
    ("escalation", "outage"): "the same",
    ("escalation", "budget"): "the same",
    ("escalation", "goal"): "the same",
    ("escalation", "series"): "the same",
    ("escalation", "review"): "the same",
    ("escalation", "agreement"): "the same",
    ("escalation", "condition"): "the same",
    ("escalation", "hours"): "the same",
    ("escalation", "maintenance"): "the same",
    ("escalation", "second-eyes"): "the same",
    (
        "escalation",
        "environment",
    ): "a debt that is overdue is a happening; the directory's is a snapshot",
}
"""(receiver, kind of subject): why no snapshot could tell it."""


def learned_kinds(service: Service, *, snapshots: bool) -> set[tuple[str, str]]:
    """The (source, kind of subject) of the events that a service handles."""
    return {
        (event.source, kind_of(event))
        for event in service.handlers
        if not issubclass(event, HistoryRestored) and (event.is_snapshot or not snapshots)
    }


def kind_of(event: type[Event]) -> str:
    return example(event).subject().partition("/")[0]


@pytest.mark.parametrize("service", SERVICES, ids=lambda one: one.name)
def test_everything_heard_is_announced_or_needs_its_history(service: Service) -> None:
    announced = learned_kinds(service, snapshots=True)
    missing = {kind for source, kind in learned_kinds(service, snapshots=False) - announced}
    assert missing == {kind for receiver, kind in BY_HISTORY if receiver == service.name}


@pytest.mark.parametrize("service", SERVICES, ids=lambda one: one.name)
def test_who_has_snapshots_announces_them(service: Service) -> None:
    """Each service whose events are snapshots, for receivers or for subscribers, has the command."""
    has_snapshots = any(
        one.is_snapshot and one.source == f"opsdesk/{service.name}" for one in EVENTS.values()
    )
    module = import_module(f"{service.name.replace('-', '_')}.__main__")
    commands = {command.name for command in module.app.registered_commands}
    assert ("announce" in commands) == has_snapshots


def test_the_runbook_names_every_snapshot() -> None:
    runbook = (ROOT / "docs" / "runbooks" / "restore.md").read_text(encoding="utf-8")
    for event in EVENTS.values():
        if event.is_snapshot:
            service = event.source.removeprefix("opsdesk/")
            rows = [
                line for line in runbook.splitlines() if line.strip().startswith(f"| {service} |")
            ]
            assert any(f"`{event.type}`" in row for row in rows), event.type
