"""One readable line per event: when, what, about whom, and the facts that matter."""

from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from opsdesk.formatting import lasting, shown
from opsdesk.topic_reader import Record

_NAMES = ("ticket", "escalation", "delivery", "emergency", "follow_up", "environment", "customer")
_UNTOLD = frozenset({"at", "title", "audiences", "digest"})
_LONGEST = 60


def line(record: Record, zone: tzinfo | None = None) -> str:
    """`Tue 30 Mar 2027 10:30:00 CEST  clock.breached  OPS-7  metric=first_response …`."""
    when = shown(record.time, zone) if record.time else "-"
    what = record.type.removeprefix("opsdesk.").removesuffix(".v1")
    name = about(record)
    told = " ".join(facts(record.body, zone, but=name))
    return "  ".join([when, f"{what:<26}", f"{name:<10}", told]).rstrip()


def about(record: Record) -> str:
    """What people call it; where it has no such name, the subject's kind and the id's end."""
    kind = record.subject.partition("/")[0]
    own = record.body.get(kind.replace("-", "_"))
    if isinstance(own, str):
        return own
    named = next((record.body[name] for name in _NAMES if record.body.get(name)), None)
    return str(named or f"{kind}/…{record.subject[-6:]}")


def facts(body: dict[str, Any], zone: tzinfo | None = None, but: str = "") -> Iterator[str]:
    """Everything said but ids, free text and what is empty; what is special to the type first."""
    for name, value in reversed(body.items()):
        if name in _UNTOLD or name.endswith("_id") or value in (None, [], False, "", but):
            continue
        yield f"{name.removesuffix('_seconds')}={_value(name, value, zone)}"


def _value(name: str, value: Any, zone: tzinfo | None) -> str:
    if name.endswith("_seconds"):
        return lasting(value)
    if isinstance(value, str) and _is_instant(name) and value[:1].isdigit():
        return shown(value, zone)
    if isinstance(value, list):
        return ",".join(_code(item) for item in value)
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _is_instant(name: str) -> bool:
    return name.endswith("_at") or name in {"deadline", "until", "was", "valid_from", "valid_until"}


def _code(item: Any) -> str:
    return str(item.get("code", item)) if isinstance(item, dict) else str(item)
