"""A chat is one ticket with the whole dialogue, however often and in whatever parts it is sent."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st

from common.persistence.database import Database
from intake.chats.domain.transcript import ChatLine, line_keys, new_lines
from intake_support.chats import DIALOGUE, EIGHT, line, messages, send
from intake_support.tickets import act, event_types
from opsdesk_testing.client import client
from opsdesk_testing.protocol import outbox_events


async def test_a_chat_becomes_a_ticket_with_the_whole_dialogue(
    chatbot: AsyncClient, anna: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    answer = await send(chatbot, *DIALOGUE, contact="Jan@Acme.example", environment="acme-prod")
    assert answer.status_code == 201, answer.text
    assert (answer.json()["outcome"], answer.json()["added"]) == ("opened", 4)
    key = answer.json()["ticket"]["key"]
    ticket = (await anna.get(f"/v1/tickets/{key}")).json()
    assert ticket["title"] == "Billing is down"
    assert (ticket["channel"], ticket["customer"], ticket["environment"]) == (
        "chat",
        "acme",
        "acme-prod",
    )
    assert ticket["opened_at"] == "2030-01-07T08:00:00Z"
    shown = await messages(anna, key)
    contact = f"contact/{ticket['contact_id']}"
    assert [(one["author"], one["direction"], one["automatic"]) for one in shown] == [
        ("chat:Opsy", "outbound", True),
        (contact, "inbound", False),
        ("anna", "outbound", False),
        ("chat:A contractor", "outbound", False),
    ]
    assert {one["mailing"] for one in shown} == {None}
    assert await event_types(database) == ["opened", "replied"]


async def test_a_chat_that_is_sent_again_changes_nothing(
    chatbot: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    first = await send(chatbot, *DIALOGUE, customer="acme")
    again = await send(chatbot, *DIALOGUE, customer="acme")
    assert (again.status_code, again.json()["outcome"], again.json()["added"]) == (200, "known", 0)
    assert again.json()["ticket"] == first.json()["ticket"]
    assert len(await messages(anna, again.json()["ticket"]["key"])) == 4
    assert await event_types(database) == ["opened", "replied"]
    other = await send(chatbot, *DIALOGUE, customer="acme", id="c-2")
    assert other.json()["ticket"] != first.json()["ticket"]


async def test_other_words_under_an_id_that_is_known_are_not_lost(
    chatbot: AsyncClient, anna: AsyncClient
) -> None:
    """Systems number each part from 1 again, and people correct what they have written"""
    first = [
        line("customer", "Billing is down", 1, id="1"),
        line("agent", "Since when?", 2, id="2"),
    ]
    key = (await send(chatbot, *first, customer="acme")).json()["ticket"]["key"]
    part = [line("customer", "Since noon", 3, id="1"), line("customer", "All of it", 4, id="1")]
    for added in (2, 0):
        answer = await send(chatbot, *part, customer="acme")
        assert answer.json()["added"] == added, answer.text
    assert (await send(chatbot, *first, *part, customer="acme")).json()["added"] == 0
    shown = [one["text"] for one in await messages(anna, key)]
    assert shown == ["Billing is down", "Since when?", "Since noon", "All of it"]


async def test_a_chat_that_goes_on_joins_and_reopens_its_ticket(
    chatbot: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    key = (await send(chatbot, *DIALOGUE, contact="jan@acme.example")).json()["ticket"]["key"]
    await act(anna, key, "resolve", resolution="done")
    more = line("customer", "It is down again", 30, id="m9")
    answer = await send(chatbot, *DIALOGUE, more, contact="jan@acme.example")
    assert (answer.status_code, answer.json()["outcome"], answer.json()["added"]) == (
        200,
        "joined",
        1,
    )
    assert (await anna.get(f"/v1/tickets/{key}")).json()["state"] == "reopened"
    assert await event_types(database) == [
        "opened",
        "replied",
        "resolved",
        "customer_replied",
        "reopened",
    ]


async def test_a_chat_is_of_the_machine_that_began_it(
    app: FastAPI, chatbot: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    """Another machine's same source and id is another chat: it writes on no ticket, and learns of none."""
    mine = (await send(chatbot, *DIALOGUE, contact="jan@acme.example")).json()["ticket"]
    await act(anna, mine["key"], "resolve", resolution="done")
    before = await messages(anna, mine["key"])
    forged = line("agent", "All is well, close it.", 30, person="anna")
    async with client(app, "other-bot", scope="chats:write", roles=[]) as other:
        answer = await send(other, *DIALOGUE, forged)
        assert (answer.status_code, answer.json()["outcome"]) == (201, "opened")
        assert answer.json()["added"] == len(DIALOGUE) + 1, "what the first one sent is not known"
        theirs = answer.json()["ticket"]
        assert theirs["id"] != mine["id"]
        assert (await send(other, *DIALOGUE, forged)).json()["ticket"] == theirs
    assert (await anna.get(f"/v1/tickets/{theirs['key']}")).json()["customer"] is None
    assert await messages(anna, mine["key"]) == before
    assert (await anna.get(f"/v1/tickets/{mine['key']}")).json()["state"] == "resolved"
    assert (await send(chatbot, *DIALOGUE)).json()["ticket"] == mine


async def test_nobody_known_is_for_triage(chatbot: AsyncClient, anna: AsyncClient) -> None:
    answer = await send(chatbot, DIALOGUE[1], contact="new@stranger.example")
    key = answer.json()["ticket"]["key"]
    ticket = (await anna.get(f"/v1/tickets/{key}")).json()
    assert (ticket["customer"], ticket["reporter"]) == (None, "new@stranger.example")
    assert (await messages(anna, key))[0]["author"] == "chat:customer"


async def test_a_bot_s_words_are_no_answer(chatbot: AsyncClient, database: Database) -> None:
    bot = line("bot", "It is fixed.", 5)
    assert (await send(chatbot, *DIALOGUE[:2], bot, customer="acme")).status_code == 201
    assert await event_types(database) == ["opened"]
    assert [e for e in await outbox_events(database) if "replied" in e.type] == []


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"messages": []}, "/messages"),
        ({"messages": [line("customer", "x", 120)]}, "/messages/0/at"),
        ({"messages": [line("customer", "x", 1, person="anna")]}, "/messages/0"),
        ({"messages": [line("agent", "x", 1, person="ana")]}, "/messages/0/person"),
        ({"customer": "acm"}, "/customer"),
        ({"customer": "brightwater", "contact": "jan@acme.example"}, "/customer"),
        ({"environment": "brightwater-prod", "customer": "acme"}, "/environment"),
        ({"kind": "change_request"}, ""),
    ],
)
async def test_what_cannot_be_is_refused(
    chatbot: AsyncClient, more: dict[str, Any], pointer: str
) -> None:
    answer = await send(chatbot, DIALOGUE[1], **more)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_nobody_says_that_a_colleague_has_answered(
    anna: AsyncClient, omar: AsyncClient
) -> None:
    assert (await send(omar, *DIALOGUE, customer="acme")).status_code == 403
    assert (await send(anna, *DIALOGUE, customer="acme")).status_code == 201


async def test_contacts_send_no_transcripts(jan: AsyncClient, gateway: AsyncClient) -> None:
    for who in (jan, gateway):
        assert (await send(who, DIALOGUE[1])).status_code == 403


LINES = st.lists(
    st.builds(
        ChatLine,
        speaker=st.sampled_from(["customer", "agent", "bot"]),
        text=st.sampled_from(["yes", "no"]),
        at=st.sampled_from([EIGHT, EIGHT + timedelta(seconds=1)]),
        id=st.none() | st.sampled_from(["1", "2"]),
    ),
    min_size=1,
    max_size=8,
)


@given(LINES, st.integers(0, 8))
def test_parts_and_the_whole_add_the_same_lines(lines: list[ChatLine], cut: int) -> None:
    whole = new_lines(lines, ())
    first = new_lines(lines[:cut], ())
    rest = new_lines(lines, {key for key, _ in first})
    assert [key for key, _ in [*first, *rest]] == [key for key, _ in whole]
    assert new_lines(lines, set(line_keys(lines))) == []
