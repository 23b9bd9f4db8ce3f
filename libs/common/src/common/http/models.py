"""What bodies look like: requests are `Asked`, answers are `Told`."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, field_validator
from pydantic_core import PydanticCustomError

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def _in_utc(at: datetime) -> datetime:
    if at.tzinfo is None or at.utcoffset() is None:
        raise PydanticCustomError(
            "timezone_aware", "give the offset too, like 2026-03-01T09:00:00+01:00"
        )
    # Compared first: an instant of the year 1 has no equivalent in every zone.
    if not EARLIEST < at < LATEST:
        raise PydanticCustomError("instant_range", "give an instant between 1900 and 2200")
    return at.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""An instant with offset, kept in UTC: for query parameters. In bodies `datetime` is one already."""


def _checked(value: Any) -> Any:
    if isinstance(value, str):
        if "\0" in value:
            raise PydanticCustomError("nul", "leave out the NUL character")
    elif isinstance(value, datetime):
        return _in_utc(value)
    elif isinstance(value, list | tuple):
        return type(value)(map(_checked, value))
    elif isinstance(value, dict):
        return {_checked(key): _checked(entry) for key, entry in value.items()}
    return value


class Asked(BaseModel):
    """The body of a request. Unknown fields, NUL and instants without offset are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @field_validator("*", mode="after")
    @classmethod
    def _no_nul_and_no_local_time(cls, value: Any) -> Any:
        return _checked(value)


class Told(BaseModel):
    """An answer. Instants leave in UTC (`…Z`); may be made from a domain object's attributes."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    @field_validator("*", mode="after")
    @classmethod
    def _in_utc(cls, value: Any) -> Any:
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value.astimezone(UTC)
        return value


class Described(BaseModel):
    """RFC 9457, as the documents describe it."""

    model_config = ConfigDict(title="Problem", extra="allow")

    type: str
    title: str
    status: int
    detail: str
    instance: str
    trace_id: str
