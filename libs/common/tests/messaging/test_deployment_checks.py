"""Nothing is sent before the check of the deployment, and it is repeated."""

import asyncio

import pytest

from common.messaging.deployment_identity import verify_forever, wait_until_verified
from opsdesk_testing.waiting import until


async def test_the_relay_waits_until_the_check_succeeds() -> None:
    outcomes: list[Exception | None] = [ConnectionError("no Kafka"), TimeoutError(), None]
    reasons: list[str] = []

    async def check() -> None:
        if (outcome := outcomes.pop(0)) is not None:
            raise outcome

    await asyncio.wait_for(wait_until_verified(check, reasons.append), 20)
    assert reasons == ["no Kafka", "TimeoutError"]


async def test_the_check_is_repeated_and_survives_its_failures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("common.messaging.deployment_identity.RENEWAL_INTERVAL_S", 0.01)
    calls = 0

    async def check() -> None:
        nonlocal calls
        calls += 1
        raise ConnectionError("no Kafka")

    task = asyncio.create_task(verify_forever(check))
    await until(lambda: calls > 2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
