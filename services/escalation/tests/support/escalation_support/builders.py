"""Policies, rosters and walks through time that the tests of escalations share."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import text

from common.events.clocks import ClockEvent, ClockThresholdReached
from common.events.tickets import TicketEvent
from common.persistence.database import Database
from escalation.cases.domain.lifecycle import EscalationState, Outcome, new_state
from escalation.cases.domain.policy_engine import advance
from escalation.cases.domain.timeline import Exhausted, Rejection, StepFired, TimelineEvent
from escalation.notifications.domain.notification import Delivered, PermanentFailure, SendOutcome
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
    """What a clock on the wall shows: a naive time, from `YYYY-MM-DD HH:MM`."""
    return datetime.fromisoformat(wall_clock)


def step(*people: str, minutes: float = 15) -> Step:
    return Step(tuple(Target("person", p) for p in people), minutes * MINUTE)


def policy(*steps: Step, repeat: int = 0, **rest: object) -> Policy:
    return Policy(UUID(int=1), "p", 1, steps, "gina", repeat, **rest)  # type: ignore[arg-type]


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


def clock_warned(share: float = 0.75, **changed: Any) -> ClockThresholdReached:
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
        "threshold": share,
        "due_at": NIGHT,
        "fired_at": NIGHT,
    }
    return ClockThresholdReached(**payload | changed)


def clock_event(kind: type[C], **own: Any) -> C:
    """Another event of the same clock."""
    return kind(**clock_warned().model_dump() | own)


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


class Mailbox:
    """An aiosmtpd handler that keeps what it takes. `answers` are given first, one per message;
    `refused` maps an address to the answer that it always gets."""

    def __init__(self) -> None:
        self.port = 0
        self.messages: list[EmailMessage] = []
        self.answers: list[str] = []
        self.refused: dict[str, str] = {}

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self.answers.pop(0) if self.answers else "250 Taken"
        if answer.startswith("250"):
            parsed = message_from_bytes(envelope.content, EmailMessage, policy=default)
            self.messages.append(parsed)
        return answer

    def sent_to(self) -> list[str]:
        return [str(letter["To"]).partition("@")[0] for letter in self.messages]


class InMemoryTransport:
    """The fake of `post.Post`: keeps what it is given. `outcome` is what it answers, except to
    `refused` addresses; `meanwhile` is what happens while a message is on its way."""

    def __init__(
        self,
        outcome: SendOutcome | None = None,
        *,
        refused: set[str] | None = None,
        meanwhile: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.sent: list[EmailMessage] = []
        self._outcome = outcome or Delivered()
        self._refused = refused or set()
        self._meanwhile = meanwhile

    async def send(self, message: EmailMessage) -> SendOutcome:
        if self._meanwhile:
            await self._meanwhile()
        if str(message["To"]) in self._refused:
            return PermanentFailure("refused")
        self.sent.append(message)
        return self._outcome


async def run_sql(database: Database, sql: str) -> list[tuple[object, ...]]:
    async with database.transaction() as tx:
        result = await tx.execute(text(sql))
        return [tuple(row) for row in result] if result.returns_rows else []


async def expire_leases(database: Database) -> None:
    """The holder is gone, or the pause is over."""
    await run_sql(database, "UPDATE notifications SET next_try_at = statement_timestamp()")


async def notification_states(database: Database) -> list[tuple[object, ...]]:
    return await run_sql(database, "SELECT person, channel, state FROM notifications ORDER BY 1, 2")


async def leave_only_anna(database: Database) -> None:
    await run_sql(database, "UPDATE people SET retired = true WHERE sub = 'omar'")
