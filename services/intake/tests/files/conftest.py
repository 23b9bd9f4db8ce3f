"""Intake whose uploaded files lie in a folder of the test."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI

from common.http import runtime_of
from common.persistence.database import Database
from intake.tickets.ticket_batcher import TicketBatcher
from intake_support.uploads import app_with_storage
from opsdesk_testing.protocol import freeze_time

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "attachments"


@pytest.fixture
def blocked_folder(folder: Path) -> Path:
    """A file stands where the folder should be."""
    folder.write_text("no folder")
    return folder


@pytest.fixture
async def app(database: Database, folder: Path) -> AsyncIterator[FastAPI]:
    await freeze_time(database, NINE)
    app = app_with_storage(database, f"file://{folder}")
    yield app
    await runtime_of(app).resource(TicketBatcher).close()
