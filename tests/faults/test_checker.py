"""The checker finds the faults that it is there for: each is seeded into a sound history."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from tests.faults.checker import Firing, History, Opening, SentEvent, Stored, find_faults
from tests.faults.load import Answer, Load, says_nothing_stored

NOON = datetime(2030, 1, 7, 12, tzinfo=UTC)


def sound(tickets: int = 3, events: int = 4) -> History:
    """Tickets with two clocks each, every event told once, in order."""
    ids = [f"t{n}" for n in range(tickets)]
    subjects = [f"ticket/{t}" for t in ids] + [
        f"clock/{t}-{metric}" for t in ids for metric in ("first_response", "resolution")
    ]
    return History(
        openings=[Opening(f"key-{t}", t) for t in ids],
        tickets=[Stored(t, f"key-{t}") for t in ids],
        clocks=[(t, metric) for t in ids for metric in ("first_response", "resolution")],
        firings=[Firing(s, "clock", NOON, NOON + timedelta(milliseconds=3)) for s in subjects],
        events=[
            SentEvent(subject.partition("/")[0], subject, n, f"{subject}-{n}", "said")
            for n in range(1, events + 1)
            for subject in subjects
        ],
        sequences=dict.fromkeys(subjects, events),
    )


def test_a_sound_history_has_no_fault() -> None:
    assert find_faults(sound()) == []


def test_repeats_that_a_subscriber_drops_are_no_fault() -> None:
    history = sound()
    assert find_faults(replace(history, events=[*history.events, *history.events[5:9]])) == []


def test_what_nobody_knows_may_be_there() -> None:
    """No answer, 504, or 503 after one of these: a ticket is no fault then, and neither is none."""
    history = sound()
    openings = [*history.openings[1:], Opening("key-t0", None), Opening("key-gone", None)]
    assert find_faults(replace(history, openings=openings)) == []


@pytest.mark.parametrize(
    ("status", "definite"),
    [(503, True), (429, True), (401, True), (409, False), (504, False), (500, False), (201, False)],
)
def test_only_what_says_so_says_that_nothing_is_stored(status: int, definite: bool) -> None:
    assert says_nothing_stored(Answer(status, b"{}")) is definite
    assert not says_nothing_stored(None)


async def test_the_load_keeps_what_callers_were_told() -> None:
    """Refused and not sent again; refused each time; and without an answer before it was refused."""
    answers: dict[str, Iterator[int]] = {}

    async def answer(request: web.Request) -> web.Response:
        key = request.headers["Idempotency-Key"]
        statuses = answers.setdefault(key, iter([503] if len(answers) % 2 else [504, 503, 422]))
        return web.json_response({"detail": "x"}, status=next(statuses))

    app = web.Application()
    app.router.add_post("/v1/tickets", answer)
    async with TestServer(app) as server:
        load = Load([str(server.make_url("")).rstrip("/")], "token", "acme", 4, 0.5, [])
        openings = (await load.run()).openings
    assert sorted(one.nothing_stored for one in openings) == [False, True]


@given(st.data())
def test_a_dropped_event_is_found(data: st.DataObject) -> None:
    history = sound()
    gone = data.draw(st.integers(0, len(history.events) - 1))
    events = [one for n, one in enumerate(history.events) if n != gone]
    assert find_faults(replace(history, events=events))


@given(st.data())
def test_a_reordered_pair_of_one_subject_is_found(data: st.DataObject) -> None:
    history = sound()
    events = list(history.events)
    first = data.draw(st.sampled_from([one for one in events if one.sequence < 4]))
    here = events.index(first)
    there = next(
        n
        for n, one in enumerate(events)
        if (one.subject, one.sequence) == (first.subject, first.sequence + 1)
    )
    events[here], events[there] = events[there], events[here]
    assert find_faults(replace(history, events=events))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda h: {"tickets": h.tickets[1:]}, "was acknowledged and is there 0x"),
        (lambda h: {"tickets": [*h.tickets, Stored("t9", "key-t0")]}, "made 2 tickets"),
        (lambda h: {"tickets": [*h.tickets, Stored("t9", "key-x")]}, "which nobody sent"),
        (
            lambda h: {"openings": [*h.openings[1:], Opening("key-t0", None, nothing_stored=True)]},
            "request key-t0 was told that nothing is stored, and is there",
        ),
        (lambda h: {"clocks": h.clocks[1:]}, "has 0 first_response clocks"),
        (lambda h: {"clocks": [*h.clocks, h.clocks[0]]}, "has 2 first_response clocks"),
        (lambda h: {"firings": [*h.firings, h.firings[0]]}, "fired 2 times"),
        (
            lambda h: {"firings": [replace(h.firings[0], fired_at=NOON - timedelta(seconds=1))]},
            "early",
        ),
        (
            lambda h: {"events": [*h.events, replace(h.events[0], id="other")]},
            "stands for two different events",
        ),
        (lambda h: {"sequences": {**h.sequences, "ticket/t0": 5}}, "its last event is 4"),
        (lambda h: {"sequences": {**h.sequences, "ticket/t8": 1}}, "its last event is 0"),
        (
            lambda h: {"events": [*h.events, SentEvent("intake", "ticket/ghost", 1, "g", "said")]},
            "is told of and is nowhere",
        ),
        (lambda h: {"unsent": {"sla": 2}}, "still has 2 events unsent"),
        (lambda h: {"parked": 1}, "still parked"),
        (lambda h: {"dead": 1}, "put aside"),
    ],
)
def test_each_broken_promise_is_named(change: Any, sentence: str) -> None:
    history = sound()
    found = find_faults(replace(history, **change(history)))
    assert any(sentence in fault for fault in found), found
