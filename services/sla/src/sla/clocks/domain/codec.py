"""Clocks and their inputs as canonical JSON: the same clock is the same bytes (C9). Pure.

Instants are RFC 3339 in UTC, durations ISO 8601; default values are omitted.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct, convert
from msgspec.json import Decoder, Encoder

from sla.agreements.domain.agreement import Terms
from sla.clocks.domain.clock import Clock, ClockWaiver, Firing, Input, InputKind
from sla.clocks.domain.timeline import Segment, Timeline


class InputBody(Struct, frozen=True, omit_defaults=True):
    """The fields of an input other than its ordinal, kind and times."""

    terms: Terms | None = None
    waiting: bool = False
    firing: Firing | None = None
    waived: ClockWaiver | None = None
    reason: str | None = None
    since: datetime | None = None
    by: tuple[str, ...] = ()
    former_version: UUID | None = None


EMPTY_BODY = InputBody()


def dump_clock(clock: Clock) -> str:
    """Return the clock as JSON; `load_clock` is the inverse."""
    return _ENCODER.encode(clock).decode()


def load_clock(state_json: str) -> Clock:
    """Return the clock of its JSON."""
    return _CLOCK_DECODER.decode(state_json)


def dump_body(input: Input) -> str | None:
    """Return the body of an input as JSON; None where all of its fields have their defaults."""
    body = InputBody(
        input.terms,
        input.waiting,
        input.firing,
        input.waiver,
        input.reason,
        input.since,
        input.by,
        input.former_version,
    )
    return None if body == EMPTY_BODY else _ENCODER.encode(body).decode()


def load_input(
    ordinal: int, kind: InputKind, at: datetime, known_at: datetime, body: str | None
) -> Input:
    """Return the input of its columns; `body` is JSON or None."""
    content = _BODY_DECODER.decode(body) if body else EMPTY_BODY
    return Input(
        ordinal,
        kind,
        at,
        known_at,
        content.terms,
        content.waiting,
        content.firing,
        content.waived,
        content.reason,
        content.since,
        content.by,
        content.former_version,
    )


def _encode_timeline(timeline: Any) -> list[Segment]:
    assert isinstance(timeline, Timeline)
    return list(timeline)


def _decode_timeline(kind: type, encoded: Any) -> Timeline:
    assert kind is Timeline
    return Timeline(convert(encoded, list[Segment]))


_ENCODER = Encoder(enc_hook=_encode_timeline)
_CLOCK_DECODER = Decoder(Clock, dec_hook=_decode_timeline)
_BODY_DECODER = Decoder(InputBody)
