"""A version of an agreement from its draft into force: theo proposes, both sign, gina publishes."""

from typing import Any

from httpx import AsyncClient

from sla_support.company import AMSTERDAM


def draft_body(**more: Any) -> dict[str, Any]:
    """What theo drafts for Acme: major tickets are resolved within eight hours."""
    target = {"metric": "resolution", "priority": "major", "target_seconds": 8 * 3600}
    return {
        "key": "acme-standard",
        "customer": "acme",
        "calendar": AMSTERDAM,
        "targets": [target],
        "valid_from": "2026-01-01T00:00:00Z",
    } | more


async def publish_agreement(theo: AsyncClient, gina: AsyncClient, body: dict[str, Any]) -> str:
    """Draft and publish it. Returns the address of the version."""
    drafted = await theo.post("/v1/agreements", json=body)
    assert drafted.status_code == 201, drafted.text
    address: str = drafted.headers["Location"]
    await publish_draft(theo, gina, address)
    return address


async def publish_draft(theo: AsyncClient, gina: AsyncClient, address: str) -> None:
    """Publish a version that is drafted already."""
    for who, step in ((theo, "propose"), (theo, "approve"), (gina, "approve"), (gina, "publish")):
        answer = await who.post(f"{address}/{step}")
        assert answer.status_code == 200, answer.text
