"""What no agreement can say is refused, by name, and nothing is stored."""

from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from sla_support.assertions import violation_pointers
from sla_support.catalogue_scenario import announce_directory
from sla_support.publication import draft_body

AGREEMENTS = "/v1/agreements"


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        (
            {"targets": [{"metric": "resolution", "priority": "major", "target_seconds": 0}]},
            "/targets/0/target_seconds",
        ),
        (
            {"targets": [{"metric": "resolution", "priority": "major", "target_seconds": -1}]},
            "/targets/0/target_seconds",
        ),
        ({"targets": draft_body()["targets"] * 2}, "/targets/1"),
        ({"valid_from": "2026-01-01T00:00:00"}, "/valid_from"),
        ({"timezone": "Mars/Olympus"}, "/timezone"),
        ({"calendar": {"timezone": "Europe/Amsterdam"}}, "/calendar/weekly"),
        ({"customers": ["acme", "nobody"]}, "/customers/1"),
        ({"availability": 1.1}, "/availability"),
        ({"reserved_seconds": 0}, "/reserved_seconds"),
        ({"price": {"amount": "1.001", "currency": "EUR"}}, "/price/amount"),
        ({"price": {"amount": "-1", "currency": "EUR"}}, "/price/amount"),
        ({"maintenance": {"weekly": {"sun": [["04:00", "02:70"]]}}}, "/maintenance/weekly/sun"),
        (
            {
                "maintenance": {
                    "dated": [
                        {"starts_at": "2026-01-02T00:00:00Z", "ends_at": "2026-01-01T00:00:00Z"}
                    ]
                }
            },
            "/maintenance/dated/0/ends_at",
        ),
        ({"contract": "uc", "customer": None}, "/partner"),
        ({"contract": "ola", "team": "second_level", "partner": "hosthaven"}, "/partner"),
        ({"customer": None}, "/customer"),
        ({"contract": "uc", "partner": "hosthaven", "customer_signs": True}, "/customer_signs"),
        ({"penalties": "nul \0"}, "/penalties"),
        ({"supersedes": 0}, "/supersedes"),
        (
            {"goals": [{"metric": "resolution", "share": 0.9, "priorities": ["blocker"]}]},
            "/goals/0/priorities/0",
        ),
        (
            {
                "contract": "uc",
                "partner": "hosthaven",
                "customer": None,
                "goals": [{"metric": "resolution", "share": 0.9}],
            },
            "/goals",
        ),
    ],
)
async def test_what_no_agreement_can_say_is_refused_and_nothing_is_stored(
    database: Database, theo: AsyncClient, changed: dict[str, Any], pointer: str
) -> None:
    await announce_directory(database)
    assert pointer in violation_pointers(await theo.post(AGREEMENTS, json=draft_body(**changed)))
    async with database.transaction() as tx:
        for table in ("agreements", "calendars"):
            assert await tx.scalar(text(f"SELECT count(*) FROM {table}")) == 0
