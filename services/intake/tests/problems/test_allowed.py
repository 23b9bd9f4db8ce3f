"""What `allowed` of a problem says about giving it up is what its routes do: in every state, for everybody (R1)."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Final

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from intake_support.tickets import act, open_ticket
from opsdesk_testing.allowed_acts import Way, allowed_of, check_allowed_acts
from opsdesk_testing.client import client
from opsdesk_testing.protocol import freeze_time

WAYS: Final = {
    "give_up": Way("/give-up", {"reason": "The product ends."}),
    "confirm_giving_up": Way("/give-up/confirm"),
}
STATES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "open": (),
    "asked for": (("anna", "give_up"),),
    "given up": (("anna", "give_up"), ("omar", "confirm_giving_up")),
}
POSSIBLE: Final = {
    ("open", "anna"): {"give_up"},
    ("open", "omar"): {"give_up"},
    ("asked for", "anna"): {"give_up"},
    ("asked for", "omar"): {"give_up", "confirm_giving_up"},
    ("asked for", "dana"): {"confirm_giving_up"},
}
"""Who may do what: anna asks, omar confirms; dana verifies and works on no ticket."""


@pytest.fixture
async def people(app: FastAPI, anna: AsyncClient) -> AsyncIterator[dict[str, AsyncClient]]:
    async with AsyncExitStack() as stack:
        names = ("anna", "omar", "dana")
        yield {name: await stack.enter_async_context(client(app, name)) for name in names}


async def brought(people: dict[str, AsyncClient], state: str) -> str:
    """A problem in this state. Its address."""
    incident = await open_ticket(people["anna"], service="billing")
    body = {"title": "Invoices stop", "symptoms": "Error E42.", "incidents": [incident]}
    address = str((await people["anna"].post("/v1/problems", json=body)).headers["Location"])
    for who, name in STATES[state]:
        assert (await WAYS[name].ask(people[who], address)).is_success
    return address


@pytest.mark.thorough
@pytest.mark.parametrize("caller", ["anna", "omar", "dana"])
@pytest.mark.parametrize("state", STATES)
async def test_it_is_what_the_route_does(
    people: dict[str, AsyncClient], state: str, caller: str
) -> None:
    possible = await check_allowed_acts(people[caller], WAYS, lambda: brought(people, state))
    assert possible == POSSIBLE.get((state, caller), set())


async def test_what_waits_is_told_with_who_asked_and_why(people: dict[str, AsyncClient]) -> None:
    address = await brought(people, "open")
    assert (await people["omar"].get(address)).json()["pending_giving_up"] is None
    await WAYS["give_up"].ask(people["anna"], address)
    shown = (await people["omar"].get(address)).json()
    pending = shown["pending_giving_up"]
    assert (pending["requested_by"], pending["reason"]) == ("anna", "The product ends.")
    assert shown["names"] == {"anna": "anna"}
    await WAYS["confirm_giving_up"].ask(people["omar"], address)
    shown = (await people["omar"].get(address)).json()
    assert (shown["pending_giving_up"], shown["given_up_confirmed_by"]) == (None, "omar")
    assert shown["is_given_up"]


async def test_what_was_asked_for_before_the_ticket_came_back_waits_no_more(
    people: dict[str, AsyncClient], database: Database
) -> None:
    address = await brought(people, "given up")
    key = address.rpartition("/")[2]
    assert (await act(people["anna"], key, "resolve", resolution="Nothing more.")).is_success
    assert (await act(people["omar"], key, "verify")).is_success
    assert (await act(people["anna"], key, "close")).is_success
    await freeze_time(database, datetime(2030, 1, 7, 10, tzinfo=UTC))
    assert (await act(people["anna"], key, "reopen", reason="It does not end.")).is_success
    assert not (await people["omar"].get(address)).json()["is_given_up"]
    allowed = await allowed_of(people["omar"], address)
    assert [name for name, one in allowed.items() if one["possible"]] == ["give_up"]
    assert allowed["confirm_giving_up"]["why_not"]["code"] == "nothing_pending"
