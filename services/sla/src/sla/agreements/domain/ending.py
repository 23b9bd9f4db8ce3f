"""When it is said that an agreement ends and nothing follows on it (R3). Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sla.agreements.domain.validity import Validity

NOTICE_PERIODS: Final = (timedelta(days=90), timedelta(days=30), timedelta(days=7))
"""How long before its end it is said, longest first: early enough to negotiate, and to plan without it."""


def last_validity(binding: Iterable[Validity]) -> Validity | None:
    """The validity on which nothing follows; None without any version, or where it is open."""
    last = max(binding, key=lambda one: one.start, default=None)
    return None if last is None or last.end is None else last


def next_notice(end: datetime, at: datetime) -> datetime | None:
    """The next instant after `at` at which it is said that an agreement ends; None where none is left."""
    return next((end - period for period in NOTICE_PERIODS if end - period > at), None)
