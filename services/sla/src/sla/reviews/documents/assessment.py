"""The assessment at the head of a review: what the figures say, in sentences that a person may replace. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence

from sla.clocks.domain.compliance import Compliance
from sla.reviews.documents.promise_goals import name_goal
from sla.reviews.documents.review_words import Formats
from sla.reviews.documents.subjects import subject_name
from sla.reviews.domain.report import Breach, OutageLine, Report, Uptime
from sla.reviews.domain.uptimes import PRODUCTION_SUBJECT

NOTABLE_CHANGE = 0.2
"""The share by which the number of tickets must have changed to be worth a sentence."""
NOTABLE_SHARE = 0.0005
"""The change of a metric's share from which on it is worth a sentence."""


def shown_assessment(report: Report, formats: Formats) -> tuple[str, ...]:
    """What a person wrote, in their words; else what the figures say, in the reader's language."""
    return report.assessment if report.assessment_by else assess(report, formats)


def assess(report: Report, formats: Formats) -> tuple[str, ...]:
    """The paragraphs, one for each subject of which there is something to say."""
    subjects = (
        (*_promises(report, formats), *_metrics(report, formats)),
        _breaches(report.breaches, report.usage.compliance, formats),
        _volume(report, formats),
        _availability(report, formats),
        _goals(report, formats),
    )
    return tuple(paragraph for one in subjects if (paragraph := " ".join(one)))


def _promises(report: Report, formats: Formats) -> Iterator[str]:
    now, before = report.usage.compliance, report.previous_month.compliance
    if not now.total:
        yield formats.words("says_nothing")
        return
    share = formats.rounded_share(now.raw)
    yield formats.words.counted("says_met", now.total, met=now.met, share=share)
    yield _compared(now, before, _month_before(report, formats), formats)


def _compared(now: Compliance, before: Compliance, month: str, formats: Formats) -> str:
    if now.raw is None or before.raw is None:
        return formats.words("says_no_comparison", month=month)
    difference, then = now.raw - before.raw, formats.rounded_share(before.raw)
    if not round(difference * 100, 1):
        return formats.words("says_same", month=month, then=then)
    name = "says_better" if difference > 0 else "says_worse"
    return formats.say_points(name, difference, month=month, then=then)


def _metrics(report: Report, formats: Formats) -> Iterator[str]:
    """Where it comes from: the metric that gained most, and the one that lost most."""
    earlier = {one.name: one.compliance.raw for one in report.metrics_before}
    changes = sorted(
        (one.compliance.raw - was, one.name, was, one.compliance.raw)
        for one in report.metrics
        if one.compliance.raw is not None and (was := earlier.get(one.name)) is not None
    )
    if changes and changes[0][0] < -NOTABLE_SHARE:
        yield _change("says_fell", changes[0], report, formats)
    if changes and changes[-1][0] > NOTABLE_SHARE:
        yield _change("says_gained", changes[-1], report, formats)


def _change(
    name: str, change: tuple[float, str, float, float], report: Report, formats: Formats
) -> str:
    _, metric, then, now = change
    return formats.words(
        name,
        month=_month_before(report, formats),
        metric=formats.metric(metric),
        then=formats.rounded_share(then),
        now=formats.rounded_share(now),
    )


def _breaches(breaches: Sequence[Breach], counted: Compliance, formats: Formats) -> Iterator[str]:
    """What broke most often, by promise, priority and service."""
    if not breaches:
        return
    words = formats.words
    kinds = Counter((one.metric, one.priority, one.service) for one in breaches)
    most_common, number = kinds.most_common(1)[0]
    if number > 1:
        yield _most_common(most_common, number, len(breaches), formats)
    if still_open := sum(1 for one in breaches if one.running):
        yield words.counted("says_still_open", len(breaches), open=still_open)
    tickets = Counter(one.ticket for one in breaches)
    (ticket, most), *others = tickets.most_common(2)
    if most > 1 and all(count < most for _, count in others):
        yield words("says_one_ticket", ticket=ticket, number=most)
    if counted.waived:
        share = formats.rounded_share(counted.adjusted)
        yield words.counted("says_approved", counted.waived, share=share)


def _most_common(
    kind: tuple[str, str, str | None], number: int, total: int, formats: Formats
) -> str:
    metric, priority, service = kind
    return formats.words(
        "says_most_breaches_service" if service else "says_most_breaches",
        number=number,
        total=total,
        metric=formats.metric(metric),
        priority=formats.words.or_name(priority),
        service=formats.names.service(service or ""),
    )


def _volume(report: Report, formats: Formats) -> Iterator[str]:
    now, before = report.usage, report.previous_month
    name = "says_volume_so_far" if report.preliminary else "says_volume"
    yield formats.words(name, opened=now.opened, resolved=now.resolved, open=now.open)
    difference = now.opened - before.opened
    if before.opened and abs(difference) >= before.opened * NOTABLE_CHANGE:
        percent = formats.share(round(abs(difference) / before.opened, 2))
        month = _month_before(report, formats)
        change = "says_more_tickets" if difference > 0 else "says_fewer_tickets"
        yield formats.words(change, percent=percent, month=month)


def _availability(report: Report, formats: Formats) -> Iterator[str]:
    promised = [
        (one.availability - one.promised, one)
        for one in report.uptimes
        if one.availability is not None and one.promised is not None
    ]
    missed = sorted((one for one in promised if one[0] < 0), key=lambda one: one[0])
    if promised and not missed:
        name = "says_available_so_far" if report.preliminary else "says_available"
        yield formats.words(name)
    for _, one in missed[:3]:
        yield _unavailable(one, report, formats)


def _unavailable(one: Uptime, report: Report, formats: Formats) -> str:
    own = (outage for outage in report.outages if _concerns(outage, one))
    longest = max(own, key=lambda outage: outage.seconds, default=None)
    return formats.words(
        "says_unavailable_outage" if longest else "says_unavailable",
        subject=subject_name(one.subject, formats),
        reached=formats.uptime(one.availability),
        agreed=formats.uptime(one.promised),
        down=formats.duration(one.down_seconds),
        outage=longest.key if longest else "",
    )


def _concerns(outage: OutageLine, uptime: Uptime) -> bool:
    """Whether the outage took this subject down: production by any, a service by its own or a general one."""
    return outage.state == "down" and (
        uptime.subject == PRODUCTION_SUBJECT or outage.service in (None, uptime.subject)
    )


def _goals(report: Report, formats: Formats) -> Iterator[str]:
    words = formats.words
    missed = [name_goal(one, formats) for one in report.goals if one.state in ("missed", "lost")]
    if missed:
        goals, number = "; ".join(missed), len(report.goals)
        yield words.counted("says_goals_missed", number, missed=len(missed), goals=goals)
    elif report.goals:
        yield words("says_goals_met")
    for owed in report.credits:
        if owed.amount:
            amount = formats.money(owed.amount, owed.currency)
            yield words("says_credit", amount=amount, agreement=owed.agreement)


def _month_before(report: Report, formats: Formats) -> str:
    return formats.month_of(report.previous_month.month)
