"""What a version promises, as JSON and back. What it leaves out has its usual value."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sla.agreements.domain.agreement import SHARES, Target
from sla.agreements.domain.agreement import Agreement as Version
from sla.agreements.domain.clauses import Maintenance, Price, Prose

SECOND = timedelta(seconds=1)


def written(version: Version) -> dict[str, Any]:
    """The promises of a version. `read` of them gives the same fields."""
    price = version.price
    return {
        "calendar": str(version.calendar),
        "calendars": {priority: str(id) for priority, id in version.calendars.items()},
        "targets": [_target(target) for target in version.targets],
        "warnings": list(version.shares),
        "warn_before_seconds": [before // SECOND for before in version.ahead],
        "timezone": version.timezone,
        "availability": version.availability,
        "reserved_seconds": None if version.reserved is None else version.reserved // SECOND,
        "price": None if price is None else [str(price.amount), price.currency],
        "maintenance": _maintenance(version.maintenance),
        "prose": {name: text for name in PROSE if (text := getattr(version.prose, name))},
    }


def read(told: Mapping[str, Any], cover: Mapping[str, str] | None) -> dict[str, Any]:
    """The fields of an Agreement; `cover` are the calendars that go before the promised ones."""
    used = {"": told["calendar"], **told["calendars"], **(cover or {})}
    calendars = {priority: UUID(id) for priority, id in used.items()}
    reserved, price = told.get("reserved_seconds"), told.get("price")
    return {
        "calendar": calendars.pop(""),
        "calendars": calendars,
        "targets": tuple(_read_target(target) for target in told["targets"]),
        "shares": tuple(told.get("warnings", SHARES)),
        "ahead": tuple(before * SECOND for before in told.get("warn_before_seconds", ())),
        "timezone": told.get("timezone", "UTC"),
        "availability": told.get("availability"),
        "reserved": None if reserved is None else reserved * SECOND,
        "price": None if price is None else Price(Decimal(price[0]), price[1]),
        "maintenance": _read_maintenance(told.get("maintenance", {})),
        "prose": Prose(**told.get("prose", {})),
    }


PROSE = ("penalties", "roles", "assumptions", "duties")


def _target(target: Target) -> dict[str, Any]:
    return {
        "metric": target.metric,
        "priority": target.priority,
        "kind": target.kind,
        "target_seconds": None if target.within is None else target.within // SECOND,
        "pausable": target.pausable,
    }


def _read_target(told: Mapping[str, Any]) -> Target:
    within = told["target_seconds"]
    return Target(
        told["metric"],
        told["priority"],
        None if within is None else within * SECOND,
        told["pausable"],
        told["kind"],
    )


def _maintenance(maintenance: Maintenance) -> dict[str, Any]:
    return {
        "weekly": str(maintenance.weekly) if maintenance.weekly else None,
        "dated": [[start.isoformat(), end.isoformat()] for start, end in maintenance.dated],
    }


def _read_maintenance(told: Mapping[str, Any]) -> Maintenance:
    weekly = told.get("weekly")
    dated = (
        (datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in told.get("dated", ())
    )
    return Maintenance(UUID(weekly) if weekly else None, tuple(dated))
