"""Formats an event as one line: when, what, about what, and its fields."""

from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from opsdesk.formatting import format_duration, format_instant
from opsdesk.topic_reader import Record

_SUBJECT_FIELDS = (
    "ticket",
    "escalation",
    "delivery",
    "emergency",
    "follow_up",
    "environment",
    "customer",
)
_OMITTED_FIELDS = frozenset({"at", "title", "audiences", "digest"})
_MAX_VALUE_CHARS = 60


def format_event(record: Record, zone: tzinfo | None = None) -> str:
    """Format an event: `Tue 30 Mar 2027 10:30:00 CEST  clock.breached  OPS-7  metric=…`."""
    when = format_instant(record.time, zone) if record.time else "-"
    what = record.type.removeprefix("opsdesk.").removesuffix(".v1")
    name = subject_name(record)
    details = " ".join(detail_fields(record.body, zone, except_value=name))
    return "  ".join([when, f"{what:<26}", f"{name:<10}", details]).rstrip()


def subject_name(record: Record) -> str:
    """Return the key of the subject, or its kind and the end of its id."""
    kind = record.subject.partition("/")[0]
    own_name = record.body.get(kind.replace("-", "_"))
    if isinstance(own_name, str):
        return own_name
    fallback = next((record.body[name] for name in _SUBJECT_FIELDS if record.body.get(name)), None)
    return str(fallback or f"{kind}/…{record.subject[-6:]}")


def detail_fields(
    body: dict[str, Any], zone: tzinfo | None = None, except_value: str = ""
) -> Iterator[str]:
    """Yield the fields except ids, free text and empty ones, fields of the event's own type first."""
    for name, value in reversed(body.items()):
        if (
            name in _OMITTED_FIELDS
            or name.endswith("_id")
            or value in (None, [], False, "", except_value)
        ):
            continue
        yield f"{name.removesuffix('_seconds')}={_format_value(name, value, zone)}"


def _format_value(name: str, value: Any, zone: tzinfo | None) -> str:
    if name.endswith("_seconds"):
        return format_duration(value)
    if isinstance(value, str) and _is_instant(name) and value[:1].isdigit():
        return format_instant(value, zone)
    if isinstance(value, list):
        return ",".join(_format_item(item) for item in value)
    text = " ".join(str(value).split())
    return text if len(text) <= _MAX_VALUE_CHARS else f"{text[: _MAX_VALUE_CHARS - 1]}…"


def _is_instant(name: str) -> bool:
    return name.endswith("_at") or name in {
        "deadline",
        "until",
        "previous",
        "valid_from",
        "valid_until",
    }


def _format_item(item: Any) -> str:
    return str(item.get("code", item)) if isinstance(item, dict) else str(item)
