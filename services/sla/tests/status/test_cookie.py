"""The cookie of the status page: in production from this very host alone, over TLS."""

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from common.persistence.database import Database
from opsdesk_testing.client import app_for, client, settings_for
from sla.app import SERVICE
from sla.settings import SlaSettings


async def test_in_production_the_cookie_is_this_host_s(database: Database) -> None:
    settings = settings_for(SlaSettings, database.url)
    production = settings.model_copy(update={"environment": "production"})
    async with client(app_for(SERVICE, database, settings=production), "anna") as anna:
        opened = (await anna.post("/v1/status/session")).headers["set-cookie"]
        closed = (await anna.delete("/v1/status/session")).headers["set-cookie"]
    for cookie in (opened, closed):
        name, _, attributes = cookie.partition("=")
        assert name == "__Host-opsdesk"
        assert all(
            part in attributes for part in ("Secure", "HttpOnly", "Path=/;", "SameSite=strict")
        )
        assert "Domain" not in attributes


async def test_elsewhere_it_works_without_tls(jan: AsyncClient) -> None:
    cookie = (await jan.post("/v1/status/session")).headers["set-cookie"]
    assert cookie.startswith("opsdesk=")
    assert "Secure" not in cookie


async def test_the_cookie_alone_ends_its_session(jan: AsyncClient, app: FastAPI) -> None:
    """ASVS 7.4.4 and 14.3.1: the page's button has no token, and nothing stays in the browser."""
    cookie = (await jan.post("/v1/status/session")).headers["set-cookie"].partition(";")[0]
    transport = ASGITransport(app)
    async with AsyncClient(transport=transport, base_url="http://sla") as browser:
        assert (await browser.delete("/v1/status/session")).status_code == 401
        ended = await browser.delete("/v1/status/session", headers={"Cookie": cookie})
    assert ended.status_code == 204
    assert ended.headers["set-cookie"].startswith('opsdesk=""; expires=')
    assert ended.headers["clear-site-data"] == '"cache", "storage"'
