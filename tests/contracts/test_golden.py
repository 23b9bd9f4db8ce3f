"""Every record ever released is read by today's code, and nothing in it is lost."""

import json
from typing import Any

import pytest

from common.events import EVENTS
from common.events.envelope import Event, ReceivedEvent, decode_envelope, decode_event

from .example import example
from .released import Golden, goldens, newest

GOLDENS = goldens()
RUN = "run `python -m tests.contracts.generate` and commit what it writes"


def named(golden: Golden) -> str:
    return golden.path().stem


def read(golden: Golden, body: dict[str, Any] | None = None) -> ReceivedEvent[Event]:
    envelope = decode_envelope(golden.raw_headers)
    value = golden.value if body is None else json.dumps(body).encode()
    received = decode_event(envelope, value, EVENTS)
    assert received is not None, f"{golden.type} was released, and nobody reads it any more"
    return received


def test_every_type_has_a_golden() -> None:
    assert sorted(set(EVENTS) - set(newest())) == [], RUN


def test_no_released_type_has_vanished() -> None:
    assert sorted(set(newest()) - set(EVENTS)) == []


@pytest.mark.parametrize("golden", newest().values(), ids=named)
def test_the_newest_golden_shows_every_field(golden: Golden) -> None:
    assert sorted(set(EVENTS[golden.type].model_fields) - set(golden.body)) == [], RUN


@pytest.mark.parametrize("golden", GOLDENS, ids=named)
def test_nothing_of_a_record_is_lost(golden: Golden) -> None:
    event = read(golden).event
    again = json.loads(event.model_dump_json())
    assert {name: again.get(name) for name in golden.body} == golden.body
    assert event.key() == golden.key


@pytest.mark.parametrize("golden", GOLDENS, ids=named)
def test_headers_come_out_as_they_went_in(golden: Golden) -> None:
    envelope = decode_envelope(golden.raw_headers)
    assert dict(envelope.headers(golden.headers["ce_time"])) == dict(golden.raw_headers)


@pytest.mark.parametrize("golden", newest().values(), ids=named)
def test_a_field_from_the_future_is_ignored(golden: Golden) -> None:
    assert read(golden, {**golden.body, "not_invented_yet": [1]}).event == read(golden).event


@pytest.mark.parametrize("kind", EVENTS.values(), ids=lambda kind: kind.type)
def test_no_event_carries_message_text_or_a_contacts_address(kind: type[Event]) -> None:
    """Free text is at most the ticket's title; addresses are those of staff and partners."""
    forbidden = {"body", "text", "message", "phone_number", "sender", "from", "html"}
    assert not forbidden & set(kind.model_fields)
    if kind.topic != "opsdesk.directory":
        assert not {"email", "phone", "address"} & set(kind.model_fields)
    assert kind.model_validate_json(example(kind).model_dump_json()) == example(kind)
