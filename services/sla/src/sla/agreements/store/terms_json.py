"""The terms of a version as stored JSON, and back. A missing member has its default."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from common.domain.durations import SECOND
from sla.agreements.domain.agreement import DEFAULT_WARNING_THRESHOLDS, FormerCalendar, Target
from sla.agreements.domain.agreement import Agreement as Version
from sla.agreements.domain.clauses import Maintenance, Price, Prose
from sla.agreements.domain.goals import CreditStep, Goal


def dump_terms(version: Version) -> dict[str, Any]:
    """The terms of a version as JSON; `load_terms` is the inverse."""
    price = version.price
    return {
        "calendar": str(version.calendar),
        "calendars": {priority: str(id) for priority, id in version.calendars.items()},
        "pinned": version.pinned,
        "targets": [_dump_target(target) for target in version.targets],
        "warnings": list(version.warning_thresholds),
        "warn_before_seconds": [before // SECOND for before in version.warning_lead_times],
        "timezone": version.timezone,
        "availability": version.availability,
        "reserved_seconds": None if version.reserved is None else version.reserved // SECOND,
        "price": None if price is None else [str(price.amount), price.currency],
        "maintenance": _dump_maintenance(version.maintenance),
        "goals": [_dump_goal(goal) for goal in version.goals],
        "credit_cap_percent": version.credit_cap_percent,
        "prose": {name: text for name in PROSE_FIELDS if (text := getattr(version.prose, name))},
    }


def load_terms(stored: Mapping[str, Any], coverage: Mapping[str, str] | None) -> dict[str, Any]:
    """The fields of an Agreement. `coverage`, the extended calendars by priority, take precedence."""
    calendar_ids = {"": stored["calendar"], **stored["calendars"], **(coverage or {})}
    calendars = {priority: UUID(id) for priority, id in calendar_ids.items()}
    reserved, price = stored.get("reserved_seconds"), stored.get("price")
    return {
        "calendar": calendars.pop(""),
        "calendars": calendars,
        "pinned": stored.get("pinned", True),
        "targets": tuple(_load_target(target) for target in stored["targets"]),
        "warning_thresholds": tuple(stored.get("warnings", DEFAULT_WARNING_THRESHOLDS)),
        "warning_lead_times": tuple(
            before * SECOND for before in stored.get("warn_before_seconds", ())
        ),
        "timezone": stored.get("timezone", "UTC"),
        "availability": stored.get("availability"),
        "reserved": None if reserved is None else reserved * SECOND,
        "price": None if price is None else Price(Decimal(price[0]), price[1]),
        "maintenance": _load_maintenance(stored.get("maintenance", {})),
        "goals": tuple(_load_goal(goal) for goal in stored.get("goals", ())),
        "credit_cap_percent": stored.get("credit_cap_percent"),
        "prose": Prose(**stored.get("prose", {})),
    }


def load_former_calendars(stored: Sequence[Sequence[str]] | None) -> tuple[FormerCalendar, ...]:
    """The calendars of before, from pairs of an instant and an id, oldest first."""
    return tuple(
        FormerCalendar(datetime.fromisoformat(until), UUID(calendar))
        for until, calendar in stored or ()
    )


def dump_former_calendars(former: Sequence[FormerCalendar]) -> list[list[str]]:
    """The same as JSON; `load_former_calendars` is the inverse."""
    return [[one.until.isoformat(), str(one.calendar)] for one in former]


PROSE_FIELDS = ("penalties", "roles", "assumptions", "duties")


TRAITS = ("environment_tier", "channel", "customer_tier", "tag")


def _dump_target(target: Target) -> dict[str, Any]:
    return {
        "metric": target.metric,
        "priority": target.priority,
        "kind": target.kind,
        "target_seconds": None if target.within is None else target.within // SECOND,
        "pausable": target.pausable,
        **{name: value for name in TRAITS if (value := getattr(target, name)) is not None},
    }


def _load_target(stored: Mapping[str, Any]) -> Target:
    within = stored["target_seconds"]
    return Target(
        stored["metric"],
        stored["priority"],
        None if within is None else within * SECOND,
        stored["pausable"],
        stored["kind"],
        *(stored.get(name) for name in TRAITS),
    )


def _dump_goal(goal: Goal) -> dict[str, Any]:
    return {
        "metric": goal.metric,
        "share": goal.share,
        "priorities": list(goal.priorities),
        "service": goal.service,
        "credits": [[one.below, one.percent] for one in goal.credits],
        "fee": None if goal.fee is None else str(goal.fee),
    }


def _load_goal(stored: Mapping[str, Any]) -> Goal:
    fee = stored["fee"]
    return Goal(
        stored["metric"],
        stored["share"],
        tuple(stored["priorities"]),
        stored["service"],
        tuple(CreditStep(below, percent) for below, percent in stored["credits"]),
        None if fee is None else Decimal(fee),
    )


def _dump_maintenance(maintenance: Maintenance) -> dict[str, Any]:
    return {
        "weekly": str(maintenance.weekly) if maintenance.weekly else None,
        "dated": [[start.isoformat(), end.isoformat()] for start, end in maintenance.dated],
    }


def _load_maintenance(stored: Mapping[str, Any]) -> Maintenance:
    weekly = stored.get("weekly")
    dated = (
        (datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in stored.get("dated", ())
    )
    return Maintenance(UUID(weekly) if weekly else None, tuple(dated))
