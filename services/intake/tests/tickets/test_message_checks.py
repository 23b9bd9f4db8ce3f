"""What staff writes to customers is checked first; hard findings stop it, soft ones are shown (R11)."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from common.http import runtime_of
from common.persistence.database import Database
from intake.app import SERVICE
from intake.settings import IntakeSettings
from intake.tickets.store.message_checks import find_reader
from intake.tickets.ticket_batcher import TicketBatcher
from intake_support.tickets import OVER, act, open_ticket
from opsdesk_testing.client import app_for, client, settings_for
from opsdesk_testing.protocol import outbox_events

GOOD = "Dear Jan,\n\nInvoices leave again since nine.\n\nKind regards\nAnna"
NOTE = "Their admin deleted the queue by hand and blames us for it in every call"


@pytest.fixture
async def portal(app: FastAPI, anna: AsyncClient) -> AsyncIterator[AsyncClient]:
    """The portal, which acts for Jan."""
    async with client(app, "portal") as portal:
        portal.headers["On-Behalf-Of"] = "mailto:jan@acme.example"
        yield portal


async def reply(who: AsyncClient, key: str, words: str, **more: Any) -> dict[str, Any]:
    answer = await act(who, key, "replies", text=words, **more)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def messages_of(who: AsyncClient, key: str) -> list[dict[str, Any]]:
    return list((await who.get(f"/v1/tickets/{key}/messages")).json()["items"])


async def test_a_good_reply_leaves_without_findings(anna: AsyncClient) -> None:
    key = await open_ticket(anna)
    sent = await reply(anna, key, GOOD)
    assert (sent["findings"], sent["check"]) == ([], None)


async def test_a_short_friendly_answer_leaves_and_its_findings_are_shown(
    anna: AsyncClient, jan: AsyncClient
) -> None:
    key = await open_ticket(anna)
    sent = await reply(anna, key, "We found it.")
    assert [one["code"] for one in sent["findings"]] == ["missing_greeting", "missing_closing"]
    (stored,) = await messages_of(anna, key)
    assert stored["check"]["codes"] == ["missing_greeting", "missing_closing"]
    assert stored["check"]["overrule_reason"] is None
    (seen,) = await messages_of(jan, key)
    assert (seen["check"], seen["findings"]) == (None, None)


async def test_overruling_is_recorded_with_who_and_why_and_no_contact_sees_it(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient
) -> None:
    key = await open_ticket(anna)
    await reply(omar, key, "We found it.", overrule_reason="We are on the phone with them")
    (stored,) = await messages_of(anna, key)
    assert (stored["check"]["sent_by"], stored["check"]["overrule_reason"]) == (
        "omar",
        "We are on the phone with them",
    )
    assert "on the phone" not in (await jan.get(f"/v1/tickets/{key}/messages")).text


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Dear {{contact}}, it works.", "unfilled_placeholder"),
        ("Dear Jan, as at Brightwater, it works.", "other_customer"),
        ("It is the same as on brightwater-prod.", "other_customer"),
        (f"Dear Jan, {NOTE}.", "internal_note"),
    ],
)
async def test_a_hard_finding_stops_the_reply_whatever_reason_is_given(
    anna: AsyncClient, database: Database, words: str, code: str
) -> None:
    key = await open_ticket(anna)
    await reply(anna, key, NOTE, visibility="internal")
    before = len(await outbox_events(database))
    answer = await act(anna, key, "replies", text=words, overrule_reason="I insist")
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert problem["type"] == "urn:opsdesk:error:message-check"
    assert [one["code"] for one in problem["findings"] if one["severity"] == "hard"] == [code]
    assert problem["errors"][0]["pointer"] == "/text"
    assert len(await messages_of(anna, key)) == 1
    assert len(await outbox_events(database)) == before, "nobody heard of it"


async def test_what_a_hand_over_says_is_among_staff_too(anna: AsyncClient) -> None:
    key = await open_ticket(anna)
    assert (await act(anna, key, "forward", **OVER | {"seen": NOTE})).is_success
    answer = await act(anna, key, "replies", text=f"Dear Jan, {NOTE}")
    assert answer.json()["findings"][0]["code"] == "internal_note"


async def test_what_the_customer_wrote_may_be_quoted_back(
    anna: AsyncClient, jan: AsyncClient
) -> None:
    key = await open_ticket(anna)
    words = (
        "We saw the same as our friends at Brightwater do, every day since the last release came"
    )
    await reply(jan, key, words)
    await reply(anna, key, words, visibility="internal")
    sent = await reply(anna, key, f"Dear Jan,\n\nyou wrote: {words}\n\nKind regards")
    assert [one["code"] for one in sent["findings"]] == []


async def test_contacts_and_notes_are_not_checked(anna: AsyncClient, jan: AsyncClient) -> None:
    key = await open_ticket(anna)
    await reply(jan, key, "{{contact}} Brightwater TODO")
    note = await reply(anna, key, "{{contact}} as at Brightwater", visibility="internal")
    assert note["findings"] is None


@pytest.mark.parametrize(
    ("action", "field", "more"),
    [
        ("workaround", "text", {}),
        ("hold", "question", {"waiting_on": "customer", "reason": "Asked"}),
        ("resolve", "resolution", {}),
    ],
)
async def test_everything_that_the_customer_reads_is_checked(
    anna: AsyncClient, jan: AsyncClient, action: str, field: str, more: dict[str, Any]
) -> None:
    key = await open_ticket(anna)
    bad = await act(anna, key, action, **{field: "Dear Jan, is {{this}} it?"}, **more)
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (422, f"/{field}")
    assert (await anna.get(f"/v1/tickets/{key}")).json()["state"] == "new"
    blunt = await act(anna, key, action, **{field: "Obviously, does it work now?"}, **more)
    assert blunt.is_success, blunt.text
    assert "blunt_word" in blunt.headers["Message-Findings"]


async def test_the_language_of_the_contact_counts(
    anna: AsyncClient, portal: AsyncClient, database: Database
) -> None:
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE contacts SET language = 'nl' WHERE name = 'Jan'"))
    opened = await portal.post("/v1/tickets", json={"title": "Stuk", "environment": "acme-prod"})
    assert opened.status_code == 201, opened.text
    body = {"ticket": opened.json()["key"], "text": f"{GOOD}\n{GOOD}"}
    checked = await anna.post("/v1/messages/check", json=body)
    shown = checked.json()
    assert (shown["language"], shown["detected_language"]) == ("nl", "en")
    assert "wrong_language" in [one["code"] for one in shown["findings"]]


async def test_a_check_stores_and_sends_nothing(anna: AsyncClient, jan: AsyncClient) -> None:
    key = await open_ticket(anna)
    body = {"ticket": key, "text": "Dear {{contact}},"}
    checked = await anna.post("/v1/messages/check", json=body)
    assert (checked.status_code, checked.json()["may_be_sent"]) == (200, False)
    assert await messages_of(anna, key) == []
    assert (await jan.post("/v1/messages/check", json=body)).status_code == 403
    unknown = await anna.post("/v1/messages/check", json={"ticket": "OPS-9999", "text": "x"})
    assert unknown.status_code == 404


async def test_where_overruling_is_required_a_reason_opens_the_way(
    anna: AsyncClient, database: Database
) -> None:
    settings = settings_for(IntakeSettings, database.url, message_check="require")
    key = await open_ticket(anna)
    strict = app_for(SERVICE, database, settings=settings)
    async with client(strict, "anna") as strictly:
        refused = await act(strictly, key, "replies", text="We found it.")
        assert refused.status_code == 422
        assert "overrule_reason" in refused.json()["detail"]
        sent = await reply(strictly, key, "We found it.", overrule_reason="Agreed on the phone")
        assert sent["check"]["overrule_reason"] == "Agreed on the phone"
        await reply(strictly, key, GOOD)
    await runtime_of(strict).resource(TicketBatcher).close()


async def test_blunt_words_are_data(anna: AsyncClient, omar: AsyncClient, app: FastAPI) -> None:
    key = await open_ticket(anna)
    items = [{"phrase": "per my last mail", "instead": "say it again"}]
    changed = await anna.put("/v1/blunt-words/en", json={"items": items})
    assert changed.json() == {"language": "en", "items": items}
    sent = await reply(omar, key, "Dear Jan,\n\nPer my last mail: obviously.\n\nKind regards")
    assert [one["detail"] for one in sent["findings"]] == [
        "“per my last mail” may hurt: say it again."
    ]
    twice = await anna.put("/v1/blunt-words/en", json={"items": items * 2})
    assert twice.status_code == 422
    async with client(app, "quin") as quin:
        assert (await quin.put("/v1/blunt-words/en", json={"items": []})).status_code == 403


async def test_an_erased_contacts_check_keeps_no_words(
    anna: AsyncClient, portal: AsyncClient, app: FastAPI
) -> None:
    answer = await portal.post("/v1/tickets", json={"title": "Down", "environment": "acme-prod"})
    key = answer.json()["key"]
    await reply(anna, key, "We found it.", overrule_reason="Jan Jansen is on the phone")
    for who, action, body in (
        ("anna", "resolve", {"resolution": "Restarted"}),
        ("omar", "verify", {}),
        ("anna", "close", {}),
    ):
        async with client(app, who) as one:
            assert (await act(one, key, action, **body)).is_success
    (contact, *_) = (await anna.get("/v1/customers/acme/contacts")).json()["items"]
    path = f"/v1/contacts/{contact['id']}/erasure"
    async with client(app, "theo") as theo, client(app, "gina") as gina:
        assert (await theo.post(path, json={"reason": "Request 7"})).is_success
        assert (await gina.post(f"{path}/confirm")).is_success
    stored, resolved = await messages_of(anna, key)
    assert "Jansen" not in str(stored)
    assert "Restarted" not in str(resolved), "what we wrote about the resolution is erased, too"
    assert stored["check"]["codes"] == ["missing_greeting", "missing_closing"]


async def test_another_customers_contact_is_nobody_who_reads(
    anna: AsyncClient, database: Database
) -> None:
    (eve,) = (await anna.get("/v1/customers/brightwater/contacts")).json()["items"]
    async with database.transaction() as tx:
        ids = {row.key: row.id for row in await tx.execute(text("SELECT key, id FROM customers"))}
        own = await find_reader(tx, ids["brightwater"], UUID(eve["id"]))
        foreign = await find_reader(tx, ids["acme"], UUID(eve["id"]))
    assert (own.own_name, own.contact_name) == ("Brightwater", "Eve")
    assert (foreign.own_name, foreign.contact_name) == ("Acme", None)
