"""A hand-over ends with its ticket: nobody owes anything for what they have no more (R5)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from intake.timers import TIMERS
from intake_support.alerts import NINE
from intake_support.people import add_people
from intake_support.tickets import OVER, TO_PARTNER, act, event_types, open_ticket
from opsdesk_testing.client import client
from opsdesk_testing.protocol import fire_due, freeze_time, outbox_events


@pytest.fixture
async def dana(app: FastAPI, anna: AsyncClient) -> AsyncIterator[AsyncClient]:
    """Delivery manager, as is everybody with the role."""
    await add_people(anna)
    async with client(app, "dana") as dana:
        yield dana


async def handed_over(anna: AsyncClient, **more: Any) -> str:
    key = await open_ticket(anna, service="billing")
    answer = await act(anna, key, "forward", **OVER | more)
    assert answer.status_code == 200, answer.text
    return key


async def _mergeable(anna: AsyncClient) -> str:
    return await open_ticket(anna, service="billing")


@pytest.mark.parametrize("how", ["resolved", "merged", "forwarded"])
async def test_a_ticket_that_leaves_otherwise_ends_its_record(
    app: FastAPI, anna: AsyncClient, dana: AsyncClient, database: Database, how: str
) -> None:
    """R5: whom it was handed over to has it no more, and nobody waits for them"""
    key = await handed_over(anna)
    if how == "merged":
        into = await _mergeable(anna)
        assert (await act(anna, key, "merge", into=into)).is_success
    elif how == "resolved":
        assert (await act(anna, key, "resolve", resolution="It was a cable")).is_success
    else:
        assert (await act(anna, key, "forward", **TO_PARTNER)).is_success
    records = (await anna.get(f"/v1/tickets/{key}/hand-overs")).json()["items"]
    ended = (records[0]["ended_how"], records[0]["ended_at"])
    assert ended == (how, "2030-01-07T09:00:00Z")
    late = await act(dana, key, "hand-overs/1/acknowledge")
    assert (late.status_code, late.json()["code"]) == (409, "NOTHING_TO_ACKNOWLEDGE")
    waiting = (
        await dana.get("/v1/waiting-for-me", params={"kind": "acknowledge_hand_over"})
    ).json()
    assert len(waiting["items"]) == (1 if how == "forwarded" else 0)


async def test_after_merge_and_unmerge_nothing_is_overdue_at_first_level(
    anna: AsyncClient, omar: AsyncClient, dana: AsyncClient, database: Database
) -> None:
    key = await handed_over(anna)
    await act(anna, key, "merge", into=await _mergeable(anna))
    await act(anna, key, "unmerge", reason="They are two")
    assert (await act(omar, key, "unmerge/confirm", agree=True)).is_success
    await freeze_time(database, NINE + timedelta(days=2))
    await fire_due(database, TIMERS)
    assert not {"hand_over_overdue", "hand_over_unacknowledged"} & set(await event_types(database))


async def test_what_comes_back_after_its_resolution_is_with_first_level(
    anna: AsyncClient, omar: AsyncClient, dana: AsyncClient, database: Database
) -> None:
    key = await handed_over(anna, **TO_PARTNER)
    await act(anna, key, "resolve", resolution="They mended it")
    assert (await act(omar, key, "reject", reason="It fails again")).is_success
    ticket = (await anna.get(f"/v1/tickets/{key}")).json()
    assert (ticket["state"], ticket["forwarded_to"], ticket["partner"]) == ("reopened", None, None)
    assert (await act(anna, key, "hold", waiting_on="partner", reason="They look")).is_success
    assert (await act(anna, key, "resume")).json()["state"] == "in_progress"
    assert (await act(anna, key, "forward", **TO_PARTNER)).is_success
    await freeze_time(database, NINE + timedelta(days=2))
    await fire_due(database, TIMERS)
    overdue = [one for one in await outbox_events(database) if "hand_over_overdue" in one.type]
    assert [one.body["number"] for one in overdue] == [2]


async def test_a_fix_that_nobody_checked_is_superseded_by_another_hand_over(
    anna: AsyncClient, omar: AsyncClient, dana: AsyncClient
) -> None:
    key = await handed_over(anna)
    await act(anna, key, "hand-back", found="A patch", fixed=True)
    query = {"kind": "check_fix"}
    assert len((await omar.get("/v1/waiting-for-me", params=query)).json()["items"]) == 1
    assert (await act(anna, key, "forward", **TO_PARTNER)).is_success
    assert (await omar.get("/v1/waiting-for-me", params=query)).json()["items"] == []
    assert (await act(anna, key, "resolve", resolution="It was a cable")).is_success
