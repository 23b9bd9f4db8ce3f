"""Clocks and their inputs as canonical JSON: the same clock is the same bytes (C9). Pure.

Instants are RFC 3339 in UTC, durations ISO 8601; what has its usual value is left out.
"""

from datetime import datetime
from typing import Any

from msgspec import Struct, convert
from msgspec.json import Decoder, Encoder

from sla.agreements.domain.agreement import Terms
from sla.clocks.domain.clock import Clock, Firing, Input, InputKind, Waived
from sla.clocks.domain.timeline import Past, Stretch


class Body(Struct, frozen=True, omit_defaults=True):
    """What an input says beyond its kind and times."""

    terms: Terms | None = None
    waiting: bool = False
    firing: Firing | None = None
    waived: Waived | None = None
    reason: str | None = None


NOTHING = Body()


def written(clock: Clock) -> str:
    """The clock as text. `read` of it is the same clock."""
    return _ENCODER.encode(clock).decode()


def read(course: str) -> Clock:
    return _CLOCKS.decode(course)


def written_body(heard: Input) -> str | None:
    """None where its kind and times are all that an input says."""
    body = Body(heard.terms, heard.waiting, heard.firing, heard.waived, heard.reason)
    return None if body == NOTHING else _ENCODER.encode(body).decode()


def read_input(
    ordinal: int, kind: InputKind, at: datetime, known_at: datetime, body: str | None
) -> Input:
    told = _BODIES.decode(body) if body else NOTHING
    terms, waiting, firing, waived, reason = (
        told.terms,
        told.waiting,
        told.firing,
        told.waived,
        told.reason,
    )
    return Input(ordinal, kind, at, known_at, terms, waiting, firing, waived, reason)


def _unfolded(past: Any) -> list[Stretch]:
    assert isinstance(past, Past)
    return list(past)


def _folded(kind: type, told: Any) -> Past:
    assert kind is Past
    return Past(convert(told, list[Stretch]))


_ENCODER = Encoder(enc_hook=_unfolded)
_CLOCKS = Decoder(Clock, dec_hook=_folded)
_BODIES = Decoder(Body)
