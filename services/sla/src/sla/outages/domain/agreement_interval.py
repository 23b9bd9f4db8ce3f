"""The customers of an availability model, and when which agreement held. Pure."""

from datetime import datetime
from typing import NamedTuple

from sla.agreements.domain.agreement import Agreement


class Customer(NamedTuple):
    key: str
    timezone: str


class AgreementInterval(NamedTuple):
    """`agreement` (None: none) held in `[start, end)`."""

    start: datetime
    end: datetime
    agreement: Agreement | None
