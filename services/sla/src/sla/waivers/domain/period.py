"""Waivers over a period meet the clocks that break in it. Pure.

A clock hears of such a waiver when it breaks, just before the breach: until then it changes nothing,
and clocks that start later are covered without anybody looking for them (decision 0631).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sla.clocks.domain.clock import BREACH, Input, Timetables, Waived
from sla.clocks.domain.ticket_clock import Change, Ticket, Tracked, instead
from sla.waivers.domain.waiver import Waiver


def breaks(change: Change) -> Iterator[datetime]:
    """The instants at which the promise breaks in a change."""
    for heard, _ in change.heard:
        if heard.firing is not None and heard.firing.kind == BREACH:
            yield heard.firing.due_at


def excused(change: Change, waivers: Iterable[Waiver], tables: Timetables) -> Change:
    """The change, its clock having heard of what covers each breach just before it (C9, C11)."""
    if change.before.clock.contract != "sla":
        return change  # what a partner or our second level owes us is not the customer's promise
    good = list(_about(change.before.ticket, waivers))
    known = {waived.waiver for waived in change.before.clock.waivers}
    inputs: list[Input] = []
    for heard, _ in change.heard:
        if heard.firing is not None and heard.firing.kind == BREACH:
            for waived in good:
                if waived.waiver not in known and waived.covers(heard.firing.due_at):
                    known.add(waived.waiver)
                    inputs.append(Input(0, "waived", waived.at, heard.known_at, waived=waived))
        inputs.append(heard)
    return change if len(inputs) == len(change.heard) else instead(change, inputs, tables)


def reconsidered(change: Change, waivers: Iterable[Waiver], tables: Timetables) -> Change:
    """The change of a ticket that was corrected: what is about its former service excuses what
    broke no more, and what is about its present one does (C11)."""
    clock, ticket = change.clock, change.before.ticket
    broken, known_at = clock.breached_at, change.heard[-1][0].known_at
    if broken is None or clock.contract != "sla":
        return change
    told: list[Waived] = []
    for waiver in waivers:
        covering = waiver.waived is not None and waiver.waived.covers(broken)
        covered = any(one.waiver == waiver.id and one.covers(broken) for one in clock.waivers)
        if covered and not _concerns(waiver, ticket):
            told.append(Waived(waiver.id, known_at, known_at))
        elif waiver.waived is not None and covering and not covered and _concerns(waiver, ticket):
            told.append(waiver.waived)
    inputs = [Input(0, "waived", one.at, known_at, waived=one) for one in told]
    heard = [one for one, _ in change.heard]
    return instead(change, [*heard, *inputs], tables) if inputs else change


def contradiction(tracked: Tracked, waivers: Iterable[Waiver]) -> str | None:
    """How what excuses a broken clock, or does not, is not what the waivers say; None where it is.

    `waivers`: the decided ones of its customer, of clocks and of periods.
    """
    broken = tracked.clock.breached_at
    if broken is None:
        return None
    told = list(waivers)
    own = [one for one in told if one.clock_id == tracked.id and not one.late]
    wide = [one for one in told if _wide(one, tracked) and not one.late]
    covering = [one.key for one in own + wide if one.waived and one.waived.covers(broken)]
    if covering and tracked.clock.excuse is None:
        return f"broke while {covering[0]} covered it, and is not excused"
    if not covering and tracked.clock.excuse is not None:
        return "is excused by what is no approved waiver"
    return None


def _wide(waiver: Waiver, tracked: Tracked) -> bool:
    return tracked.clock.contract == "sla" and _concerns(waiver, tracked.ticket)


def _about(ticket: Ticket, waivers: Iterable[Waiver]) -> Iterator[Waived]:
    for waiver in waivers:
        if _concerns(waiver, ticket) and waiver.waived is not None:
            yield waiver.waived


def _concerns(waiver: Waiver, ticket: Ticket) -> bool:
    mine = waiver.customer_id == ticket.customer_id and waiver.clock_id is None
    return mine and waiver.service in (None, ticket.service)
