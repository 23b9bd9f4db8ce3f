"""What our people write to open a ticket is read by its customer, and checked like a message (R11)."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response

from intake.tickets import opening_check
from intake_support.tickets import DOWN, act, open_ticket
from opsdesk_testing.client import client

NOTE = "The old backup user of the night shift has the very same password as root."
BAD_TEXTS = (
    ("Brightwater has the same trouble", "other_customer"),
    ("As on brightwater-prod", "other_customer"),
    ("Dear {{ name }}", "unfilled_placeholder"),
)


def _codes(answer: Response) -> list[tuple[str, str]]:
    assert (answer.status_code, answer.json()["code"]) == (422, "MESSAGE_CHECK"), answer.text
    return [(one["pointer"], one["code"]) for one in answer.json()["errors"]]


@pytest.mark.parametrize(("words", "code"), BAD_TEXTS)
@pytest.mark.parametrize("field", ["title", "description"])
async def test_a_ticket_by_our_people_names_no_other_customer_and_no_placeholder(
    anna: AsyncClient, field: str, words: str, code: str
) -> None:
    for more in ({}, {"channel": "phone", "contact": "jan@acme.example"}, {"tags": ["vip"]}):
        answer = await anna.post("/v1/tickets", json=DOWN | {field: words} | more)
        assert _codes(answer) == [(f"/{field}", code)]
    assert (await anna.get("/v1/tickets")).json()["items"] == []


@pytest.mark.parametrize(
    "words",
    [
        "Acme cannot log in on acme-prod",
        "It prints `${HOME}` and nothing else",
        "A bright water pump",
    ],
)
async def test_good_words_open_it(anna: AsyncClient, words: str) -> None:
    answer = await anna.post("/v1/tickets", json=DOWN | {"title": words, "description": words})
    assert answer.status_code == 201, answer.text


async def test_what_customers_and_machines_write_is_theirs(app: FastAPI, jan: AsyncClient) -> None:
    words = {"title": "Like {{ name }} of Brightwater"}
    assert (await jan.post("/v1/tickets", json=words)).status_code == 201
    async with client(app, "robot", roles=[], scope="tickets:write") as robot:
        assert (await robot.post("/v1/tickets", json=DOWN | words)).status_code == 201


async def test_what_was_accepted_is_answered_again_after_a_customer_of_that_name_came(
    anna: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening_check, "MAX_AGE_S", -1.0)
    headers = {"Idempotency-Key": "once"}
    body = DOWN | {"title": "Northwind is slow"}
    first = await anna.post("/v1/tickets", json=body, headers=headers)
    assert first.status_code == 201, first.text
    body_of_new = {"key": "northwind", "name": "Northwind"}
    assert (await anna.post("/v1/customers", json=body_of_new)).status_code == 201
    again = await anna.post("/v1/tickets", json=body, headers=headers)
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert _codes(await anna.post("/v1/tickets", json=body)) == [("/title", "other_customer")]


async def test_the_title_of_a_split_says_nothing_from_our_notes(anna: AsyncClient) -> None:
    key = await open_ticket(anna, description="Two things are wrong.")
    note = {"text": NOTE, "visibility": "internal"}
    assert (await act(anna, key, "replies", **note)).status_code == 201
    split: dict[str, Any] = {"title": NOTE, "description": True}
    assert _codes(await act(anna, key, "split", **split)) == [("/title", "internal_note")]
    other = {"title": "The second thing, as at Brightwater", "description": True}
    assert _codes(await act(anna, key, "split", **other)) == [("/title", "other_customer")]
    good = await act(anna, key, "split", title="The second thing", description=True)
    assert good.status_code == 201, good.text


async def test_the_title_of_a_problem_is_read_by_its_first_customer(
    anna: AsyncClient, jan: AsyncClient
) -> None:
    first = await open_ticket(anna)
    theirs = await open_ticket(anna, customer="brightwater", environment="brightwater-prod")
    assert (await act(anna, theirs, "replies", text=NOTE, visibility="internal")).is_success
    problem = {"title": "Why", "symptoms": "Brightwater, too: E42", "incidents": [first, theirs]}
    for title, code in (("Brightwater stops", "other_customer"), (NOTE, "internal_note")):
        refused = await anna.post("/v1/problems", json=problem | {"title": title})
        assert _codes(refused) == [("/title", code)]
    made = await anna.post("/v1/problems", json=problem)
    assert (made.status_code, made.json()["symptoms"]) == (201, problem["symptoms"])
    read = await jan.get(f"/v1/tickets/{made.json()['key']}")
    assert (read.status_code, read.json()["description"]) == (200, None)
