"""The base class of events, and their form on Kafka (CloudEvents, binary mode).

An event is a past fact with a version in its type. Changes are additive only; anything else is a
new class with `.v2` beside the old one. https://github.com/cloudevents/spec (Kafka binding, 1.0.2)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Generic, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

Headers = Iterable[tuple[str, bytes]]


class Event(BaseModel):
    """A fact that a service publishes. `at` is when it happened, by that service's clock."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    topic: ClassVar[str]
    source: ClassVar[str]
    type: ClassVar[str]
    is_snapshot: ClassVar[bool] = False
    """True: the record has the whole state of its subject, so that earlier ones may be missed."""
    set_based: ClassVar[bool] = False
    """True: handlers take many of one key at once, as those of different subjects do not build on each other."""

    at: AwareDatetime

    def subject(self) -> str:
        """Return the aggregate whose `sequence` counts the event, as `noun/id`."""
        raise LookupError(f"{type(self).__name__} has no subject")

    def key(self) -> str:
        """Return the key of the record: the ticket's id if there is one. One key keeps its order."""
        return self.subject().partition("/")[2]


E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class ReceivedEvent(Generic[E]):
    """An event that was received, with its place in the history of its subject."""

    id: UUID
    source: str
    subject: str
    sequence: int
    event: E
    traceparent: str | None = None

    @property
    def at(self) -> datetime:
        return self.event.at


@dataclass(frozen=True, slots=True)
class Envelope:
    """The CloudEvents attributes of a record, known before its body is decoded."""

    id: UUID
    type: str
    source: str
    subject: str
    sequence: int
    traceparent: str | None

    def headers(self, at: str) -> list[tuple[str, bytes]]:
        """Return the headers of the record. `at` is the instant of the event in RFC 3339 (`ce_time`)."""
        headers = [
            ("ce_specversion", b"1.0"),
            ("ce_id", str(self.id).encode()),
            ("ce_type", self.type.encode()),
            ("ce_source", self.source.encode()),
            ("ce_subject", self.subject.encode()),
            ("ce_sequence", str(self.sequence).encode()),
            ("ce_time", at.encode()),
            ("content-type", b"application/json"),
        ]
        if self.traceparent:
            headers.append(("traceparent", self.traceparent.encode()))
        return headers


class DecodeError(ValueError):
    """A record that is not a valid event. Says what is wrong with it."""


def decode_envelope(headers: Headers) -> Envelope:
    """Read the attributes. Raises DecodeError, naming the header that is missing or wrong."""
    attributes = dict(headers)
    try:
        return Envelope(
            id=UUID(attributes["ce_id"].decode()),
            type=attributes["ce_type"].decode(),
            source=attributes["ce_source"].decode(),
            subject=attributes["ce_subject"].decode(),
            sequence=_parse_sequence(attributes["ce_sequence"].decode()),
            traceparent=attributes["traceparent"].decode() if "traceparent" in attributes else None,
        )
    except KeyError as missing:
        raise DecodeError(f"header {missing} is missing") from None
    except ValueError as wrong:
        raise DecodeError(f"a CloudEvents header is malformed: {wrong}") from None


def _parse_sequence(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 2**63:
        raise ValueError(f"sequence {text[:30]!r} is not a positive number")
    return int(text)


def decode_event(
    envelope: Envelope, body: bytes, types: Mapping[str, type[E]]
) -> ReceivedEvent[E] | None:
    """Decode the event of a record; None where `types` does not have its type.

    Raises DecodeError when the body does not fit the type, or is about another subject than the
    header.
    """
    event_type = types.get(envelope.type)
    if event_type is None:
        return None
    try:
        event = event_type.model_validate_json(body)
    except ValidationError as wrong:
        raise DecodeError(f"body of {envelope.type}: {_describe_first(wrong)}") from None
    if event.subject() != envelope.subject:
        raise DecodeError(
            f"the body is about {event.subject()}, the header says {envelope.subject}"
        )
    return ReceivedEvent(
        envelope.id,
        envelope.source,
        envelope.subject,
        envelope.sequence,
        event,
        envelope.traceparent,
    )


def _describe_first(wrong: ValidationError) -> str:
    # The value may be personal data: name the place and the rule, never the input.
    error = wrong.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(str(part) for part in error['loc']) or 'body'}: {error['msg']}"
