"""What the forms of a follow-up send. Pure."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from console.follow_ups.view import ACTS
from console.language.typed_times import typed_time
from console.upstream.problems import Violation


def body_of(
    act: str, values: Mapping[str, str], zone: ZoneInfo
) -> dict[str, Any] | Violation | None:
    """Return what an act sends, None where it has nothing to say; or what is wrong with a field."""
    body: dict[str, Any] = {name: values[name].strip() for name in ACTS[act]}
    if act == "assign" and values.get("due_at", "").strip():
        due_at = typed_time(values, "due_at", zone)
        if isinstance(due_at, str):
            return Violation("due_at", due_at)
        body["due_at"] = due_at.isoformat()
    return body or None
