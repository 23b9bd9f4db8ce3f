"""Nobody reads what was written for others: every free text has a mark, everything is searched (R11)."""

from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from intake.tickets.routes import read_tickets
from intake.tickets.store import messages
from intake.tickets.store.ticket_filter import TicketFilter
from intake_support import marked_steps
from intake_support.marked_articles import chat_and_publish_forms, write_for_everybody
from intake_support.marked_words import (
    OF_ACME,
    OF_BRIGHTWATER,
    STAFF,
    ask_for_access,
    decide_a_change,
    work_on_a_problem,
)
from intake_support.tickets import open_ticket
from opsdesk_testing.audience_marks import Marks, free_text_fields, read_everything
from opsdesk_testing.client import client
from opsdesk_testing.protocol import outbox_events
from opsdesk_testing.row_walls import readable_tables, rows_without_where

pytestmark = pytest.mark.thorough

ON = "POST /v1/tickets/{ticket}"
KEYS = [f"OPS-{number}" for number in range(1001, 1021)]
WITHOUT_ROWS: set[str] = {"simulated_time"}
"""Tables that contacts read as a whole: no row of them is anybody's."""


@pytest.fixture
async def marks(
    app: FastAPI,
    database: Database,
    anna: AsyncClient,
    omar: AsyncClient,
    jan: AsyncClient,
    britta: AsyncClient,
) -> Marks:
    """Tickets OPS-1001 of Acme and OPS-1002 of Brightwater, with text of everybody."""
    marks = Marks()
    opened = {"title": "Down", "description": marks.word("POST /v1/tickets description", OF_ACME)}
    opened |= {"priority": "blocker", "environment": "acme-prod"}
    assert (await jan.post("/v1/tickets", json=opened)).status_code == 201
    opened["description"] = marks.word("POST /v1/tickets description", OF_BRIGHTWATER)
    opened["environment"] = "brightwater-prod"
    assert (await britta.post("/v1/tickets", json=opened)).status_code == 201
    for who, step, texts, more in _steps(anna, omar, jan):
        template = step.replace("/1/", "/{number}/")
        words = {name: marks.word(f"{ON}/{template} {name}", to) for name, to in texts.items()}
        if "question" in words:
            words["question"] += "?"
        answer = await who.post(f"/v1/tickets/OPS-1001/{step}", json=words | more)
        assert answer.is_success, f"{step}: {answer.text}"
    await marked_steps.separate(anna, omar, marks)
    await marked_steps.investigate_and_improve(anna, omar, marks)
    await marked_steps.go_on_later(database, anna, omar, jan, marks)
    await marked_steps.change_the_matrix(app, marks)
    change = await work_on_a_problem(anna, omar, marks)
    await decide_a_change(anna, omar, jan, marks, change)
    await ask_for_access(app, anna, marks)
    await _change_the_directory(anna, omar, marks)
    await write_for_everybody(anna, omar, jan, marks)
    await _revoke_and_ask_for_erasure(app, database, marks)
    await chat_and_publish_forms(app, anna, marks)
    return marks


async def _change_the_directory(anna: AsyncClient, omar: AsyncClient, marks: Marks) -> None:
    paul = {"name": "Paul", "address": "paul@acme.example"}
    contacts = "customers/acme/contacts"
    contact = (await anna.post(f"/v1/{contacts}", json=paul)).json()["id"]
    assert (await anna.post("/v1/partners", json={"key": "old", "name": "Old"})).is_success
    named, of_contacts = {"contact": contact}, "customers/{customer}/contacts/{contact}"
    for who, template, names, more in (
        (omar, f"{of_contacts}/confirm", named, {}),
        (anna, f"{of_contacts}/end", named, {}),
        (anna, "people/{person}/roles", {"person": "sven"}, {"roles": ["ops"]}),
        (anna, "people/{person}/end", {"person": "sven"}, {}),
        (anna, "partners/{partner}/end", {"partner": "old"}, {}),
    ):
        reason = {"reason": marks.word(f"POST /v1/{template} reason", STAFF)}
        path = template.format(customer="acme", **names)
        answer = await who.post(f"/v1/{path}", json=reason | more)
        assert answer.is_success, f"{path}: {answer.text}"


async def _revoke_and_ask_for_erasure(app: FastAPI, database: Database, marks: Marks) -> None:
    async with database.transaction() as tx:
        contact = await tx.scalar(text("SELECT id FROM contacts WHERE name = 'Jan'"))
    async with client(app, "theo") as theo:
        erasure = f"/v1/contacts/{contact}/erasure"
        reason = {"reason": marks.word("POST /v1/contacts/{contact}/erasure reason", STAFF)}
        asked = await theo.post(erasure, json=reason)
        assert asked.is_success, asked.text
        reason = {"reason": marks.word("POST /v1/token-revocations reason", STAFF)}
        body = {"kind": "client", "name": "nobody's"} | reason
        revoked = await theo.post("/v1/token-revocations", json=body)
        assert revoked.is_success, revoked.text
        for noun, kind, key in (
            ("environments", "environment", "brightwater-prod"),
            ("customers", "customer", "brightwater"),
        ):
            reason = {"reason": marks.word(f"POST /v1/{noun}/{{{kind}}}/end reason", STAFF)}
            asked = await theo.post(f"/v1/{noun}/{key}/end", json=reason)
            assert asked.is_success, asked.text


Step = tuple[AsyncClient, str, dict[str, str], dict[str, Any]]


def _steps(anna: AsyncClient, omar: AsyncClient, jan: AsyncClient) -> list[Step]:
    """Who writes what on the ticket: the fields, and for whom each of them is."""
    reason, resolution = {"reason": STAFF}, {"resolution": OF_ACME}
    record = {"seen": STAFF, "tried": STAFF, "excluded": STAFF, "asked": STAFF}
    to_partner = {"to": "partner", "partner": "hosthaven", "due_at": "2030-01-08T09:00:00Z"}
    return [
        (anna, "blocker/confirm", reason, {}),
        (anna, "replies", {"text": OF_ACME}, {}),
        (anna, "replies", {"text": STAFF}, {"visibility": "internal"}),
        (jan, "replies", {"text": OF_ACME}, {}),
        (anna, "prioritise", reason, {"priority": "minor"}),
        (omar, "priority/confirm", reason, {"agree": True}),
        (anna, "prioritise", reason, {"priority": "trivial"}),
        (anna, "reclassify", reason, {"kind": "question"}),
        (omar, "classification/confirm", reason, {"agree": True}),
        (anna, "reclassify", reason, {"kind": "incident"}),
        (anna, "forward", record, to_partner),
        (anna, "hand-overs/1/reference", {"reference": STAFF}, {}),
        (anna, "partner-messages", {"text": STAFF}, {}),
        (anna, "hand-back", {"found": STAFF}, {"fixed": True}),
        (omar, "hand-overs/1/check-fix", {"checked": STAFF}, {"works": True}),
        (jan, "escalate", {"reason": OF_ACME}, {}),
        (anna, "escalation/answer", {"text": OF_ACME}, {}),
        (anna, "detection", reason, {"detected_by": "customer"}),
        (anna, "workaround", {"text": OF_ACME}, {}),
        (anna, "hold", reason | {"question": OF_ACME}, {"waiting_on": "customer"}),
        (anna, "resume", reason, {}),
        (anna, "resolve", resolution, {}),
        (omar, "reject", reason, {}),
        (anna, "resolve", resolution, {}),
        (omar, "verify", reason, {}),
        (anna, "close", reason, {}),
        (anna, "reopen", reason, {}),
        (anna, "resolve", resolution, {}),
        (jan, "feedback", {"comment": OF_ACME}, {"solved": True}),
    ]


def ids() -> dict[str, list[str]]:
    return {
        "ticket": ["OPS-1001", "OPS-1002"],
        "customer": ["acme", "brightwater"],
        "environment": ["acme-prod", "brightwater-prod"],
        "number": ["1"],
        "problem": KEYS,
        "change_request": KEYS,
        "service": ["billing"],
        "access_request": ["ACC-1"],
        "article": ["KB-1", "KB-2"],
        "template": ["odd"],
        "improvement": ["MON-1"],
    }


async def test_every_free_text_has_a_mark(marks: Marks, app: FastAPI) -> None:
    planted = {written_in for written_in, _ in marks.planted.values()}
    assert free_text_fields(app) - planted == set()


async def test_what_was_written_for_others_is_nowhere_to_be_seen(
    marks: Marks, app: FastAPI, anna: AsyncClient, jan: AsyncClient, britta: AsyncClient
) -> None:
    async with client(app, "hosthaven") as partner:
        readers = ((jan, {OF_ACME}), (britta, {OF_BRIGHTWATER}), (partner, set[str]()))
        for reader, audiences in readers:
            texts = await read_everything(reader, app, ids(), {})
            assert marks.strays(texts, audiences) == []
    seen = marks.seen(await read_everything(jan, app, ids(), {}))
    assert {f"{ON}/resolve resolution", f"{ON}/hold question", f"{ON}/workaround text"} <= seen
    assert f"{ON}/forward seen" in marks.seen(await read_everything(anna, app, ids(), {}))


async def test_events_carry_none_of_these_words(marks: Marks, database: Database) -> None:
    texts = {f"{number}": str(one.body) for number, one in enumerate(await outbox_events(database))}
    assert marks.seen(texts) == set()


@pytest.mark.parametrize(("customer", "other"), [("acme", "brightwater"), ("brightwater", "acme")])
async def test_the_database_keeps_rows_apart_for_one_who_forgets_every_where(
    marks: Marks, database: Database, customer: str, other: str
) -> None:
    rows = await rows_without_where(database, customer)
    for table in ("tickets", "messages"):
        assert marks.strays({table: "\n".join(rows[table])}, {customer, STAFF}) == []
    assert len(rows["customers"]) == 1
    for table, texts in rows.items():
        assert all(other not in text for text in texts), table
    notes = {word for word, (name, _) in marks.planted.items() if name.endswith("replies text")}
    internal = [word for word in notes if "staff" in word]
    assert internal
    assert all(word not in text for word in internal for text in rows["messages"])


async def test_every_table_that_contacts_read_keeps_its_rows_apart(database: Database) -> None:
    assert {
        name for name, is_apart in (await readable_tables(database)).items() if not is_apart
    } == (WITHOUT_ROWS)


async def test_a_route_that_forgets_whose_tickets_they_are_shows_the_own_alone(
    marks: Marks, jan: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second wall: the first one is taken away here on purpose."""

    async def no_filter(*_: object) -> TicketFilter:
        return TicketFilter()

    monkeypatch.setattr(read_tickets, "_resolve_filters", no_filter)
    monkeypatch.setattr(read_tickets, "get_visible_ticket", lambda _caller, ticket, _ref: ticket)
    listed = (await jan.get("/v1/tickets")).json()["items"]
    assert {one["customer"] for one in listed} == {"acme"}
    assert (await jan.get("/v1/tickets/OPS-1002")).status_code == 500, "there is no such row"
    of_ticket = messages.list_of_ticket

    async def with_notes(tx: Any, id: UUID, **more: Any) -> Any:
        return await of_ticket(tx, id, **more | {"internal": True})

    monkeypatch.setattr(messages, "list_of_ticket", with_notes)
    shown = (await jan.get("/v1/tickets/OPS-1001/messages")).text
    assert marks.strays({"messages": shown}, {OF_ACME}) == []


async def test_what_a_contact_looked_up_hides_nothing_from_others(
    database: Database, app: FastAPI, anna: AsyncClient, jan: AsyncClient
) -> None:
    """The cache of customers and environments is everybody's."""
    refused = {"title": "Down", "environment": "brightwater-prod"}
    assert (await jan.post("/v1/tickets", json=refused)).status_code == 422
    body = {"customer": "brightwater", "environment": "brightwater-prod"}
    await open_ticket(anna, **body)
