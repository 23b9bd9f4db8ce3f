"""A hint is names, never contents, and a contact hears of their own customer alone."""

import json

import pytest

from common.errors import TooManyRequests
from console.live.hints import Hint, read_hint
from console.live.hub import MAX_OF_SESSION, Hub


def test_an_event_is_a_hint_of_what_it_names() -> None:
    event = {"ticket": "OPS-7", "title": "Secret", "customer": "acme", "environment": "acme-prod"}
    hint = read_hint("opsdesk.tickets", json.dumps(event).encode())
    assert hint == Hint(frozenset({"tickets", "ticket:OPS-7", "environment:acme-prod"}), "acme")


@pytest.mark.parametrize("body", [b"", b"no json", b"[1]", b'"text"', None])
def test_what_cannot_be_read_is_no_hint(body: bytes | None) -> None:
    assert read_hint("opsdesk.tickets", body) is None


def test_another_topic_is_no_hint() -> None:
    assert read_hint("opsdesk.directory", b"{}") is None


def test_what_comes_at_once_is_told_at_once_and_to_whom_it_concerns() -> None:
    hub = Hub()
    with hub.listening("a", None) as anna, hub.listening("b", "acme") as jan:
        hub.tell(Hint(frozenset({"tickets", "ticket:OPS-7"}), "acme"))
        hub.tell(Hint(frozenset({"tickets", "ticket:OPS-9"}), "brightwater"))
        hub.tell(Hint(frozenset({"escalations"}), None))
        assert anna.take() == ["escalations", "ticket:OPS-7", "ticket:OPS-9", "tickets"]
        assert jan.take() == ["ticket:OPS-7", "tickets"]
        assert anna.take() == []


def test_a_session_has_so_many_streams_and_no_more() -> None:
    hub = Hub()
    streams = [hub.listening("a", None) for _ in range(MAX_OF_SESSION)]
    for one in streams:
        one.__enter__()
    with pytest.raises(TooManyRequests), hub.listening("a", None):
        pass
    with hub.listening("b", None):
        pass
    streams[0].__exit__(None, None, None)
    with hub.listening("a", None):
        pass
