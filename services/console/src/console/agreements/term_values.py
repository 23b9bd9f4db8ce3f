"""The terms of a version as its form shows them: from what sla says of a version, or blank. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from console.agreements.view import CONDITIONS, PRIORITIES
from console.figures import percent
from console.forms.reading import TICKED
from console.forms.rows import Row, with_rows
from console.language.typed_lengths import written_length

NOTHING: Final = "-"
"""What a target says for which nothing is promised."""
BLANK_TARGET: Final[Row] = {"metric": "", "pausable": TICKED}
BLANK_GOAL: Final[Row] = {"metric": ""}
BLANK_ROWS: Final[Mapping[str, Row]] = {"targets": BLANK_TARGET, "goals": BLANK_GOAL}
FIRST_METRICS: Final = ("first_response", "resolution")
PROSE: Final = ("penalties", "roles", "assumptions", "duties")
PARTIES: Final = ("customer", "partner", "team")


def blank_terms(moment: datetime, zone: ZoneInfo, customer: str) -> dict[str, str]:
    """A new agreement with a customer: two metrics to begin with, from the next month on."""
    values = {
        "customer": customer,
        "contract": "sla",
        "warnings": "50 75 90",
        "valid_from": _next_month(moment, zone),
        "price.currency": "EUR",
    }
    rows = [{**BLANK_TARGET, "metric": metric} for metric in FIRST_METRICS]
    return with_rows(values, "targets", rows)


def values_of(
    agreement: Mapping[str, Any], weekly: Mapping[str, Any], zone: ZoneInfo
) -> dict[str, str]:
    """All terms of a version. `weekly`: the hours of its agreed maintenance, by weekday."""
    values = {
        **_party(agreement),
        **_hours(agreement, weekly, zone),
        **_figures(agreement),
        **{name: agreement.get(name) or "" for name in PROSE},
        "services": " ".join(agreement["services"]),
        "customers": " ".join(agreement.get("customers") or ()),
        "pinned": _pinned(agreement),
        "supersedes": str(agreement.get("supersedes") or ""),
    }
    if agreement.get("customer_signs"):
        values["customer_signs"] = TICKED
    values = with_rows(values, "targets", list(_target_rows(agreement["targets"])))
    return with_rows(values, "goals", list(map(_goal_row, agreement.get("goals") or ())))


def _pinned(agreement: Mapping[str, Any]) -> str:
    """As it is stored; "" where that is as usual, so that it stays so when the signature is decided on later."""
    stays = bool(agreement.get("pinned"))
    return "" if stays == bool(agreement.get("customer_signs")) else "yes" if stays else "no"


def differences_of(
    theirs: Mapping[str, str], typed: Mapping[str, str]
) -> tuple[tuple[str, str, str], ...]:
    """Return the fields in which what is stored differs from what was typed: name, stored, typed."""
    names = [name for name in (*theirs, *(one for one in typed if "." in one)) if name]
    pairs = ((name, theirs.get(name, ""), typed.get(name, "")) for name in dict.fromkeys(names))
    return tuple(one for one in pairs if one[1].split() != one[2].split())


def as_next_version(values: Mapping[str, str], moment: datetime, zone: ZoneInfo) -> dict[str, str]:
    """The terms of the version that follows: the same, from the next month on, without an end."""
    changed = {"valid_from": _next_month(moment, zone), "valid_until": "", "supersedes": ""}
    return {**values, **changed}


def _party(agreement: Mapping[str, Any]) -> dict[str, str]:
    names = {name: agreement.get(name) or "" for name in PARTIES}
    default = {"house_default": TICKED} if agreement.get("house_default") else {}
    return {"key": agreement["key"], "contract": agreement["contract"], **names, **default}


def _hours(
    agreement: Mapping[str, Any], weekly: Mapping[str, Any], zone: ZoneInfo
) -> dict[str, str]:
    dated = (agreement.get("maintenance") or {}).get("dated") or ()
    windows = (
        f"{_written(one['starts_at'], zone)} - {_written(one['ends_at'], zone)}" for one in dated
    )
    return {
        "calendar": agreement["calendar"],
        **{f"calendars.{name}": id for name, id in agreement["calendars"].items()},
        "valid_from": _local(agreement["valid_from"], zone),
        "valid_until": _local(agreement["valid_until"], zone),
        "timezone": agreement["timezone"],
        **{
            f"weekly.{day}": ", ".join("-".join(span) for span in spans)
            for day, spans in weekly.items()
        },
        "dated": "\n".join(windows),
    }


def _figures(agreement: Mapping[str, Any]) -> dict[str, str]:
    price, reserved = agreement.get("price") or {}, agreement.get("reserved_seconds")
    cap = agreement.get("credit_cap_percent")
    return {
        "availability": percent(agreement["availability"], 6) or "",
        "reserved_seconds": written_length(reserved) if reserved else "",
        "price.amount": price.get("amount", ""),
        "price.currency": price.get("currency", "EUR"),
        "credit_cap_percent": "" if cap is None else f"{cap:g}",
        "warnings": " ".join(percent(one, 6) or "" for one in agreement["warnings"]),
        "warn_before_seconds": " ".join(map(written_length, agreement["warn_before_seconds"])),
    }


def _target_rows(targets: Iterable[Mapping[str, Any]]) -> Iterable[Row]:
    """A row for each metric under its conditions, with a time for each priority."""
    rows: dict[tuple[Any, ...], dict[str, str]] = {}
    for one in targets:
        about = {"metric": one["metric"]} | {name: one.get(name) or "" for name in CONDITIONS}
        about |= {"pausable": TICKED} if one["pausable"] else {}
        row = rows.setdefault(tuple(about.items()), about)
        seconds = one["target_seconds"]
        row[one["priority"]] = NOTHING if seconds is None else written_length(seconds)
    return rows.values()


def _goal_row(goal: Mapping[str, Any]) -> Row:
    credits = "; ".join(
        f"{percent(one['below'], 6)}: {one['percent']:g}" for one in goal["credits"]
    )
    ticked = {name: TICKED for name in PRIORITIES if name in goal["priorities"]}
    return {
        "metric": goal["metric"],
        "share": percent(goal["share"], 6) or "",
        "service": goal.get("service") or "",
        "credits": credits,
        "fee": goal.get("fee") or "",
        **ticked,
    }


def _next_month(moment: datetime, zone: ZoneInfo) -> str:
    first = moment.astimezone(zone).replace(day=1)
    return f"{first + timedelta(days=32):%Y-%m}-01T00:00"


def _local(instant: str | None, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(instant).astimezone(zone):%Y-%m-%dT%H:%M}" if instant else ""


def _written(instant: str, zone: ZoneInfo) -> str:
    """An instant with its offset: a window at a change of clocks is not to be mistaken."""
    return datetime.fromisoformat(instant).astimezone(zone).isoformat(timespec="minutes")
