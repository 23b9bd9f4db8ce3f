"""Nothing sent by a caller ever ends in a 500, and the answers are what the document says."""

import asyncio

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from intake.app import SERVICE
from opsdesk_testing.fuzz import fuzz

pytestmark = pytest.mark.thorough


async def test_the_app_answers_what_its_document_says(
    app: FastAPI, anna: AsyncClient, database: Database
) -> None:
    statuses = await asyncio.to_thread(fuzz, SERVICE, database.url, seconds=20, examples=8)
    assert statuses[200]
    assert statuses[422] > 10
