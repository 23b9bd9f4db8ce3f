from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx

from delivery_gate.timers import TIMERS
from delivery_gate_support.gate_client import GateClient, digest
from opsdesk_testing.protocol import fire_due, freeze_time, outbox_events

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)


def codes(delivery: dict[str, Any]) -> set[str]:
    return {reason["code"] for reason in delivery["verdict"]["reasons"]}


async def test_one_delivery_runs_and_older_ones_are_superseded(gate: GateClient) -> None:
    """G11."""
    for name, digit in (("1.0", "1"), ("1.1", "2")):
        await gate.register_version(name, digit)
    old = await gate.submit("1.0", "acme-staging")
    new = await gate.submit("1.1", "acme-staging")
    third = await gate.submit("1.0", "acme-staging")
    for one in (old, new):
        await gate.approve(one["key"], "anna")
    await gate.post_ok("anna", f"deliveries/{new['key']}/start", {"digest": digest("2")})
    busy = await gate.post_ok("anna", f"deliveries/{old['key']}/start", {"digest": digest("1")})
    assert (busy["state"], busy["verdict"]["outcome"], codes(busy)) == (
        "approved",
        "deferred",
        {"CONFLICT"},
    )
    await gate.post_ok("anna", f"deliveries/{new['key']}/verify", {"digest": digest("2")})
    for one in (old, third):
        after = await gate.get_ok("anna", f"deliveries/{one['key']}")
        assert after["state"] == "superseded"


async def test_a_failed_verification_goes_back_and_is_investigated(gate: GateClient) -> None:
    """G9: the former version is what runs; the failed one is held."""
    await gate.register_version("1.0", "1")
    await gate.deliver_to_staging("1.0", "1")
    await gate.register_version("1.1", "2")
    made = await gate.submit("1.1", "acme-staging")
    await gate.approve(made["key"], "anna")
    await gate.post_ok("anna", f"deliveries/{made['key']}/start", {"digest": digest("2")})
    failed = await gate.post_ok(
        "anna", f"deliveries/{made['key']}/fail", {"justification": "No invoices."}
    )
    assert (failed["state"], codes(failed)) == ("rolled_back", {"VERIFICATION_FAILED"})
    environment = await gate.get_ok("anna", "environments/acme-staging")
    assert environment["running"] == {"billing": digest("1")}
    assert codes(await gate.submit("1.1", "acme-staging")) == {"FOLLOWUP_OPEN"}


async def test_what_runs_must_be_what_was_approved(gate: GateClient) -> None:
    """G2, G9."""
    await gate.register_version("1.0", "1")
    made = await gate.submit("1.0", "acme-staging")
    await gate.approve(made["key"], "anna")
    other = await gate.post_ok("anna", f"deliveries/{made['key']}/start", {"digest": digest("2")})
    assert (other["state"], codes(other)) == ("refused", {"DIGEST_MISMATCH"})


async def test_a_request_that_waits_too_long_expires(gate: GateClient) -> None:
    await gate.register_version("1.0", "1")
    made = await gate.submit("1.0", "acme-staging")
    await freeze_time(gate.database, NINE + timedelta(days=30))
    await fire_due(gate.database, TIMERS)
    after = await gate.get_ok("anna", f"deliveries/{made['key']}")
    assert after["state"] == "expired"
    assert (await outbox_events(gate.database))[-1].type == "opsdesk.delivery.expired.v1"


async def test_new_criteria_void_the_approvals(gate: GateClient, owner_url: str) -> None:
    """G2: the people have to look again at what is asked now."""
    await gate.register_version("1.0", "1")
    made = await gate.submit("1.0", "acme-staging")
    await gate.approve(made["key"], "anna")
    owner = await asyncpg.connect(owner_url, server_settings={"search_path": "delivery_gate"})
    await owner.execute("INSERT INTO criteria SELECT 2, body, 'theo', created_at FROM criteria")
    await owner.close()
    assert (await gate.get_ok("quin", "criteria"))["version"] == 2
    path = f"deliveries/{made['key']}"
    late = await gate.post("anna", f"{path}/start", {"digest": digest("1")})
    assert (late.status_code, late.json()["code"]) == (409, "NOT_APPROVED")
    again = await gate.approve(made["key"], "anna")
    assert [one["criteria_version"] for one in again["approvals"]] == [1, 2]
    assert (await gate.deliver(made["key"], "1"))["state"] == "delivered"


async def test_a_request_expires_or_is_approved_never_both(gate: GateClient) -> None:
    """Two at one instant: both lock the request's row."""
    await gate.register_version("1.0", "1")
    made = await gate.submit("1.0", "acme-staging")
    await freeze_time(gate.database, NINE + timedelta(days=30))
    answer, _ = await gate.run_concurrently(
        gate.post("anna", f"deliveries/{made['key']}/approve"), fire_timers(gate)
    )
    await fire_due(gate.database, TIMERS)
    after = await gate.get_ok("anna", f"deliveries/{made['key']}")
    assert after["state"] == "expired"
    assert len(after["approvals"]) == (1 if answer.status_code == 200 else 0)


async def fire_timers(gate: GateClient) -> httpx.Response:
    await fire_due(gate.database, TIMERS)
    return httpx.Response(200)
