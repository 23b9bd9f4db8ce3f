"""Time is moved from due time to due time: everything fires at its own instant and in order."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from common.simulated_time import NotSettled, advance

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
URLS = ("http://a", "http://b")


@dataclass
class FakeService:
    """A service that takes some looks to do what it has to do; `fired` is what it did, and when."""

    now: datetime
    due: list[datetime] = field(default_factory=list)
    notifies: "FakeService | None" = None
    fired: list[datetime] = field(default_factory=list)
    instants: list[datetime] = field(default_factory=list)
    unsent: int = 0
    lag: int = 0
    announced: int = 0
    frozen: bool = True

    def look(self) -> dict[str, object]:
        state: dict[str, object] = {
            "now": self.now.isoformat(),
            "next_due_at": min(self.due).isoformat() if self.due else None,
            "unsent": self.unsent,
            "lag": self.lag,
            "announced": self.announced,
        }
        self.work()
        return state

    def work(self) -> None:
        """One thing a look: hear, then send, then fire."""
        if self.lag:
            self.lag -= 1
            self.instants.append(self.now)
        elif self.unsent:
            self.unsent -= 1
            if self.notifies:
                self.notifies.lag += 1
        elif self.due and min(self.due) <= self.now:
            self.due.remove(min(self.due))
            self.fired.append(self.now)
            self.unsent += 1
            self.announced += 1

    def move(self, at: datetime, frozen: bool) -> None:
        assert at >= self.now
        self.now, self.frozen = at, frozen


def transport(services: dict[str, FakeService]) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        service = services[request.url.host]
        if request.method == "POST":
            body = json.loads(request.content)
            service.move(datetime.fromisoformat(body["at"]), body["frozen"])
        return httpx.Response(200, json=service.look())

    return httpx.MockTransport(answer)


def pair() -> dict[str, FakeService]:
    b = FakeService(MONDAY)
    a = FakeService(MONDAY, due=[MONDAY + HOUR, MONDAY + 3 * HOUR], notifies=b)
    return {"a": a, "b": b}


async def test_everything_fires_at_its_own_due_time() -> None:
    services = pair()
    stops: list[datetime] = []
    end = MONDAY + 4 * HOUR
    reached = await advance(
        URLS, 4 * HOUR, "token", progress=stops.append, transport=transport(services)
    )
    assert reached == end
    assert stops == [MONDAY + HOUR, MONDAY + 3 * HOUR, end]
    assert services["a"].fired == stops[:2]


async def test_events_are_consumed_before_time_goes_on() -> None:
    services = pair()
    await advance(URLS, MONDAY + 4 * HOUR, "token", transport=transport(services))
    assert services["b"].instants == services["a"].fired


async def test_an_event_that_hops_between_two_looks_is_waited_for() -> None:
    """B answers A: A has been looked at before, and has something to do again."""
    services = pair()
    a, b = services["a"], services["b"]
    b.notifies, b.due = a, [MONDAY + HOUR]
    await advance(URLS, 2 * HOUR, "token", transport=transport(services))
    assert a.instants == b.fired == [MONDAY + HOUR]


async def test_frozen_leaves_time_stopped() -> None:
    services = pair()
    await advance(URLS, HOUR, "token", frozen=True, transport=transport(services))
    assert all(service.frozen for service in services.values())
    await advance(URLS, HOUR, "token", transport=transport(services))
    assert not any(service.frozen for service in services.values())


async def test_services_meet_at_the_latest_of_their_times() -> None:
    services = pair()
    services["b"].now = MONDAY + 2 * HOUR
    await advance(URLS, HOUR, "token", transport=transport(services))
    assert {service.now for service in services.values()} == {MONDAY + 3 * HOUR}


async def test_who_does_not_come_to_rest_is_named() -> None:
    services = pair()
    services["b"].lag = 10**9
    with pytest.raises(NotSettled, match=r"http://b .*lag 9999"):
        await advance(URLS, HOUR, "token", timeout_s=0.2, transport=transport(services))


async def test_time_does_not_go_back() -> None:
    with pytest.raises(NotSettled, match="only moves forwards"):
        await advance(URLS, MONDAY - HOUR, "token", transport=transport(pair()))


async def test_services_whose_time_runs_on_meanwhile_meet_further_ahead() -> None:
    """On a busy machine seconds pass between a look and the move."""
    services = {"a": FakeService(MONDAY), "b": FakeService(MONDAY)}
    usual = transport(services)

    def answer(request: httpx.Request) -> httpx.Response:
        slow = services["b"]
        if request.url.host == "b" and slow.frozen and slow.now < MONDAY + timedelta(seconds=9):
            slow.now += timedelta(seconds=3)
            if request.method == "POST":
                return httpx.Response(409, text="Time only moves forwards")
        return usual.handler(request)  # type: ignore[return-value]  # it is not asynchronous

    here = await advance(
        URLS, timedelta(), "token", frozen=True, transport=httpx.MockTransport(answer)
    )
    assert here >= MONDAY + timedelta(seconds=9)
    assert {one.now for one in services.values()} == {here}


async def test_a_refusal_is_reported() -> None:
    refused = httpx.MockTransport(lambda _: httpx.Response(403, text="not you"))
    with pytest.raises(NotSettled, match="403"):
        await advance(URLS, HOUR, "token", transport=refused)


async def test_one_quiet_round_is_not_enough() -> None:
    """An event hops behind the questions: `(lag, announced)` of A and of B, round by round."""
    rounds = [
        *[((0, 5), (0, 7))] * 2,  # where everybody stands, before time is stopped
        ((0, 5), (0, 7)),  # quiet, but B sent to A between the two questions
        ((0, 6), (0, 7)),  # quiet again, but A has heard it and answered meanwhile
        ((0, 6), (1, 7)),  # B has something to do
        ((0, 6), (0, 7)),  # quiet, but B has passed it on to A
        ((1, 6), (0, 7)),  # A has something to do
        ((0, 6), (0, 7)),
        ((0, 6), (0, 7)),  # two quiet rounds, nothing announced between them
    ]
    asked = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        if request.method == "POST":
            return httpx.Response(200, json={})
        lag, announced = rounds[asked // 2]["ab".index(request.url.host)]
        asked += 1
        state = FakeService(MONDAY, lag=lag, announced=announced).look()
        return httpx.Response(200, json=state)

    still = timedelta()
    await advance(URLS, still, "token", frozen=True, transport=httpx.MockTransport(answer))
    assert asked == 2 * len(rounds)
