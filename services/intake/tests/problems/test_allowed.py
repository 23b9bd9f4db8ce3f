"""What `allowed` of a problem says is what its routes do: in every state, for everybody (R1)."""

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

VERIFY: Final = "/verifications"
WAYS: Final = {
    "link_incidents": Way("/incidents", lambda address: {"incidents": [LINKED[address]]}),
    "unlink_incident": Way(lambda address: f"/incidents/{LINKED[address]}", method="DELETE"),
    "record_cause": Way(
        "/cause",
        {"root_cause": "A full disk.", "whys": [{"question": "Why?", "answer": "It is full."}]},
        method="PUT",
    ),
    "record_workaround": Way("/workaround", {"workaround": "Empty it."}, method="PUT"),
    "known_error": Way("/known-error"),
    "request_fix": Way("/fix", lambda address: {"change_request": CHANGES[address]}),
    "record_backlog_item": Way("/backlog-item", {"reference": "BILL-77"}, method="PUT"),
    "verify_on_staging": Way(VERIFY, {"tier": "staging", "checked": "Sent 500 invoices."}),
    "verify_in_production": Way(VERIFY, {"tier": "production", "checked": "A day of invoices."}),
    "give_up": Way("/give-up", {"reason": "The product ends."}),
    "confirm_giving_up": Way("/give-up/confirm"),
}
LINKED: Final[dict[str, str]] = {}
CHANGES: Final[dict[str, str]] = {}
"""The incident and the change request of each problem, by its address."""
Steps = tuple[tuple[str, str], ...]
KNOWN: Final[Steps] = (
    ("anna", "record_cause"),
    ("anna", "record_workaround"),
    ("anna", "known_error"),
)
STAGED: Final[Steps] = (*KNOWN, ("anna", "request_fix"), ("omar", "verify_on_staging"))
STATES: Final[dict[str, Steps]] = {
    "open": (),
    "without incidents": (("anna", "unlink_incident"),),
    "half known": (("anna", "record_cause"),),
    "ready to be known": KNOWN[:2],
    "known": KNOWN,
    "fix asked for": (*KNOWN, ("anna", "request_fix")),
    "works on staging": STAGED,
    "fixed": (*STAGED, ("omar", "verify_in_production")),
    "asked for": (("anna", "give_up"),),
    "given up": (("anna", "give_up"), ("omar", "confirm_giving_up")),
}
BY_TWO: Final = {"give_up", "confirm_giving_up"}
WORK: Final = {
    "link_incidents",
    "unlink_incident",
    "record_cause",
    "record_workaround",
    "give_up",
}
FIXING: Final = WORK | {"request_fix"}
POSSIBLE: Final = {
    "anna": {
        "open": WORK,
        "without incidents": WORK - {"unlink_incident"},
        "half known": WORK,
        "ready to be known": WORK | {"known_error"},
        "known": FIXING,
        "fix asked for": FIXING,
        "works on staging": FIXING,
        "fixed": {"link_incidents", "unlink_incident"},
        "asked for": WORK,
        "given up": WORK - {"give_up"},
    },
    "omar": {
        "open": WORK,
        "without incidents": WORK - {"unlink_incident"},
        "half known": WORK,
        "ready to be known": WORK | {"known_error"},
        "known": FIXING,
        "fix asked for": FIXING | {"verify_on_staging"},
        "works on staging": FIXING | {"verify_on_staging", "verify_in_production"},
        "fixed": {"link_incidents", "unlink_incident"},
        "asked for": WORK | BY_TWO,
        "given up": WORK - {"give_up"},
    },
    "dana": {
        "fix asked for": {"verify_on_staging"},
        "works on staging": {"verify_on_staging", "verify_in_production"},
        "asked for": {"confirm_giving_up"},
    },
    "pavel": {
        "fix asked for": {"record_backlog_item", "verify_on_staging"},
        "works on staging": {"record_backlog_item", "verify_on_staging", "verify_in_production"},
        "asked for": {"confirm_giving_up"},
    },
}
"""Who may do what: anna asks, omar confirms; dana verifies and works on no ticket, pavel owns the backlog."""


@pytest.fixture
async def people(app: FastAPI, anna: AsyncClient) -> AsyncIterator[dict[str, AsyncClient]]:
    async with AsyncExitStack() as stack:
        names = ("anna", "omar", "dana", "pavel")
        yield {name: await stack.enter_async_context(client(app, name)) for name in names}


async def brought(people: dict[str, AsyncClient], state: str) -> str:
    """A problem in this state. Its address."""
    incident = await open_ticket(people["anna"], service="billing")
    body = {"title": "Invoices stop", "symptoms": "Error E42.", "incidents": [incident]}
    address = str((await people["anna"].post("/v1/problems", json=body)).headers["Location"])
    LINKED[address] = incident
    CHANGES[address] = await open_ticket(
        people["anna"], kind="change_request", nature="corrective", service="billing"
    )
    for who, name in STATES[state]:
        assert (await WAYS[name].ask(people[who], address)).is_success
    return address


@pytest.mark.thorough
@pytest.mark.parametrize("caller", POSSIBLE)
@pytest.mark.parametrize("state", STATES)
async def test_it_is_what_the_route_does(
    people: dict[str, AsyncClient], state: str, caller: str
) -> None:
    possible = await check_allowed_acts(people[caller], WAYS, lambda: brought(people, state))
    assert possible == POSSIBLE[caller].get(state, set())


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
    assert [name for name, one in allowed.items() if one["possible"]] == [
        "link_incidents",
        "unlink_incident",
        "record_cause",
        "record_workaround",
        "give_up",
    ]
    assert allowed["confirm_giving_up"]["why_not"]["code"] == "nothing_pending"
