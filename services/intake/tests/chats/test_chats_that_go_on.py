"""A chat that goes on: on the ticket that follows, of the same customer, with what was not ended since."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from common.persistence.ids import uuid7
from intake_support.chats import DIALOGUE, EIGHT, line, messages, send
from intake_support.tickets import act
from opsdesk_testing.client import client
from opsdesk_testing.protocol import freeze_time


async def test_a_chat_on_a_ticket_closed_for_good_goes_on_in_another_one(
    chatbot: AsyncClient, anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    key = (await send(chatbot, *DIALOGUE, contact="jan@acme.example")).json()["ticket"]["key"]
    await act(anna, key, "resolve", resolution="done")
    await act(omar, key, "verify")
    await act(anna, key, "close")
    await freeze_time(database, EIGHT + timedelta(days=30))
    ours = line("agent", "Is all well?", 60, id="m8", person="anna")
    quiet = await send(chatbot, *DIALOGUE, ours, contact="jan@acme.example")
    assert quiet.json()["ticket"]["key"] == key, "only what the customer says goes on"
    again = line("customer", "It is down again", 61, id="m9")
    opened = await send(chatbot, *DIALOGUE, ours, again, contact="jan@acme.example")
    new = opened.json()["ticket"]["key"]
    assert (opened.json()["outcome"], opened.json()["added"], new != key) == ("opened", 1, True)
    assert (await anna.get(f"/v1/tickets/{key}")).json()["state"] == "closed"
    ticket = (await anna.get(f"/v1/tickets/{new}")).json()
    assert (ticket["channel"], ticket["description"]) == ("chat", "It is down again")
    (link,) = (await anna.get(f"/v1/tickets/{new}/links")).json()["items"]
    assert (link["kind"], link["ticket"]) == ("follows", key)
    more = line("customer", "Still down", 62, id="m10")
    joined = await send(chatbot, *DIALOGUE, ours, again, more, contact="jan@acme.example")
    assert (joined.json()["outcome"], joined.json()["ticket"]["key"]) == ("joined", new)


async def test_a_strangers_chat_goes_on_in_triage(
    chatbot: AsyncClient, anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """Nobody knew whose it was; nothing that is sent ends in a fault of ours"""
    key = (await send(chatbot, *DIALOGUE)).json()["ticket"]["key"]
    for who, step, body in (
        (anna, "resolve", {"resolution": "done"}),
        (omar, "verify", {}),
        (anna, "close", {}),
    ):
        assert (await act(who, key, step, **body)).is_success
    await freeze_time(database, EIGHT + timedelta(days=30))
    opened = await send(chatbot, *DIALOGUE, line("customer", "Again", 61, id="m9"))
    assert opened.status_code == 201, opened.text
    ticket = (await anna.get(f"/v1/tickets/{opened.json()['ticket']['key']}")).json()
    assert (ticket["customer"], ticket["description"]) == (None, "Again")


async def test_a_chat_names_no_ended_environment(
    chatbot: AsyncClient, anna: AsyncClient, omar: AsyncClient
) -> None:
    path = "/v1/environments/acme-prod/end"
    assert (await anna.post(path, json={"reason": "Taken down"})).is_success
    assert (await omar.post(f"{path}/confirm")).is_success
    refused = await send(chatbot, *DIALOGUE, customer="acme", environment="acme-prod")
    assert refused.status_code == 422
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [
        ("/environment", "ended")
    ]


@pytest.mark.parametrize("is_closed", [False, True])
async def test_another_customers_contact_gets_on_no_ticket_of_a_chat(
    chatbot: AsyncClient,
    anna: AsyncClient,
    omar: AsyncClient,
    database: Database,
    is_closed: bool,
) -> None:
    """Nor do their words count as the first contact's."""
    key = (await send(chatbot, *DIALOGUE, contact="jan@acme.example")).json()["ticket"]["key"]
    if is_closed:
        await act(anna, key, "resolve", resolution="done")
        await act(omar, key, "verify")
        assert (await act(anna, key, "close")).is_success
        await freeze_time(database, EIGHT + timedelta(days=30))
    last = line("customer", "It is down again", 59, id="m9")
    answer = await send(chatbot, *DIALOGUE, last, contact="eve@brightwater.example")
    assert answer.is_success, answer.text
    on = answer.json()["ticket"]["key"]
    assert (on != key) == is_closed
    (eve,) = (await anna.get("/v1/customers/brightwater/contacts")).json()["items"]
    ticket = (await anna.get(f"/v1/tickets/{on}")).json()
    assert ticket["customer"] == "acme"
    assert ticket["contact_id"] != eve["id"]
    assert (await messages(anna, on))[-1]["author"] == "chat:customer"


@pytest.mark.parametrize("path", ["/v1/environments/acme-prod", "/v1/customers/acme"])
@pytest.mark.parametrize("state", ["open", "resolved", "closed for good"])
async def test_what_was_ended_in_mid_chat_loses_no_words(
    chatbot: AsyncClient,
    anna: AsyncClient,
    omar: AsyncClient,
    database: Database,
    path: str,
    state: str,
) -> None:
    """The chat system goes on naming what it named: nobody there can know better"""
    named = {"contact": "jan@acme.example", "customer": "acme", "environment": "acme-prod"}
    key = (await send(chatbot, *DIALOGUE, **named)).json()["ticket"]["key"]
    if state != "open":
        await act(anna, key, "resolve", resolution="done")
    if state == "closed for good":
        await act(omar, key, "verify")
        assert (await act(anna, key, "close")).is_success
        await freeze_time(database, EIGHT + timedelta(days=30))
    assert (await anna.post(f"{path}/end", json={"reason": "Taken down"})).is_success
    assert (await omar.post(f"{path}/end/confirm")).is_success
    more = [line("customer", f"Still down {n}", 59, id=f"m{n}") for n in (9, 10, 11)]
    for count in (1, 2, 3):
        answer = await send(chatbot, *DIALOGUE, *more[:count], **named)
        assert answer.is_success, answer.text
        assert answer.json()["added"] == 1
    on = answer.json()["ticket"]["key"]
    shown = [one["text"] for one in await messages(anna, on)]
    assert shown[-3:] == ["Still down 9", "Still down 10", "Still down 11"], "all on one ticket"
    ticket = (await anna.get(f"/v1/tickets/{on}")).json()
    assert (on != key) == (state == "closed for good")
    assert ticket["state"] in {"new", "reopened"}, "it is before a person"
    if on != key:
        is_customers = path.startswith("/v1/environments")
        assert (ticket["customer"], ticket["environment"]) == (
            "acme" if is_customers else None,
            None,
        )


async def test_what_waits_for_triage_takes_no_words_of_another_machines_chat(
    app: FastAPI, chatbot: AsyncClient, anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """Who answers there may write to somebody else."""
    key = (await send(chatbot, *DIALOGUE)).json()["ticket"]["key"]
    await act(anna, key, "resolve", resolution="done")
    await act(omar, key, "verify")
    assert (await act(anna, key, "close")).is_success
    await freeze_time(database, EIGHT + timedelta(days=30))
    async with client(app, "other-bot", scope="chats:write", roles=[]) as other:
        theirs = (await send(other, *DIALOGUE)).json()["ticket"]
    ids = [theirs["id"], (await anna.get(f"/v1/tickets/{key}")).json()["id"]]
    async with database.transaction() as tx:
        await tx.execute(
            text(
                "INSERT INTO ticket_links (id, ticket_id, kind, other_id, created_by, created_at)"
                " VALUES (:id, :new, 'follows', :old, 'anna', intake.now())"
            ),
            {"id": uuid7(), "new": ids[0], "old": ids[1]},
        )
    opened = await send(chatbot, *DIALOGUE, line("customer", "Again", 61, id="m9"))
    assert (opened.status_code, opened.json()["outcome"]) == (201, "opened")
    assert opened.json()["ticket"]["key"] not in {key, theirs["key"]}
