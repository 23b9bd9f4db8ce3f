"""What `allowed` of an agreement says is what its routes do: every act, in every state, for everybody (R1, R4)."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import count
from typing import Any, Final

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from opsdesk_testing.allowed_acts import Way, allowed_of, check_allowed_acts
from opsdesk_testing.client import client
from sla_support.company import ACME, AMSTERDAM, BRIGHTWATER, announce_customers

pytestmark = pytest.mark.thorough

TERMS: Final[dict[str, Any]] = {
    "calendar": AMSTERDAM,
    "targets": [{"metric": "resolution", "priority": "major", "target_seconds": 8 * 3600}],
    "valid_from": "2026-01-01T00:00:00Z",
}
END: Final = {"reason": "They have left us"}
WAYS: Final = {
    "redraft": Way("", TERMS, "PUT"),
    "propose": Way("/propose"),
    "revise": Way("/revise"),
    "withdraw": Way("/withdraw"),
    "approve": Way("/approve"),
    "decline": Way("/decline", {"reason": "Four hours is too long"}),
    "publish": Way("/publish"),
    "request_termination": Way("/termination", END),
    "confirm_termination": Way("/termination/confirm"),
    "withdraw_termination": Way("/termination", None, "DELETE"),
}
PROPOSED: Final = (("theo", "propose"),)
SIGNED: Final = (*PROPOSED, ("theo", "approve"))
AGREED: Final = (*SIGNED, ("gina", "approve"))
PUBLISHED: Final = (*AGREED, ("gina", "publish"))
ENDING: Final = (*PUBLISHED, ("theo", "request_termination"))
STATES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "draft": (),
    "proposed": PROPOSED,
    "signed by one side": SIGNED,
    "agreed": AGREED,
    "published": PUBLISHED,
    "withdrawn": (("theo", "withdraw"),),
    "its end is asked for": ENDING,
    "terminated": (*ENDING, ("gina", "confirm_termination")),
}


@pytest.fixture
async def people(app: FastAPI, database: Database) -> AsyncIterator[dict[str, AsyncClient]]:
    await announce_customers(database, (ACME, "acme"), (BRIGHTWATER, "brightwater"))
    async with AsyncExitStack() as stack:
        yield {
            name: await stack.enter_async_context(client(app, name))
            for name in ("theo", "gina", "dana", "jan", "britta")
        }


class Drafts:
    """Drafts of theo's, each of an agreement of its own, brought to a state."""

    def __init__(self, people: dict[str, AsyncClient]) -> None:
        self._people = people
        self._numbers = count(1)

    async def bring(self, steps: tuple[tuple[str, str], ...], **more: Any) -> str:
        body = TERMS | {"key": f"acme-{next(self._numbers)}", "customer": "acme"} | more
        made = await self._people["theo"].post("/v1/agreements", json=body)
        assert made.status_code == 201, made.text
        address: str = made.headers["Location"]
        for who, act in steps:
            answer = await WAYS[act].ask(self._people[who], address)
            assert answer.is_success, answer.text
        return address


@pytest.mark.parametrize("caller", ["theo", "gina", "dana"])
@pytest.mark.parametrize("state", STATES)
async def test_it_is_what_the_route_does(
    people: dict[str, AsyncClient], state: str, caller: str
) -> None:
    drafts = Drafts(people)
    await check_allowed_acts(people[caller], WAYS, lambda: drafts.bring(STATES[state]))


async def test_the_customer_who_signs_is_told_that_they_may(
    people: dict[str, AsyncClient],
) -> None:
    drafts = Drafts(people)

    async def bring() -> str:
        return await drafts.bring(SIGNED, customer_signs=True)

    assert await check_allowed_acts(people["jan"], WAYS, bring) == {"approve", "decline"}
    allowed = await allowed_of(people["gina"], await bring())
    assert allowed["approve"]["why_not"]["code"] == "customer_signs"


async def test_who_is_only_covered_is_not_told_what_may_be_done(
    people: dict[str, AsyncClient],
) -> None:
    """R4"""
    address = await Drafts(people).bring(PUBLISHED, customers=["brightwater"])
    shown = (await people["britta"].get(address)).json()
    assert "allowed" not in shown
    assert "approved" not in shown


async def test_what_would_hold_beside_another_version_is_not_offered_for_publication(
    people: dict[str, AsyncClient],
) -> None:
    """A4: both begin on the same day"""
    drafts = Drafts(people)
    first = await drafts.bring(AGREED, key="acme-same")
    second = await drafts.bring(AGREED, key="acme-same")
    gina = people["gina"]
    assert (await allowed_of(gina, second))["publish"]["possible"]
    assert (await gina.post(f"{first}/publish")).is_success
    allowed = (await allowed_of(gina, second))["publish"]
    answer = await gina.post(f"{second}/publish")
    assert (answer.status_code, answer.json()["code"]) == (409, "OVERLAP")
    assert allowed["why_not"]["code"] == "overlap"
    assert allowed["why_not"]["detail"] == answer.json()["detail"]
