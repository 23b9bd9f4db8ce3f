"""The life of a ticket over HTTP, committed for real, with everything it tells."""

from typing import Any

import asyncpg
import pytest
from httpx import AsyncClient, Response

from common.database import Database
from common.testing.protocol import told

DOWN = {"title": "Billing is down", "customer": "acme", "environment": "acme-prod"}


async def opened(who: AsyncClient, **more: Any) -> str:
    answer = await who.post("/v1/tickets", json=DOWN | more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["key"])


async def act(who: AsyncClient, key: str, action: str, **body: Any) -> Response:
    return await who.post(f"/v1/tickets/{key}/{action}", json=body)


async def types(database: Database) -> list[str]:
    """The last words of what was told of tickets."""
    return [
        one.type.split(".")[2] for one in await told(database) if one.topic == "opsdesk.tickets"
    ]


async def sequences(database: Database) -> list[int]:
    return [one.sequence for one in await told(database) if one.topic == "opsdesk.tickets"]


async def test_an_accepted_ticket_is_kept_and_announced(
    anna: AsyncClient, database: Database
) -> None:
    answer = await anna.post("/v1/tickets", json=DOWN)
    assert answer.status_code == 201
    key = answer.json()["key"]
    assert answer.headers["location"] == f"/v1/tickets/{key}"
    assert answer.headers["etag"] == '"1"'
    event = (await told(database))[-1]
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
    key = await opened(anna)
    await act(anna, key, "assign", to="anna")
    await act(anna, key, "resolve", resolution="restarted")
    alone = await act(anna, key, "verify")
    assert (alone.status_code, alone.json()["type"]) == (403, "urn:opsdesk:error:four-eyes")
    verified = await omar.post(f"/v1/tickets/{key}/verify")
    assert verified.json()["state"] == "verified"
    assert (await act(omar, key, "close")).json()["state"] == "closed"
    assert await types(database) == ["opened", "assigned", "resolved", "verified", "closed"]
    assert await sequences(database) == [1, 2, 3, 4, 5]


async def test_a_denial_is_in_the_audit_trail(
    anna: AsyncClient, database: Database, owner_url: str
) -> None:
    """R16"""
    key = await opened(anna)
    await act(anna, key, "resolve", resolution="restarted")
    await act(anna, key, "verify")
    owner = await asyncpg.connect(owner_url)
    row = await owner.fetchrow(
        "SELECT who, action, grounds->>'denied' AS denied FROM intake.audit"
        " ORDER BY position DESC LIMIT 1"
    )
    await owner.close()
    assert row
    assert tuple(row) == ("anna", "ticket.verify", "four-eyes")


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
    await opened(anna)
    owner = await asyncpg.connect(owner_url)
    for change in ONE_PAIR_OF_EYES:
        with pytest.raises(asyncpg.CheckViolationError):
            await owner.execute(f"UPDATE intake.tickets SET {change}")
    await owner.close()


async def test_lowering_a_priority_needs_a_second_person(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """R1: and the blocker is lifted only then."""
    key = await opened(anna, priority="blocker")
    pending = (await act(anna, key, "prioritise", priority="minor", reason="one user")).json()
    assert (pending["priority"], pending["lowering"]["priority"]) == ("blocker", "minor")
    alone = await act(anna, key, "priority-confirmations", agree=True)
    assert alone.status_code == 403
    lowered = (await act(omar, key, "priority-confirmations", agree=True)).json()
    assert (lowered["priority"], lowered["lowering"]) == ("minor", None)
    assert await types(database) == ["opened", "blocker_raised", "prioritised", "blocker_lifted"]
    lifted = (await told(database))[-1].body
    assert lifted["reason"] == "lowered"
    assert (await told(database))[-2].body["second"] == "omar"


async def test_raising_is_done_at_once_and_raises_the_blocker(
    anna: AsyncClient, database: Database
) -> None:
    """G8"""
    key = await opened(anna)
    raised = await act(anna, key, "prioritise", impact="high", urgency="high", reason="all users")
    assert raised.json()["priority"] == "blocker"
    assert await types(database) == ["opened", "prioritised", "blocker_raised"]


async def test_a_blocker_is_lifted_by_its_resolution_and_raised_by_its_rejection(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """G8"""
    key = await opened(anna, priority="blocker")
    await act(anna, key, "resolve", resolution="restarted")
    await act(omar, key, "reject", reason="still down")
    assert (await types(database))[2:] == [
        "resolved",
        "blocker_lifted",
        "rejected",
        "blocker_raised",
    ]
    assert await sequences(database) == [1, 2, 3, 4, 5, 6]


async def test_forwarding_leaves_a_hand_over_record(anna: AsyncClient, database: Database) -> None:
    """R5: its text stays in intake."""
    key = await opened(anna)
    record = {"seen": "queue full", "tried": "restart", "excluded": "disk"}
    body = {"to": "partner", "partner": "hosthaven", **record}
    assert (await act(anna, key, "forward", **body)).json()["state"] == "forwarded"
    shown = (await anna.get(f"/v1/tickets/{key}/hand-overs")).json()
    assert [{name: one[name] for name in record} for one in shown] == [record]
    assert await types(database) == ["opened", "forwarded", "handed_over"]
    assert "queue full" not in str([one.body for one in await told(database)])
    nobody = await act(anna, key, "forward", **(body | {"partner": "nobody"}))
    assert nobody.status_code == 422


async def test_waiting_on_the_customer_asks_and_their_answer_resumes(
    anna: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    """R1, C2"""
    key = await opened(anna)
    silent = await act(anna, key, "wait", on="customer", reason="need logs")
    assert silent.json()["type"] == "urn:opsdesk:error:nothing-asked"
    waiting = await act(
        anna, key, "wait", on="customer", reason="need logs", question="Could you send the logs?"
    )
    assert waiting.json()["state"] == "waiting"
    assert (await act(jan, key, "replies", text="Here they are.")).status_code == 201
    assert await types(database) == ["opened", "replied", "waiting", "customer_replied", "resumed"]


async def test_a_customer_who_writes_again_reopens(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    key = await opened(anna)
    await act(anna, key, "resolve", resolution="restarted")
    await act(omar, key, "verify")
    await act(omar, key, "close")
    await act(jan, key, "replies", text="It is back.")
    assert (await anna.get(f"/v1/tickets/{key}")).json()["state"] == "reopened"
    assert (await types(database))[-2:] == ["customer_replied", "reopened"]


async def test_internal_notes_do_not_exist_for_the_customer(
    anna: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    """R11"""
    key = await opened(anna)
    await act(anna, key, "replies", text="They never pay.", visibility="internal")
    await act(anna, key, "replies", text="We are looking into it.")
    assert len((await anna.get(f"/v1/tickets/{key}/messages")).json()["items"]) == 2
    seen = (await jan.get(f"/v1/tickets/{key}/messages")).json()["items"]
    assert [one["text"] for one in seen] == ["We are looking into it."]
    assert await types(database) == ["opened", "replied"]
    assert (await act(jan, key, "replies", text="x", visibility="internal")).status_code == 403


async def test_another_customers_ticket_does_not_exist(
    anna: AsyncClient, jan: AsyncClient, britta: AsyncClient
) -> None:
    key = await opened(anna)
    for path in ("", "/messages"):
        assert (await jan.get(f"/v1/tickets/{key}{path}")).status_code == 200
        assert (await britta.get(f"/v1/tickets/{key}{path}")).status_code == 404
    assert (await act(britta, key, "replies", text="hello")).status_code == 404
    assert (await britta.get("/v1/tickets")).json()["items"] == []
    assert (await britta.get("/v1/tickets?customer=acme")).json()["items"] == []
    assert (await jan.get("/v1/tickets?customer=acme")).json()["items"] != []
    other = await britta.post("/v1/tickets", json=DOWN)
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "unknown_customer")


async def test_a_contact_does_not_work_on_tickets(anna: AsyncClient, jan: AsyncClient) -> None:
    key = await opened(anna)
    assert (await act(jan, key, "resolve", resolution="x")).status_code == 403
    assert (await act(jan, key, "prioritise", priority="blocker", reason="x")).status_code == 403
    assert (await jan.get(f"/v1/tickets/{key}/hand-overs")).status_code == 403


async def test_lists_go_on_where_they_ended(anna: AsyncClient) -> None:
    keys = [await opened(anna, priority=priority) for priority in ("minor", "major", "minor")]
    first = (await anna.get("/v1/tickets?limit=2")).json()
    rest = (await anna.get(f"/v1/tickets?limit=2&cursor={first['next']}")).json()
    assert [one["key"] for one in first["items"] + rest["items"]] == keys[::-1]
    assert rest["next"] is None
    minor = (await anna.get("/v1/tickets?priority=minor&state=new&environment=acme-prod")).json()
    assert [one["key"] for one in minor["items"]] == [keys[2], keys[0]]
    assert (await anna.get("/v1/tickets?open=false")).json()["items"] == []


async def test_whoever_decides_on_an_old_state_is_shown_the_present_one(anna: AsyncClient) -> None:
    key = await opened(anna)
    await act(anna, key, "assign", to="anna")
    late = await anna.post(
        f"/v1/tickets/{key}/resolve", json={"resolution": "x"}, headers={"If-Match": '"1"'}
    )
    assert late.status_code == 412
    assert late.json()["present"]["sequence"] == 2


async def test_a_duplicate_is_merged_and_answers_in_the_survivor(
    anna: AsyncClient, database: Database
) -> None:
    survivor, duplicate = await opened(anna), await opened(anna)
    merged = await act(anna, duplicate, "merge", into=survivor)
    assert merged.json()["state"] == "merged"
    reply = await act(anna, duplicate, "replies", text="hello")
    assert reply.json()["type"] == "urn:opsdesk:error:merged"
    assert (await act(anna, duplicate, "merge", into="OPS-999999")).status_code == 404


async def test_the_same_request_twice_is_one_ticket(anna: AsyncClient, database: Database) -> None:
    headers = {"Idempotency-Key": "k1"}
    first = await anna.post("/v1/tickets", json=DOWN, headers=headers)
    again = await anna.post("/v1/tickets", json=DOWN, headers=headers)
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    other = await anna.post("/v1/tickets", json=DOWN | {"title": "x"}, headers=headers)
    assert other.status_code == 422
    assert await types(database) == ["opened"]
