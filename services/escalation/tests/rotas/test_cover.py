"""A rota as intervals, against asking who is on call instant by instant; what comes next; a person's shifts."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from fastapi import FastAPI
from httpx import AsyncClient
from hypothesis import given, settings
from hypothesis import strategies as st

from common.persistence.database import Database
from escalation.rotas.domain.cover import find_cover, find_next_change, find_shifts
from escalation.rotas.domain.rota import Layer, Override, Rota, find_gaps, on_call
from escalation.rotas.domain.time_window import Window
from escalation_support.builders import NIGHT, local
from escalation_support.http_setup import set_up
from opsdesk_testing.client import client

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
START = datetime(2026, 3, 27, tzinfo=UTC)
"""Two days before the clocks change."""
PEOPLE = ("sven", "mia", "anna")
nights = Window(
    frozenset(range(7)),
    local("2026-01-01 22:00").time(),
    local("2026-01-01 06:00").time(),
    "Europe/Amsterdam",
)
layers = st.builds(
    lambda people, hours, unit, windows: Layer(
        tuple(people), local("2026-03-20 09:00"), "Europe/Amsterdam", hours, unit, windows
    ),
    st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3),
    st.integers(1, 9),
    st.sampled_from(["hours", "days"]),
    st.sampled_from([(), (nights,)]),
)


@st.composite
def overrides(draw: st.DrawFn) -> Override:
    start = START + draw(st.integers(0, 90)) * HOUR
    end = start + draw(st.integers(1, 30)) * HOUR
    kind = draw(st.sampled_from(["add", "remove", "replace"]))
    person = None if kind == "remove" else draw(st.sampled_from(PEOPLE))
    replaces = None if kind == "add" else draw(st.sampled_from(PEOPLE))
    return Override(kind, start, end, person, replaces)  # type: ignore[arg-type]  # the kind is one of the three


rotas = st.builds(
    lambda layers, overrides: Rota("r", tuple(layers), tuple(overrides)),
    st.lists(layers, min_size=1, max_size=2),
    st.lists(overrides(), max_size=3),
)


@settings(max_examples=60)
@given(rotas)
def test_the_cover_is_who_is_on_call_at_every_instant(rota: Rota) -> None:
    until = START + 4 * DAY
    cover = find_cover(rota, START, until)
    assert (cover[0].starts_at, cover[-1].ends_at) == (START, until)
    for one, following in pairwise(cover):
        assert one.ends_at == following.starts_at, "no hole"
        assert one.people != following.people, "as long as possible"
    at = START
    for spell in cover:
        while at < spell.ends_at:
            assert on_call(rota, at) == spell.people
            at += HOUR / 2
    assert find_gaps(rota, START, until) == tuple(
        (one.starts_at, one.ends_at) for one in cover if not one.people
    )


@settings(max_examples=60)
@given(rotas, st.integers(0, 72))
def test_what_comes_next_is_the_next_interval(rota: Rota, hours: int) -> None:
    at = START + hours * HOUR
    found = find_next_change(rota, at)
    ahead = find_cover(rota, at, at + 3 * DAY)
    if found is None:
        assert len(ahead) == 1
    elif len(ahead) > 1:
        assert (found.at, found.people) == (ahead[1].starts_at, ahead[1].people)
    else:
        assert found.at >= at + 3 * DAY


@settings(max_examples=60)
@given(rotas, st.sampled_from(PEOPLE))
def test_shifts_are_the_time_of_one_person_whoever_is_beside_them(rota: Rota, person: str) -> None:
    until = START + 4 * DAY
    shifts = find_shifts(rota, person, START, until)
    for one, following in pairwise(shifts):
        assert one.ends_at < following.starts_at, "as long as possible"
    at = START
    while at < until:
        is_in = any(one.starts_at <= at < one.ends_at for one in shifts)
        assert is_in == (person in on_call(rota, at))
        at += HOUR / 2


def test_a_change_that_is_months_ahead_is_found() -> None:
    yearly = Layer(("sven", "mia"), local("2026-03-01 09:00"), "Europe/Amsterdam", 12, "months")
    found = find_next_change(Rota("r", (yearly,)), START)
    assert found is not None
    assert (found.at, found.people) == (datetime(2027, 3, 1, 8, tzinfo=UTC), ("mia",))
    alone = Layer(("sven",), local("2026-03-01 09:00"), "Europe/Amsterdam", 1, "days")
    assert find_next_change(Rota("r", (alone,)), START) is None


def test_a_change_at_the_very_end_of_a_look_ahead_is_found() -> None:
    """Sixteen days are looked at after the first two: a change at such an instant is none of either's inside."""
    two_days = Layer(("sven", "mia"), local("2026-03-27 00:00"), "UTC", 2, "days")
    found = find_next_change(Rota("r", (two_days,)), START)
    assert found is not None
    assert found.at == START + 2 * DAY


async def test_who_is_on_call_until_when_and_who_next(theo: AsyncClient) -> None:
    """sven and mia take turns of a week, on Mondays at nine"""
    await set_up(theo)
    (item,) = (await theo.get("/v1/oncall", params={"at": NIGHT.isoformat()})).json()["items"]
    assert item == {
        "rota": "night",
        "people": ["sven"],
        "callable": [{"person": "sven", "name": "", "phone": None}],
        "until": "2026-03-02T08:00:00Z",
        "next": ["mia"],
        "gaps": [],
    }
    remove = {"kind": "remove", "starts_at": "2026-03-03T00:00:00Z", "replaces": "mia"}
    answer = await theo.post(
        "/v1/rotas/night/overrides", json=remove | {"ends_at": "2026-03-03T04:00:00Z"}
    )
    assert answer.status_code == 201, answer.text
    gap = {"starts_at": "2026-03-03T00:00:00Z", "ends_at": "2026-03-03T04:00:00Z"}
    (item,) = (await theo.get("/v1/oncall", params={"at": NIGHT.isoformat()})).json()["items"]
    assert item["gaps"] == [gap]
    (item,) = (await theo.get("/v1/oncall", params={"at": "2026-03-02T12:00:00Z"})).json()["items"]
    assert (item["people"], item["until"], item["next"]) == (["mia"], gap["starts_at"], [])
    period = {"from": "2026-03-02T12:00:00Z", "to": "2026-03-03T12:00:00Z"}
    (cover,) = (await theo.get("/v1/oncall/cover", params=period)).json()["items"]
    assert [one["people"] for one in cover["spells"]] == [["mia"], [], ["mia"]]


async def test_everybody_finds_their_own_shifts_over_all_rotas(
    app: FastAPI, theo: AsyncClient, database: Database
) -> None:
    await set_up(theo)
    period: dict[str, Any] = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-16T00:00:00Z"}
    async with client(app, "mia") as mia:
        own = (await mia.get("/v1/oncall/shifts", params=period)).json()
    assert own["person"] == "mia"
    week = {"starts_at": "2026-03-02T08:00:00Z", "ends_at": "2026-03-09T08:00:00Z"}
    assert own["items"] == [{"rota": "night", **week}]
    other = (await theo.get("/v1/oncall/shifts", params=period | {"person": "sven"})).json()
    assert [one["starts_at"] for one in other["items"]] == [
        "2026-03-01T00:00:00Z",
        "2026-03-09T08:00:00Z",
    ]
    assert (await theo.get("/v1/oncall/shifts", params={"person": "nobody"})).status_code == 422


async def test_a_period_that_is_none_or_too_long_is_refused(theo: AsyncClient) -> None:
    await set_up(theo)
    for path in ("/v1/oncall/cover", "/v1/oncall/shifts"):
        for to in ("2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z", "2026-07-01T00:00:00Z"):
            period = {"from": "2026-03-01T00:00:00Z", "to": to}
            answer = await theo.get(path, params=period)
            assert answer.status_code == 422
            assert answer.json()["errors"][0]["pointer"] == "/query/to"
