"""What intake says about tickets and alerts, on `opsdesk.tickets`."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from common.events.envelope import Event

Priority = Literal["blocker", "critical", "major", "minor", "trivial"]
Kind = Literal["incident", "service_request", "change_request", "problem", "question"]
Source = Literal["portal", "email", "phone", "monitoring", "staff"]


class TicketEvent(Event):
    """The present facts of the ticket travel with every event, so that no receiver must ask back.

    `by` is the `sub` of who did it (staff, contact or machine), None for OpsDesk itself.
    `assignee` is a `sub`. `customer` and `environment` are the keys people say aloud.
    """

    topic: ClassVar[str] = "opsdesk.tickets"
    source: ClassVar[str] = "opsdesk/intake"

    ticket_id: UUID
    ticket: str
    title: str
    kind: Kind
    priority: Priority
    state: str
    customer_id: UUID | None
    customer: str | None
    environment_id: UUID | None = None
    environment: str | None = None
    service: str | None = None
    assignee: str | None = None
    by: str | None = None

    def subject(self) -> str:
        return f"ticket/{self.ticket_id}"


class TicketOpened(TicketEvent):
    """`opened_at` may lie before `at`: a ticket phoned in earlier."""

    type: ClassVar[str] = "opsdesk.ticket.opened.v1"
    opened_at: AwareDatetime
    channel: Source
    needs_triage: bool = False


class TicketTriaged(TicketEvent):
    """A ticket of an unknown sender now has its customer; clocks start from `opened_at`."""

    type: ClassVar[str] = "opsdesk.ticket.triaged.v1"
    opened_at: AwareDatetime


class TicketPrioritised(TicketEvent):
    """`priority` is the new one. Lowered only with a `confirmed_by` person (R1)."""

    type: ClassVar[str] = "opsdesk.ticket.prioritised.v1"
    previous: Priority
    confirmed_by: str | None = None


class TicketReclassified(TicketEvent):
    """What the ticket is was corrected: `kind` and `service` hold now, and from its opening on.

    It may weaken the promise, so it always takes two (R1): `requested_by` one, confirmed by `confirmed_by`.
    Their reason stays in intake.
    """

    type: ClassVar[str] = "opsdesk.ticket.reclassified.v1"
    opened_at: AwareDatetime
    previous_kind: Kind
    previous_service: str | None
    requested_by: str
    confirmed_by: str


class TicketAssigned(TicketEvent):
    type: ClassVar[str] = "opsdesk.ticket.assigned.v1"
    team: str | None = None


class TicketForwarded(TicketEvent):
    type: ClassVar[str] = "opsdesk.ticket.forwarded.v1"
    to: Literal["second_level", "partner"]
    partner: str | None = None


class TicketHandedBack(TicketEvent):
    """Second level or the partner gave the work back to first level, with what they found."""

    type: ClassVar[str] = "opsdesk.ticket.handed_back.v1"
    handed_back_by: Literal["second_level", "partner"]
    partner: str | None = None


class TicketHandedOver(TicketEvent):
    """A hand-over record was written (seen, tried, excluded): its text stays in intake."""

    type: ClassVar[str] = "opsdesk.ticket.handed_over.v1"
    hand_over_id: UUID


class TicketReplied(TicketEvent):
    """A public reply to the customer. `automatic` ones are no first response (C3)."""

    type: ClassVar[str] = "opsdesk.ticket.replied.v1"
    message_id: UUID
    automatic: bool = False


class TicketCustomerReplied(TicketEvent):
    type: ClassVar[str] = "opsdesk.ticket.customer_replied.v1"
    message_id: UUID


class TicketOnHold(TicketEvent):
    """Only waiting on the customer pauses the customer's clocks (C2)."""

    type: ClassVar[str] = "opsdesk.ticket.on_hold.v1"
    waiting_on: Literal["customer", "partner", "second_level"]


class TicketResumed(TicketEvent):
    """`waited_on`: who let the work go on again; None in events from before there was this field."""

    type: ClassVar[str] = "opsdesk.ticket.resumed.v1"
    waited_on: Literal["customer", "partner", "second_level"] | None = None


class TicketWorkaroundProvided(TicketEvent):
    """The customer was told by this message how to go on working until the issue is resolved."""

    type: ClassVar[str] = "opsdesk.ticket.workaround_provided.v1"
    message_id: UUID


class TicketResolved(TicketEvent):
    """`by` resolved it at `at`; it still needs a second person's verification."""

    type: ClassVar[str] = "opsdesk.ticket.resolved.v1"


class TicketVerified(TicketEvent):
    type: ClassVar[str] = "opsdesk.ticket.verified.v1"
    resolved_by: str
    resolved_at: AwareDatetime


class TicketRejected(TicketEvent):
    """The second person did not accept the resolution: the ticket is open again."""

    type: ClassVar[str] = "opsdesk.ticket.rejected.v1"
    resolved_by: str


class TicketClosed(TicketEvent):
    type: ClassVar[str] = "opsdesk.ticket.closed.v1"


class TicketReopened(TicketEvent):
    type: ClassVar[str] = "opsdesk.ticket.reopened.v1"


class TicketMerged(TicketEvent):
    type: ClassVar[str] = "opsdesk.ticket.merged.v1"
    into_id: UUID
    into: str


class BlockerRaised(TicketEvent):
    """An open ticket on this environment is a blocker now."""

    type: ClassVar[str] = "opsdesk.ticket.blocker_raised.v1"


class BlockerLifted(TicketEvent):
    type: ClassVar[str] = "opsdesk.ticket.blocker_lifted.v1"
    reason: Literal["lowered", "resolved", "closed", "merged", "moved"]


class InvestigationEnded(TicketEvent):
    """Finding the source took `seconds` of elapsed time (R9)."""

    type: ClassVar[str] = "opsdesk.ticket.investigation_ended.v1"
    seconds: int


class AlertEvent(Event):
    """A monitoring alert's episode: one key, one start."""

    topic: ClassVar[str] = "opsdesk.tickets"
    source: ClassVar[str] = "opsdesk/intake"

    alert_id: UUID
    ticket_id: UUID | None
    ticket: str | None
    monitor: str
    dedup_key: str
    customer_id: UUID | None
    customer: str | None
    environment_id: UUID | None
    environment: str | None
    service: str | None
    severity: str | None

    def subject(self) -> str:
        return f"alert/{self.alert_id}"

    def key(self) -> str:
        return str(self.ticket_id or self.alert_id)


class AlertRaised(AlertEvent):
    type: ClassVar[str] = "opsdesk.alert.raised.v1"
    started_at: AwareDatetime


class AlertResolved(AlertEvent):
    type: ClassVar[str] = "opsdesk.alert.resolved.v1"
    started_at: AwareDatetime
    ended_at: AwareDatetime
