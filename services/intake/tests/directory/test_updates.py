"""What can change of reference data is changed, announced and audited; what promises depend on is not."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.auth.persons import counted_as
from common.events.directory import ContactKnown
from common.persistence.database import Database
from intake_support.tickets import open_ticket
from opsdesk_testing.client import client
from opsdesk_testing.protocol import outbox_events


async def _jan(who: AsyncClient) -> dict[str, Any]:
    items = (await who.get("/v1/customers/acme/contacts")).json()["items"]
    return dict(next(one for one in items if one["name"] == "Jan"))


def _path(contact: dict[str, Any]) -> str:
    return f"/v1/customers/acme/contacts/{contact['id']}"


@pytest.mark.parametrize(
    ("path", "change"),
    [
        (
            "/v1/customers/acme",
            {"name": "Acme BV", "timezone": "Europe/Amsterdam", "language": "nl"},
        ),
        ("/v1/customers/acme/environments/acme-prod", {"name": "Production"}),
        ("/v1/partners/hosthaven", {"name": "Hosthaven BV", "email": "noc@hosthaven.example"}),
        ("/v1/people/omar", {"name": "Omar B.", "timezone": "Europe/Berlin"}),
    ],
)
async def test_a_record_is_changed_and_announced(
    anna: AsyncClient, database: Database, path: str, change: dict[str, str]
) -> None:
    before = await anna.get(path)
    events = len(await outbox_events(database))
    answer = await anna.patch(path, json=change, headers={"If-Match": before.headers["etag"]})
    assert answer.status_code == 200, answer.text
    assert answer.json() == before.json() | change | {"sequence": before.json()["sequence"] + 1}
    assert (await anna.get(path)).json() == answer.json()
    assert len(await outbox_events(database)) == events + 1
    late = await anna.patch(path, json={"name": "x"}, headers={"If-Match": before.headers["etag"]})
    assert late.status_code == 412
    same = await anna.patch(path, json=change)
    assert same.json()["sequence"] == answer.json()["sequence"]


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("/v1/customers/acme", {"key": "acme2"}),
        ("/v1/customers/acme", {"name": None}),
        ("/v1/customers/acme/environments/acme-prod", {"tier": "test"}),
        ("/v1/people/omar", {"roles": ["gm"]}),
        ("/v1/people/omar", {"email": "somebody@else.example"}),
    ],
)
async def test_what_promises_and_pages_depend_on_is_not_changed_here(
    anna: AsyncClient, path: str, change: dict[str, Any]
) -> None:
    assert (await anna.patch(path, json=change)).status_code == 422


async def test_mails_and_portal_know_a_contact_by_every_address(
    app: FastAPI, anna: AsyncClient, gateway: AsyncClient
) -> None:
    jan = await _jan(anna)
    change = {"other_addresses": ["jan@home.example"], "other_phones": ["06 12345678"]}
    assert (await anna.patch(_path(jan), json=change)).status_code == 200
    mail = b"From: Jan <jan@home.example>\nSubject: Down\nMessage-ID: <a@b>\n\nIt is down.\n"
    sent = await gateway.post(
        "/v1/emails", content=mail, headers={"Content-Type": "message/rfc822"}
    )
    ticket = (await anna.get(f"/v1/tickets/{sent.json()['ticket']['key']}")).json()
    assert ticket["contact_id"] == jan["id"]
    async with client(app, "portal", scope="portal", roles=[]) as portal:
        headers = {"On-Behalf-Of": "mailto:jan@home.example"}
        assert (await portal.get("/v1/tickets", headers=headers)).status_code == 200


@pytest.mark.thorough
async def test_an_address_is_one_contact_s(anna: AsyncClient) -> None:
    jan = await _jan(anna)
    for taken in (
        {"address": "eve@brightwater.example"},
        {"other_addresses": ["eve@brightwater.example"]},
    ):
        answer = await anna.patch(_path(jan), json=taken)
        assert (answer.status_code, answer.json().get("code")) == (409, "NAME_TAKEN"), answer.text
    await anna.patch(_path(jan), json={"other_addresses": ["jan@home.example"]})
    for body in (
        {"name": "Other", "address": "jan@home.example"},
        {"name": "Other", "address": "o@acme.example", "other_addresses": ["jan@home.example"]},
    ):
        answer = await anna.post("/v1/customers/acme/contacts", json=body)
        assert (answer.status_code, answer.json().get("code")) == (409, "NAME_TAKEN"), answer.text
        assert "jan@home.example" in answer.json()["detail"]


async def test_a_contact_with_several_addresses_that_is_sent_twice_is_one(
    anna: AsyncClient,
) -> None:
    body = {"name": "Kim", "address": "kim@acme.example", "other_addresses": ["k@acme.example"]}
    first = await anna.post("/v1/customers/acme/contacts", json=body)
    again = await anna.post("/v1/customers/acme/contacts", json=body)
    assert (first.status_code, again.status_code) == (201, 201), again.text
    assert again.json()["id"] == first.json()["id"]


async def test_who_sets_an_address_counts_as_that_contact_until_another_confirms(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """Else one person could read mails as a contact, and confirm what they asked for themselves (R1)."""
    jan = await _jan(anna)
    await omar.post(f"{_path(jan)}/confirm")
    assert (await _jan(anna))["counts_for"] is None
    renamed = await anna.patch(_path(jan), json={"name": "Jan de Vries"})
    assert renamed.json()["counts_for"] is None
    changed = await omar.patch(_path(jan), json={"other_addresses": ["omar@private.example"]})
    assert changed.json()["counts_for"] == "omar"
    async with database.transaction() as tx:
        assert await counted_as(tx, f"contact/{jan['id']}", "omar") == "omar"
    assert (await omar.post(f"{_path(jan)}/confirm")).status_code == 403
    assert (await anna.post(f"{_path(jan)}/confirm")).status_code == 200


async def test_a_contact_with_a_colleague_s_address_is_that_person(
    anna: AsyncClient, database: Database
) -> None:
    jan = await _jan(anna)
    await anna.patch(_path(jan), json={"other_addresses": ["omar@ours.example"]})
    async with database.transaction() as tx:
        assert await counted_as(tx, f"contact/{jan['id']}", "omar") == "omar"
    (event,) = [
        ContactKnown.model_validate(one.body) for one in (await outbox_events(database))[-1:]
    ]
    assert len(event.other_address_digests) == 1


async def test_erasing_a_contact_takes_every_address_and_number(
    app: FastAPI, anna: AsyncClient
) -> None:
    jan = await _jan(anna)
    change = {"other_addresses": ["jan@home.example"], "phone": "+31 6 12345678"}
    await anna.patch(_path(jan), json=change)
    async with (
        client(app, "gina", roles=["gm"]) as gina,
        client(app, "theo", roles=["tom"]) as theo,
    ):
        await gina.post(f"/v1/contacts/{jan['id']}/erasure", json={"reason": "asked"})
        done = await theo.post(f"/v1/contacts/{jan['id']}/erasure/confirm")
    assert done.status_code == 200, done.text
    for params in ({"email": "jan@home.example"}, {"phone": "06 12345678"}):
        assert (await anna.get("/v1/callers", params=params)).json()["items"] == []
    assert (await anna.patch(_path(jan), json={"name": "x"})).status_code == 404
    assert (await anna.get(_path(jan))).json()["other_addresses"] == []


async def test_contacts_change_nothing(anna: AsyncClient, jan: AsyncClient) -> None:
    assert (await jan.patch("/v1/customers/acme", json={"name": "x"})).status_code == 403
    assert await open_ticket(jan)
