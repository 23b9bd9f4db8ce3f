"""Whoever reads what people wrote leaves a trace: each route that shows it notes who read; lists of tickets show none (R16)."""

import inspect
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from httpx import AsyncClient

from intake.app import SERVICE
from intake.tickets.schemas.lists import ListedTicket
from intake_support.outgoing import mail_of, post
from intake_support.tickets import OVER, act, open_ticket
from opsdesk_testing.client import client

KEYS_AND_TITLES: Final = "keys, titles, states and names of staff"
AUDITED: Final = "in the audit trail, in the transaction that reads"
OURS: Final = "what we have written for everybody"
DIRECTORY: Final = "customers, partners and our own people"
UNNOTED: Final = (
    {
        "list_tickets": KEYS_AND_TITLES,
        "list_queue": KEYS_AND_TITLES,
        "list_watched_tickets": KEYS_AND_TITLES,
        "list_ticket_links": KEYS_AND_TITLES,
        "list_watchers": KEYS_AND_TITLES,
        "list_waiting": "keys, titles, and names of what waits",
        "suggest_for_ticket": KEYS_AND_TITLES,
        "suggest_articles": KEYS_AND_TITLES,
        "export_contact": AUDITED,
        "download_email": AUDITED,
        "download_attachment": AUDITED,
        "export_access_evidence": AUDITED,
        "get_contact_erasure": "who erases whom, after two people have said so",
        "count_held_back_emails": "numbers",
        "list_alerts": "what machines sent",
        "list_alert_posts": "what machines sent",
        "get_alert_post": "what machines sent",
        "get_me": "the caller",
        "list_article_feedback": "of an article, which is no subject of a read",
        "list_views": "one's own",
        "get_view": "one's own",
    }
    | dict.fromkeys(
        (
            "get_priority_matrix",
            "list_request_forms",
            "get_request_form",
            "list_notices",
            "get_notice",
            "get_blunt_words",
            "list_message_templates",
            "get_message_template",
            "list_articles",
            "get_article",
            "list_article_versions",
        ),
        OURS,
    )
    | dict.fromkeys(
        (
            "list_teams",
            "get_team",
            "list_customers",
            "get_customer",
            "list_environments",
            "get_environment",
            "list_partners",
            "get_partner",
            "list_people",
            "get_person",
            "get_delivery_manager",
            "get_product_owner",
            "list_responsibilities",
            "list_linked_systems",
            "get_linked_system",
        ),
        DIRECTORY,
    )
)
"""Routes that note nobody, and why not."""
FREE: Final = {"resolution", "reporter", "description", "text", "reason"}


@pytest.fixture
async def theo(app: FastAPI, anna: AsyncClient) -> AsyncIterator[AsyncClient]:
    async with client(app, "theo") as theo:
        yield theo


def _routes() -> Iterator[APIRoute]:
    for router in SERVICE.routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and "GET" in (route.methods or ()):
                yield route


def test_each_route_notes_who_reads_or_has_a_reason_not_to() -> None:
    silent = {
        route.endpoint.__name__
        for route in _routes()
        if "reads" not in inspect.signature(route.endpoint).parameters
    }
    assert silent == set(UNNOTED)


def test_lists_of_tickets_have_no_field_for_what_people_wrote() -> None:
    names = set(ListedTicket.model_fields)
    assert not names & FREE
    assert not [one for one in names if one.startswith("pending_")]


async def test_a_list_shows_neither_the_outsiders_address_nor_the_resolution(
    anna: AsyncClient, gateway: AsyncClient
) -> None:
    await post(gateway, mail_of("wombat@nowhere.example"))
    key = await open_ticket(anna)
    assert (await anna.post(f"/v1/tickets/{key}/watchers", json={})).status_code == 201
    assert (await act(anna, key, "resolve", resolution="The nilgai was restarted")).is_success
    for path in ("/v1/tickets", "/v1/tickets?state=resolved", "/v1/queue", "/v1/watched-tickets"):
        answer = await anna.get(path)
        assert answer.status_code == 200, answer.text
        assert "wombat" not in answer.text
        assert "nilgai" not in answer.text


async def _noted(theo: AsyncClient, key: str) -> list[str]:
    items = (await theo.get("/v1/reads", params={"ticket": key})).json()["items"]
    return [one["who"] for one in items]


@pytest.mark.parametrize("part", ["hand-overs", "investigations", "feedback", "escalations"])
async def test_what_stands_beside_a_ticket_is_noted(
    part: str, anna: AsyncClient, omar: AsyncClient, theo: AsyncClient
) -> None:
    key = await open_ticket(anna)
    if part == "hand-overs":
        assert (await act(anna, key, "forward", **OVER)).is_success
    assert (await omar.get(f"/v1/tickets/{key}/{part}")).status_code == 200
    assert await _noted(theo, key) == ["omar"]


async def test_problems_are_noted(anna: AsyncClient, omar: AsyncClient, theo: AsyncClient) -> None:
    key = await open_ticket(anna)
    body: dict[str, Any] = {"title": "It fails", "symptoms": "nilgai", "incidents": [key]}
    made = await anna.post("/v1/problems", json=body)
    assert made.status_code == 201, made.text
    problem = made.json()["key"]
    assert (await omar.get("/v1/problems")).status_code == 200
    assert await _noted(theo, problem) == ["omar"]
    assert (await anna.get(f"/v1/problems/{problem}")).status_code == 200
    assert set(await _noted(theo, problem)) == {"omar", "anna"}
