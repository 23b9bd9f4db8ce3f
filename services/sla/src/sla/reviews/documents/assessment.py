"""The assessment at the head of a review: what the figures say, in sentences that a person may replace. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence

from sla.calendars.domain.month import parse_month
from sla.clocks.domain.compliance import Compliance
from sla.rendering import figures
from sla.reports.domain.monthly_figures import CompliancePart
from sla.reviews.domain.report import Breach, Report

NOTABLE_CHANGE = 0.2
"""The share by which the number of tickets must have changed to be worth a sentence."""


def assess(report: Report, metrics_before: Sequence[CompliancePart]) -> tuple[str, ...]:
    """The sentences. `metrics_before` is the compliance by metric of the month before."""
    return (
        *_promises(report),
        *_metrics(report, metrics_before),
        *_breaches(report.breaches, report.usage.compliance),
        *_volume(report),
        *_availability(report),
        *_goals(report),
    )


def _promises(report: Report) -> Iterator[str]:
    now, before = report.usage.compliance, report.previous_month.compliance
    if not now.total:
        yield "No promise came to its end in this month."
        return
    met = f"{now.met} of {figures.pluralise(now.total, 'promise')} {_were(now.met)} kept"
    share = figures.format_share(now.raw)
    yield f"{met} ({share}): {_compared(now, before, _month_before(report))}."


def _compared(now: Compliance, before: Compliance, month: str) -> str:
    if now.raw is None or before.raw is None:
        return f"there is nothing to compare with in {month}"
    points = round((now.raw - before.raw) * 100, 1)
    then = figures.format_share(before.raw)
    if not points:
        return f"as in {month} ({then})"
    return f"{abs(points):g} points {'better' if points > 0 else 'worse'} than in {month} ({then})"


def _metrics(report: Report, before: Sequence[CompliancePart]) -> Iterator[str]:
    """Where it comes from: the metric that gained most, and the one that lost most."""
    earlier = {one.name: one.compliance.raw for one in before}
    changes = sorted(
        (one.compliance.raw - was, one.name)
        for one in report.metrics
        if one.compliance.raw is not None and (was := earlier.get(one.name)) is not None
    )
    month = _month_before(report)
    if changes and changes[0][0] < -0.0005:
        yield _change(report, *changes[0], earlier, f"fell most since {month}")
    if changes and changes[-1][0] > 0.0005:
        yield _change(report, *changes[-1], earlier, f"gained most since {month}")


def _change(
    report: Report, _: float, name: str, earlier: dict[str, float | None], text: str
) -> str:
    now = next(one.compliance.raw for one in report.metrics if one.name == name)
    was, share = figures.format_share(earlier[name]), figures.format_share(now)
    return f"{figures.metric_name(name)} {text}: from {was} to {share}."


def _breaches(breaches: Sequence[Breach], counted: Compliance) -> Iterator[str]:
    """What broke most often, by promise, priority and service."""
    if not breaches:
        return
    kinds = Counter((one.metric, one.priority, one.service) for one in breaches)
    (metric, priority, service), count = kinds.most_common(1)[0]
    about = f" about {service}" if service else ""
    what = f"{figures.metric_name(metric).lower()} of {priority} tickets{about}"
    broken = figures.pluralise(len(breaches), "breach", "breaches")
    if count > 1:
        yield f"{count} of {broken} concern the {what}."
    if still_open := sum(1 for one in breaches if one.running):
        yield f"{still_open} of {broken} {'is' if still_open == 1 else 'are'} not done yet."
    tickets = Counter(one.ticket for one in breaches)
    (ticket, most), *others = tickets.most_common(2)
    if most > 1 and all(count < most for _, count in others):
        yield f"{ticket} alone broke {most} promises."
    if counted.waived:
        approved = figures.pluralise(counted.waived, "breach was", "breaches were")
        these = "it" if counted.waived == 1 else "these"
        share = figures.format_share(counted.adjusted)
        yield f"{approved} approved beforehand: with {these}, {share} were kept."


def _volume(report: Report) -> Iterator[str]:
    now, before = report.usage, report.previous_month
    opened = f"{figures.pluralise(now.opened, 'ticket')} {_were(now.opened)} opened"
    change = _volume_change(now.opened, before.opened, _month_before(report))
    still = "are open so far" if report.preliminary else "were open at the month's end"
    yield f"{opened}{change}, {now.resolved} resolved; {now.open} {still}."


def _volume_change(now: int, before: int, month: str) -> str:
    if not before or abs(now - before) < before * NOTABLE_CHANGE:
        return ""
    percent = round(abs(now - before) / before * 100)
    return f" ({percent} % {'more' if now > before else 'fewer'} than in {month})"


def _availability(report: Report) -> Iterator[str]:
    promised = [
        (one.availability - one.promised, one)
        for one in report.uptimes
        if one.availability is not None and one.promised is not None
    ]
    missed = sorted((one for one in promised if one[0] < 0), key=lambda one: one[0])
    if promised and not missed:
        reached = "is reached so far" if report.preliminary else "was reached"
        yield f"Every promised availability {reached}."
    for _, one in missed[:3]:
        reached, agreed = (figures.format_uptime(u) for u in (one.availability, one.promised))
        longest = max(report.outages, key=lambda outage: outage.seconds, default=None)
        cause = f"; the longest outage was {longest.key}" if longest else ""
        down = figures.format_duration(one.down_seconds)
        yield f"{one.subject} was available {reached} of the agreed time, below {agreed}: {down} down{cause}."


def _goals(report: Report) -> Iterator[str]:
    missed = [one.goal for one in report.goals if one.state in ("missed", "lost")]
    if missed:
        goals = figures.pluralise(len(report.goals), "goal was", "goals were")
        yield f"{len(missed)} of {goals} missed: {'; '.join(missed)}."
    elif report.goals:
        yield "No goal was missed."
    for owed in report.credits:
        if owed.amount:
            yield f"Service credits of {owed.amount} {owed.currency} are owed under {owed.agreement}."


def _month_before(report: Report) -> str:
    return parse_month(report.previous_month.month).title


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
