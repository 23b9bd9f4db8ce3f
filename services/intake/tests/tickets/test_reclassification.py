"""A ticket's kind and service over HTTP: asked for by one, confirmed by another (R1)."""

import asyncio
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from intake_support.tickets import act, event_types, open_ticket
from opsdesk_testing.client import client
from opsdesk_testing.protocol import outbox_events

CONFIRM = "classification/confirm"


async def test_a_correction_takes_two_and_is_told_once_it_holds(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """R1, C6"""
    key = await open_ticket(anna, service="billing")
    asked = await act(
        anna, key, "reclassify", kind="question", service="portal", reason="Only asks how"
    )
    pending = asked.json()
    assert (pending["kind"], pending["service"]) == ("incident", "billing")
    assert pending["pending_reclassification"]["kind"] == "question"
    assert await event_types(database) == ["opened"]
    alone = await act(anna, key, CONFIRM, agree=True)
    assert (alone.status_code, alone.json()["type"]) == (403, "urn:opsdesk:error:four-eyes")
    done = (await act(omar, key, CONFIRM, agree=True)).json()
    assert (done["kind"], done["service"], done["pending_reclassification"]) == (
        "question",
        "portal",
        None,
    )
    assert await event_types(database) == ["opened", "reclassified"]
    event = (await outbox_events(database))[-1]
    expected = {
        "kind": "question",
        "service": "portal",
        "previous_kind": "incident",
        "previous_service": "billing",
        "requested_by": "anna",
        "confirmed_by": "omar",
        "opened_at": "2030-01-07T09:00:00Z",
    }
    assert expected.items() <= event.body.items()
    assert event.sequence == 2
    assert "Only asks how" not in str(event.body)


async def test_the_reasons_of_both_stand_beside_the_audit_trail(
    anna: AsyncClient, omar: AsyncClient, owner_url: str
) -> None:
    """R16"""
    key = await open_ticket(anna, service="billing")
    await act(anna, key, "reclassify", kind="question", reason="Only asks how")
    await act(anna, key, CONFIRM, agree=True)
    await act(omar, key, CONFIRM, agree=True, reason="So it is")
    owner = await asyncpg.connect(owner_url)
    rows = await owner.fetch(
        "SELECT a.who, action, words AS reason, grounds->>'denied' AS denied"
        " FROM intake.audit a LEFT JOIN intake.reasons ON digest = grounds->>'reason' WHERE action LIKE 'ticket.%classif%' ORDER BY position"
    )
    await owner.close()
    assert [tuple(row) for row in rows] == [
        ("anna", "ticket.reclassify", "Only asks how", None),
        ("anna", "ticket.confirm_classification", None, "FOUR_EYES"),
        ("omar", "ticket.confirm_classification", "So it is", None),
    ]


ONE_PAIR_OF_EYES = (
    "kind = 'question'",
    "service = 'portal'",
    "service = NULL",
    "kind = 'question', reclassified_by = 'anna', reclassified_confirmed_by = 'anna'",
    "kind = 'question', reclassified_by = 'sven', reclassified_confirmed_by = 'omar'",
    "kind = 'problem', reclassified_by = 'anna', reclassified_confirmed_by = 'omar'",
    "kind = 'question', service = 'portal', reclassified_by='anna', reclassified_confirmed_by='omar'",
    "reclassified_by = 'anna', reclassified_confirmed_by = 'anna'",
)


async def test_the_database_refuses_one_pair_of_eyes(anna: AsyncClient, owner_url: str) -> None:
    """R1: also to the owner of the tables, and also beside what was asked"""
    key = await open_ticket(anna, service="billing")
    await act(anna, key, "reclassify", kind="question", reason="Only asks how")
    owner = await asyncpg.connect(owner_url)
    for change in ONE_PAIR_OF_EYES:
        with pytest.raises(asyncpg.CheckViolationError):
            await owner.execute(f"UPDATE intake.tickets SET {change}")
    await owner.close()


async def test_a_correction_may_be_declined_by_anybody(
    anna: AsyncClient, database: Database
) -> None:
    key = await open_ticket(anna, service="billing")
    await act(anna, key, "reclassify", kind="question", reason="Only asks how")
    ticket = (await act(anna, key, CONFIRM, agree=False)).json()
    assert (ticket["kind"], ticket["pending_reclassification"]) == ("incident", None)
    assert (await act(anna, key, CONFIRM, agree=True)).status_code == 409
    assert await event_types(database) == ["opened"]


async def test_a_nature_comes_and_goes_with_the_change_request(
    anna: AsyncClient, omar: AsyncClient
) -> None:
    key = await open_ticket(anna, service="billing")
    change = {"kind": "change_request", "nature": "adaptive", "reason": "A wish"}
    await act(anna, key, "reclassify", **change)
    done = (await act(omar, key, CONFIRM, agree=True)).json()
    assert (done["kind"], done["nature"]) == ("change_request", "adaptive")
    await act(anna, key, "reclassify", **change | {"nature": "perfective"})
    assert (await act(omar, key, CONFIRM, agree=True)).json()["nature"] == "perfective"
    await act(anna, key, "reclassify", kind="incident", reason="No wish after all")
    done = (await act(omar, key, CONFIRM, agree=True)).json()
    assert (done["kind"], done["nature"]) == ("incident", None)


@pytest.mark.parametrize(
    "asked",
    [
        {"reason": "why"},
        {"kind": "change_request", "reason": "why"},
        {"kind": "incident", "nature": "adaptive", "reason": "why"},
        {"service": "portal", "nature": "adaptive", "reason": "why"},
        {"kind": "outage", "reason": "why"},
        {"service": "", "reason": "why"},
        {"service": "por\u0000tal", "reason": "why"},
        {"kind": "question", "reason": ""},
        {"kind": "question"},
        {"kind": "question", "reason": "why", "priority": "minor"},
    ],
)
async def test_what_makes_no_sense_is_refused(anna: AsyncClient, asked: dict[str, Any]) -> None:
    key = await open_ticket(anna, service="billing")
    assert (await act(anna, key, "reclassify", **asked)).status_code in {400, 422}
    assert (await anna.get(f"/v1/tickets/{key}")).json()["pending_reclassification"] is None


async def test_a_closed_ticket_stays_what_it_is_and_a_resolved_one_may_be_corrected(
    anna: AsyncClient, omar: AsyncClient
) -> None:
    key = await open_ticket(anna, service="billing")
    await act(anna, key, "resolve", resolution="restarted")
    await act(anna, key, "reclassify", kind="problem", reason="Third time")
    assert (await act(omar, key, CONFIRM, agree=True)).json()["kind"] == "problem"
    await act(anna, key, "reclassify", kind="incident", reason="Not the third time")
    await act(omar, key, "verify")
    assert (await act(omar, key, "close")).json()["pending_reclassification"] is None
    for refused in (
        await act(anna, key, "reclassify", kind="question", reason="Late"),
        await act(omar, key, CONFIRM, agree=True),
    ):
        assert (refused.status_code, refused.json()["type"]) == (
            409,
            "urn:opsdesk:error:wrong-state",
        )


async def test_what_is_pending_is_not_the_customers_to_see_or_to_decide(
    anna: AsyncClient, jan: AsyncClient, britta: AsyncClient
) -> None:
    key = await open_ticket(anna, service="billing")
    await act(anna, key, "reclassify", kind="question", reason="Only asks how")
    assert "pending_reclassification" not in (await jan.get(f"/v1/tickets/{key}")).json()
    for contact in (jan, britta):
        assert (await act(contact, key, CONFIRM, agree=True)).status_code == 403
        asked = await act(contact, key, "reclassify", kind="incident", reason="why")
        assert asked.status_code == 403


async def test_a_ticket_in_triage_is_corrected_in_the_same_way(
    anna: AsyncClient, omar: AsyncClient, gateway: AsyncClient, database: Database
) -> None:
    raw = b"From: new@nowhere.example\r\nTo: ops@ours.example\r\nMessage-ID: <1@x>\r\n\r\nHow?"
    mail = await gateway.post("/v1/emails", content=raw, headers={"content-type": "message/rfc822"})
    assert mail.status_code == 201, mail.text
    (ticket,) = (await anna.get("/v1/tickets?needs_triage=true")).json()["items"]
    await act(anna, ticket["key"], "reclassify", kind="question", reason="Only asks how")
    done = await act(omar, ticket["key"], CONFIRM, agree=True)
    assert (done.json()["kind"], done.json()["customer"]) == ("question", None)
    assert (await outbox_events(database))[-1].body["customer"] is None


async def test_it_is_asked_once_and_of_the_state_that_was_seen(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """G12 for every command: the same key, the same answer; an old ETag is told the present state"""
    key = await open_ticket(anna, service="billing")
    path, body = f"/v1/tickets/{key}/reclassify", {"kind": "question", "reason": "Only asks how"}
    old = {"If-Match": '"7"'}
    assert (await anna.post(path, json=body, headers=old)).status_code == 412
    await anna.post(path, json=body, headers={"If-Match": '"1"'})
    agreed = f"/v1/tickets/{key}/{CONFIRM}"
    once = {"Idempotency-Key": "7"}
    first = await omar.post(agreed, json={"agree": True}, headers=once)
    again = await omar.post(agreed, json={"agree": True}, headers=once)
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.headers["etag"] == '"2"'
    assert await event_types(database) == ["opened", "reclassified"]


async def test_two_who_confirm_at_once_are_one_confirmation(
    anna: AsyncClient, omar: AsyncClient, app: FastAPI, database: Database
) -> None:
    """R1"""
    key = await open_ticket(anna, service="billing")
    await act(anna, key, "reclassify", kind="question", reason="Only asks how")
    async with client(app, "sven") as sven:
        answers = await asyncio.gather(
            *(act(who, key, CONFIRM, agree=True) for who in (omar, sven))
        )
    assert sorted(one.status_code for one in answers) == [200, 409]
    assert await event_types(database) == ["opened", "reclassified"]
