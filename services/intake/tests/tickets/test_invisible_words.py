"""Words that nobody can see are none: they answer no customer, and are no reason (R1, C3)."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from intake_support.chats import line, messages, send
from intake_support.tickets import act, event_types, open_ticket
from opsdesk_testing.client import client

NOTHING = (
    " ",
    "\n\t\u00a0",
    "\u200b\u200b",
    "\u202e\u2066",
    "\ufeff",
    "\u3164",
    "\u2800",
    "\u00ad",
)


@pytest.mark.parametrize(
    ("step", "field", "more"),
    [
        ("replies", "text", {}),
        ("replies", "text", {"visibility": "internal"}),
        ("resolve", "resolution", {}),
        ("prioritise", "reason", {"priority": "minor"}),
        ("unmerge", "reason", {}),
    ],
)
async def test_what_shows_nothing_is_refused(
    anna: AsyncClient, database: Database, step: str, field: str, more: dict[str, Any]
) -> None:
    key = await open_ticket(anna, priority="major")
    for words in NOTHING:
        refused = await act(anna, key, step, **{field: words}, **more)
        assert refused.status_code == 422, (words, refused.text)
        assert [one["pointer"] for one in refused.json()["errors"]] == [f"/{field}"]
    assert await event_types(database) == ["opened"], "no clock hears of an answer"


async def test_no_ticket_is_opened_whose_title_shows_nothing(
    anna: AsyncClient, jan: AsyncClient
) -> None:
    for words in NOTHING:
        body = {"title": words, "customer": "acme"}
        refused = await anna.post("/v1/tickets", json=body)
        assert [one["pointer"] for one in refused.json()["errors"]] == ["/title"], words


async def test_words_of_any_script_are_words(anna: AsyncClient, jan: AsyncClient) -> None:
    key = await open_ticket(anna)
    for words in ("👍", "它坏了", "לא עובד", "هو معطل", "\u200bja", "१", "·"):
        answer = await act(jan, key, "replies", text=words)
        assert answer.status_code == 201, (words, answer.text)


SOME_ID = "0197a0de-0000-7000-8000-000000000000"
TOKEN = {"kind": "token", "name": "leaked"}
PLAN = {"owner": "anna", "task": "measure it", "criterion": "it warns"}


@pytest.mark.parametrize(
    ("person", "path", "body", "fields"),
    [
        ("theo", f"/v1/contacts/{SOME_ID}/erasure", {}, ["reason"]),
        ("theo", "/v1/token-revocations", TOKEN, ["reason"]),
        ("anna", f"/v1/monitoring-improvements/{SOME_ID}/plan", PLAN, ["task", "criterion"]),
        ("anna", f"/v1/monitoring-improvements/{SOME_ID}/finish", {}, ["evidence"]),
    ],
)
async def test_no_reason_task_or_evidence_shows_nothing(
    app: FastAPI, person: str, path: str, body: dict[str, Any], fields: list[str]
) -> None:
    async with client(app, person) as who:
        for words in NOTHING:
            refused = await who.post(path, json=body | dict.fromkeys(fields, words))
            assert refused.status_code == 422, (words, refused.text)
            pointers = [one["pointer"] for one in refused.json()["errors"]]
            assert pointers == [f"/{field}" for field in fields]


async def test_lines_of_a_chat_that_show_nothing_are_left_out(
    app: FastAPI, anna: AsyncClient, database: Database
) -> None:
    asked = line("customer", "Billing is down", 1)
    unseen = [line("agent", words, 2, person="anna") for words in NOTHING]
    async with client(app, "chatbot", scope="chats:write", roles=[]) as chatbot:
        refused = await send(chatbot, line("customer", " ", 0), *unseen, customer="acme")
        assert [one["pointer"] for one in refused.json()["errors"]] == ["/messages"]
        sent = await send(chatbot, line("customer", "\u200b", 0), *unseen, asked, customer="acme")
        assert (sent.status_code, sent.json()["added"]) == (201, 1), sent.text
        again = await send(chatbot, *unseen, customer="acme")
        assert (again.json()["outcome"], again.json()["added"]) == ("known", 0)
    key = sent.json()["ticket"]["key"]
    ticket = (await anna.get(f"/v1/tickets/{key}")).json()
    assert (ticket["title"], ticket["opened_at"]) == ("Billing is down", "2030-01-07T08:01:00Z")
    assert [one["text"] for one in await messages(anna, key)] == ["Billing is down"]
    assert await event_types(database) == ["opened"], "no clock hears of an answer"
