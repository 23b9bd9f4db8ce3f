"""The cookie of the status page: in production from this very host alone, over TLS."""

from httpx import AsyncClient

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
