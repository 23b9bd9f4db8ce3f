"""An agreement as an HTML page to read and print: no script, everything escaped."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape as escape_html
from typing import Any
from uuid import UUID

from common.domain.visible_text import make_visible
from sla.agreements.domain.agreement import METRICS, Agreement
from sla.agreements.domain.coverage_extension import PRIORITIES, Extension
from sla.agreements.domain.diff import describe_promise
from sla.agreements.schemas.responses import AgreementForParty, AgreementRead, AnyAgreement
from sla.calendars.domain.calendar import WEEKDAYS
from sla.calendars.store import CalendarVersion

CONTRACT_TITLES = {
    "sla": "Service level agreement",
    "ola": "Operational level agreement",
    "uc": "Underpinning contract",
}
PROSE_SECTIONS = (
    ("penalties", "Penalties"),
    ("roles", "Roles"),
    ("assumptions", "Assumptions"),
    ("duties", "The customer's duties"),
)


@dataclass(frozen=True, slots=True)
class PageContent:
    """What the page shows: `response` is the agreement as its reader may read it."""

    version: Agreement
    response: AnyAgreement
    calendars: Mapping[UUID, CalendarVersion]
    extensions: Sequence[Extension]


def render_page(content: PageContent) -> str:
    """The page as an HTML document."""
    response = content.response
    title = f"{CONTRACT_TITLES[response.contract]} {response.key}, version {response.version}"
    return "".join(
        (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            f"<title>{escape(title)}</title>",
            '<link rel="stylesheet" href="/docs/style.css"></head><body>',
            f"<h1>{escape(title)}</h1>",
            *_sections(content),
            "</body></html>",
        )
    )


def _sections(content: PageContent) -> Iterator[str]:
    yield _fact_table(_parties(content.response))
    yield "<h2>Targets</h2>" + _targets(content.version)
    yield "<h2>Hours</h2>" + _hours(content)
    if content.extensions:
        yield "<h2>Extra cover</h2>" + _extensions(content)
    yield "<h2>What else is agreed</h2>" + _fact_table(_figures(content))
    if isinstance(content.response, AgreementForParty):
        yield from _contract_sections(content.response)


def _contract_sections(response: AgreementForParty) -> Iterator[str]:
    """What is between the two sides alone."""
    for name, heading in PROSE_SECTIONS:
        if text := getattr(response, name):
            yield f"<h2>{heading}</h2>{_paragraphs(text)}"
    yield "<h2>Approved</h2>" + _fact_table(_signatures(response))


def _parties(response: AnyAgreement) -> Iterator[tuple[str, str]]:
    yield "State", response.state
    if isinstance(response, AgreementRead) and (response.partner or response.team):
        yield ("Partner", response.partner) if response.partner else ("Team", response.team or "")
    yield "Customers", ", ".join(response.customers) or "all"
    yield "Services", ", ".join(response.services) or "all"
    yield "Valid from", _format_instant(response.valid_from)
    yield (
        "Valid until",
        _format_instant(response.valid_until) if response.valid_until else "without an end",
    )


def _targets(version: Agreement) -> str:
    head = "".join(f"<th>{priority}</th>" for priority in PRIORITIES)
    rows = []
    for metric in METRICS:
        metric_targets = [one for one in version.targets if one.metric == metric]
        for kind in dict.fromkeys(one.kind for one in metric_targets):
            promises = {
                one.priority: describe_promise(one) for one in metric_targets if one.kind == kind
            }
            name = metric.replace("_", " ") + (f", {kind.replace('_', ' ')}" if kind else "")
            cells = "".join(f"<td>{escape(promises.get(one, '-'))}</td>" for one in PRIORITIES)
            rows.append(f"<tr><th>{escape(name)}</th>{cells}</tr>")
    return f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _hours(content: PageContent) -> str:
    version = content.version
    calendar_ids = {"all tickets": version.calendar}
    calendar_ids |= {f"{priority} tickets": id for priority, id in version.calendars.items()}
    return "".join(
        f"<h3>For {escape(name)}</h3>{_week(content.calendars[id])}"
        for name, id in calendar_ids.items()
    )


def _week(calendar: CalendarVersion) -> str:
    definition: Mapping[str, Any] = calendar.definition
    weekly = definition.get("weekly") or {}
    cells = "".join(
        f"<tr><th>{day}</th><td>{escape(_format_intervals(weekly.get(day, ())))}</td></tr>"
        for day in WEEKDAYS
    )
    zone = escape(str(definition["timezone"]))
    closed = len(definition.get("holidays") or ())
    closed_note = f" {closed} single dates are closed." if closed else ""
    return f"<p>On the clocks of {zone}.{closed_note}</p><table><tbody>{cells}</tbody></table>"


def _format_intervals(pairs: Iterable[Sequence[str]]) -> str:
    return ", ".join(f"{start} to {end}" for start, end in pairs) or "closed"


def _extensions(content: PageContent) -> str:
    """The extra hours; why they were added is for staff."""
    is_staff = isinstance(content.response, AgreementRead)
    rows = (
        f"{_format_instant(one.starts_at)} to {_format_instant(one.effective_end)}, for"
        f" {', '.join(one.priorities) or 'all'} tickets{f': {one.reason}' if is_staff else ''}"
        for one in content.extensions
    )
    return f"<ul>{''.join(f'<li>{escape(row)}</li>' for row in rows)}</ul>"


def _figures(content: PageContent) -> Iterator[tuple[str, str]]:
    response, maintenance = content.response, content.version.maintenance
    if response.availability is not None:
        yield "Availability per month", f"{response.availability * 100:.6g} %"
    if maintenance.weekly is not None:
        weekly = content.calendars[maintenance.weekly].definition.get("weekly") or {}
        days = (f"{day} {_format_intervals(hours)}" for day, hours in weekly.items() if hours)
        yield "Weekly maintenance", "; ".join(days)
    for start, end in maintenance.dated:
        yield "Maintenance", f"{_format_instant(start)} to {_format_instant(end)}"
    if response.reserved_seconds is not None:
        hours = timedelta(seconds=response.reserved_seconds) / timedelta(hours=1)
        yield "Reserved hours per month", f"{hours:.6g}"
    if isinstance(response, AgreementForParty) and response.price is not None:
        yield "Price per month", f"{response.price.amount} {response.price.currency}"
    yield "Months begin in", response.timezone
    yield "Warnings at", ", ".join(f"{share * 100:.6g} %" for share in response.warnings)


def _signatures(response: AgreementForParty) -> Iterator[tuple[str, str]]:
    for side, signature in (
        ("For us", response.approved),
        ("For the other side", response.countersigned),
    ):
        if signature is not None:
            yield side, f"{signature.by}, {_format_instant(signature.at)}"
    if response.published_at is not None:
        by = f"{response.published_by}, " if isinstance(response, AgreementRead) else ""
        yield "Published", f"{by}{_format_instant(response.published_at)}"


def _fact_table(pairs: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f"<tr><th>{escape(a)}</th><td>{escape(b)}</td></tr>" for a, b in pairs)
    return f"<table><tbody>{rows}</tbody></table>"


def _paragraphs(text: str) -> str:
    parts = (part.strip() for part in text.split("\n\n"))
    return "".join(f"<p>{escape(part)}</p>" for part in parts if part)


def _format_instant(at: datetime) -> str:
    return at.isoformat(sep=" ", timespec="minutes").replace("+00:00", " UTC")


def escape(text: str) -> str:
    """Text of other people for a page."""
    return escape_html(make_visible(text))
