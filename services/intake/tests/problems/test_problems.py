"""Problems, from incidents to a fix that others verify, and what tickets are offered meanwhile (R1)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common.persistence.database import Database
from intake.problems.domain import is_close, search_terms
from intake_support.tickets import act, event_types, open_ticket
from opsdesk_testing.client import client
from opsdesk_testing.protocol import freeze_time

WHYS = {
    "root_cause": "The invoice queue has no limit.",
    "whys": [{"question": "Why does it stop?", "answer": "The disk is full."}],
}
WORKAROUND = {"workaround": "Empty the invoice queue every evening."}
CHANGE = {"kind": "change_request", "nature": "corrective", "service": "billing"}


async def problem_of(anna: AsyncClient, *incidents: str) -> str:
    """Open a problem. The path of it."""
    body = {
        "title": "Invoices stop",
        "symptoms": "Invoices are stuck in the queue, error E42.",
        "incidents": list(incidents) or [await open_ticket(anna, service="billing")],
    }
    answer = await anna.post("/v1/problems", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


async def known_error(anna: AsyncClient) -> str:
    path = await problem_of(anna)
    for answer in (
        await anna.put(f"{path}/cause", json=WHYS),
        await anna.put(f"{path}/workaround", json=WORKAROUND),
        await anna.post(f"{path}/known-error"),
    ):
        assert answer.status_code == 200, answer.text
    return path


async def verify(who: AsyncClient, path: str, tier: str) -> Response:
    body = {"tier": tier, "checked": "ten invoices"}
    return await who.post(f"{path}/verifications", json=body)


async def suggested(anna: AsyncClient, **more: Any) -> list[str]:
    key = await open_ticket(anna, **more)
    found = (await anna.get(f"/v1/tickets/{key}/suggestions")).json()["known_errors"]
    return [one["workaround"] for one in found]


async def test_a_problem_stands_behind_its_incidents(anna: AsyncClient) -> None:
    first = await open_ticket(anna, service="billing")
    second = await open_ticket(anna)
    path = await problem_of(anna, first)
    shown = (await anna.post(f"{path}/incidents", json={"incidents": [second, first]})).json()
    assert (shown["incidents"], shown["customer"], shown["service"]) == (
        [first, second],
        "acme",
        "billing",
    )
    ticket = (await anna.get(f"/v1/tickets/{shown['key']}")).json()
    assert (ticket["kind"], ticket["environment"]) == ("problem", "acme-prod")
    assert ticket["description"] is None, "the symptoms are for staff"
    shown = (await anna.delete(f"{path}/incidents/{second}")).json()
    assert shown["incidents"] == [first]
    assert (await anna.delete(f"{path}/incidents/{second}")).status_code == 404
    itself = await anna.post(f"{path}/incidents", json={"incidents": [shown["key"]]})
    assert itself.status_code == 422
    listed = (await anna.get("/v1/problems", params={"state": "investigating"})).json()["items"]
    assert [one["key"] for one in listed] == [shown["key"]]


async def test_unknown_incidents_are_named_all_at_once(anna: AsyncClient) -> None:
    body = {"title": "x", "symptoms": "y", "incidents": ["OPS-1", "OPS-2"]}
    refused = await anna.post("/v1/problems", json=body)
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/incidents/0", "/incidents/1"]


async def test_a_known_error_needs_its_cause_and_a_workaround(
    anna: AsyncClient, database: Database
) -> None:
    path = await problem_of(anna)
    refused = await anna.post(f"{path}/known-error")
    assert refused.json()["code"] == "INCOMPLETE"
    assert "root cause and the workaround" in refused.json()["detail"]
    both = WHYS | {"timeline": [{"at": "2030-01-07T08:00:00Z", "what": "disk full"}]}
    assert (await anna.put(f"{path}/cause", json=both)).status_code == 422
    await anna.put(f"{path}/cause", json=WHYS)
    await anna.put(f"{path}/workaround", json=WORKAROUND)
    shown = (await anna.post(f"{path}/known-error")).json()
    assert (shown["state"], shown["method"]) == ("known_error", "five_whys")
    assert shown["cause_steps"] == WHYS["whys"]
    assert (await event_types(database))[-1] == "known_error"
    assert (await anna.post(f"{path}/known-error")).json()["code"] == "ALREADY_KNOWN"


async def test_a_new_ticket_that_looks_like_it_is_offered_the_workaround(
    anna: AsyncClient, jan: AsyncClient
) -> None:
    await known_error(anna)
    words = "An invoice hangs in the queues since noon"
    assert await suggested(anna, service="billing", title=words) == [WORKAROUND["workaround"]]
    assert await suggested(anna, service="billing", title="The login page is white") == []
    elsewhere = {"customer": "brightwater", "environment": "brightwater-prod"}
    assert await suggested(anna, title=words, service="portal", **elsewhere) == []
    assert await suggested(anna, title=words, service="billing", **elsewhere) != []
    key = await open_ticket(anna)
    assert (await jan.get(f"/v1/tickets/{key}/suggestions")).status_code == 403


async def test_a_fix_is_verified_by_others_on_staging_first(
    app: FastAPI, anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """R1"""
    path = await known_error(anna)
    change = await open_ticket(anna, title="Limit the queue", **CHANGE)
    asked = await anna.post(f"{path}/fix", json={"change_request": change})
    assert (asked.json()["state"], asked.json()["change_request"]) == ("fix_requested", change)
    async with client(app, "pavel") as pavel:
        item = await pavel.put(f"{path}/backlog-item", json={"reference": "BILL-77"})
        assert item.json()["backlog_reference"] == "BILL-77"
    assert (await anna.put(f"{path}/backlog-item", json={"reference": "x"})).status_code == 403
    assert (await verify(omar, path, "production")).json()["code"] == "STAGING_FIRST"
    own = await verify(anna, path, "staging")
    assert (own.status_code, own.json()["code"]) == (403, "FOUR_EYES")
    assert (await verify(omar, path, "staging")).json()["staging_verified_by"] == "omar"
    assert (await verify(anna, path, "production")).status_code == 403
    assert (await verify(omar, path, "production")).json()["state"] == "fixed"
    assert (await event_types(database))[-2:] == ["fix_verified", "fix_verified"]
    assert (await anna.put(f"{path}/cause", json=WHYS)).json()["code"] == "ALREADY_FIXED"
    assert await suggested(anna, service="billing", title="An invoice hangs in the queue") == []


async def test_whoever_made_the_change_does_not_verify_it(
    anna: AsyncClient, omar: AsyncClient
) -> None:
    """R1"""
    path = await known_error(anna)
    change = await open_ticket(anna, title="Limit the queue", **CHANGE)
    await anna.post(f"{path}/fix", json={"change_request": change})
    await omar.post(f"/v1/tickets/{change}/resolve", json={"resolution": "Limited."})
    assert (await verify(omar, path, "staging")).json()["code"] == "FOUR_EYES"


async def test_a_fix_takes_a_change_request_and_a_known_error(anna: AsyncClient) -> None:
    path = await known_error(anna)
    incident = await open_ticket(anna)
    refused = await anna.post(f"{path}/fix", json={"change_request": incident})
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/change_request"]
    change = await open_ticket(anna, title="Limit the queue", **CHANGE)
    fresh = await problem_of(anna)
    refused = await anna.post(f"{fresh}/fix", json={"change_request": change})
    assert refused.json()["code"] == "NOT_A_KNOWN_ERROR"


def test_words_are_compared_without_their_endings() -> None:
    assert search_terms("Invoices, invoice!", None, "Die Rechnungen") == (
        "invoic:*",
        "invoi:*",
        "rechnung:*",
    )
    assert search_terms("a 'b' & | ! :* \\") == ()
    assert [is_close(0, 0), is_close(1, 1), is_close(1, 2), is_close(2, 9)] == [
        True,
        True,
        False,
        True,
    ]


async def _verified(anna: AsyncClient, omar: AsyncClient, path: str) -> str:
    key = path.rpartition("/")[2]
    assert (await act(anna, key, "resolve", resolution="Nothing more to do.")).is_success
    assert (await act(omar, key, "verify")).is_success
    return key


async def test_it_closes_only_fixed_or_given_up_by_two_people(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """R1"""
    path = await known_error(anna)
    key = await _verified(anna, omar, path)
    refused = await act(anna, key, "close")
    assert (refused.status_code, refused.json()["code"]) == (409, "PROBLEM_NOT_FIXED")
    acts = {one["act"]: one for one in (await anna.get(f"/v1/tickets/{key}")).json()["allowed"]}
    assert acts["close"]["why_not"]["code"] == "problem_not_fixed"
    with pytest.raises(IntegrityError, match="closes with its fix"):
        async with database.transaction() as tx:
            await tx.execute(text("UPDATE tickets SET state = 'closed' WHERE state = 'verified'"))
    early = await omar.post(f"{path}/give-up/confirm")
    assert early.json()["code"] == "NOTHING_PENDING"
    assert (await anna.post(f"{path}/give-up", json={"reason": "The product ends."})).is_success
    own = await anna.post(f"{path}/give-up/confirm")
    assert (own.status_code, own.json()["code"]) == (403, "FOUR_EYES")
    waiting = (await omar.get("/v1/waiting-for-me", params={"kind": "confirm_giving_up"})).json()
    assert [one["key"] for one in waiting["items"]] == [key]
    shown = (await omar.post(f"{path}/give-up/confirm")).json()
    assert (shown["given_up_by"], shown["given_up_confirmed_by"]) == ("anna", "omar")
    assert (await omar.post(f"{path}/give-up/confirm")).json()["code"] == "ALREADY_CONFIRMED"
    assert (await act(anna, key, "close")).is_success


async def test_what_was_given_up_is_open_again_once_its_ticket_comes_back(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    path = await known_error(anna)
    await anna.post(f"{path}/give-up", json={"reason": "The product ends."})
    await omar.post(f"{path}/give-up/confirm")
    key = await _verified(anna, omar, path)
    assert (await act(anna, key, "close")).is_success
    await freeze_time(database, datetime(2030, 1, 7, 10, tzinfo=UTC))
    await act(anna, key, "reopen", reason="It does not end")
    await freeze_time(database, datetime(2030, 1, 7, 11, tzinfo=UTC))
    await _verified(anna, omar, path)
    assert (await act(anna, key, "close")).json()["code"] == "PROBLEM_NOT_FIXED"
    assert (await anna.post(f"{path}/give-up", json={"reason": "Now it ends."})).is_success


async def test_a_ticket_that_was_never_recorded_as_a_problem_closes(
    anna: AsyncClient, omar: AsyncClient
) -> None:
    key = await _verified(anna, omar, f"/{await open_ticket(anna, kind='problem')}")
    assert (await act(anna, key, "close")).is_success
