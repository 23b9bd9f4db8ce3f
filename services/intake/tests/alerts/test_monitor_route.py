"""How monitors show who they are, and what is not stored of it."""

import base64
import hashlib
import hmac
from datetime import timedelta

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from common.http import runtime_of
from common.now import now
from common.persistence.database import Database
from intake.alerts.signatures import check_signature
from intake.app import SERVICE
from intake.tickets.ticket_batcher import TicketBatcher
from intake_support.alerts import ALERTMANAGER, NINE, alert, post_of, scalar
from opsdesk_testing.client import app_for, client, settings_for

BODY = post_of(alert())
EVENT = {"event_action": "trigger", "dedup_key": "k", "payload": {"summary": "Down"}}


@pytest.fixture
def token(monitor: AsyncClient) -> str:
    return monitor.headers["authorization"].removeprefix("Bearer ")


@pytest.fixture
def nobody(app: FastAPI, monitor: AsyncClient) -> AsyncClient:
    return AsyncClient(transport=ASGITransport(app), base_url="http://intake")


async def test_a_token_is_taken_from_where_a_monitor_can_put_it(
    nobody: AsyncClient, token: str
) -> None:
    basic = base64.b64encode(f"ops:{token}".encode()).decode()
    for header in (f"Bearer {token}", f"Basic {basic}", f"GenieKey {token}"):
        answer = await nobody.post(ALERTMANAGER, json=BODY, headers={"authorization": header})
        assert answer.status_code == 200, (header[:6], answer.text)
    answer = await nobody.post(f"{ALERTMANAGER}?token={token}", json=BODY)
    assert answer.status_code == 200, answer.text


async def test_a_monitor_is_not_locked_out_by_its_neighbours(
    token: str, database: Database
) -> None:
    """They share an address, as behind a proxy, and the others are nobody too often."""
    basic = base64.b64encode(f"ops:{token}".encode()).decode()
    settings = settings_for(SERVICE.settings, database.url, requests_per_minute=30)
    app = app_for(SERVICE, database, settings=settings)

    async def post(neighbour: AsyncClient, scheme: str, query: str = "") -> int:
        headers = {"authorization": scheme} if scheme else {}
        return (await neighbour.post(ALERTMANAGER + query, json=BODY, headers=headers)).status_code

    async with client(app, None) as neighbour:
        for number in range(4):
            last = await post(neighbour, f"GenieKey a.b{number}.c")
        assert last == 429
        for scheme in (f"Bearer {token}", f"Basic {basic}", f"GenieKey {token}"):
            assert await post(neighbour, scheme) == 200, scheme[:6]
        assert await post(neighbour, "", f"?token={token}") == 200
        assert await post(neighbour, "", "?token=a.b.c") == 429
    await runtime_of(app).resource(TicketBatcher).close()


async def test_a_routing_key_is_a_token_and_is_not_stored(
    nobody: AsyncClient, token: str, database: Database
) -> None:
    answer = await nobody.post(
        "/v1/alerts/pagerduty/v2/enqueue", json=EVENT | {"routing_key": token}
    )
    assert answer.status_code == 202, answer.text
    raw = bytes(await scalar(database, "SELECT raw FROM alert_posts"))
    assert token.encode() not in raw
    assert b'"***"' in raw


async def test_nobody_else_posts(nobody: AsyncClient, database: Database) -> None:
    wrong = ["", "Bearer x", "Basic x", "Basic " + base64.b64encode(b"a:b").decode(), "GenieKey x"]
    for header in wrong:
        answer = await nobody.post(
            ALERTMANAGER, json=BODY, headers={"authorization": header} if header else {}
        )
        assert answer.status_code == 401, (header, answer.text)
    assert (await nobody.post(f"{ALERTMANAGER}?token=x", json=BODY)).status_code == 401
    event = EVENT | {"routing_key": "0123456789abcdef"}
    assert (await nobody.post("/v1/alerts/pagerduty", json=event)).status_code == 401
    assert (await nobody.post(ALERTMANAGER, content=b"\xff")).status_code == 401
    assert await scalar(database, "SELECT count(*) FROM alert_posts") == 0


async def test_a_token_in_the_address_is_no_unknown_parameter_and_others_are(
    nobody: AsyncClient, token: str
) -> None:
    answer = await nobody.post(f"{ALERTMANAGER}?token={token}&tokem=1", json=BODY)
    assert answer.status_code == 422
    assert token not in answer.text


def sign(body: bytes, timestamp: str = "") -> dict[str, str]:
    signed = f"{timestamp}:".encode() + body if timestamp else body
    digest = hmac.new(b"secret", signed, hashlib.sha256).hexdigest()
    stamp = {"x-grafana-alerting-timestamp": timestamp} if timestamp else {}
    return {"x-grafana-alerting-signature": digest} | stamp


def test_a_signature_of_grafana() -> None:
    stamp = str(int(NINE.timestamp()))
    assert check_signature(sign(b"body"), b"body", "secret", NINE) is None
    assert check_signature(sign(b"body", stamp), b"body", "secret", NINE) is None
    for headers, body in (({}, b"body"), (sign(b"body"), b"other"), (sign(b"body", "x"), b"body")):
        assert check_signature(headers, body, "secret", NINE)
    assert check_signature(sign(b"body"), b"body", "another", NINE)
    late = NINE + timedelta(minutes=6)
    assert check_signature(sign(b"body", stamp), b"body", "secret", late)


async def test_grafana_s_posts_are_signed_where_a_secret_is_set(
    monitor: AsyncClient, database: Database
) -> None:
    settings = settings_for(SERVICE.settings, database.url, grafana_secret="secret")
    app = app_for(SERVICE, database, settings=settings)
    body = b'{"orgId": 1, "alerts": [{"status": "firing", "fingerprint": "f", "labels": {}}]}'
    path, stamp = "/v1/alerts/grafana", str(int(now().timestamp()))
    async with client(app, "monitor") as signing:
        assert (await signing.post(path, content=body)).status_code == 401
        answer = await signing.post(path, content=body, headers=sign(body, stamp))
        assert answer.status_code == 200, answer.text
    await runtime_of(app).resource(TicketBatcher).close()


async def test_what_grafana_s_machine_posts_elsewhere_is_signed_as_well(
    monitor: AsyncClient, database: Database
) -> None:
    """Else its token alone, stolen, ends its alerts by another address."""
    secret = {"grafana_secret": "secret"}
    body = b'{"alerts": [{"status": "resolved", "fingerprint": "f", "labels": {}}]}'
    elsewhere = ("alertmanager", "other", "Grafana", "pagerduty/v2/enqueue", "opsgenie/v2/alerts")
    for monitors, refused in (("another,monitor", elsewhere), ("another", ("Grafana",))):
        settings = settings_for(SERVICE.settings, database.url, grafana_monitors=monitors, **secret)
        app = app_for(SERVICE, database, settings=settings)
        async with client(app, "monitor") as unsigned:
            answers = {
                one: (await unsigned.post(f"/v1/alerts/{one}", content=body)).status_code
                for one in elsewhere
            }
            signed = await unsigned.post("/v1/alerts/other", content=body, headers=sign(body))
        assert {one for one, status in answers.items() if status == 401} == set(refused)
        assert signed.status_code == 200, signed.text
        await runtime_of(app).resource(TicketBatcher).close()


async def test_too_many_posts_are_answered_so_that_they_are_sent_again(
    monitor: AsyncClient, database: Database
) -> None:
    """Datadog drops what is answered 429."""
    settings = settings_for(SERVICE.settings, database.url, requests_per_minute=1)
    app = app_for(SERVICE, database, settings=settings)
    async with client(app, "monitor") as limited:
        assert (await limited.post(ALERTMANAGER, json=BODY)).status_code == 200
        answer = await limited.post(ALERTMANAGER, json=BODY)
        assert answer.status_code == 503
        assert 0 < int(answer.headers["retry-after"]) <= 60
    await runtime_of(app).resource(TicketBatcher).close()
