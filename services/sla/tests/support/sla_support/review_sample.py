"""A month's report with something in every section, and a meeting about it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sla.calendars.domain.month import parse_month, zone_or_utc
from sla.clocks.domain.compliance import Compliance
from sla.reports.domain.monthly_figures import CompliancePart, ResponseTimes, Usage
from sla.reviews.domain.action_item import ActionItem
from sla.reviews.domain.meeting import AgendaItem, Meeting, Minute
from sla.reviews.domain.report import (
    Breach,
    ChangeLine,
    DailyVolume,
    OutageLine,
    Report,
    ReservedHoursLine,
    Uptime,
    WaiverLine,
)

ZONE = "Europe/Warsaw"
JUNE = parse_month("2026-06")
SPAN = JUNE.span(zone_or_utc(ZONE))
AT = datetime(2026, 7, 1, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


def report(**overrides: Any) -> Report:
    """June of a customer whose name needs more letters than Latin-1 has."""
    compliance = Compliance(38, 3, 1)
    usage = Usage("2026-06", 42, 40, 5, compliance)
    trend = tuple(
        Usage(str(JUNE.plus(away)), 40 + away, 39, 4, Compliance(40, 1 - away, 1))
        for away in range(-5, 0)
    )
    fields: dict[str, Any] = {
        "customer": "lodz",
        "name": "Łódź Żeglarz",
        "timezone": ZONE,
        "month": "2026-06",
        "starts_at": SPAN.since,
        "ends_at": SPAN.until,
        "generated_at": AT,
        "usage": usage,
        "previous_month": trend[-1],
        "trend": (*trend, usage),
        "days": tuple(DailyVolume(day, day.day % 4, day.day % 3) for day in JUNE.days),
        "metrics": (
            CompliancePart("first_response", Compliance(20, 1, 1)),
            CompliancePart("resolution", compliance),
        ),
        "priorities": (CompliancePart("blocker", Compliance(3, 1, 0)),),
        "services": (CompliancePart("billing", Compliance(20, 1, 1)),),
        "response_times": (ResponseTimes("resolution", 39, 14_400, 90_000, 180_000),),
        "breaches": (breach(),),
        "breaches_total": 1,
        "waivers": (waiver(),),
        "outages": (outage(),),
        "uptimes": (Uptime("billing", 0.99873, 0.999, 10_800, 8_640_000, (down_day(),)),),
        "upcoming": (ChangeLine("DLV-9", "billing", "2.4.0", "lodz-prod", "approved", AT),),
        "delivered": (ChangeLine("DLV-7", "billing", "2.3.1", "lodz-prod", "delivered", AT),),
        "reserved": (ReservedHoursLine("lodz-standard", 144_000, 100_000),),
    }
    return Report(**fields | overrides)


def breach(**overrides: Any) -> Breach:
    fields: dict[str, Any] = {
        "clock_id": UUID(int=7),
        "ticket": "OPS-1042",
        "title": "The invoice run hangs",
        "priority": "critical",
        "kind": "incident",
        "service": "billing",
        "environment": "lodz-prod",
        "metric": "resolution",
        "breached_at": SPAN.since + 7 * HOUR,
        "overrun_seconds": 4_050,
        "running": False,
        "reason": "deadline",
        "waiver": "WVR-3",
    }
    return Breach(**fields | overrides)


def waiver() -> WaiverLine:
    return WaiverLine(
        "WVR-3", "OPS-1042", "resolution", "The index", "approved", False, SPAN.since, SPAN.since
    )


def outage() -> OutageLine:
    return OutageLine(
        "OUT-2",
        "billing",
        "down",
        "disk full",
        SPAN.since,
        SPAN.since + 3 * HOUR,
        10_800,
        "billing",
    )


def down_day() -> tuple[date, int]:
    return date(2026, 6, 1), 10_800


def meeting(**overrides: Any) -> Meeting:
    action = ActionItem(
        UUID(int=5),
        "RA-7",
        UUID(int=1),
        UUID(int=2),
        parse_month("2026-05"),
        "Watch the partner's disk",
        "An alert at 80 % was seen",
        "dana",
        date(2026, 6, 20),
        "theo",
        AT,
    )
    fields: dict[str, Any] = {
        "agenda": (AgendaItem(1, "A new warehouse", "dana", AT),),
        "minutes": (Minute(1, "Jan asks for a window on Sundays.", "dana", AT),),
        "actions": (action,),
    }
    return Meeting(**fields | overrides)
