"""Work of ours is given to our own people who are still here, wherever a request names somebody (I5)."""

from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from common.events.directory import PersonKnown
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver
from sla.handlers import HANDLERS
from sla_support.company import NINE

ACTION = {"title": "Two dates", "criterion": "They are in the plan", "due": "2026-07-20"}
SERVICE = {"key": "search", "name": "Search", "kind": "application"}


@pytest.fixture(autouse=True)
async def lea_has_left(database: Database, theo: AsyncClient) -> None:
    """Beside the people of the company, of whom hosthaven works for a partner."""
    lea = PersonKnown(
        at=NINE,
        person_id=UUID(int=0x1EA),
        sub="lea",
        name="Lea",
        email="lea@ours.example",
        timezone="Europe/Amsterdam",
        roles=["ops"],
        retired=True,
    )
    await deliver(database, HANDLERS, (lea, 1))


@pytest.mark.parametrize(("name", "code"), [("hosthaven", "for_staff"), ("lea", "has_left")])
async def test_nobody_else_is_given_any(
    theo: AsyncClient, dana: AsyncClient, name: str, code: str
) -> None:
    due = {"owner": name, "due": "2026-07-20"}
    for answer, pointer in (
        (await dana.post("/v1/reviews/acme-2026-06/actions", json=ACTION | due), "/owner"),
        (await dana.post("/v1/review-actions/RA-1/hand-over", json=due), "/owner"),
        (
            await dana.put("/v1/customers/acme/review-audience", json={"people": [name]}),
            "/people/0",
        ),
        (await theo.post("/v1/services", json=SERVICE | {"owner": name}), "/owner"),
    ):
        assert answer.status_code == 422, answer.text
        errors: list[dict[str, Any]] = answer.json()["errors"]
        assert (pointer, code) in [(one["pointer"], one["code"]) for one in errors]
