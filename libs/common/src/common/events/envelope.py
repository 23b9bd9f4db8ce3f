"""What every event has: a type, a topic, a subject, and how it travels (CloudEvents, binary mode).

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
    """A fact that one service tells the others. `at` is when it happened, by the sender's clock."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    topic: ClassVar[str]
    source: ClassVar[str]
    type: ClassVar[str]
    is_snapshot: ClassVar[bool] = False
    """True: the record tells everything about its subject, so a receiver may miss earlier ones."""

    at: AwareDatetime

    def subject(self) -> str:
        """The aggregate whose `sequence` this event counts, as `noun/id`."""
        raise LookupError(f"{type(self).__name__} names no subject")

    def key(self) -> str:
        """Records with one key stay in order: the ticket's id where there is one."""
        return self.subject().partition("/")[2]


E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class ReceivedEvent(Generic[E]):
    """An event as it came: what it says, and where it stands in its subject's history."""

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
    """The CloudEvents attributes of one record, read before the body is understood."""

    id: UUID
    type: str
    source: str
    subject: str
    sequence: int
    traceparent: str | None

    def headers(self, at: str) -> list[tuple[str, bytes]]:
        """The record's headers. `at` is the RFC 3339 instant of the fact (`ce_time`)."""
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
    """A record that is no event of ours. Says what is wrong with it."""


def decode_envelope(headers: Headers) -> Envelope:
    """The attributes of a record. Raises Undecodable, naming the header that is missing or wrong."""
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
        raise ValueError(f"sequence {text[:30]!r} is no positive number")
    return int(text)


def decode_event(
    envelope: Envelope, body: bytes, types: Mapping[str, type[E]]
) -> ReceivedEvent[E] | None:
    """The event of a record, or None where nobody here listens to its type.

    Raises Undecodable when the body does not fit the type, or is about another subject than its
    header says.
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
    # The value itself may be personal data: name the place and the rule, never the input.
    error = wrong.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(str(part) for part in error['loc']) or 'body'}: {error['msg']}"
