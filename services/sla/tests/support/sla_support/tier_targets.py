"""An agreement of Acme whose targets ask for the customer's tier and for tags."""

from httpx import AsyncClient

from common.persistence.database import Database
from sla.agreements.domain.agreement import Target
from sla_support.company import AMSTERDAM, HOUR, promise
from sla_support.publication import publish_draft

TARGETS = (
    Target("resolution", "major", 8 * HOUR),
    Target("resolution", "major", 6 * HOUR, customer_tier="gold"),
    Target("resolution", "major", 4 * HOUR, tag="security"),
    Target("resolution", "major", 3 * HOUR, tag="vip"),
    Target("resolution", "major", 20 * HOUR, tag="batch"),
    Target("resolution", "major", 2 * HOUR, customer_tier="gold", tag="security"),
    Target("resolution", "critical", 2 * HOUR),
    Target("resolution", "critical", 1 * HOUR, tag="security"),
)


async def agree_by_tier_and_tag(database: Database, theo: AsyncClient, gina: AsyncClient) -> None:
    """Publish it beside Acme's standard agreement, which began earlier."""
    await promise(database, metrics=("resolution",))
    targets = [
        {
            "metric": one.metric,
            "priority": one.priority,
            "target_seconds": one.within and int(one.within.total_seconds()),
            "customer_tier": one.customer_tier,
            "tag": one.tag,
        }
        for one in TARGETS
    ]
    terms = {"calendar": AMSTERDAM, "targets": targets, "valid_from": "2026-05-01T00:00:00Z"}
    made = await theo.post("/v1/agreements", json=terms | {"key": "acme-new", "customer": "acme"})
    assert made.status_code == 201, made.text
    others = {"kind": None, "environment_tier": None, "channel": None, "pausable": True}
    assert made.json()["targets"] == [one | others for one in targets]
    await publish_draft(theo, gina, made.headers["Location"])
