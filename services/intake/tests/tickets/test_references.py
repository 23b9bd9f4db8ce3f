"""Which services, people, teams and partners a ticket may name (I5)."""

from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response

from common.persistence.database import Database
from intake_support.services import announce_service
from intake_support.tickets import DOWN, TO_PARTNER, act, open_ticket
from opsdesk_testing.protocol import outbox_events

LEDGER, PAYROLL = UUID(int=0x1ED), UUID(int=0x9A1)


def problem(answer: Response) -> tuple[str, str, str]:
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    return error["pointer"], error["code"], error["detail"]


async def test_a_service_that_the_catalogue_does_not_know_is_refused(
    database: Database, anna: AsyncClient
) -> None:
    refused = await anna.post("/v1/tickets", json=DOWN | {"service": "biling"})
    assert problem(refused) == (
        "/service",
        "unknown_reference",
        "there is no service 'biling'; did you mean billing?",
    )
    assert [one for one in await outbox_events(database) if one.topic == "opsdesk.tickets"] == []
    assert await open_ticket(anna, service="billing")


async def test_a_service_is_known_as_soon_as_it_is_announced(
    database: Database, anna: AsyncClient
) -> None:
    """What was unknown is not remembered as unknown."""
    body = DOWN | {"service": "ledger"}
    assert (await anna.post("/v1/tickets", json=body)).status_code == 422
    await announce_service(database, "ledger", id=LEDGER)
    assert (await anna.post("/v1/tickets", json=body)).status_code == 201
    await announce_service(database, "ledger", 2, id=LEDGER, retired=True)
    assert (await anna.post("/v1/tickets", json=body)).status_code == 201


async def test_a_contact_names_what_their_customer_bought(
    database: Database, jan: AsyncClient
) -> None:
    await announce_service(database, "payroll", sold_to=("brightwater",), id=PAYROLL)
    body = {"title": "Down", "environment": "acme-prod"}
    assert (await jan.post("/v1/tickets", json=body | {"service": "billing"})).status_code == 201
    for other in ("payroll", "payrol"):
        pointer, code, detail = problem(
            await jan.post("/v1/tickets", json=body | {"service": other})
        )
        assert (pointer, code) == ("/service", "unknown_reference")
        assert "mean" not in detail


@pytest.mark.parametrize(
    ("name", "given", "near"),
    [("customer", "acm", "acme"), ("environment", "acme-pord", "acme-prod")],
)
async def test_staff_hear_the_nearest_customer_and_environment(
    anna: AsyncClient, name: str, given: str, near: str
) -> None:
    pointer, code, detail = problem(await anna.post("/v1/tickets", json=DOWN | {name: given}))
    assert (pointer, code) == (f"/{name}", "unknown_reference")
    assert detail.endswith(f"; did you mean {near}?")


@pytest.mark.parametrize(
    ("action", "body", "pointer"),
    [
        ("assign", {"to": "omarr"}, "/to"),
        ("assign", {"to": "omar", "team": "second-level"}, "/team"),
        (
            "forward",
            TO_PARTNER | {"partner": "hosthavn"},
            "/partner",
        ),
        ("reclassify", {"service": "biling", "reason": "It was that one"}, "/service"),
    ],
)
async def test_actions_refuse_what_is_unknown(
    database: Database, anna: AsyncClient, action: str, body: dict[str, Any], pointer: str
) -> None:
    key = await open_ticket(anna)
    found, code, detail = problem(await act(anna, key, action, **body))
    assert found == pointer
    assert code == "unknown_reference"
    assert "; did you mean " in detail


async def test_a_service_label_that_nobody_knows_is_a_note_and_not_the_ticket_s_service(
    database: Database, anna: AsyncClient, monitor: AsyncClient
) -> None:
    """An alert is never refused for a label."""
    labels = {"environment": "acme-prod", "service": "checkout-db", "severity": "critical"}
    firing = {"status": "firing", "fingerprint": "f", "labels": labels}
    post = {
        "version": "4",
        "groupKey": "g",
        "status": "firing",
        "alerts": [firing | {"startsAt": "2030-01-07T08:00:00Z"}],
    }
    answer = await monitor.post("/v1/alerts/alertmanager_webhook_v4", json=post)
    (result,) = answer.json()["alerts"]
    ticket = (await anna.get(f"/v1/tickets/{result['ticket']}")).json()
    assert (ticket["environment"], ticket["service"]) == ("acme-prod", None)
    notes = (await anna.get(f"/v1/tickets/{result['ticket']}/messages")).json()["items"]
    assert any("checkout-db, which is not in the catalogue" in one["text"] for one in notes)
    (raised,) = (
        one for one in await outbox_events(database) if one.type == "opsdesk.alert.raised.v1"
    )
    assert raised.body["service"] == "checkout-db"


@pytest.mark.parametrize("near", ["brightwate", "brightwatr", "northwin"])
async def test_a_contact_is_told_no_name_of_another_customer(jan: AsyncClient, near: str) -> None:
    body = {"kind": "incident", "title": "It hangs", "description": "", "customer": near}
    answer = await jan.post("/v1/tickets", json=body)
    assert answer.status_code == 422
    assert "did you mean" not in answer.text
