"""What a form announces, as the API takes it. Pure."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from console.language.typed_times import typed_time
from console.upstream.problems import Violation


def announcement_of(
    values: Mapping[str, str], zone: ZoneInfo
) -> tuple[dict[str, Any], list[Violation]]:
    """Return what is announced, and what is wrong with it; environment, else customer, says where."""
    body: dict[str, Any] = {"title": values["title"].strip()}
    for name in ("customer", "environment", "service"):
        if values.get(name, "").strip():
            body[name] = values[name].strip()
    body["scope"] = (
        "environment"
        if "environment" in body
        else "customer"
        if "customer" in body
        else "everybody"
    )
    window, wrong = window_of(values, zone)
    return body | window, wrong


def window_of(values: Mapping[str, str], zone: ZoneInfo) -> tuple[dict[str, str], list[Violation]]:
    """Return from when until when, and what is wrong with it."""
    window: dict[str, str] = {}
    wrong: list[Violation] = []
    for name in ("starts_at", "ends_at"):
        instant = typed_time(values, name, zone)
        if isinstance(instant, str):
            wrong.append(Violation(name, instant))
        else:
            window[name] = instant.isoformat()
    return window, wrong
