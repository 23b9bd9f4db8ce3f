"""An example of any event, always the same: every field is given, the optional ones too."""

import types
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, Literal, TypeVar, Union, get_args, get_origin
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from common.events.envelope import Envelope, Event

M = TypeVar("M", bound=BaseModel)

MONDAY = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
WORDS = {
    "agreement": "ACME-2026",
    "assignee": "anna",
    "by": "anna",
    "customer": "acme",
    "email": "omar@meridian.example",
    "environment": "acme-prod",
    "language": "en",
    "partner": "hosthaven",
    "person": "omar",
    "phone": "+31201234567",
    "product": "billing",
    "service": "billing",
    "sub": "omar",
    "ticket": "OPS-1042",
    "timezone": "Europe/Amsterdam",
    "title": "Invoices are not sent \u2026 since 08:00",
    "version": "1.4.0",
}


def example(model: type[M]) -> M:
    """An instance with a value in every field, chosen by the field's name and type."""
    fields = model.model_fields.items()
    return model.model_validate({name: _value(name, field.annotation) for name, field in fields})


def headers_of(event: Event) -> dict[str, str]:
    """The example's headers, as `common.events.envelope.Envelope` makes them."""
    envelope = Envelope(
        id=_id(event.type),
        type=event.type,
        source=event.source,
        subject=event.subject(),
        sequence=7,
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    )
    return {name: value.decode() for name, value in envelope.headers(event.at.isoformat())}


def _value(name: str, wanted: Any) -> Any:
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin in {Union, types.UnionType}:
        return _value(name, next(one for one in arguments if one is not type(None)))
    if origin is Literal:
        return arguments[0]
    if origin in {list, tuple}:
        return [_value(name, arguments[0])]
    if origin is dict:
        return {"key": _value(name, arguments[1])}
    if isinstance(wanted, type) and issubclass(wanted, BaseModel):
        return example(wanted)
    return _plain(name, wanted)


def _plain(name: str, wanted: Any) -> Any:
    number = sha256(name.encode()).digest()[0]
    plain: dict[Any, Any] = {
        AwareDatetime: MONDAY + timedelta(minutes=number),
        datetime: MONDAY + timedelta(minutes=number),
        date: MONDAY.date(),
        UUID: _id(name),
        bool: True,
        int: 60 * (number + 1),
        float: 0.75,
        str: WORDS.get(name, f"{name.replace('_', ' ')} {number}"),
    }
    return plain[wanted]


def _id(name: str) -> UUID:
    """A UUIDv7 of 2 March 2026 with a tail made of the name."""
    tail = sha256(name.encode()).hexdigest()
    return UUID(f"019cad2e-7900-7{tail[:3]}-8{tail[3:6]}-{tail[6:18]}")
