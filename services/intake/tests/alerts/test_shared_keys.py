"""What two customers call by the same key stays apart (I4)."""

from typing import Any, Final

import pytest
from httpx import AsyncClient

from intake_support.alerts import firing

DETAILS: Final = {"customer": "acme", "environment": "acme-prod"}
PAGERDUTY: Final[dict[str, Any]] = {
    "routing_key": "0123456789abcdef0123456789abcdef",
    "event_action": "trigger",
    "dedup_key": "disk-full",
    "payload": {"summary": "Disk full", "severity": "error", "custom_details": DETAILS},
}
OPSGENIE: Final = {"message": "Disk full", "alias": "disk-full"}


async def test_two_customers_may_have_the_same_key_of_pagerduty(
    monitor: AsyncClient, anna: AsyncClient
) -> None:
    """I4: each has a ticket. An end that names nobody ends all that is open under the key."""
    path = "/v1/alerts/pagerduty/v2/enqueue"
    details = {"customer": "brightwater", "environment": "brightwater-prod"}
    of_other = PAGERDUTY | {"payload": {"summary": "Disk full", "custom_details": details}}
    for body in (PAGERDUTY, of_other, PAGERDUTY, of_other):
        answer = await monitor.post(path, json=body)
        assert answer.json()["dedup_key"] == PAGERDUTY["dedup_key"]
    assert {one["environment"] for one in await firing(anna)} == {"acme-prod", "brightwater-prod"}
    assert {one["times"] for one in await firing(anna)} == {2}
    await monitor.post(path, json=of_other | {"event_action": "resolve"})
    (one,) = await firing(anna)
    assert one["environment"] == "acme-prod"
    await monitor.post(path, json=of_other)
    bare = {name: PAGERDUTY[name] for name in ("routing_key", "dedup_key")}
    await monitor.post(path, json=bare | {"event_action": "resolve"})
    assert await firing(anna) == []


async def test_two_customers_may_have_the_same_alias_of_opsgenie(
    monitor: AsyncClient, anna: AsyncClient
) -> None:
    base = "/v1/alerts/opsgenie/v2/alerts"
    for tags in (["customer:acme", "env:prod"], ["customer:brightwater", "env:prod"]):
        await monitor.post(base, json=OPSGENIE | {"tags": tags})
    assert {one["environment"] for one in await firing(anna)} == {"acme-prod", "brightwater-prod"}
    assert (await monitor.post(f"{base}/disk-full/close", json={})).status_code == 202
    assert await firing(anna) == []


async def test_an_end_that_names_more_than_its_beginning_ends_it(
    monitor: AsyncClient, anna: AsyncClient
) -> None:
    path = "/v1/alerts/pagerduty"
    bare = PAGERDUTY | {"payload": {"summary": "Disk full", "severity": "error"}}
    await monitor.post(path, json=bare)
    assert len(await firing(anna)) == 1
    await monitor.post(path, json=PAGERDUTY | {"event_action": "resolve"})
    assert await firing(anna) == []


@pytest.mark.parametrize("body", [b"", b"{}", b'{"user": "probe"}'])
async def test_an_end_at_opsgenie_s_address_needs_no_body(
    monitor: AsyncClient, anna: AsyncClient, body: bytes
) -> None:
    base = "/v1/alerts/opsgenie/v2/alerts"
    await monitor.post(base, json=OPSGENIE)
    as_json = {"Content-Type": "application/json"}
    ended = await monitor.post(f"{base}/disk-full/close", content=body, headers=as_json)
    assert ended.status_code == 202, ended.text
    assert await firing(anna) == []
