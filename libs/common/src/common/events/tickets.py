"""Events of intake about tickets, on `opsdesk.tickets`."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from common.events.envelope import Event

Priority = Literal["blocker", "critical", "major", "minor", "trivial"]
Kind = Literal["incident", "service_request", "change_request", "problem", "question"]
Source = Literal["portal", "email", "phone", "monitoring", "staff"]


class TicketEvent(Event):
    """An event about a ticket, with the present facts of the ticket: no receiver must ask back.

    `by` is the `sub` of the person or machine that acted, None for OpsDesk itself. `assignee` is a
    `sub`. `customer` and `environment` are keys.
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
    """A ticket was opened. `opened_at` may be before `at`: the customer phoned earlier.

    A chat is told as `portal`, since readers of the first release know no other word.
    """

    type: ClassVar[str] = "opsdesk.ticket.opened.v1"
    opened_at: AwareDatetime
    channel: Source
    needs_triage: bool = False
    tags: list[str] = Field(default_factory=list)


class TicketTriaged(TicketEvent):
    """A ticket of an unknown sender was given its customer. Its clocks start from `opened_at`."""

    type: ClassVar[str] = "opsdesk.ticket.triaged.v1"
    opened_at: AwareDatetime


class TicketPrioritised(TicketEvent):
    """The priority changed from `previous` to `priority`. `confirmed_by` confirmed a downgrade."""

    type: ClassVar[str] = "opsdesk.ticket.prioritised.v1"
    previous: Priority
    confirmed_by: str | None = None


class TicketReclassified(TicketEvent):
    """Kind or service was corrected: the new ones hold from the opening of the ticket on.

    The promise may be weaker now, so two people decide: `requested_by` and `confirmed_by`. The reason
    stays in intake.
    """

    type: ClassVar[str] = "opsdesk.ticket.reclassified.v1"
    opened_at: AwareDatetime
    previous_kind: Kind
    previous_service: str | None
    requested_by: str
    confirmed_by: str


class TicketAssigned(TicketEvent):
    """The ticket was assigned to `assignee`, or to nobody."""

    type: ClassVar[str] = "opsdesk.ticket.assigned.v1"
    team: str | None = None


class TicketForwarded(TicketEvent):
    """The work was given to second level or to a partner."""

    type: ClassVar[str] = "opsdesk.ticket.forwarded.v1"
    to: Literal["second_level", "partner"]
    partner: str | None = None


class TicketHandedBack(TicketEvent):
    """Second level or the partner gave the work back to first level."""

    type: ClassVar[str] = "opsdesk.ticket.handed_back.v1"
    handed_back_by: Literal["second_level", "partner"]
    partner: str | None = None


class TicketHandedOver(TicketEvent):
    """A hand-over record was written (what was seen, tried, excluded). Its text stays in intake.

    `number` counts on the ticket; `to` or `partner` has until `due_at`. `delivery_managers` and
    `product_owners` (`sub`s; empty: nobody is named) acknowledge it until `acknowledge_by`, if at all.
    """

    type: ClassVar[str] = "opsdesk.ticket.handed_over.v1"
    hand_over_id: UUID
    number: int | None = None
    to: Literal["second_level", "partner"] | None = None
    partner: str | None = None
    due_at: AwareDatetime | None = None
    delivery_managers: list[str] = Field(default_factory=list)
    product_owners: list[str] = Field(default_factory=list)
    acknowledge_by: AwareDatetime | None = None


class TicketReplied(TicketEvent):
    """The customer was sent a public reply. An `automatic` one is not a first response."""

    type: ClassVar[str] = "opsdesk.ticket.replied.v1"
    message_id: UUID
    automatic: bool = False


class TicketReplyUndelivered(TicketEvent):
    """Our public reply `message_id` did not reach a contact by mail; `reason` is what the mail server said.

    It is not sent again: a person has to tell the customer in another way.
    """

    type: ClassVar[str] = "opsdesk.ticket.reply_undelivered.v1"
    message_id: UUID
    reason: str


class TicketCustomerReplied(TicketEvent):
    """The customer sent a message."""

    type: ClassVar[str] = "opsdesk.ticket.customer_replied.v1"
    message_id: UUID


class TicketOnHold(TicketEvent):
    """The ticket waits for `waiting_on`. Only waiting for the customer pauses the customer's clocks."""

    type: ClassVar[str] = "opsdesk.ticket.on_hold.v1"
    waiting_on: Literal["customer", "partner", "second_level"]


class TicketResumed(TicketEvent):
    """The ticket was resumed. `waited_on` is None in events from before this field existed."""

    type: ClassVar[str] = "opsdesk.ticket.resumed.v1"
    waited_on: Literal["customer", "partner", "second_level"] | None = None


class TicketWorkaroundProvided(TicketEvent):
    """The message `message_id` gave the customer a workaround until the ticket is resolved."""

    type: ClassVar[str] = "opsdesk.ticket.workaround_provided.v1"
    message_id: UUID


class TicketResolved(TicketEvent):
    """`by` resolved the ticket. A second person has yet to verify it."""

    type: ClassVar[str] = "opsdesk.ticket.resolved.v1"


class TicketVerified(TicketEvent):
    """A second person (`by`) verified the resolution."""

    type: ClassVar[str] = "opsdesk.ticket.verified.v1"
    resolved_by: str
    resolved_at: AwareDatetime


class TicketRejected(TicketEvent):
    """A second person (`by`) did not accept the resolution: the ticket is open again."""

    type: ClassVar[str] = "opsdesk.ticket.rejected.v1"
    resolved_by: str


class TicketClosed(TicketEvent):
    """The ticket was closed."""

    type: ClassVar[str] = "opsdesk.ticket.closed.v1"


class TicketReopened(TicketEvent):
    """A resolved or closed ticket is open again.

    `by_customer`: the customer says so. Otherwise our own side does, which also resolved it: the time
    between the two counts. None in events from before this field existed, which count as the customer's.
    """

    type: ClassVar[str] = "opsdesk.ticket.reopened.v1"
    by_customer: bool | None = None


class TicketMerged(TicketEvent):
    """The ticket was merged into another one."""

    type: ClassVar[str] = "opsdesk.ticket.merged.v1"
    into_id: UUID
    into: str


class TicketKnown(TicketEvent):
    """The present state of a ticket, announced again. `is_blocker`: it is one of its environment.

    `confirmed`: as in `BlockerRaised`.
    """

    type: ClassVar[str] = "opsdesk.ticket.known.v1"
    is_snapshot: ClassVar[bool] = True
    opened_at: AwareDatetime
    is_blocker: bool
    confirmed: bool = True


class BlockerRaised(TicketEvent):
    """An open ticket became a blocker. A contact's permits no emergency until it is `confirmed`."""

    type: ClassVar[str] = "opsdesk.ticket.blocker_raised.v1"
    confirmed: bool = True


class BlockerConfirmed(TicketEvent):
    """First level (`by`) confirmed that a contact's ticket is a blocker of this environment."""

    type: ClassVar[str] = "opsdesk.ticket.blocker_confirmed.v1"


class BlockerLifted(TicketEvent):
    """The ticket is not a blocker of this environment any more."""

    type: ClassVar[str] = "opsdesk.ticket.blocker_lifted.v1"
    reason: Literal["lowered", "resolved", "closed", "merged", "moved"]
