"""What a form about an outage asks for, as the API takes it. Pure."""

from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from console.language.marked import marked
from console.language.typed_times import typed_time
from console.upstream.problems import Violation

NOTHING: Final = marked(
    "Say what is different: the beginning, the end, the effect, or whether it counts."
)


def report_of(values: Mapping[str, str], zone: ZoneInfo) -> dict[str, Any] | Violation:
    """Return the report of an outage; the environment, else the customer, says where."""
    body: dict[str, Any] = {"reason": values["reason"].strip()}
    for name in ("customer", "environment", "service", "effect"):
        if values.get(name, "").strip():
            body[name] = values[name].strip()
    body["scope"] = (
        "environment"
        if "environment" in body
        else "customer"
        if "customer" in body
        else "everybody"
    )
    return _with_time(body, values, "started_at", zone)


def correction_of(values: Mapping[str, str], zone: ZoneInfo) -> dict[str, Any] | Violation:
    """Return what a correction changes. Empty fields stay as they are."""
    body: dict[str, Any] = {"reason": values.get("reason", "").strip()}
    for name in ("started_at", "ended_at"):
        changed = _with_time(body, values, name, zone)
        if isinstance(changed, Violation):
            return changed
        body = changed
    if values.get("effect"):
        body["effect"] = values["effect"]
    if values.get("counts") in {"yes", "no"}:
        body["counts"] = values["counts"] == "yes"
    return body if len(body) > 1 else Violation("", NOTHING)


def _with_time(
    body: dict[str, Any], values: Mapping[str, str], name: str, zone: ZoneInfo
) -> dict[str, Any] | Violation:
    if not values.get(name, "").strip():
        return body
    instant = typed_time(values, name, zone)
    if isinstance(instant, str):
        return Violation(name, instant)
    return body | {name: instant.isoformat()}
