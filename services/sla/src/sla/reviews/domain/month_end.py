"""When a month is over: in the customer's zone and in that of each agreement (C13). Pure."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from sla.agreements.domain.agreement import Agreement
from sla.calendars.domain.month import Month, Span, zone_or_utc


def final_at(month: Month, zone: ZoneInfo, agreements: Iterable[Agreement]) -> datetime:
    """The instant from which on the figures of a customer's month are final.

    The later of the month's end in the customer's zone and in those of the agreements that hold in it:
    availability and reserved hours count by an agreement's month.
    """
    return max(
        [month.span(zone).until, *(span.until for span in _agreed_months(month, agreements))]
    )


def _agreed_months(month: Month, agreements: Iterable[Agreement]) -> Iterable[Span]:
    return (month.span(zone_or_utc(one.timezone)) for one in agreements if holds_in(one, month))


def holds_in(agreement: Agreement, month: Month) -> bool:
    """Whether a version holds at any time in the month, in its own zone."""
    span = month.span(zone_or_utc(agreement.timezone))
    ended_before = agreement.valid_until is not None and agreement.valid_until <= span.since
    return agreement.valid_from < span.until and not ended_before
