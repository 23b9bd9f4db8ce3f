"""Policies, rosters, events and walks through time that the tests of escalation share."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from common.domain import Rejection
from common.events.clocks import ClockEvent, ClockThresholdReached
from common.events.tickets import TicketEvent
from escalation.cases.domain.lifecycle import EscalationState, Outcome, new_state
from escalation.cases.domain.policy_engine import advance
from escalation.cases.domain.timeline import Exhausted, StepFired, TimelineEvent
from escalation.policies.domain.policy import Policy, Step, Target
from escalation.policies.domain.recipients import Roster

C = TypeVar("C", bound=ClockEvent)
T = TypeVar("T", bound=TicketEvent)

NIGHT = datetime(2026, 3, 1, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
QUARTER = 15 * MINUTE

ROSTER = Roster(
    rotas={}, people={p: frozenset() for p in ("anna", "omar", "sven", "mia", "theo", "gina")}
)


def local(wall_clock: str) -> datetime:
    """A wall-clock time as a naive datetime, from `YYYY-MM-DD HH:MM`."""
    return datetime.fromisoformat(wall_clock)


def step(*people: str, minutes: float = 15) -> Step:
    return Step(tuple(Target("person", p) for p in people), minutes * MINUTE)


def policy(*steps: Step, repeat: int = 0, **rest: Any) -> Policy:
    return Policy(UUID(int=1), "p", 1, steps, "gina", repeat, **rest)


THREE = policy(step("anna", minutes=5), step("sven", minutes=10), step("theo", minutes=20))


def make_case(policy: Policy = THREE, severity: str = "critical") -> EscalationState:
    return new_state(UUID(int=7), policy, severity, NIGHT)


def expect_outcome(outcome: Outcome | Rejection) -> Outcome:
    assert not isinstance(outcome, Rejection), outcome
    return outcome


def walk(
    case: EscalationState,
    policy: Policy,
    until: datetime,
    roster: Callable[[datetime], Roster] = lambda _: ROSTER,
) -> tuple[EscalationState, list[TimelineEvent]]:
    """Let time act at each instant at which something is due, up to and including `until`."""
    events: list[TimelineEvent] = []
    while case.due_at is not None and case.due_at <= until:
        case, more = advance(case, policy, roster(case.due_at), case.due_at)
        events += more
    return case, events


def fired_steps(
    events: list[TimelineEvent] | tuple[TimelineEvent, ...],
) -> list[tuple[float, int, int, tuple[str, ...]]]:
    """(minutes since NIGHT, pass, step, people) of each step fired; the end has pass and step 0."""
    return [
        ((f.at - NIGHT) / MINUTE, f.round, f.step, f.people)
        if isinstance(f, StepFired)
        else ((f.at - NIGHT) / MINUTE, 0, 0, f.people)
        for f in events
        if isinstance(f, StepFired | Exhausted)
    ]


ACME, PROD = UUID(int=0xACE), UUID(int=0xACE0)
TICKET, CLOCK = UUID(int=0x71C), UUID(int=0xC10)


def threshold_reached(threshold: float = 0.75, **changed: Any) -> ClockThresholdReached:
    payload: dict[str, Any] = {
        "at": NIGHT,
        "clock_id": CLOCK,
        "ticket_id": TICKET,
        "ticket": "OPS-1042",
        "title": "Our invoices are gone, says jan@acme.example",
        "metric": "resolution",
        "priority": "critical",
        "kind": "incident",
        "customer_id": ACME,
        "customer": "acme",
        "environment": "acme-prod",
        "agreement": "acme",
        "target_seconds": 4 * 3600,
        "deadline": NIGHT + timedelta(hours=1),
        "threshold": threshold,
        "due_at": NIGHT,
        "fired_at": NIGHT,
    }
    return ClockThresholdReached(**payload | changed)


def clock_event(kind: type[C], **own: Any) -> C:
    """Another event of the same clock."""
    return kind(**threshold_reached().model_dump() | own)


def ticket_event(kind: type[T], /, **own: Any) -> T:
    payload: dict[str, Any] = {
        "at": NIGHT,
        "ticket_id": TICKET,
        "ticket": "OPS-1042",
        "title": "Our invoices are gone, says jan@acme.example",
        "kind": "incident",
        "priority": "blocker",
        "state": "open",
        "customer_id": ACME,
        "customer": "acme",
        "environment_id": PROD,
        "environment": "acme-prod",
    }
    return kind(**payload | own)
