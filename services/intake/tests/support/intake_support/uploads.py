"""Files that are uploaded in tests."""

from pathlib import Path
from typing import Any

from fastapi import FastAPI
from httpx import AsyncClient, Response

from common.http import runtime_of
from common.persistence.database import Database
from intake.app import SERVICE
from opsdesk_testing.client import app_for, settings_for

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def app_with_storage(database: Database, storage: str, **settings: Any) -> FastAPI:
    """Intake with an attachment storage of its own."""
    given = {"attachment_storage": storage, **settings}
    return app_for(
        SERVICE, database, settings=settings_for(SERVICE.settings, database.url, **given)
    )


async def upload(
    who: AsyncClient, data: bytes = b"12:01 FATAL", name: str = "app.log", ticket: str | None = None
) -> Response:
    """Upload a file as the body."""
    path = f"/v1/tickets/{ticket}/attachments" if ticket else "/v1/attachments"
    return await who.post(
        path, params={"name": name}, content=data, headers={"Content-Type": "text/plain"}
    )


async def uploaded(who: AsyncClient, *args: Any, **given: Any) -> str:
    """Upload a file that is taken. Its id."""
    answer = await upload(who, *args, **given)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def stored_files(folder: Path) -> list[Path]:
    """The files in a storage folder, those that are still arriving among them."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


__all__ = ["PNG", "app_with_storage", "runtime_of", "stored_files", "upload", "uploaded"]
