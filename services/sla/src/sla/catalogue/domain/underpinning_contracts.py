"""What a promise rests upon: contracts beneath it that are slower than it is. Pure.

Like is compared with like: the same metric, priority and kind of ticket. Where calendars differ, so
many hours here are not so many there. So both deadlines are computed for every moment of the coming
year at which their distance can be at its worst, and the worst one counts, in elapsed time.

A `uc` lies beneath an agreement with a customer where the service rests upon its partner, or where
it names the service; an `ola` where it names the service or one beneath, or no service at all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from common.wording import format_duration
from sla.agreements.domain.agreement import Agreement, Metric, Terms
from sla.calendars.domain.timetable import NeverOpens, OutOfRange, Timetable
from sla.catalogue.domain.gap import Gap, Standing
from sla.catalogue.domain.graph import Node

Timetables = Mapping[UUID, Timetable]
HORIZON = timedelta(days=366)
PRIORITIES = ("blocker", "critical", "major", "minor", "trivial")
_TICK = timedelta(microseconds=1)
_ZERO = timedelta(0)


def chains(standing: Standing) -> Iterator[tuple[Agreement, Agreement, str]]:
    """Each valid `sla` with each contract beneath it, and the service by which it is so."""
    found: dict[tuple[UUID, UUID], tuple[Agreement, Agreement, str]] = {}
    for key, id in standing.sold():
        upper = standing.promise(id, key)
        if upper is None:
            continue
        below = standing.graph.beneath(key, standing.customers[id])
        for lower in standing.valid("ola", "uc"):
            if (not lower.customers or id in lower.customers) and _beneath(lower, key, below):
                found.setdefault((upper.id, lower.id), (upper, lower, key))
    yield from found.values()


def _beneath(lower: Agreement, key: str, below: set[Node]) -> bool:
    services = {key} | {node.key for node in below if node.kind == "service"}
    if lower.contract == "uc" and Node("partner", lower.partner or "") not in below:
        return key in lower.services
    return not lower.services or not services.isdisjoint(lower.services)


def slower(standing: Standing, tables: Timetables) -> Iterator[Gap]:
    """Where a contract beneath promises a metric later than the agreement above, or not at all."""
    known: dict[tuple[Terms, Terms], timedelta] = {}
    for upper, lower, key in chains(standing):
        for metric, priority, kind in _promised(upper, lower):
            place = Gap(
                "SLOWER_BELOW",
                "",
                "",
                standing.owners.get(key, "tom"),
                service=key,
                partner=lower.partner,
                agreement=upper.key,
                underpinning=lower.key,
                metric=metric,
                priority=priority,
                kind=kind,
            )
            ours = upper.terms(metric, priority, kind or "")
            theirs = lower.terms(metric, priority, kind or "")
            if ours.target is None:
                continue
            if theirs.target is None:
                yield _unpromised(place)
                continue
            try:
                if (ours, theirs) not in known:
                    beneath = tables[theirs.calendar], theirs.target
                    above = tables[ours.calendar], ours.target
                    known[ours, theirs] = worst_lateness(above, beneath, standing.at)
            except (NeverOpens, OutOfRange) as error:
                yield _incomparable(place, str(error))
                continue
            if known[ours, theirs] > _ZERO:
                yield _slower(place, ours.target, theirs.target, known[ours, theirs])


def _promised(upper: Agreement, lower: Agreement) -> Iterator[tuple[Metric, str, str | None]]:
    """What the one below has a part in; a kind of ticket only where it has terms of its own."""
    kinds = {one.kind for side in (upper, lower) for one in side.targets if one.kind}
    for metric in lower.metrics():
        for priority in PRIORITIES:
            yield metric, priority, None
            for kind in sorted(kinds):
                if any(
                    side.terms(metric, priority, kind) != side.terms(metric, priority, "")
                    for side in (upper, lower)
                ):
                    yield metric, priority, kind


def _slower(place: Gap, ours: timedelta, theirs: timedelta, worst: timedelta) -> Gap:
    said = f"{place.underpinning} promises {place.metric} of {place.priority} tickets within {format_duration(theirs)}, {place.agreement} within {format_duration(ours)}: in the worst case it is {format_duration(worst)} later"
    todo = "agree on a shorter target below, or on a longer one above"
    return replace(place, detail=said, recommendation=todo)


def _unpromised(place: Gap) -> Gap:
    said = f"{place.agreement} promises {place.metric} of {place.priority} tickets, {place.underpinning} beneath it does not"
    return replace(
        place, code="UNPROMISED_BELOW", detail=said, recommendation="agree on a target for it below"
    )


def _incomparable(place: Gap, why: str) -> Gap:
    said = f"{place.underpinning} cannot be compared with {place.agreement}: {why}"
    return replace(
        place, code="NOT_COMPARABLE", detail=said, recommendation="agree on targets that end sooner"
    )


def worst_lateness(
    ours: tuple[Timetable, timedelta], theirs: tuple[Timetable, timedelta], since: datetime
) -> timedelta:
    """How much later theirs can end than ours, over all beginnings within a year; less than zero
    where theirs always ends earlier. Raises NeverOpens, OutOfRange.

    Between openings and closings of either calendar both deadlines move alike or stand; so does
    their distance, except where one of them jumps from a closing to the next opening.
    """
    until = since + HORIZON
    bends = {since}
    for table, amount in (ours, theirs):
        for opens, closes in table.openings(since, until):
            bends |= {opens, closes}
            begins = table.after(closes, -amount)  # a deadline that falls on the closing
            bends |= {begins, begins + _TICK}
    return max(
        theirs[0].after(at, theirs[1]) - ours[0].after(at, ours[1])
        for at in bends
        if since <= at <= until
    )
