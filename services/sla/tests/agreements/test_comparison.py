"""Versions of an agreement, compared in words."""

from httpx import AsyncClient

from common.persistence.database import Database
from sla_support.company import ACME, announce_customers
from sla_support.publication import draft_body, publish_agreement

AGREEMENTS = "/v1/agreements"


async def test_versions_are_compared_in_words(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await announce_customers(database, (ACME, "acme"))
    await publish_agreement(theo, gina, draft_body())
    next_one = draft_body(valid_from="2026-07-01T00:00:00Z", availability=0.99)
    assert (await theo.post(AGREEMENTS, json=next_one)).status_code == 201
    answer = await theo.get(f"{AGREEMENTS}/acme-standard/diff?from=1&to=2")
    found = {one["term"]: (one["previous"], one["current"]) for one in answer.json()["differences"]}
    assert found["availability per month"] == ("nothing", "99 %")
    assert found["calendar"] == ("acme-standard, version 1", "acme-standard, version 2")
    missing = await theo.get(f"{AGREEMENTS}/acme-standard/diff?from=1&to=3")
    assert missing.status_code == 404
