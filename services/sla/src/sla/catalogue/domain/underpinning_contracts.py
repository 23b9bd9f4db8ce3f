"""Gaps where a contract below a promise is slower than the promise. Pure.

Targets of the same metric, priority and kind of ticket are compared, of metrics that depend on others. Because calendars differ, both
deadlines are computed for all instants of the coming year at which their difference can be largest;
the largest one counts, in elapsed time.

A `uc` underpins an agreement with a customer where the service depends on its partner, or where it
names the service; an `ola` where it names the service or one below, or no service at all.
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
DEPENDENT_METRICS: tuple[Metric, ...] = ("workaround", "resolution")
"""What cannot be kept without those below. Answers and news to the customer are ours alone to give."""
PRIORITIES = ("blocker", "critical", "major", "minor", "trivial")
_MICROSECOND = timedelta(microseconds=1)
_ZERO = timedelta(0)


def underpinning_pairs(context: GapContext) -> Iterator[tuple[Agreement, Agreement, str]]:
    """Yield each valid `sla` with each contract below it, and the service that connects them."""
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
    """Yield gaps where the contract below promises a metric later, or not at all."""
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
                concerned=context.names_of(upper.customers),
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
    """Yield metric, priority and kind to compare; a kind only where it has terms of its own."""
    kinds = {one.kind for side in (upper, lower) for one in side.targets if one.kind}
    for metric in (one for one in lower.metrics() if one in DEPENDENT_METRICS):
        for priority in PRIORITIES:
            yield metric, priority, None
            for kind in sorted(kinds):
                if any(
                    side.terms_for(metric, priority, kind) != side.terms_for(metric, priority, "")
                    for side in (upper, lower)
                ):
                    yield metric, priority, kind


def _metric_name(gap: Gap) -> str:
    return (gap.metric or "").replace("_", " ")


def _slower_gap(
    gap: Gap, upper_target: timedelta, lower_target: timedelta, lateness: timedelta
) -> Gap:
    detail = f"{gap.underpinning} promises {_metric_name(gap)} of {gap.priority} tickets within {format_duration(lower_target)}, {gap.agreement} within {format_duration(upper_target)}: in the worst case it is {format_duration(lateness)} later"
    todo = "agree on a shorter target below, or on a longer one above"
    return replace(gap, detail=detail, recommendation=todo)


def _unpromised_gap(gap: Gap) -> Gap:
    detail = f"{gap.agreement} promises {_metric_name(gap)} of {gap.priority} tickets, {gap.underpinning} below it does not"
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
    """Return by how much the lower deadline can be later than the upper one, within a year.

    Negative where it is always earlier. Raises NeverOpens, OutOfRange. Between the openings and
    closings of both calendars the difference changes only where a deadline jumps from a closing to
    the next opening, so these instants are enough.
    """
    until = since + HORIZON
    candidates = {since}
    for table, amount in (upper, lower):
        for opens, closes in table.openings(since, until):
            candidates |= {opens, closes}
            start = table.after(closes, -amount)  # its deadline is at the closing
            candidates |= {start, start + _MICROSECOND}
    return max(
        lower[0].after(at, lower[1]) - upper[0].after(at, upper[1])
        for at in candidates
        if since <= at <= until
    )
