"""Events of sla about clocks, on `opsdesk.clocks`."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from common.events.envelope import Event
from common.events.tickets import Kind, Priority

Metric = Literal["first_response", "next_reply", "update", "workaround", "resolution"]
Contract = Literal["sla", "ola", "uc"]


class ClockEvent(Event):
    """An event about the clock of one promise for one ticket.

    `deadline` is the instant at which the promise is breached; None while the clock is paused or has no
    target. `contract` says whose promise it is: `sla` ours to the customer, `ola` second level's to
    us, `uc` that of `partner` (a key) to us.
    """

    topic: ClassVar[str] = "opsdesk.clocks"
    source: ClassVar[str] = "opsdesk/sla"

    clock_id: UUID
    ticket_id: UUID
    ticket: str
    title: str
    metric: Metric
    priority: Priority
    kind: Kind
    customer_id: UUID
    customer: str
    environment: str | None = None
    service: str | None = None
    agreement: str
    target_seconds: int | None
    deadline: AwareDatetime | None
    contract: Contract = "sla"
    partner: str | None = None

    def subject(self) -> str:
        return f"clock/{self.clock_id}"

    def key(self) -> str:
        return str(self.ticket_id)


class ClockStarted(ClockEvent):
    """The clock started."""

    type: ClassVar[str] = "opsdesk.clock.started.v1"


class ClockPaused(ClockEvent):
    """The clock was paused: it waits for the customer."""

    type: ClassVar[str] = "opsdesk.clock.paused.v1"


class ClockResumed(ClockEvent):
    """The clock was resumed."""

    type: ClassVar[str] = "opsdesk.clock.resumed.v1"


class ClockDeadlineChanged(ClockEvent):
    """The deadline changed for another reason than a pause."""

    type: ClassVar[str] = "opsdesk.clock.deadline_changed.v1"
    previous: AwareDatetime | None
    reason: str


class ClockThresholdReached(ClockEvent):
    """`threshold` of the target is used up (by default 0.5, 0.75 and 0.9).

    For `fired_without_events` see ClockBreached.
    """

    type: ClassVar[str] = "opsdesk.clock.threshold_reached.v1"
    threshold: float
    due_at: AwareDatetime
    fired_at: AwareDatetime
    fired_without_events: bool = False


class ClockBreached(ClockEvent):
    """The promise was breached at `due_at`. `approved`: a waiver that was approved in time covers it.

    `fired_without_events`: sla could not receive events of tickets when it fired, so that a
    `breach_withdrawn` may follow.
    """

    type: ClassVar[str] = "opsdesk.clock.breached.v1"
    due_at: AwareDatetime
    fired_at: AwareDatetime
    reason: str
    approved: bool = False
    waiver_id: UUID | None = None
    fired_without_events: bool = False


class ClockBreachWithdrawn(ClockEvent):
    """A recorded breach was withdrawn: a late event shows that the clock stopped in time."""

    type: ClassVar[str] = "opsdesk.clock.breach_withdrawn.v1"
    stopped_at: AwareDatetime


class ClockMet(ClockEvent):
    """The promise was kept."""

    type: ClassVar[str] = "opsdesk.clock.met.v1"
    stopped_at: AwareDatetime
    elapsed_seconds: int


class ClockMissed(ClockEvent):
    """A breached clock stopped. `overrun_seconds` are working time, like `elapsed_seconds`."""

    type: ClassVar[str] = "opsdesk.clock.missed.v1"
    stopped_at: AwareDatetime
    elapsed_seconds: int
    overrun_seconds: int


class ClockCancelled(ClockEvent):
    """The clock measures nothing any more."""

    type: ClassVar[str] = "opsdesk.clock.cancelled.v1"
    reason: str
