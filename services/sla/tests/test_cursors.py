"""A cursor belongs to its list."""

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from opsdesk_testing.cursors import check_lists
from sla_support.company import promise

pytestmark = pytest.mark.thorough


async def test_every_list_refuses_the_cursor_of_another(
    app: FastAPI, database: Database, theo: AsyncClient
) -> None:
    await promise(database)
    await theo.post("/v1/services", json={"key": "billing", "name": "Billing", "owner": "ops"})
    lists = await check_lists(app, {"agreement": "acme-standard", "service": "billing"})
    assert "/v1/agreements/{agreement}/comments" in lists
