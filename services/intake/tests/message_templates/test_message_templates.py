"""Templates of messages, and drafts that are filled for a ticket in its reader's language (R11)."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from intake.message_templates.domain.template import MessageTemplate, choose_language, fill
from intake_support.alerts import NINE
from intake_support.tickets import open_ticket
from opsdesk_testing.client import client

TEMPLATES = "/v1/message-templates"


def template(words: str) -> MessageTemplate:
    return MessageTemplate("hello", "en", 1, "Hello", words, "anna", NINE)


def test_what_has_no_value_stays_and_is_missing() -> None:
    draft = fill(template("Dear {{contact}}, {{ticket}} {{ contact }}"), {"ticket": "OPS-1"})
    assert draft.text == "Dear {{contact}}, OPS-1 {{contact}}"
    assert draft.missing == ("contact",)


def test_a_value_is_never_searched_for_placeholders() -> None:
    draft = fill(template("{{title}} {{ticket}}"), {"title": "{{ticket}} \\1", "ticket": "OPS-1"})
    assert draft.text == "{{ticket}} \\1 OPS-1"


@pytest.mark.parametrize(
    ("languages", "preferred", "chosen"),
    [
        ({"nl", "en"}, ("nl",), "nl"),
        ({"nl", "en"}, ("fr", "nl"), "nl"),
        ({"nl", "en"}, ("fr",), "en"),
        ({"nl", "de"}, ("fr",), "de"),
        (set(), ("nl",), None),
    ],
)
def test_the_readers_language_is_chosen_then_english(
    languages: set[str], preferred: tuple[str, ...], chosen: str | None
) -> None:
    assert choose_language(languages, *preferred) == chosen


async def draft(who: AsyncClient, key: str, name: str, **more: Any) -> dict[str, Any]:
    answer = await who.post(f"/v1/tickets/{key}/messages/draft", json={"template": name} | more)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_draft_is_filled_and_says_what_is_missing(
    anna: AsyncClient, jan: AsyncClient
) -> None:
    key = await open_ticket(anna)
    made = await draft(anna, key, "received", values={"contact": "Jan"})
    assert "“Billing is down”" in made["text"]
    assert key in made["text"]
    assert [one["name"] for one in made["missing"]] == ["next_update"]
    assert "next_update" in made["missing"][0]["detail"]
    assert [one["code"] for one in made["findings"]] == ["unfilled_placeholder"]
    whole = await draft(anna, key, "received", values={"contact": "Jan", "next_update": "noon"})
    assert (whole["missing"], whole["findings"]) == ([], [])
    assert (await jan.get(f"/v1/tickets/{key}/messages")).json()["items"] == []


async def test_the_contacts_language_and_name_are_taken(
    anna: AsyncClient, app: FastAPI, database: Database
) -> None:
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE contacts SET language = 'nl' WHERE name = 'Jan'"))
    async with client(app, "portal") as portal:
        portal.headers["On-Behalf-Of"] = "mailto:jan@acme.example"
        body = {"title": "Stuk", "environment": "acme-prod"}
        key = (await portal.post("/v1/tickets", json=body)).json()["key"]
    made = await draft(anna, key, "update", values={"progress": "Klaar.", "next_update": "12 uur"})
    assert made["language"] == "nl"
    assert made["text"].startswith("Beste Jan,")
    in_german = await draft(anna, key, "update", language="de")
    assert in_german["text"].startswith("Guten Tag Jan,")


@pytest.mark.parametrize("language", ["nl", "en", "de"])
async def test_every_template_that_comes_with_it_is_fit_to_send(
    anna: AsyncClient, language: str
) -> None:
    key = await open_ticket(anna)
    items = (await anna.get(TEMPLATES, params={"language": language})).json()["items"]
    assert {"received", "question", "update", "workaround", "resolved", "forwarded"} <= {
        one["key"] for one in items
    }
    for one in items:
        values = dict.fromkeys(one["placeholders"], "Jan")
        made = await draft(anna, key, one["key"], language=language, values=values)
        soft = [found["code"] for found in made["findings"]]
        assert set(soft) <= {"wrong_language"}, (one["key"], made["findings"])


async def test_each_change_is_a_version_and_the_newest_counts(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient
) -> None:
    key = await open_ticket(anna)
    body = {"description": "Short", "text": "Hello {{contact}}"}
    first = await anna.put(f"{TEMPLATES}/short/en", json=body)
    assert (first.status_code, first.json()["version"]) == (201, 1)
    second = await omar.put(f"{TEMPLATES}/short/en", json=body | {"text": "Hi {{contact}}"})
    assert (second.json()["version"], second.json()["placeholders"]) == (2, ["contact"])
    made = await draft(anna, key, "short", values={"contact": "Jan"})
    assert (made["text"], made["version"]) == ("Hi Jan", 2)
    versions = (await anna.get(f"{TEMPLATES}/short")).json()["items"]
    assert [one["written_by"] for one in versions] == ["omar", "anna"]
    assert (await jan.get(TEMPLATES)).status_code == 403


async def test_a_retired_template_is_offered_no_more_and_its_versions_stay(
    anna: AsyncClient,
) -> None:
    key = await open_ticket(anna)
    retired = await anna.post(f"{TEMPLATES}/update/de/retire")
    assert retired.json()["retired"] is True
    assert (await anna.post(f"{TEMPLATES}/update/de/retire")).status_code == 404
    asked = {"template": "update", "language": "de"}
    answer = await anna.post(f"/v1/tickets/{key}/messages/draft", json=asked)
    assert answer.status_code == 404
    offered = (await anna.get(TEMPLATES, params={"language": "de"})).json()["items"]
    assert "update" not in {one["key"] for one in offered}
    assert len((await anna.get(f"{TEMPLATES}/update")).json()["items"]) == 4


async def test_an_unknown_template_is_not_found(anna: AsyncClient) -> None:
    key = await open_ticket(anna)
    body = {"template": "nothing"}
    answer = await anna.post(f"/v1/tickets/{key}/messages/draft", json=body)
    assert answer.status_code == 404
