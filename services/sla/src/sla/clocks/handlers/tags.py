"""Kafka in: other tags of a ticket, which may make a promise stricter and never weaker (decision 0931)."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from common.events.envelope import ReceivedEvent
from common.events.ticket_tags import TicketTagged
from common.persistence.database import Connection, transaction_time
from sla.agreements.domain.agreement import Terms
from sla.agreements.store import agreements
from sla.clocks.commands import apply_changes, load_timetables
from sla.clocks.domain.clock import Input
from sla.clocks.domain.ticket_clock import Ticket, TicketClock, apply_input
from sla.clocks.handlers.opening import join_tags
from sla.clocks.handlers.ticket_inputs import occurred_at
from sla.clocks.store import clocks, tickets

ENDED: Final = ("stopped", "cancelled")


async def on_tagged(tx: Connection, received: ReceivedEvent[TicketTagged]) -> None:
    """Let further tags count, also for the time already counted (C6), unless a promise became weaker.

    A tag is set by one person: it takes nothing away that was promised (R1). One that is taken off
    changes no promise.
    """
    event = received.event
    ticket = await tickets.lock(tx, event.ticket_id)
    if ticket is None:
        return
    added = sorted(set(event.tags) - set(ticket.traits.tags))
    if not added:
        return
    tagged = replace(ticket, tags=join_tags((*ticket.traits.tags, *added)))
    ticket_clocks = await clocks.lock_by_tickets(tx, [ticket.id])
    open_clocks = [one for one in ticket_clocks if one.clock.state not in ENDED]
    clock_terms = await _new_terms(tx, open_clocks, tagged)
    if any(is_weaker(terms, one.clock.terms) for one, terms in clock_terms):
        return
    await tickets.update_tags(tx, ticket.id, tagged.tags or "")
    known_at = await transaction_time(tx)
    tables = await load_timetables(tx, open_clocks, [terms for _, terms in clock_terms])
    by = () if event.by is None else (event.by,)
    reason = f"tag {', '.join(added)}"
    base = Input(0, "tags_changed", occurred_at(received), known_at, reason=reason, by=by)
    changed = [(one, terms) for one, terms in clock_terms if terms != one.clock.terms]
    changes = [apply_input(one, replace(base, terms=terms), tables) for one, terms in changed]
    await apply_changes(tx, changes, known_at)


async def _new_terms(
    tx: Connection, ticket_clocks: Sequence[TicketClock], tagged: Ticket
) -> list[tuple[TicketClock, Terms]]:
    """The clocks with the terms that such a ticket has by the version under which each was started.

    Hours stay those by which it counts: extra cover has changed them, a tag does not.
    """
    ids = {one.ticket.agreement_version for one in ticket_clocks} - {None}
    versions = await agreements.get_versions(tx, [id for id in ids if id is not None])
    found = []
    for one in ticket_clocks:
        version = one.ticket.agreement_version
        if version is None or not versions[version].covers_service(tagged.service):
            continue
        terms = versions[version].terms_for(
            one.clock.metric, tagged.priority, tagged.kind, tagged.traits
        )
        found.append((one, replace(terms, calendar=one.clock.terms.calendar)))
    return found


def is_weaker(new: Terms, old: Terms) -> bool:
    """Whether less is promised: more time, none any more, or waiting that does not count any more."""
    if old.target is None:
        return False
    if new.target is None or new.target > old.target:
        return True
    return new.pausable and not old.pausable
