"""Policies, rosters and walks through time that the tests of escalations share."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from escalation.escalation import Escalation, Outcome, opened
from escalation.fact import Exhausted, Fact, Refused, StepFired
from escalation.policy import Policy, Step, Target
from escalation.roster import Roster
from escalation.stepping import due

NIGHT = datetime(2026, 3, 1, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
QUARTER = 15 * MINUTE

ROSTER = Roster(
    rotas={},
    people={p: frozenset() for p in ("anna", "omar", "sven", "mia", "theo", "gina")},
)


def shown(wall_clock: str) -> datetime:
    """What a clock on the wall shows: a naive time, from `YYYY-MM-DD HH:MM`."""
    return datetime.fromisoformat(wall_clock)


def step(*people: str, minutes: float = 15) -> Step:
    return Step(tuple(Target("person", p) for p in people), minutes * MINUTE)


def policy(*steps: Step, repeat: int = 0, **rest: object) -> Policy:
    return Policy(UUID(int=1), "p", 1, steps, "gina", repeat, **rest)  # type: ignore[arg-type]


THREE = policy(step("anna", minutes=5), step("sven", minutes=10), step("theo", minutes=20))


def a_case(policy: Policy = THREE, severity: str = "critical") -> Escalation:
    return opened(UUID(int=7), policy, severity, NIGHT)


def done(outcome: Outcome | Refused) -> Outcome:
    assert not isinstance(outcome, Refused), outcome
    return outcome


def walk(
    case: Escalation,
    policy: Policy,
    until: datetime,
    roster: Callable[[datetime], Roster] = lambda _: ROSTER,
) -> tuple[Escalation, list[Fact]]:
    """Let time act at each instant at which something is due, up to and including `until`."""
    facts: list[Fact] = []
    while case.due_at is not None and case.due_at <= until:
        case, more = due(case, policy, roster(case.due_at), case.due_at)
        facts += more
    return case, facts


def fired(
    facts: list[Fact] | tuple[Fact, ...],
) -> list[tuple[float, int, int, tuple[str, ...]]]:
    """(minutes since NIGHT, pass, step, people) of each step fired; the end has pass and step 0."""
    return [
        ((f.at - NIGHT) / MINUTE, f.of_pass, f.step, f.people)
        if isinstance(f, StepFired)
        else ((f.at - NIGHT) / MINUTE, 0, 0, f.people)
        for f in facts
        if isinstance(f, StepFired | Exhausted)
    ]
