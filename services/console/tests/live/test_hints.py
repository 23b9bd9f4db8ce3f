"""A hint is names, never contents, and a contact hears of their own customer alone."""

import json

import pytest

from common.errors import TooManyRequests
from common.events import EVENTS
from console.live.audience import FOR_CONTACTS, FOR_US_ALONE
from console.live.hints import LISTS, Hint, read_hint
from console.live.hub import MAX_OF_SESSION, Hub


def test_an_event_is_a_hint_of_what_it_names() -> None:
    event = {"ticket": "OPS-7", "title": "Secret", "customer": "acme", "environment": "acme-prod"}
    hint = read_hint("opsdesk.tickets", json.dumps(event).encode())
    assert hint == Hint(frozenset({"tickets", "ticket:OPS-7", "environment:acme-prod"}), "acme")


def headers(kind: str) -> list[tuple[str, bytes]]:
    return [("ce_type", f"opsdesk.{kind}.v1".encode())]


@pytest.mark.parametrize(
    ("topic", "kind", "names"),
    [
        ("tickets", "ticket.replied", {"tickets", "ticket:OPS-7", "environment:acme-prod"}),
        ("tickets", "ticket.partner_replied", set()),
        ("tickets", "ticket.second_eyes_overdue", set()),
        ("clocks", "clock.paused", {"clocks", "ticket:OPS-7", "environment:acme-prod"}),
        ("clocks", "waiver.requested", set()),
        ("escalations", "escalation.opened", set()),
        ("deliveries", "delivery.refused", set()),
        ("deliveries", "delivery.rolled_out", {"ticket:OPS-7", "environment:acme-prod"}),
        ("tickets", "ticket.of_next_year", set()),
    ],
)
def test_a_contact_hears_of_what_they_can_see_and_of_nothing_else(
    topic: str, kind: str, names: set[str]
) -> None:
    event = {"ticket": "OPS-7", "environment": "acme-prod", "delivery": "D-7", "escalation": "E-7"}
    event |= {"customer": "acme"}
    hint = read_hint(f"opsdesk.{topic}", json.dumps(event).encode(), headers(kind))
    assert hint is not None
    assert hint.for_contacts == names
    assert hint.names >= {topic, "ticket:OPS-7", "escalation:E-7", "delivery:D-7"}


def test_every_event_that_is_heard_is_judged_whether_contacts_see_what_it_changes() -> None:
    known = {kind for kind, event in EVENTS.items() if event.topic in LISTS}
    assert known == FOR_CONTACTS | FOR_US_ALONE
    assert not FOR_CONTACTS & FOR_US_ALONE


@pytest.mark.parametrize("body", [b"", b"no json", b"[1]", b'"text"', None])
def test_what_cannot_be_read_is_no_hint(body: bytes | None) -> None:
    assert read_hint("opsdesk.tickets", body) is None


def test_another_topic_is_no_hint() -> None:
    assert read_hint("opsdesk.directory", b"{}") is None


def test_what_comes_at_once_is_told_at_once_and_to_whom_it_concerns() -> None:
    hub = Hub()
    with hub.listening("a", None) as anna, hub.listening("b", "acme") as jan:
        seven, nine = frozenset({"tickets", "ticket:OPS-7"}), frozenset({"tickets", "ticket:OPS-9"})
        hub.tell(Hint(seven, "acme", seven))
        hub.tell(Hint(frozenset({"tickets", "ticket:OPS-8"}), "acme"))
        hub.tell(Hint(nine, "brightwater", nine))
        hub.tell(Hint(frozenset({"escalations"}), None))
        assert anna.take() == [
            "escalations",
            "ticket:OPS-7",
            "ticket:OPS-8",
            "ticket:OPS-9",
            "tickets",
        ]
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
