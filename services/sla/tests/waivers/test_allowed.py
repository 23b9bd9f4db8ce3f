"""What `allowed` of a waiver says is what its routes do: every act, in every state, for everybody (R1, R2)."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Final

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from opsdesk_testing.allowed_acts import Way, allowed_of, check_allowed_acts
from opsdesk_testing.client import client
from opsdesk_testing.protocol import fire_due, freeze_time
from opsdesk_testing.second_person import announce_address
from sla.timers import TIMERS
from sla_support.company import HOUR, NINE, promise
from sla_support.waivers import request_for_period

pytestmark = pytest.mark.thorough

WAYS: Final = {
    "approve": Way("/approve"),
    "refuse": Way("/refuse", {"reason": "Not now"}),
    "revoke": Way("/revoke", {"reason": "no more"}),
    "withdraw": Way("/withdraw", {"reason": "not needed"}),
}
STATES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "requested": (),
    "approved": (("greg", "approve"),),
    "refused": (("greg", "refuse"),),
    "revoked": (("greg", "approve"), ("greg", "revoke")),
    "withdrawn": (("gina", "withdraw"),),
}
POSSIBLE: Final = {
    ("requested", "gina"): {"withdraw"},
    ("requested", "greg"): {"approve", "refuse"},
    ("approved", "gina"): {"revoke"},
    ("approved", "greg"): {"revoke"},
}
"""Who may do what: gina asked for it, and is a general manager as greg is."""


@pytest.fixture
async def people(app: FastAPI, database: Database) -> AsyncIterator[dict[str, AsyncClient]]:
    await promise(database)
    async with AsyncExitStack() as stack:
        callers = {name: client(app, name) for name in ("gina", "theo", "dana")}
        callers["greg"] = client(app, "greg", roles=["gm"])
        yield {name: await stack.enter_async_context(one) for name, one in callers.items()}


async def _asked(people: dict[str, AsyncClient], steps: tuple[tuple[str, str], ...]) -> str:
    """A request over the next five hours that nobody has asked about yet."""
    asked = len((await people["gina"].get("/v1/waivers")).json()["items"])
    start = NINE + asked * 5 * HOUR
    address = await request_for_period(people["gina"], start, start + 5 * HOUR)
    for who, act in steps:
        answer = await WAYS[act].ask(people[who], address)
        assert answer.is_success, answer.text
    return address


@pytest.mark.parametrize("caller", ["gina", "greg", "theo", "dana"])
@pytest.mark.parametrize("state", STATES)
async def test_it_is_what_the_route_does(
    people: dict[str, AsyncClient], state: str, caller: str
) -> None:
    possible = await check_allowed_acts(people[caller], WAYS, lambda: _asked(people, STATES[state]))
    assert possible == POSSIBLE.get((state, caller), set())


async def test_what_has_expired_undecided_is_still_decided(
    people: dict[str, AsyncClient], database: Database
) -> None:
    """C11: late, which changes nothing, and is on record"""
    address = await _asked(people, ())
    await freeze_time(database, NINE + timedelta(days=1))
    await fire_due(database, TIMERS)
    allowed = await allowed_of(people["greg"], address)
    assert allowed["approve"]["possible"]
    assert (await people["greg"].post(f"{address}/approve")).json()["late"] is True
    assert not (await allowed_of(people["greg"], address))["approve"]["possible"]


async def test_another_account_of_the_requester_is_offered_no_decision(
    people: dict[str, AsyncClient], database: Database, app: FastAPI
) -> None:
    """R1"""
    address = await _asked(people, ())
    await announce_address(database, "gina")
    async with client(app, "gina-2", roles=["gm"], email="gina@ours.example") as second_account:
        allowed = await allowed_of(second_account, address)
        assert allowed["approve"]["why_not"]["code"] == "self_approval"
        answer = await second_account.post(f"{address}/approve")
    assert (answer.status_code, answer.json()["code"]) == (403, "SELF_APPROVAL")
