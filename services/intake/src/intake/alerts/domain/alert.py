"""Alerts of monitors, in the form that all formats are parsed into. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from intake.alerts.domain.json_values import MAX_LONG_TEXT_CHARS, first_of, read_key
from intake.alerts.domain.severity import UNKNOWN_WORD_PRIORITY, priority_of_word

Status = Literal["firing", "acknowledged", "ended"]

CUSTOMER_NAMES: Final = ("customer", "customer_key", "client", "tenant")
ENVIRONMENT_NAMES: Final = ("environment", "env", "stage")
SERVICE_NAMES: Final = ("service", "service_name")
SEVERITY_NAMES: Final = ("severity", "priority", "level", "urgency")
"""The labels, tags and fields that name each, the first that has a value counts."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of a post, recognised by its `dedup_key`.

    `customer` and `environment` are the values of labels: keys, if the monitor is configured well.
    `details_on_joining` are noted where it joins a ticket. `needs_quiet`: its monitor never reports an end, so it ends once it has been quiet for a while.
    `needs_open`: an end or acknowledgement of nothing that is open has no effect. `shown_key` is the
    key as it was sent, where it is stored under another one. `remarks` are
    sentences about what could not be understood.
    """

    status: Status
    dedup_key: str
    group_key: str
    title: str
    severity: str | None = None
    customer: str | None = None
    environment: str | None = None
    service: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    description: str | None = None
    remarks: tuple[str, ...] = ()
    details_on_joining: str | None = None
    needs_quiet: bool = False
    needs_open: bool = False
    shown_key: str | None = None


@dataclass(frozen=True, slots=True)
class AlertBatch:
    """The alerts of one post; `truncated` is the number that the monitor left out of it.

    `source` is the format, with what separates the keys of one sender from those of another.
    `are_keys_chosen`: people choose the keys, so that two customers may have the same.
    """

    source: str
    alerts: tuple[Alert, ...]
    truncated: int = 0
    are_keys_chosen: bool = False


@dataclass(frozen=True, slots=True)
class PostContext:
    """What a parser may use beside the JSON: the post's id and moment, and the rest of its path."""

    id: UUID
    received_at: datetime
    address: str = ""


def labelled(alert: Alert, labels: Mapping[str, str]) -> Alert:
    """The alert with what its labels (names in lower case) say of whose it is and how bad."""
    severity = alert.severity or first_of(labels, SEVERITY_NAMES)
    return replace(
        alert,
        severity=severity,
        customer=first_of(labels, CUSTOMER_NAMES),
        environment=first_of(labels, ENVIRONMENT_NAMES),
        service=first_of(labels, SERVICE_NAMES),
        remarks=alert.remarks + _severity_remarks(severity),
    )


def _severity_remarks(severity: str | None) -> tuple[str, ...]:
    if severity is None or priority_of_word(severity):
        return ()
    return (
        f"The severity “{severity}” is not known here, and was taken as {UNKNOWN_WORD_PRIORITY}.",
    )


def described(*parts: str | None, **named: Any) -> str | None:
    """A description of the given texts, and below them a line for each named one that is given."""
    lines = [part for part in parts if part]
    lines += [f"{name.replace('_', ' ')}: {value}" for name, value in named.items() if value]
    return "\n".join(lines)[:MAX_LONG_TEXT_CHARS] or None


def fallback_key(context: PostContext) -> str:
    """The key of an alert whose monitor gave it none: it is the only one of its kind."""
    return read_key(str(context.id)) or ""


def environment_keys(alert: Alert) -> tuple[str, ...]:
    """Possible keys of the environment: `acme-prod`, also from `customer=acme, env=prod`."""
    if alert.environment is None:
        return ()
    environment = alert.environment.lower()
    joined = (f"{alert.customer.lower()}-{environment}",) if alert.customer else ()
    return (environment, *joined)
