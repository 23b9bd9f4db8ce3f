"""Tickets that first level handed over: who answers for them hears of it, and others if they do not (R5)."""

from collections.abc import Sequence

from common.events.envelope import ReceivedEvent
from common.events.hand_overs import (
    TicketHandOverAcknowledged,
    TicketHandOverOverdue,
    TicketHandOverUnacknowledged,
    TicketPartnerRepliedLate,
)
from common.events.tickets import TicketHandedBack, TicketHandedOver
from common.persistence.database import Connection
from escalation.cases.closing import resolve_cases
from escalation.cases.commands import notify_only, open_or_join
from escalation.cases.handlers.tickets import build_trigger, dedup_key
from escalation.policies import store as policies
from escalation.policies.domain.recipients import Roster


async def on_handed_over(tx: Connection, received: ReceivedEvent[TicketHandedOver]) -> None:
    """Inform DM and PO of what first level could not resolve and affects an environment (R5).

    They are that customer's and that product's, with deputies; everybody with the role where nobody is
    named, or who was has left.
    """
    event = received.event
    if event.environment is None:
        return
    title = f"{event.ticket}: handed over to {_target(event.to, event.partner)}, affects {event.environment}"
    roster = await policies.load_roster(tx)
    informed = dict.fromkeys(
        (
            *named_or_all(roster, "dm", event.delivery_managers),
            *named_or_all(roster, "po", event.product_owners),
        )
    )
    trigger = await build_trigger(tx, event, "forwarded", title)
    await open_or_join(tx, trigger, title, informed=list(informed))


async def on_unacknowledged(
    tx: Connection, received: ReceivedEvent[TicketHandOverUnacknowledged]
) -> None:
    """Tell everybody with the role, and the TOM, that nobody acknowledged a hand-over in time."""
    event = received.event
    whom = " and ".join(_NAMES[role] for role in event.missing)
    title = f"{event.ticket}: no {whom} has acknowledged hand-over {event.number}"
    roster = await policies.load_roster(tx)
    informed = roster.with_roles((*event.missing, "tom"))
    trigger = await build_trigger(tx, event, "hand_over_unacknowledged", title)
    await open_or_join(tx, trigger, title, informed=informed)


async def on_acknowledged(
    tx: Connection, received: ReceivedEvent[TicketHandOverAcknowledged]
) -> None:
    """Resolve the case of a hand-over that nobody had acknowledged, once nobody is missing."""
    event = received.event
    if not event.missing:
        reason = f"{event.by} acknowledged hand-over {event.number}"
        await resolve_cases(tx, {dedup_key(event, "hand_over_unacknowledged"): reason})


async def on_overdue(tx: Connection, received: ReceivedEvent[TicketHandOverOverdue]) -> None:
    """Tell people that whoever took a ticket over has not given it back in time."""
    event = received.event
    title = f"{event.ticket}: {_target(event.to, event.partner)} has not answered hand-over {event.number} in time"
    trigger = await build_trigger(tx, event, "hand_over_overdue", title)
    await open_or_join(tx, trigger, title)


async def on_handed_back(tx: Connection, received: ReceivedEvent[TicketHandedBack]) -> None:
    """Resolve what was late about a hand-over: the ticket is with first level again."""
    event = received.event
    reason = f"{event.ticket} came back"
    await resolve_cases(
        tx,
        {
            dedup_key(event, "hand_over_unacknowledged"): reason,
            dedup_key(event, "hand_over_overdue"): reason,
        },
    )


async def on_partner_replied_late(
    tx: Connection, received: ReceivedEvent[TicketPartnerRepliedLate]
) -> None:
    """Let whoever worked on a ticket know that its partner wrote after its end; nobody is paged.

    Where they have left, those with the role `tom`. The case stays until one of them has read it and
    resolves it: whether the ticket is opened again is for people to decide.
    """
    event = received.event
    title = f"{event.ticket}: partner {event.partner} wrote after it was {event.state}"
    roster = await policies.load_roster(tx)
    people = named_or_all(roster, "tom", event.people)
    if people:
        trigger = await build_trigger(tx, event, "partner_replied_late", title)
        await notify_only(tx, trigger, people, title)


_NAMES = {"dm": "delivery manager", "po": "product owner"}


def named_or_all(roster: Roster, role: str, named: Sequence[str]) -> tuple[str, ...]:
    """Those who are named and can be notified; everybody with the role where that is nobody."""
    present = tuple(person for person in named if person in roster.people)
    return present or roster.with_roles((role,))


def _target(to: str | None, partner: str | None) -> str:
    return f"partner {partner}" if to == "partner" else "second level" if to else "others"
