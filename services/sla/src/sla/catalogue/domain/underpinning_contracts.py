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
from sla.catalogue.domain.gap import Gap, GapContext
from sla.catalogue.domain.graph import Node

Timetables = Mapping[UUID, Timetable]
HORIZON = timedelta(days=366)
PRIORITIES = ("blocker", "critical", "major", "minor", "trivial")
_MICROSECOND = timedelta(microseconds=1)
_ZERO = timedelta(0)


def underpinning_pairs(context: GapContext) -> Iterator[tuple[Agreement, Agreement, str]]:
    """Each valid `sla` with each contract beneath it, and the service by which it is so."""
    pairs: dict[tuple[UUID, UUID], tuple[Agreement, Agreement, str]] = {}
    for key, id in context.sold_services():
        upper = context.agreement_for(id, key)
        if upper is None:
            continue
        nodes_below = context.graph.below(key, context.customers[id])
        for lower in context.valid_agreements("ola", "uc"):
            if (not lower.customers or id in lower.customers) and _underpins(
                lower, key, nodes_below
            ):
                pairs.setdefault((upper.id, lower.id), (upper, lower, key))
    yield from pairs.values()


def _underpins(lower: Agreement, key: str, nodes_below: set[Node]) -> bool:
    services = {key} | {node.key for node in nodes_below if node.kind == "service"}
    if lower.contract == "uc" and Node("partner", lower.partner or "") not in nodes_below:
        return key in lower.services
    return not lower.services or not services.isdisjoint(lower.services)


def slower_contracts(context: GapContext, tables: Timetables) -> Iterator[Gap]:
    """Where a contract beneath promises a metric later than the agreement above, or not at all."""
    lateness_by_terms: dict[tuple[Terms, Terms], timedelta] = {}
    for upper, lower, key in underpinning_pairs(context):
        for metric, priority, kind in _compared_terms(upper, lower):
            gap = Gap(
                "SLOWER_BELOW",
                "",
                "",
                context.owners.get(key, "tom"),
                service=key,
                partner=lower.partner,
                agreement=upper.key,
                underpinning=lower.key,
                metric=metric,
                priority=priority,
                kind=kind,
            )
            upper_terms = upper.terms_for(metric, priority, kind or "")
            lower_terms = lower.terms_for(metric, priority, kind or "")
            if upper_terms.target is None:
                continue
            if lower_terms.target is None:
                yield _unpromised_gap(gap)
                continue
            try:
                if (upper_terms, lower_terms) not in lateness_by_terms:
                    lower_promise = tables[lower_terms.calendar], lower_terms.target
                    upper_promise = tables[upper_terms.calendar], upper_terms.target
                    lateness_by_terms[upper_terms, lower_terms] = worst_lateness(
                        upper_promise, lower_promise, context.at
                    )
            except (NeverOpens, OutOfRange) as error:
                yield _incomparable_gap(gap, str(error))
                continue
            if lateness_by_terms[upper_terms, lower_terms] > _ZERO:
                yield _slower_gap(
                    gap,
                    upper_terms.target,
                    lower_terms.target,
                    lateness_by_terms[upper_terms, lower_terms],
                )


def _compared_terms(upper: Agreement, lower: Agreement) -> Iterator[tuple[Metric, str, str | None]]:
    """What the one below has a part in; a kind of ticket only where it has terms of its own."""
    kinds = {one.kind for side in (upper, lower) for one in side.targets if one.kind}
    for metric in lower.metrics():
        for priority in PRIORITIES:
            yield metric, priority, None
            for kind in sorted(kinds):
                if any(
                    side.terms_for(metric, priority, kind) != side.terms_for(metric, priority, "")
                    for side in (upper, lower)
                ):
                    yield metric, priority, kind


def _slower_gap(
    gap: Gap, upper_target: timedelta, lower_target: timedelta, lateness: timedelta
) -> Gap:
    detail = f"{gap.underpinning} promises {gap.metric} of {gap.priority} tickets within {format_duration(lower_target)}, {gap.agreement} within {format_duration(upper_target)}: in the worst case it is {format_duration(lateness)} later"
    todo = "agree on a shorter target below, or on a longer one above"
    return replace(gap, detail=detail, recommendation=todo)


def _unpromised_gap(gap: Gap) -> Gap:
    detail = f"{gap.agreement} promises {gap.metric} of {gap.priority} tickets, {gap.underpinning} beneath it does not"
    return replace(
        gap, code="UNPROMISED_BELOW", detail=detail, recommendation="agree on a target for it below"
    )


def _incomparable_gap(gap: Gap, reason: str) -> Gap:
    detail = f"{gap.underpinning} cannot be compared with {gap.agreement}: {reason}"
    return replace(
        gap, code="NOT_COMPARABLE", detail=detail, recommendation="agree on targets that end sooner"
    )


def worst_lateness(
    upper: tuple[Timetable, timedelta], lower: tuple[Timetable, timedelta], since: datetime
) -> timedelta:
    """How much later theirs can end than ours, over all beginnings within a year; less than zero
    where theirs always ends earlier. Raises NeverOpens, OutOfRange.

    Between openings and closings of either calendar both deadlines move alike or stand; so does
    their distance, except where one of them jumps from a closing to the next opening.
    """
    until = since + HORIZON
    candidates = {since}
    for table, amount in (upper, lower):
        for opens, closes in table.openings(since, until):
            candidates |= {opens, closes}
            start = table.after(closes, -amount)  # a deadline that falls on the closing
            candidates |= {start, start + _MICROSECOND}
    return max(
        lower[0].after(at, lower[1]) - upper[0].after(at, upper[1])
        for at in candidates
        if since <= at <= until
    )
