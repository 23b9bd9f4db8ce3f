"""Base classes of the bodies: RequestModel for requests, ResponseModel for responses."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)
from pydantic_core import PydanticCustomError

MIN_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)
"""Calendars begin here, too: what a route accepts must be possible everywhere behind it."""
MAX_INSTANT = datetime(2200, 1, 1, tzinfo=UTC)
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d")


def parse_instant(given: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """Parse an RFC 3339 instant with offset (not a number of seconds) to UTC."""
    value = read(given)
    return _to_utc(given, value) if isinstance(value, datetime) else value


def _to_utc(given: Any, at: datetime) -> datetime:
    if not isinstance(given, datetime) and not _RFC_3339.match(str(given)):
        raise PydanticCustomError("instant", "write it like 2026-03-01T09:00:00+01:00")
    if at.tzinfo is None:
        raise PydanticCustomError(
            "timezone_aware", "give the offset too, like 2026-03-01T09:00:00+01:00"
        )
    # Compared before: an instant in the year 1 does not exist in every time zone.
    if not MIN_INSTANT < at < MAX_INSTANT:
        raise PydanticCustomError("instant_range", "give an instant between 1970 and 2200")
    return at.astimezone(UTC)


Instant = Annotated[AwareDatetime, WrapValidator(parse_instant)]
"""An instant with offset, in UTC: for query parameters. RequestModel parses `datetime` the same way."""

IdOrKey = Annotated[str, Field(min_length=1, max_length=300, description="The id or the key.")]
"""What a path names an object by: its id, or its key."""


def _reject_nul(value: Any) -> Any:
    if isinstance(value, str) and "\0" in value:
        raise PydanticCustomError("nul", "leave out the NUL character")
    if isinstance(value, list | tuple):
        for entry in value:
            _reject_nul(entry)
    elif isinstance(value, dict):
        for key, entry in value.items():
            _reject_nul(key)
            _reject_nul(entry)
    return value


class RequestModel(BaseModel):
    """The body of a request. Unknown fields, NUL and instants without offset are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @field_validator("*", mode="wrap")
    @classmethod
    def _validate_strictly(cls, given: Any, read: ValidatorFunctionWrapHandler) -> Any:
        return _reject_nul(parse_instant(given, read))


class ResponseModel(BaseModel):
    """A response. Instants are in UTC (`…Z`). Can be made from the attributes of a domain object."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    @field_validator("*", mode="after")
    @classmethod
    def _to_utc(cls, value: Any) -> Any:
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value.astimezone(UTC)
        return value


class ProblemModel(BaseModel):
    """A problem (RFC 9457), for the OpenAPI document.

    `code` is the reason of a rule, as in `type` in upper case; `parameters` are facts of it by name, for those who
    say it in other words.
    """

    model_config = ConfigDict(title="Problem", extra="allow")

    type: str
    title: str
    status: int
    detail: str
    instance: str
    trace_id: str
    code: str | None = None
    parameters: dict[str, str] | None = None
