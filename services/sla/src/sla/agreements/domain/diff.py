"""The differences between two versions of an agreement, in words. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from uuid import UUID

from common.wording import format_duration
from sla.agreements.domain.agreement import Agreement, Target
from sla.agreements.domain.clauses import Prose
from sla.agreements.domain.goals import describe_credits, describe_goal

NamesById = Mapping[UUID, str]
"""The names of customers and calendar versions, by id."""
NOT_AGREED = "nothing"


@dataclass(frozen=True, slots=True)
class Difference:
    """A term on which two versions differ. `previous` and `current` are what each of them says."""

    term: str
    previous: str
    current: str

    def __str__(self) -> str:
        return f"{self.term}: {self.previous} -> {self.current}"


def diff_versions(old: Agreement, new: Agreement, names: NamesById) -> list[Difference]:
    """All differences, in the order of the terms in an agreement."""
    old_texts, new_texts = _describe_version(old, names), _describe_version(new, names)
    return [
        Difference(what, old_texts.get(what, NOT_AGREED), new_texts.get(what, NOT_AGREED))
        for what in dict.fromkeys([*old_texts, *new_texts])
        if old_texts.get(what, NOT_AGREED) != new_texts.get(what, NOT_AGREED)
    ]


def describe_promise(target: Target) -> str:
    """A target in words: `within 4 h, waiting on the customer does not count`."""
    if target.within is None:
        return NOT_AGREED
    counts = "does not count" if target.pausable else "counts"
    return f"within {format_duration(target.within)}, waiting on the customer {counts}"


def _describe_version(version: Agreement, names: NamesById) -> dict[str, str]:
    return {
        **dict(_coverage(version, names)),
        **dict(_calendars(version, names)),
        **{describe_subject(target): describe_promise(target) for target in version.targets},
        **dict(_warnings(version)),
        **dict(_figures(version, names)),
        **dict(_goals(version)),
        **dict(_prose(version.prose)),
    }


def describe_subject(target: Target) -> str:
    """What a target is about: `first response of blocker tickets`."""
    scope = f"{target.priority} {target.kind.replace('_', ' ')}" if target.kind else target.priority
    if target.environment_tier:
        scope = f"{scope} {target.environment_tier}"
    if target.channel:
        scope = f"{scope} {target.channel}"
    if target.customer_tier:
        scope = f"{scope} {target.customer_tier}-customer"
    if target.tag:
        scope = f"{scope} #{target.tag}"
    return f"{target.metric.replace('_', ' ')} of {scope}{'' if target.kind else ' tickets'}"


def _coverage(version: Agreement, names: NamesById) -> Iterator[tuple[str, str]]:
    until = _format_instant(version.valid_until) if version.valid_until else "without an end"
    yield "valid from", _format_instant(version.valid_from)
    yield "valid until", until
    customers = sorted(names.get(id, str(id)) for id in version.customers)
    yield "customers", ", ".join(customers) or "all"
    yield "services", ", ".join(sorted(version.services)) or "all"


def _calendars(version: Agreement, names: NamesById) -> Iterator[tuple[str, str]]:
    yield "calendar", names.get(version.calendar, str(version.calendar))
    for priority, id in version.calendars.items():
        yield f"calendar of {priority} tickets", names.get(id, str(id))


def _warnings(version: Agreement) -> Iterator[tuple[str, str]]:
    yield (
        "warnings at",
        ", ".join(f"{share:.6g} of the target" for share in version.warning_thresholds),
    )
    if version.warning_lead_times:
        yield (
            "warnings before the deadline",
            ", ".join(map(format_duration, version.warning_lead_times)),
        )


def _figures(version: Agreement, names: NamesById) -> Iterator[tuple[str, str]]:
    yield "months begin in", version.timezone
    if version.availability is not None:
        yield "availability per month", f"{version.availability * 100:.6g} %"
    maintenance = version.maintenance
    if maintenance.weekly is not None:
        yield "weekly maintenance", names.get(maintenance.weekly, str(maintenance.weekly))
    if maintenance.dated:
        windows = (
            f"{_format_instant(start)} to {_format_instant(end)}"
            for start, end in maintenance.dated
        )
        yield "single maintenance windows", "; ".join(windows)
    if version.reserved is not None:
        yield "reserved hours per month", f"{version.reserved / timedelta(hours=1):.6g}"
    if version.price is not None:
        yield "price per month", f"{version.price.amount} {version.price.currency}"


def _goals(version: Agreement) -> Iterator[tuple[str, str]]:
    for number, goal in enumerate(version.goals, start=1):
        yield f"goal {number}", describe_goal(goal)
        if goal.credits:
            fee = "" if goal.fee is None else f" of {goal.fee}"
            yield f"credits of goal {number}", describe_credits(goal) + fee
    if version.credit_cap_percent is not None:
        yield "credits at most", f"{version.credit_cap_percent:.6g} % of the price of a month"


def _prose(prose: Prose) -> Iterator[tuple[str, str]]:
    for field in fields(prose):
        if text := getattr(prose, field.name):
            yield field.name, text


def _format_instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
