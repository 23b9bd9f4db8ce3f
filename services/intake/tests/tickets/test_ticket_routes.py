"""The life of a ticket over HTTP, committed for real, with everything it tells."""

import asyncio

import asyncpg
import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from intake_support.tickets import DOWN, TO_PARTNER, act, event_types, open_ticket
from opsdesk_testing.client import client
from opsdesk_testing.protocol import outbox_events


async def sequences(database: Database) -> list[int]:
    return [one.sequence for one in await outbox_events(database) if one.topic == "opsdesk.tickets"]


async def test_an_accepted_ticket_is_kept_and_announced(
    anna: AsyncClient, database: Database
) -> None:
    answer = await anna.post("/v1/tickets", json=DOWN)
    assert answer.status_code == 201
    key = answer.json()["key"]
    assert answer.headers["location"] == f"/v1/tickets/{key}"
    assert answer.headers["etag"] == '"1"'
    event = (await outbox_events(database))[-1]
    assert (event.type, event.sequence) == ("opsdesk.ticket.opened.v1", 1)
    assert (
        event.body
        | {
            "ticket": key,
            "customer": "acme",
            "environment": "acme-prod",
            "priority": "major",
            "opened_at": "2030-01-07T09:00:00Z",
            "channel": "staff",
            "by": "anna",
        }
        == event.body
    )
    assert (await anna.get(f"/v1/tickets/{key}")).json()["title"] == "Billing is down"
    assert (await anna.get(f"/v1/tickets/{answer.json()['id']}")).json()["key"] == key


async def test_a_ticket_is_resolved_by_one_and_verified_by_another(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """R1, and every step is told once, in order."""
    key = await open_ticket(anna)
    await act(anna, key, "assign", to="anna")
    await act(anna, key, "resolve", resolution="restarted")
    alone = await act(anna, key, "verify")
    assert (alone.status_code, alone.json()["type"]) == (403, "urn:opsdesk:error:four-eyes")
    verified = await omar.post(f"/v1/tickets/{key}/verify")
    assert verified.json()["state"] == "verified"
    assert (await act(omar, key, "close")).json()["state"] == "closed"
    assert await event_types(database) == ["opened", "assigned", "resolved", "verified", "closed"]
    assert await sequences(database) == [1, 2, 3, 4, 5]


async def test_a_denial_is_in_the_audit_trail(
    anna: AsyncClient, database: Database, owner_url: str
) -> None:
    """R16"""
    key = await open_ticket(anna)
    await act(anna, key, "resolve", resolution="restarted")
    await act(anna, key, "verify")
    owner = await asyncpg.connect(owner_url)
    row = await owner.fetchrow(
        "SELECT who, action, grounds->>'denied' AS denied FROM intake.audit ORDER BY position DESC LIMIT 1"
    )
    await owner.close()
    assert row
    assert tuple(row) == ("anna", "ticket.verify", "FOUR_EYES")


ONE_PAIR_OF_EYES = (
    "state = 'closed'",
    "state = 'resolved'",
    "resolved_by = 'anna', resolved_at = now(), verified_by = 'anna'",
    "priority = 'trivial'",
    "priority = 'trivial', priority_by = 'anna', priority_confirmed_by = 'omar'",
    "priority_by = 'anna', priority_confirmed_by = 'anna'",
)


async def test_the_database_refuses_one_pair_of_eyes(anna: AsyncClient, owner_url: str) -> None:
    """R1: also to the owner of the tables."""
    await open_ticket(anna)
    owner = await asyncpg.connect(owner_url)
    for change in ONE_PAIR_OF_EYES:
        with pytest.raises(asyncpg.CheckViolationError):
            await owner.execute(f"UPDATE intake.tickets SET {change}")
    await owner.close()


async def test_lowering_a_priority_needs_a_second_person(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """R1: and the blocker is lifted only then."""
    key = await open_ticket(anna, priority="blocker")
    pending = (await act(anna, key, "prioritise", priority="minor", reason="one user")).json()
    assert (pending["priority"], pending["pending_downgrade"]["priority"]) == ("blocker", "minor")
    alone = await act(anna, key, "priority/confirm", agree=True)
    assert alone.status_code == 403
    lowered = (await act(omar, key, "priority/confirm", agree=True)).json()
    assert (lowered["priority"], lowered["pending_downgrade"]) == ("minor", None)
    assert await event_types(database) == [
        "opened",
        "blocker_raised",
        "prioritised",
        "blocker_lifted",
    ]
    lifted = (await outbox_events(database))[-1].body
    assert lifted["reason"] == "lowered"
    assert (await outbox_events(database))[-2].body["confirmed_by"] == "omar"


async def test_raising_is_done_at_once_and_raises_the_blocker(
    anna: AsyncClient, database: Database
) -> None:
    """G8"""
    key = await open_ticket(anna)
    raised = await act(anna, key, "prioritise", impact="high", urgency="high", reason="all users")
    assert raised.json()["priority"] == "blocker"
    assert await event_types(database) == ["opened", "prioritised", "blocker_raised"]


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize(("caller", "confirmed"), [("anna", True), ("gateway", False)])
async def test_a_blocker_of_a_machine_waits_for_first_level(
    app: FastAPI, database: Database, caller: str, confirmed: bool
) -> None:
    """R5: whoever holds a machine's token permits no emergency change."""
    async with client(app, caller) as opener:
        await open_ticket(opener, priority="blocker")
    raised = (await outbox_events(database))[-1]
    assert raised.type == "opsdesk.ticket.blocker_raised.v1"
    assert raised.body["confirmed"] is confirmed


async def test_a_blocker_is_lifted_by_its_resolution_and_raised_by_its_rejection(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """G8"""
    key = await open_ticket(anna, priority="blocker")
    await act(anna, key, "resolve", resolution="restarted")
    await act(omar, key, "reject", reason="still down")
    assert (await event_types(database))[2:] == [
        "resolved",
        "blocker_lifted",
        "rejected",
        "blocker_raised",
    ]
    assert await sequences(database) == [1, 2, 3, 4, 5, 6]


async def test_forwarding_leaves_a_hand_over_record(anna: AsyncClient, database: Database) -> None:
    """R5: its text stays in intake."""
    key = await open_ticket(anna)
    record = {"seen": "queue full", "tried": "restart", "excluded": "disk"}
    body = TO_PARTNER | record
    assert (await act(anna, key, "forward", **body)).json()["state"] == "forwarded"
    shown = (await anna.get(f"/v1/tickets/{key}/hand-overs")).json()["items"]
    assert [{name: one[name] for name in record} for one in shown] == [record]
    assert await event_types(database) == ["opened", "forwarded", "handed_over"]
    assert "queue full" not in str([one.body for one in await outbox_events(database)])
    nobody = await act(anna, key, "forward", **(body | {"partner": "nobody"}))
    assert nobody.status_code == 422


async def test_waiting_on_the_customer_asks_and_their_answer_resumes(
    anna: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    """R1, C2"""
    key = await open_ticket(anna)
    silent = await act(anna, key, "hold", waiting_on="customer", reason="need logs")
    assert silent.json()["type"] == "urn:opsdesk:error:nothing-asked"
    waiting = await act(
        anna,
        key,
        "hold",
        waiting_on="customer",
        reason="need logs",
        question="Could you send the logs?",
    )
    assert waiting.json()["state"] == "on_hold"
    assert (await act(jan, key, "replies", text="Here they are.")).status_code == 201
    assert await event_types(database) == [
        "opened",
        "replied",
        "on_hold",
        "customer_replied",
        "resumed",
    ]


async def test_a_customer_who_writes_again_reopens(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    key = await open_ticket(anna)
    await act(anna, key, "resolve", resolution="restarted")
    await act(omar, key, "verify")
    await act(omar, key, "close")
    await act(jan, key, "replies", text="It is back.")
    assert (await anna.get(f"/v1/tickets/{key}")).json()["state"] == "reopened"
    assert (await event_types(database))[-2:] == ["customer_replied", "reopened"]


async def test_what_happens_at_the_same_time_is_told_in_a_row(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    """Architecture, 2: the ticket is locked before its sequence is counted."""
    key = await open_ticket(anna, priority="blocker")
    people = (anna, omar, jan)
    replies = [act(who, key, "replies", text=f"word {n}") for n in range(4) for who in people]
    both = [act(who, key, "resolve", resolution="restarted") for who in (anna, omar)]
    answers = await asyncio.gather(*replies, *both)
    assert [one.status_code for one in answers[:-2]] == [201] * 12
    # The second comes too late, unless the customer has reopened the ticket in between.
    resolved = sorted(one.status_code for one in answers[-2:])
    assert resolved in ([200, 409], [200, 200])
    assert (await event_types(database)).count("resolved") == resolved.count(200)
    found = await sequences(database)
    assert found == list(range(1, len(found) + 1))


async def test_two_who_verify_at_once_are_one_verification(
    anna: AsyncClient, omar: AsyncClient, app: FastAPI, database: Database
) -> None:
    """R1"""
    key = await open_ticket(anna)
    await act(anna, key, "resolve", resolution="restarted")
    async with client(app, "sven") as sven:
        answers = await asyncio.gather(act(omar, key, "verify"), act(sven, key, "verify"))
    assert sorted(one.status_code for one in answers) == [200, 409]
    assert (await event_types(database)).count("verified") == 1
