"""Parts of a page: here, missing, or denied; never one for another."""

import asyncio

import httpx
import pytest

from console.service_text import ServiceText
from console.settings import ConsoleSettings
from console.upstream.breaker import FAILURES
from console.upstream.client import MAIN_S, PART_S, Asker, Get, SignedOut, Upstream
from console.upstream.part import Denied, Here, Missing
from console.upstream.problems import Done, NotSent, Refused, Uncertain
from console_support.services import FakeServices, problem

ANNA = Asker("anna", "token", "en")
TICKET = Get("intake", "/v1/tickets/OPS-1")
ROTAS = Get("escalation", "/v1/oncall", remember=True)


@pytest.fixture
def services() -> FakeServices:
    found = FakeServices()
    found.say("intake", "/v1/tickets/OPS-1", {"key": "OPS-1"}, etag='"7"')
    found.say("escalation", "/v1/oncall", {"items": []})
    return found


@pytest.fixture
def upstream(services: FakeServices) -> Upstream:
    settings = ConsoleSettings.model_construct(
        intake_url="http://intake",
        sla_url="http://sla",
        escalation_url="http://escalation",
        delivery_gate_url="http://delivery-gate",
    )
    return Upstream().open(settings, services)


async def test_an_answer_is_here_with_its_etag(upstream: Upstream) -> None:
    part = (await upstream.parts(ANNA, {"ticket": TICKET}))["ticket"]
    assert isinstance(part, Here)
    assert (part.data, part.etag) == ({"key": "OPS-1"}, '"7"')


async def test_one_service_that_hangs_takes_its_own_part_away_alone(
    upstream: Upstream, services: FakeServices
) -> None:
    services.hang.add("sla")
    wanted = {"ticket": TICKET, "clocks": Get("sla", "/v1/tickets/OPS-1/clocks")}
    parts = await upstream.parts(ANNA, wanted)
    assert isinstance(parts["ticket"], Here)
    assert isinstance(parts["clocks"], Missing)
    assert parts["clocks"].why == "silent"
    assert parts.seconds["ticket"] < parts.seconds["clocks"], "nobody waited for the slow one"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (httpx.Response(500, content=b"oops"), "failed"),
        (problem(503, "unavailable", "Later."), "failed"),
        (problem(429, "too-many-requests", "Slow down."), "busy"),
        (httpx.Response(200, content=b"<html>"), "unreadable"),
        (httpx.Response(200, content=b"17"), "unreadable"),
        (httpx.ReadError("cut off"), "silent"),
    ],
    ids=["500", "503", "429", "HTML", "a number", "cut off"],
)
async def test_what_is_no_answer_is_missing(
    upstream: Upstream, services: FakeServices, answer: httpx.Response | Exception, why: str
) -> None:
    services.say("intake", "/v1/tickets/OPS-1", answer=answer)
    part = (await upstream.parts(ANNA, {"ticket": TICKET}))["ticket"]
    assert isinstance(part, Missing)
    assert part.why == why


@pytest.mark.parametrize("status", [403, 404])
async def test_a_refusal_is_no_missing_part(
    upstream: Upstream, services: FakeServices, status: int
) -> None:
    answer = problem(status, "forbidden", "Only for second level.")
    services.say("intake", "/v1/tickets/OPS-1", answer=answer)
    part = (await upstream.parts(ANNA, {"ticket": TICKET}))["ticket"]
    assert part == Denied("intake", status, ServiceText("forbidden", "Only for second level."))


async def test_a_token_that_is_not_taken_signs_out_and_is_not_sent_again(
    upstream: Upstream, services: FakeServices
) -> None:
    """Behind the console all people have one address: repeated refusals would lock everybody out."""
    services.say("intake", "/v1/tickets/OPS-1", answer=problem(401, "unauthenticated", "No."))
    with pytest.raises(SignedOut):
        await upstream.parts(ANNA, {"ticket": TICKET})
    assert len(services.seen) == 1


async def test_a_dead_service_is_left_alone_after_three_bad_moments(
    upstream: Upstream, services: FakeServices
) -> None:
    services.dead.add("intake")
    for _ in range(FAILURES):
        await upstream.parts(ANNA, {"ticket": TICKET, "again": TICKET})
    services.dead.clear()
    part = (await upstream.parts(ANNA, {"ticket": TICKET}))["ticket"]
    assert isinstance(part, Missing), "not asked, so that the page is quick"
    assert services.seen == []


async def test_the_main_part_of_a_page_may_come_late_and_what_is_beside_it_is_left_out(
    upstream: Upstream, services: FakeServices
) -> None:
    services.slow = {"intake": PART_S + 0.4, "escalation": PART_S + 0.4}
    parts = await upstream.parts(ANNA, {"ticket": TICKET, "rotas": ROTAS})
    assert isinstance(parts["ticket"], Here)
    assert isinstance(parts["rotas"], Missing)
    assert parts.seconds["rotas"] < parts.seconds["ticket"]


async def test_answers_that_come_late_shut_nothing(
    upstream: Upstream, services: FakeServices
) -> None:
    services.slow["intake"] = PART_S + 0.2
    for _ in range(FAILURES + 1):
        parts = await upstream.parts(ANNA, {"ticket": TICKET}, has_main=False)
        assert isinstance(parts["ticket"], Missing)
    await asyncio.sleep(0.4)
    breaker = upstream.breakers["intake"]
    assert (len(services.seen), breaker.failures, breaker.since) == (FAILURES + 1, 0, None)


async def test_a_service_that_never_answers_is_left_alone_by_parts_that_no_page_waits_for(
    upstream: Upstream, services: FakeServices
) -> None:
    services.hang.add("intake")
    for _ in range(FAILURES):
        await upstream.parts(ANNA, {"ticket": TICKET}, has_main=False)
        await asyncio.sleep(MAIN_S - PART_S + 0.2)
    assert upstream.breakers["intake"].failures == FAILURES
    await upstream.parts(ANNA, {"ticket": TICKET})
    assert len(services.seen) == FAILURES


async def test_what_is_remembered_is_shown_with_its_moment(
    upstream: Upstream, services: FakeServices
) -> None:
    before = (await upstream.parts(ANNA, {"rotas": ROTAS}))["rotas"]
    services.dead.add("escalation")
    part = (await upstream.parts(ANNA, {"rotas": ROTAS}))["rotas"]
    assert isinstance(part, Missing)
    assert part.last == before


async def test_nobody_gets_what_is_remembered_of_somebody_else(
    upstream: Upstream, services: FakeServices
) -> None:
    await upstream.parts(ANNA, {"rotas": ROTAS})
    services.dead.add("escalation")
    part = (await upstream.parts(Asker("jan", "token", "en"), {"rotas": ROTAS}))["rotas"]
    assert isinstance(part, Missing)
    assert part.last is None


async def send(upstream: Upstream) -> object:
    return await upstream.send(
        ANNA, "intake", "POST", "/v1/x", {"text": "Hello"}, key="nonce", etag='"7"'
    )


async def test_a_form_goes_with_its_key_and_the_etag_of_what_was_seen(
    upstream: Upstream, services: FakeServices
) -> None:
    services.say("intake", "/v1/x", {"id": 1}, status=201, method="POST")
    assert isinstance(await send(upstream), Done)
    headers = services.sent()[0].headers
    assert (headers["idempotency-key"], headers["if-match"]) == ("nonce", '"7"')


async def test_only_a_refused_connection_is_not_sent(
    upstream: Upstream, services: FakeServices
) -> None:
    services.dead.add("intake")
    assert await send(upstream) == NotSent("intake")


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("hung up"),
        httpx.WriteError("cut off"),
        httpx.Response(502, content=b"bad gateway"),
        problem(504, "outcome-unknown", "It may have been done, or not."),
    ],
    ids=["time-out", "hung up", "cut off", "gateway", "unknown"],
)
async def test_whatever_was_sent_and_not_answered_is_uncertain(
    upstream: Upstream, services: FakeServices, answer: httpx.Response | Exception
) -> None:
    services.say("intake", "/v1/x", method="POST", answer=answer)
    assert await send(upstream) == Uncertain("intake")


@pytest.mark.parametrize("status", [403, 409, 412, 422, 429, 503])
async def test_a_problem_says_that_it_was_not_done(
    upstream: Upstream, services: FakeServices, status: int
) -> None:
    services.say("intake", "/v1/x", method="POST", answer=problem(status, "x", "Do this."))
    outcome = await send(upstream)
    assert isinstance(outcome, Refused)
    assert (outcome.status, outcome.text) == (status, ServiceText("x", "Do this."))


async def test_an_approval_may_ask_for_a_fresh_sign_in_without_signing_out(
    upstream: Upstream, services: FakeServices
) -> None:
    answer = problem(401, "sign-in-required", "Sign in again, then approve.")
    services.say("intake", "/v1/x", method="POST", answer=answer)
    assert isinstance(await send(upstream), Refused)
