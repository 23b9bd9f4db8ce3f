"""Merged tickets are separated again by two people, and no message is lost (C10, R1)."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common.persistence.database import Database
from intake_support.tickets import act, event_types, open_ticket
from opsdesk_testing.protocol import freeze_time, outbox_events

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)


async def _merged(anna: AsyncClient, **more: str) -> tuple[str, str]:
    one, into = await open_ticket(anna, **more), await open_ticket(anna, **more)
    assert (await act(anna, one, "merge", into=into)).status_code == 200
    return one, into


async def _separate(anna: AsyncClient, omar: AsyncClient, key: str, **more: object) -> Response:
    assert (await act(anna, key, "unmerge", reason="Two requests")).status_code == 200
    return await act(omar, key, "unmerge/confirm", agree=True, **more)


async def test_two_people_separate_and_the_ticket_is_open_again(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    key, into = await _merged(anna)
    waits = (await act(anna, key, "unmerge", reason="Two requests")).json()
    assert (waits["state"], waits["pending_unmerge"]["requested_by"]) == ("merged", "anna")
    alone = await act(anna, key, "unmerge/confirm", agree=True)
    assert (alone.status_code, alone.json()["code"]) == (403, "FOUR_EYES")
    done = (await act(omar, key, "unmerge/confirm", agree=True)).json()
    assert (done["state"], done["merged_into"], done["pending_unmerge"]) == ("reopened", None, None)
    published = (await outbox_events(database))[-1]
    assert published.type == "opsdesk.ticket.unmerged.v1"
    assert (
        published.body["from_ticket"],
        published.body["requested_by"],
        published.body["confirmed_by"],
    ) == (
        into,
        "anna",
        "omar",
    )


async def test_the_survivor_counts_from_its_own_opening_unless_another_one_is_still_merged(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """C10"""
    first = await open_ticket(anna, opened_at="2030-01-07T07:00:00Z")
    second = await open_ticket(anna, opened_at="2030-01-07T08:00:00Z")
    into = await open_ticket(anna)
    for key in (first, second):
        assert (await act(anna, key, "merge", into=into)).status_code == 200
    for key, opened_at in ((first, "08:00"), (second, "09:00")):
        assert (await _separate(anna, omar, key)).status_code == 200
        body = (await outbox_events(database))[-1].body
        assert body["survivor_opened_at"][11:16] == opened_at


async def test_no_message_is_lost_and_those_that_came_meanwhile_can_go_along(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    one, into = await open_ticket(anna), await open_ticket(anna)
    assert (await act(jan, one, "replies", text="Before")).status_code == 201
    assert (await act(anna, one, "merge", into=into)).status_code == 200
    await freeze_time(database, NINE + timedelta(minutes=5))
    meanwhile = (await act(jan, into, "replies", text="Meanwhile")).json()["id"]
    refused = await _separate(anna, omar, one, messages=[meanwhile, str(uuid4())])
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/messages/1"
    done = await act(omar, one, "unmerge/confirm", agree=True, messages=[meanwhile])
    assert done.status_code == 200, done.text
    for key, texts in ((one, ["Before", "Meanwhile"]), (into, ["Meanwhile"])):
        items = (await jan.get(f"/v1/tickets/{key}/messages")).json()["items"]
        assert sorted(item["text"] for item in items) == texts
    assert (await act(jan, one, "replies", text="After")).status_code == 201


async def test_a_blocker_holds_its_environment_again(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """G8"""
    key, _ = await _merged(anna, priority="blocker")
    assert (await _separate(anna, omar, key)).status_code == 200
    types = [name for name in await event_types(database) if name.startswith("blocker")]
    assert types == ["blocker_raised", "blocker_raised", "blocker_lifted", "blocker_raised"]


async def test_declined_it_stays_merged_and_can_be_asked_for_again(
    anna: AsyncClient, omar: AsyncClient
) -> None:
    key, _ = await _merged(anna)
    await act(anna, key, "unmerge", reason="Two requests")
    declined = (await act(omar, key, "unmerge/confirm", agree=False, reason="The same")).json()
    assert (declined["state"], declined["pending_unmerge"]) == ("merged", None)
    nothing = await act(omar, key, "unmerge/confirm", agree=True)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "NOTHING_PENDING")
    assert (await _separate(anna, omar, key)).status_code == 200


async def test_chains_are_separated_from_their_end(anna: AsyncClient, omar: AsyncClient) -> None:
    key, into = await _merged(anna)
    last = await open_ticket(anna)
    assert (await act(anna, into, "merge", into=last)).status_code == 200
    refused = await act(anna, key, "unmerge", reason="Two requests")
    assert refused.status_code == 409
    assert f"separate {into} first" in refused.json()["detail"]
    for one in (into, key):
        assert (await _separate(anna, omar, one)).status_code == 200


async def test_nothing_is_merged_into_itself_or_in_a_circle(anna: AsyncClient) -> None:
    key, into = await _merged(anna)
    itself = await act(anna, into, "merge", into=into)
    assert (itself.status_code, itself.json()["code"]) == (409, "MERGE_INTO_ITSELF")
    circle = await act(anna, into, "merge", into=key)
    assert (circle.status_code, circle.json()["code"]) == (409, "WRONG_STATE")


async def test_what_is_not_merged_is_not_separated(anna: AsyncClient, jan: AsyncClient) -> None:
    key = await open_ticket(anna)
    for step, body in (("unmerge", {"reason": "x"}), ("unmerge/confirm", {"agree": True})):
        refused = await anna.post(f"/v1/tickets/{key}/{step}", json=body)
        assert (refused.status_code, refused.json()["code"]) == (409, "WRONG_STATE")
        assert (await jan.post(f"/v1/tickets/{key}/{step}", json=body)).status_code == 403


async def test_the_database_refuses_one_pair_of_eyes(anna: AsyncClient, database: Database) -> None:
    """R1"""
    key, _ = await _merged(anna)
    await act(anna, key, "unmerge", reason="Two requests")
    separated = text(
        "UPDATE tickets SET state = 'reopened', merged_into = NULL, unmerged_by = :one,"
        " unmerged_confirmed_by = :two, unmerge_requested_by = NULL WHERE state = 'merged'"
    )
    for one, two in (("anna", "anna"), ("anna", None), ("omar", "anna")):
        with pytest.raises(IntegrityError, match="and another one"):
            async with database.transaction() as tx:
                await tx.execute(separated, {"one": one, "two": two})
