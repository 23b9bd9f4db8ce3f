"""Links that acknowledge, as people find them in their mails, and an app that accepts them."""

import re
from base64 import urlsafe_b64encode
from typing import Any

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from pydantic import SecretStr

from common.persistence.database import Database
from escalation.app import SERVICE
from escalation.settings import EscalationSettings
from escalation_support.database_state import run_sql
from opsdesk_testing.client import app_for
from opsdesk_testing.mailboxes import Mailbox

KEY = urlsafe_b64encode(b"k" * 32).decode()
OTHER_KEY = urlsafe_b64encode(b"o" * 32).decode()
_LINK = re.compile(r"https://opsdesk\.example(/ack/\S+)")


def with_keys(settings: EscalationSettings, keys: str | None, **more: str) -> EscalationSettings:
    """The same settings with these keys."""
    secret = None if keys is None else SecretStr(keys)
    return settings.model_copy(update={"ack_keys": secret, **more})


def links_of(mailbox: Mailbox, person: str) -> list[str]:
    """The paths of the links in all mails to a person, in their order."""
    mails = [mail for mail in mailbox.messages if str(mail["To"]).startswith(f"{person}@")]
    return [path for mail in mails for path in _LINK.findall(mail.get_content())]


class Browser:
    """Somebody without a token who opens links."""

    def __init__(self, database: Database, settings: EscalationSettings) -> None:
        self.app: FastAPI = app_for(SERVICE, database, settings=settings)

    async def ask(self, method: str, path: str, language: str = "en") -> Response:
        transport = ASGITransport(self.app, raise_app_exceptions=False)
        headers = {"Accept-Language": language}
        async with AsyncClient(
            transport=transport, base_url="http://test", headers=headers
        ) as client:
            return await client.request(method, path)


async def name_people(database: Database, **names: str) -> None:
    """Give people names, by `sub`."""
    for sub, name in names.items():
        await run_sql(database, f"UPDATE people SET name = '{name}' WHERE sub = '{sub}'")


async def case_of(reader: AsyncClient) -> dict[str, Any]:
    """The first case as the API shows it."""
    case: dict[str, Any] = (await reader.get("/v1/escalations/ESC-1")).json()
    return case
