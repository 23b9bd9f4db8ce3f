"""An agreement as a page that people read and print: plain HTML, no script, everything escaped."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Any
from uuid import UUID

from sla.agreements.domain.agreement import METRICS, Agreement
from sla.agreements.domain.coverage_extension import PRIORITIES, Extension
from sla.agreements.domain.diff import promise
from sla.agreements.schemas.responses import AgreementTold
from sla.calendars.domain.calendar import WEEKDAYS
from sla.calendars.store import CalendarVersion

TITLES = {
    "sla": "Service level agreement",
    "ola": "Operational level agreement",
    "uc": "Underpinning contract",
}
PROSE = (
    ("penalties", "Penalties"),
    ("roles", "Roles"),
    ("assumptions", "Assumptions"),
    ("duties", "The customer's duties"),
)


@dataclass(frozen=True, slots=True)
class Paper:
    """All that the page shows of a version."""

    version: Agreement
    told: AgreementTold
    calendars: Mapping[UUID, CalendarVersion]
    extensions: Sequence[Extension]


def written(paper: Paper) -> str:
    """A whole HTML document."""
    told = paper.told
    title = f"{TITLES[told.contract]} {told.key}, version {told.version}"
    return "".join(
        (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            f"<title>{escape(title)}</title>",
            '<link rel="stylesheet" href="/docs/style.css"></head><body>',
            f"<h1>{escape(title)}</h1>",
            *_sections(paper),
            "</body></html>",
        )
    )


def _sections(paper: Paper) -> Iterator[str]:
    yield _facts(_parties(paper.told))
    yield "<h2>Targets</h2>" + _targets(paper.version)
    yield "<h2>Hours</h2>" + _hours(paper)
    if paper.extensions:
        yield "<h2>Extra cover</h2>" + _extensions(paper.extensions)
    yield "<h2>What else is agreed</h2>" + _facts(_figures(paper))
    for name, heading in PROSE:
        if text := getattr(paper.told, name):
            yield f"<h2>{heading}</h2>{_paragraphs(text)}"
    yield "<h2>Approved</h2>" + _facts(_signatures(paper.told))


def _parties(told: AgreementTold) -> Iterator[tuple[str, str]]:
    yield "State", told.state
    if told.partner or told.team:
        yield ("Partner", told.partner) if told.partner else ("Team", told.team or "")
    yield "Customers", ", ".join(told.customers) or "all"
    yield "Services", ", ".join(told.services) or "all"
    yield "Valid from", _instant(told.valid_from)
    yield "Valid until", _instant(told.valid_until) if told.valid_until else "without an end"


def _targets(version: Agreement) -> str:
    head = "".join(f"<th>{priority}</th>" for priority in PRIORITIES)
    rows = []
    for metric in METRICS:
        mine = [one for one in version.targets if one.metric == metric]
        for kind in dict.fromkeys(one.kind for one in mine):
            said = {one.priority: promise(one) for one in mine if one.kind == kind}
            name = metric.replace("_", " ") + (f", {kind.replace('_', ' ')}" if kind else "")
            cells = "".join(f"<td>{escape(said.get(one, '-'))}</td>" for one in PRIORITIES)
            rows.append(f"<tr><th>{escape(name)}</th>{cells}</tr>")
    return f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _hours(paper: Paper) -> str:
    version = paper.version
    named = {"all tickets": version.calendar}
    named |= {f"{priority} tickets": id for priority, id in version.calendars.items()}
    return "".join(
        f"<h3>For {escape(name)}</h3>{_week(paper.calendars[id])}" for name, id in named.items()
    )


def _week(calendar: CalendarVersion) -> str:
    definition: Mapping[str, Any] = calendar.definition
    weekly = definition.get("weekly") or {}
    cells = "".join(
        f"<tr><th>{day}</th><td>{escape(_intervals(weekly.get(day, ())))}</td></tr>"
        for day in WEEKDAYS
    )
    zone = escape(str(definition["timezone"]))
    closed = len(definition.get("holidays") or ())
    less = f" {closed} single dates are closed." if closed else ""
    return f"<p>On the clocks of {zone}.{less}</p><table><tbody>{cells}</tbody></table>"


def _intervals(pairs: Iterable[Sequence[str]]) -> str:
    return ", ".join(f"{start} to {end}" for start, end in pairs) or "closed"


def _extensions(extensions: Sequence[Extension]) -> str:
    rows = (
        f"{_instant(one.starts_at)} to {_instant(one.until)}, for"
        f" {', '.join(one.priorities) or 'all'} tickets: {one.reason}"
        for one in extensions
    )
    return f"<ul>{''.join(f'<li>{escape(row)}</li>' for row in rows)}</ul>"


def _figures(paper: Paper) -> Iterator[tuple[str, str]]:
    told, maintenance = paper.told, paper.version.maintenance
    if told.availability is not None:
        yield "Availability per month", f"{told.availability * 100:.6g} %"
    if maintenance.weekly is not None:
        weekly = paper.calendars[maintenance.weekly].definition.get("weekly") or {}
        days = (f"{day} {_intervals(hours)}" for day, hours in weekly.items() if hours)
        yield "Weekly maintenance", "; ".join(days)
    for start, end in maintenance.dated:
        yield "Maintenance", f"{_instant(start)} to {_instant(end)}"
    if told.reserved_seconds is not None:
        hours = timedelta(seconds=told.reserved_seconds) / timedelta(hours=1)
        yield "Reserved hours per month", f"{hours:.6g}"
    if told.price is not None:
        yield "Price per month", f"{told.price.amount} {told.price.currency}"
    yield "Months begin in", told.timezone
    yield "Warnings at", ", ".join(f"{share * 100:.6g} %" for share in told.warnings)


def _signatures(told: AgreementTold) -> Iterator[tuple[str, str]]:
    for side, signed in (("For us", told.approved), ("For the other side", told.countersigned)):
        if signed is not None:
            yield side, f"{signed.by}, {_instant(signed.at)}"
    if told.published_at is not None:
        yield "Published", f"{told.published_by}, {_instant(told.published_at)}"


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f"<tr><th>{escape(a)}</th><td>{escape(b)}</td></tr>" for a, b in facts)
    return f"<table><tbody>{rows}</tbody></table>"


def _paragraphs(text: str) -> str:
    parts = (part.strip() for part in text.split("\n\n"))
    return "".join(f"<p>{escape(part)}</p>" for part in parts if part)


def _instant(at: datetime) -> str:
    return at.isoformat(sep=" ", timespec="minutes").replace("+00:00", " UTC")
