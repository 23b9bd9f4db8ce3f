"""Fixes of problems: an item for the product owner's backlog, for which nobody is paged."""

from common.events.envelope import ReceivedEvent
from common.events.problems import TicketFixRequested
from common.persistence.database import Connection
from escalation.cases.closing import resolve_cases
from escalation.cases.commands import notify_only
from escalation.cases.handlers.hand_overs import named_or_all
from escalation.cases.handlers.tickets import build_trigger
from escalation.policies import store as policies


async def on_fix_requested(tx: Connection, received: ReceivedEvent[TicketFixRequested]) -> None:
    """Inform the product owner of a fix that was asked for; nothing is left to do here then."""
    event = received.event
    title = f"{event.ticket}: its fix is {event.change_request}, for the backlog of {event.service or 'its product'}"
    people = named_or_all(await policies.load_roster(tx), "po", event.product_owners)
    trigger = await build_trigger(tx, event, "fix_requested", title)
    if people:
        await notify_only(tx, trigger, people, title)
        await resolve_cases(tx, {trigger.dedup_key: "for information"})
