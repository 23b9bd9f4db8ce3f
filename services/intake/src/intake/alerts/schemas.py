"""Response models of alerts."""

from typing import Literal
from uuid import UUID

from common.http import ResponseModel


class AlertResultRead(ResponseModel):
    """The effect of one alert; `ticket` is a key.

    A `duplicate` was raised or resolved before.
    """

    dedup_key: str
    effect: Literal["raised", "resolved", "duplicate"]
    ticket: str | None


class PostResult(ResponseModel):
    """A stored post, with the effect of each of its alerts."""

    id: UUID
    alerts: list[AlertResultRead]
