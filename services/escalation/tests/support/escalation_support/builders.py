"""Policies, rosters and walks through time that the tests of escalations share."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import text

from common.events.clocks import ClockEvent, ClockWarned
from common.events.tickets import TicketEvent
from common.persistence.database import Database
from escalation.cases.domain.lifecycle import Escalation, Outcome, opened
from escalation.cases.domain.policy_engine import due
from escalation.cases.domain.timeline import Exhausted, Fact, Refused, StepFired
from escalation.notifications.domain.notification import Delivered, Rejected, SendOutcome
from escalation.policies.domain.policy import Policy, Step, Target
from escalation.policies.domain.recipients import Roster

C = TypeVar("C", bound=ClockEvent)
T = TypeVar("T", bound=TicketEvent)

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


ACME, PROD = UUID(int=0xACE), UUID(int=0xACE0)
TICKET, CLOCK = UUID(int=0x71C), UUID(int=0xC10)


def warned(share: float = 0.75, **changed: Any) -> ClockWarned:
    facts: dict[str, Any] = {
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
        "share": share,
        "due_at": NIGHT,
        "fired_at": NIGHT,
    }
    return ClockWarned(**facts | changed)


def clock(kind: type[C], **own: Any) -> C:
    """Another event of the same clock."""
    return kind(**warned().model_dump() | own)


def ticket(kind: type[T], /, **own: Any) -> T:
    facts: dict[str, Any] = {
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
    return kind(**facts | own)


class Mailbox:
    """An aiosmtpd handler that keeps what it takes. `answers` are given first, one per message;
    `refused` maps an address to the answer that it always gets."""

    def __init__(self) -> None:
        self.port = 0
        self.letters: list[EmailMessage] = []
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
            self.letters.append(parsed)
        return answer

    def sent_to(self) -> list[str]:
        return [str(letter["To"]).partition("@")[0] for letter in self.letters]


class MemoryPost:
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
            return Rejected("refused")
        self.sent.append(message)
        return self._outcome


async def run(database: Database, sql: str) -> list[tuple[object, ...]]:
    async with database.transaction() as tx:
        done = await tx.execute(text(sql))
        return [tuple(row) for row in done] if done.returns_rows else []


async def leases_end(database: Database) -> None:
    """The holder is gone, or the pause is over."""
    await run(database, "UPDATE notifications SET next_try_at = statement_timestamp()")


async def states(database: Database) -> list[tuple[object, ...]]:
    return await run(database, "SELECT person, channel, state FROM notifications ORDER BY 1, 2")


async def only_anna(database: Database) -> None:
    await run(database, "UPDATE people SET retired = true WHERE sub = 'omar'")
