"""What `allowed` of an escalation says is what its routes do: every act, in every state, for everybody."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, Final

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from escalation_support.http_setup import set_up
from opsdesk_testing.allowed_acts import Way, allowed_of, check_allowed_acts
from opsdesk_testing.client import client

pytestmark = pytest.mark.thorough

SNOOZE: Final = {"until": "2026-03-01T05:00:00Z"}
WAYS: Final = {
    "acknowledge": Way("/acknowledge"),
    "resolve": Way("/resolve", {"reason": "done"}),
    "escalate": Way("/escalate"),
    "snooze": Way("/snooze", SNOOZE),
    "move": Way("/move", {"policy": "critical"}),
}
STATES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "open": (),
    "acknowledged": (("omar", "acknowledge"),),
    "snoozed": (("omar", "snooze"),),
    "resolved": (("omar", "resolve"),),
}
CALLERS: Final = ("anna", "omar", "quin")


@pytest.fixture
async def people(app: FastAPI, theo: AsyncClient) -> AsyncIterator[dict[str, AsyncClient]]:
    await set_up(theo)
    async with AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(client(app, name)) for name in CALLERS}


async def _opened(
    people: dict[str, AsyncClient], steps: tuple[tuple[str, str], ...], **more: Any
) -> str:
    body = {"title": "Queue depth", "severity": "major"} | more
    made = await people["omar"].post("/v1/escalations", json=body)
    assert made.status_code == 201, made.text
    address: str = made.headers["Location"]
    for who, act in steps:
        answer = await WAYS[act].ask(people[who], address)
        assert answer.is_success, answer.text
    return address


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("severity", ["major", "blocker"])
@pytest.mark.parametrize("state", STATES)
async def test_it_is_what_the_route_does(
    people: dict[str, AsyncClient], state: str, severity: str, caller: str
) -> None:
    if severity == "blocker" and state in {"snoozed", "resolved"}:
        act = {"snoozed": "snooze", "resolved": "resolve"}[state]
        steps: tuple[tuple[str, str], ...] = (("omar", act), ("anna", act))
    else:
        steps = STATES[state]
    possible = await check_allowed_acts(
        people[caller], WAYS, lambda: _opened(people, steps, severity=severity)
    )
    assert possible == (set() if state == "resolved" else {*WAYS})


async def test_why_not_is_said_with_the_state(people: dict[str, AsyncClient]) -> None:
    address = await _opened(people, STATES["resolved"])
    allowed = (await allowed_of(people["anna"], address))["snooze"]
    assert allowed["why_not"] == {
        "code": "already_resolved",
        "parameters": {"state": "resolved"},
        "detail": "This escalation is resolved; open a new one instead.",
    }
