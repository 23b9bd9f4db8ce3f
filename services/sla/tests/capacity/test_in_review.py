"""The operational review shows measured figures and what was promised."""

from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from opsdesk_testing.client import client
from sla_support.company import ACME, announce_customers

MAY = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.mark.parametrize(("value", "verdict"), [(250, "met"), (350, "breached")])
async def test_a_promised_figure_stands_in_the_months_review(
    database: Database, app: FastAPI, gina: AsyncClient, value: float, verdict: str
) -> None:
    await announce_customers(database, (ACME, "acme"))
    about = {"key": "acme.response", "name": "Response time", "unit": "ms", "customer": "acme"}
    await gina.post("/v1/series", json=about)
    required = {"better": "lower", "statistic": "p95", "target": 300}
    promise = required | {"valid_from": "2026-01-01T00:00:00Z"}
    assert (await gina.post("/v1/series/acme.response/promises", json=promise)).status_code == 201
    sample = {"series": "acme.response", "at": MAY.isoformat(), "value": value}
    async with client(app, "monitor") as monitor:
        assert (await monitor.post("/v1/samples", json={"samples": [sample]})).status_code == 200
    generated = await gina.post("/v1/reviews", json={"customer": "acme", "month": "2026-05"})
    assert generated.status_code == 201, generated.text
    page = (await gina.get("/v1/reviews/acme-2026-05?format=html&language=en")).text
    assert "Measured figures" in page
    for phrase in ("Response time", "at most 300 ms", f"{value} ms", verdict):
        assert phrase in page
