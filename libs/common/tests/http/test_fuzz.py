"""Nothing sent by a caller ever ends in a 500, and the answers are what the document says."""

import asyncio

import pytest

from common.http import Service
from common.persistence.database import Database
from opsdesk_testing.fuzz import fuzz

pytestmark = pytest.mark.thorough


async def test_the_app_answers_what_its_document_says(service: Service, database: Database) -> None:
    statuses = await asyncio.to_thread(fuzz, service, database.url, seconds=15, examples=15)
    assert statuses[200] > 10
    assert statuses[201] > 3
    assert statuses[422] > 10
