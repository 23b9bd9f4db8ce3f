"""A ticket's outage that monitoring measured: whoever lists outages reads as which one it counts."""

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.events.tickets import BlockerRaised
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver
from sla.handlers import HANDLERS
from sla_support.alerts import alert_raised, blocker_event
from sla_support.company import NINE
from sla_support.outage_scenario import acme_on_monday_evening


@pytest.fixture(autouse=True)
async def acme(database: Database, app: FastAPI) -> None:
    await acme_on_monday_evening(database)


async def test_a_superseded_outage_says_as_which_it_counts_and_can_be_left_out(
    database: Database, theo: AsyncClient, jan: AsyncClient
) -> None:
    block = blocker_event(BlockerRaised, 1)
    alert = alert_raised(
        1, NINE, severity="blocker", ticket_id=block.ticket_id, ticket=block.ticket
    )
    await deliver(database, HANDLERS, (block, 1), (alert, 1))
    for reader in (theo, jan):
        measured, superseded = sorted(
            (await reader.get("/v1/outages")).json()["items"], key=lambda one: not one["counts"]
        )
        assert (measured["source"], measured["superseded_by"]) == ("monitoring", None)
        assert superseded["superseded_by"] == measured["key"]
        detail = (await reader.get(f"/v1/outages/{superseded['key']}")).json()
        assert (detail["superseded_by"], detail["counts"]) == (measured["key"], False)
        for query, left in (("false", measured), ("true", superseded)):
            narrowed = (await reader.get(f"/v1/outages?superseded={query}")).json()["items"]
            assert [one["key"] for one in narrowed] == [left["key"]]
