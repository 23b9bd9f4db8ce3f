"""A chat that goes on: on the ticket that follows, of the same customer, with what was not ended since."""

from datetime import timedelta

import pytest
from httpx import AsyncClient

from common.persistence.database import Database
from intake_support.chats import DIALOGUE, EIGHT, line, messages, send
from intake_support.tickets import act
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
