"""The end of customers and environments: two people, announced, and nothing new comes of them (R1)."""

from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common.auth.revocation import refresh_revocations
from common.events.outages import MaintenanceAnnounced
from common.http import state_of
from common.persistence.database import Database
from intake.directory import reference_cache
from intake.handlers import HANDLERS
from intake_support.alerts import BRIGHTWATER, alert, all_tickets, post
from intake_support.notices import WINDOW
from intake_support.tickets import open_ticket
from opsdesk_testing.client import client
from opsdesk_testing.protocol import deliver, outbox_events

WHY = {"reason": "The contract is over"}
CUSTOMER = "/v1/customers/brightwater"
FOR_EVE = {"On-Behalf-Of": "mailto:eve@brightwater.example"}
STAGING = "/v1/environments/acme-staging"


async def _end(anna: AsyncClient, omar: AsyncClient, path: str) -> None:
    asked = await anna.post(f"{path}/end", json=WHY)
    assert (asked.status_code, asked.json()["retired"]) == (200, False), asked.text
    ended = await omar.post(f"{path}/end/confirm")
    assert (ended.status_code, ended.json()["retired"]) == (200, True), ended.text


async def _announced(database: Database, kind: str) -> list[tuple[str, bool]]:
    type = f"opsdesk.directory.{kind}.v1"
    return [
        (one.body[kind] if kind != "contact" else one.body["customer"], one.body["retired"])
        for one in await outbox_events(database)
        if one.type == type
    ]


@pytest.mark.parametrize("path", [CUSTOMER, STAGING])
async def test_one_person_asks_and_another_one_confirms(
    anna: AsyncClient, omar: AsyncClient, path: str
) -> None:
    nothing = await anna.post(f"{path}/end/confirm")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "NOTHING_PENDING")
    asked = (await anna.post(f"{path}/end", json=WHY)).json()
    assert (asked["retired"], asked["end_asked_by"]) == (False, "anna")
    alone = await anna.post(f"{path}/end/confirm")
    assert (alone.status_code, alone.json()["code"]) == (403, "FOUR_EYES")
    stays = await omar.delete(f"{path}/end")
    assert (stays.status_code, stays.json()["end_asked_by"]) == (200, None)
    assert (await omar.delete(f"{path}/end")).json()["code"] == "NOTHING_PENDING"
    await _end(anna, omar, path)
    for again in (
        await anna.post(f"{path}/end", json=WHY),
        await omar.post(f"{path}/end/confirm"),
        await omar.delete(f"{path}/end"),
    ):
        assert again.status_code == 409
    assert (await anna.post("/v1/customers/nobody/end", json=WHY)).status_code == 404


async def test_with_a_customer_end_contacts_and_environments_and_everybody_hears_of_it(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    await _end(anna, omar, CUSTOMER)
    customers = await _announced(database, "customer")
    assert customers[-1] == ("brightwater", True)
    assert not any(retired for _, retired in customers[:-1])
    assert (await _announced(database, "environment"))[-1] == ("brightwater-prod", True)
    assert (await _announced(database, "contact"))[-1] == ("brightwater", True)
    (eve,) = (await anna.get(f"{CUSTOMER}/contacts")).json()["items"]
    assert eve["retired"] is True
    more = {"name": "Kim", "address": "kim@brightwater.example"}
    for path, body in (
        ("contacts", more),
        ("environments", {"key": "brightwater-new", "tier": "test", "name": "New"}),
    ):
        refused = await anna.post(f"{CUSTOMER}/{path}", json=body)
        assert (refused.status_code, refused.json()["code"]) == (409, "ALREADY_ENDED")


async def test_nothing_new_is_opened_for_who_has_left(
    app: FastAPI,
    anna: AsyncClient,
    omar: AsyncClient,
    gateway: AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reference_cache, "MAX_AGE_S", -1.0)
    before = await open_ticket(anna, **BRIGHTWATER)
    await _end(anna, omar, CUSTOMER)
    refused = await anna.post("/v1/tickets", json={"title": "Down", "customer": "brightwater"})
    assert refused.status_code == 422
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [
        ("/customer", "ended")
    ]
    mail = (
        b"From: Eve <eve@brightwater.example>\r\nSubject: Down\r\n"
        b"Message-ID: <left@brightwater.example>\r\n\r\nAgain.\r\n"
    )
    taken = await gateway.post(
        "/v1/emails", content=mail, headers={"Content-Type": "message/rfc822"}
    )
    assert taken.is_success, taken.text
    (in_triage,) = [one for one in await all_tickets(anna) if one["customer"] is None]
    assigned = await anna.post(
        f"/v1/triage/{in_triage['key']}/assign-customer", json={"customer": "brightwater"}
    )
    assert assigned.json()["errors"][0]["code"] == "ended"
    async with client(app, "portal", roles=[], scope="portal") as portal:
        assert (await portal.get("/v1/me", headers=FOR_EVE)).status_code == 403
    assert (await anna.get(f"/v1/tickets/{before}")).json()["customer"] == "brightwater"


async def test_nobody_of_theirs_reads_or_writes_with_a_new_token(
    app: FastAPI, anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """Their identity provider goes on giving tokens, also to who was never in the directory"""
    async with client(app, "newcomer", customer="brightwater") as newcomer:
        assert (await newcomer.get("/v1/tickets")).status_code == 200
        await _end(anna, omar, CUSTOMER)
        await refresh_revocations(database, state_of(app).authenticator)
        for answer in (
            await newcomer.get("/v1/tickets"),
            await newcomer.post("/v1/tickets", json={"title": "Down"}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "CUSTOMER_ENDED")
    async with client(app, "jan", customer="acme") as jan:
        assert (await jan.get("/v1/tickets")).status_code == 200


async def test_alerts_of_an_environment_that_was_ended_go_to_a_person(
    anna: AsyncClient, omar: AsyncClient, monitor: AsyncClient
) -> None:
    await _end(anna, omar, STAGING)
    labels = {"alertname": "Slow", "env": "acme-staging", "severity": "critical"}
    assert (await post(monitor, alert(labels=labels))).is_success
    (ticket,) = await all_tickets(anna)
    assert (ticket["customer"], ticket["environment"]) == (None, None)


async def test_who_has_left_gets_no_notices(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    await _end(anna, omar, CUSTOMER)
    await _end(anna, omar, STAGING)
    by_omar: dict[str, Any] = WINDOW | {"announced_by": "omar"}
    everybody = {"customer": None, "environment": None}
    of_all = MaintenanceAnnounced.model_validate(by_omar | everybody)
    other = {"maintenance_id": UUID(int=0x3AB), "environment": "acme-staging", "customer": None}
    of_staging = MaintenanceAnnounced.model_validate(by_omar | other)
    await deliver(database, HANDLERS, (of_all, 1), (of_staging, 1))
    items = (await anna.get("/v1/notices")).json()["items"]
    assert [(one["customer"], one["environment"]) for one in items] == [("acme", None)]


async def test_the_database_refuses_one_pair_of_eyes(anna: AsyncClient, database: Database) -> None:
    """R1"""
    assert (await anna.post(f"{CUSTOMER}/end", json=WHY)).status_code == 200
    for change in ("ended_by = end_asked_by, retired = true", "retired = true"):
        with pytest.raises(IntegrityError):
            async with database.transaction() as tx:
                await tx.execute(text(f"UPDATE customers SET {change} WHERE key = 'brightwater'"))
