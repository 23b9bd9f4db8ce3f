"""What the load's customer was promised: hours for most tickets, seconds for the critical ones, so
that warnings and breaches fall due while things are being killed."""

from collections.abc import Callable
from typing import Any

import httpx

CUSTOMER = "faultline"
PROMISES = {"major": (4 * 3600, 16 * 3600), "critical": (4, 8), "minor": (30, 35)}
"""Seconds to the first response and to the resolution."""
ALWAYS = {
    "timezone": "UTC",
    "weekly": {
        day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    },
}

Token = Callable[..., str]


async def create_customer_agreement(intake: str, sla: str, token: Token) -> None:
    """Register the customer at intake, and once sla has heard of it, agree on the promises."""
    await create_customer(intake, token)
    await create_agreement(sla, token)


async def create_customer(intake: str, token: Token) -> None:
    customer = {"key": CUSTOMER, "name": "Faultline", "timezone": "UTC", "language": "en"}
    async with httpx.AsyncClient(timeout=20) as client:
        answer = await _post(client, token("theo", "tom"), f"{intake}/v1/customers", customer)
        answer.raise_for_status()


async def create_agreement(sla: str, token: Token) -> None:
    """Agree on the promises, once sla has heard of the customer."""
    theo, gina = token("theo", "tom"), token("gina", "gm")
    agreement: dict[str, Any] = {
        "key": CUSTOMER,
        "customer": CUSTOMER,
        "calendar": ALWAYS,
        "valid_from": "2026-01-01T00:00:00Z",
        "targets": [
            {"metric": metric, "priority": priority, "target_seconds": seconds}
            for priority, targets in PROMISES.items()
            for metric, seconds in zip(("first_response", "resolution"), targets, strict=True)
        ],
    }
    async with httpx.AsyncClient(timeout=20) as client:
        while (answer := await _post(client, theo, f"{sla}/v1/agreements", agreement)).is_error:
            if answer.status_code != 422 or "no customer" not in answer.text:
                raise AssertionError(f"the agreement was refused: {answer.text}")
        for who, step in (
            (theo, "propose"),
            (theo, "approve"),
            (gina, "approve"),
            (gina, "publish"),
        ):
            taken = await _post(client, who, f"{sla}/v1/agreements/{CUSTOMER}/{step}", {})
            if taken.is_error:
                raise AssertionError(f"{step} of the agreement was refused: {taken.text}")


async def _post(
    client: httpx.AsyncClient, token: str, url: str, body: dict[str, Any]
) -> httpx.Response:
    return await client.post(url, json=body, headers={"Authorization": f"Bearer {token}"})
