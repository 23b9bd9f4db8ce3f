"""The customers of an availability model, and which agreement was valid when. Pure."""

from datetime import datetime
from typing import NamedTuple

from sla.agreements.domain.agreement import Agreement


class Customer(NamedTuple):
    """A customer by key, with the time zone of its months."""

    key: str
    timezone: str


class AgreementInterval(NamedTuple):
    """The agreement that was valid in `[start, end)`; None: none."""

    start: datetime
    end: datetime
    agreement: Agreement | None
