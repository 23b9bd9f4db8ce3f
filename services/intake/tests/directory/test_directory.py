"""Reference data: registered, and published as whole state without contacts' names."""

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from intake.directory.commands import publish_all
from opsdesk_testing.client import client
from opsdesk_testing.protocol import outbox_events
from opsdesk_testing.routes import unguarded_routes


async def directory_events(database: Database) -> list[tuple[str, int]]:
    return [
        (one.type.split(".")[2], one.sequence)
        for one in await outbox_events(database)
        if one.topic == "opsdesk.directory"
    ]


async def test_every_record_is_announced_whole(anna: AsyncClient, database: Database) -> None:
    kinds = [kind for kind, _ in await directory_events(database)]
    assert kinds == [
        *["customer"] * 2,
        *["environment"] * 3,
        *["contact"] * 2,
        *["person"] * 3,
        "partner",
    ]
    everything = str([one.body for one in await outbox_events(database) if "contact" in one.type])
    assert "jan@acme.example" not in everything
    assert "Jan" not in everything


async def test_announce_says_all_of_it_again_with_a_higher_sequence(
    anna: AsyncClient, database: Database
) -> None:
    before = await directory_events(database)
    assert await publish_all(database) == len(before)
    again = (await directory_events(database))[len(before) :]
    assert sorted(again) == sorted((kind, 2) for kind, _ in before)


async def test_the_same_record_twice_is_one_and_another_of_its_name_is_refused(
    anna: AsyncClient, database: Database
) -> None:
    before = await directory_events(database)
    acme = {"key": "acme", "name": "Acme"}
    assert (await anna.post("/v1/customers", json=acme)).status_code == 201
    other = await anna.post("/v1/customers", json=acme | {"name": "Another"})
    assert (other.status_code, other.json()["type"]) == (409, "urn:opsdesk:error:name-taken")
    jan = {"name": "Jan", "address": "JAN@acme.example "}
    assert (await anna.post("/v1/customers/brightwater/contacts", json=jan)).status_code == 409
    assert await directory_events(database) == before


async def test_records_are_listed_page_by_page(anna: AsyncClient) -> None:
    first = (await anna.get("/v1/people?limit=2")).json()
    rest = (await anna.get(f"/v1/people?limit=2&cursor={first['next']}")).json()
    assert [one["sub"] for one in first["items"] + rest["items"]] == ["anna", "omar", "sven"]
    shown = (await anna.get("/v1/customers/acme/environments")).json()["items"]
    assert [one["key"] for one in shown] == ["acme-prod", "acme-staging"]
    assert (await anna.get("/v1/customers/acme/contacts")).json()["items"][0]["name"] == "Jan"
    assert (await anna.get("/v1/customers/nobody/contacts")).status_code == 404


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("customers/nobody", "Customer nobody"),
        ("partners/nobody", "Partner nobody"),
        ("people/nobody", "Person nobody"),
    ],
)
async def test_who_is_not_known_is_named_as_what_they_are(
    anna: AsyncClient, path: str, what: str
) -> None:
    read = await anna.get(f"/v1/{path}")
    changed = await anna.patch(f"/v1/{path}", json={"name": "x"})
    for answer in (read, changed):
        assert answer.status_code == 404
        assert answer.json()["detail"].startswith(f"{what} does not exist")


async def test_customers_do_not_read_the_directory(jan: AsyncClient) -> None:
    for path in ("/v1/customers", "/v1/people", "/v1/customers/acme/contacts"):
        assert (await jan.get(path)).status_code == 403


async def test_the_portal_speaks_for_a_contact_and_no_more(
    app: FastAPI, anna: AsyncClient, database: Database
) -> None:
    body = {"title": "Help"}
    async with client(app, "portal") as portal:
        for_jan = {"On-Behalf-Of": "mailto:jan@acme.example"}
        answer = await portal.post("/v1/tickets", json=body, headers=for_jan)
        assert answer.status_code == 201, answer.text
        key = answer.json()["key"]
        assert (answer.json()["customer"], answer.json()["channel"]) == ("acme", "portal")
        assert answer.json()["opened_by"].startswith("contact/")
        for_eve = {"On-Behalf-Of": "mailto:eve@brightwater.example"}
        assert (await portal.get(f"/v1/tickets/{key}", headers=for_eve)).status_code == 404
        assert (await portal.post("/v1/tickets", json=body)).status_code == 403


def test_every_route_names_its_permission(app: FastAPI) -> None:
    assert unguarded_routes(app) == []
