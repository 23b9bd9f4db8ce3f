"""What one version of an agreement says and another does not, in words. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from uuid import UUID

from common.wording import format_duration
from sla.agreements.domain.agreement import Agreement, Target
from sla.agreements.domain.clauses import Prose

Names = Mapping[UUID, str]
"""What people call customers and calendar versions."""
SECOND = timedelta(seconds=1)
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Difference:
    """`previous` and `current`: what each of the two versions says of it."""

    term: str
    previous: str
    current: str

    def __str__(self) -> str:
        return f"{self.term}: {self.previous} -> {self.current}"


def differences(old: Agreement, new: Agreement, names: Names) -> list[Difference]:
    """In the order in which an agreement is read."""
    was, now = _said(old, names), _said(new, names)
    return [
        Difference(what, was.get(what, NOTHING), now.get(what, NOTHING))
        for what in dict.fromkeys([*was, *now])
        if was.get(what, NOTHING) != now.get(what, NOTHING)
    ]


def promise(target: Target) -> str:
    """`within 4 h, waiting on the customer does not count`."""
    if target.within is None:
        return NOTHING
    counts = "does not count" if target.pausable else "counts"
    return f"within {format_duration(target.within)}, waiting on the customer {counts}"


def _said(version: Agreement, names: Names) -> dict[str, str]:
    return {
        **dict(_coverage(version, names)),
        **dict(_calendars(version, names)),
        **{subject(target): promise(target) for target in version.targets},
        **dict(_warnings(version)),
        **dict(_figures(version, names)),
        **dict(_prose(version.prose)),
    }


def subject(target: Target) -> str:
    of = f"{target.priority} {target.kind.replace('_', ' ')}" if target.kind else target.priority
    return f"{target.metric.replace('_', ' ')} of {of}{'' if target.kind else ' tickets'}"


def _coverage(version: Agreement, names: Names) -> Iterator[tuple[str, str]]:
    until = _instant(version.valid_until) if version.valid_until else "without an end"
    yield "valid from", _instant(version.valid_from)
    yield "valid until", until
    customers = sorted(names.get(id, str(id)) for id in version.customers)
    yield "customers", ", ".join(customers) or "all"
    yield "services", ", ".join(sorted(version.services)) or "all"


def _calendars(version: Agreement, names: Names) -> Iterator[tuple[str, str]]:
    yield "calendar", names.get(version.calendar, str(version.calendar))
    for priority, id in version.calendars.items():
        yield f"calendar of {priority} tickets", names.get(id, str(id))


def _warnings(version: Agreement) -> Iterator[tuple[str, str]]:
    yield "warnings at", ", ".join(f"{share:.6g} of the target" for share in version.shares)
    if version.ahead:
        yield "warnings before the deadline", ", ".join(map(format_duration, version.ahead))


def _figures(version: Agreement, names: Names) -> Iterator[tuple[str, str]]:
    yield "months begin in", version.timezone
    if version.availability is not None:
        yield "availability per month", f"{version.availability * 100:.6g} %"
    agreed = version.maintenance
    if agreed.weekly is not None:
        yield "weekly maintenance", names.get(agreed.weekly, str(agreed.weekly))
    if agreed.dated:
        windows = (f"{_instant(start)} to {_instant(end)}" for start, end in agreed.dated)
        yield "single maintenance windows", "; ".join(windows)
    if version.reserved is not None:
        yield "reserved hours per month", f"{version.reserved / timedelta(hours=1):.6g}"
    if version.price is not None:
        yield "price per month", f"{version.price.amount} {version.price.currency}"


def _prose(prose: Prose) -> Iterator[tuple[str, str]]:
    for field in fields(prose):
        if text := getattr(prose, field.name):
            yield field.name, text


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
