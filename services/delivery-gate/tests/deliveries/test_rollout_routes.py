from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx

from delivery_gate.timers import TIMERS
from delivery_gate_support.gate_client import Play, digest
from opsdesk_testing.protocol import fire, stand_at, told

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)


def codes(delivery: dict[str, Any]) -> set[str]:
    return {reason["code"] for reason in delivery["verdict"]["reasons"]}


async def test_one_delivery_runs_and_older_ones_are_superseded(play: Play) -> None:
    """G11."""
    for name, digit in (("1.0", "1"), ("1.1", "2")):
        await play.version(name, digit)
    old = await play.submitted("1.0", "acme-staging")
    new = await play.submitted("1.1", "acme-staging")
    third = await play.submitted("1.0", "acme-staging")
    for one in (old, new):
        await play.approved(one["key"], "anna")
    await play.done("anna", f"deliveries/{new['key']}/start", {"digest": digest("2")})
    busy = await play.done("anna", f"deliveries/{old['key']}/start", {"digest": digest("1")})
    assert (busy["state"], busy["verdict"]["outcome"], codes(busy)) == (
        "approved",
        "deferred",
        {"CONFLICT"},
    )
    await play.done("anna", f"deliveries/{new['key']}/verify", {"digest": digest("2")})
    for one in (old, third):
        after = await play.seen("anna", f"deliveries/{one['key']}")
        assert after["state"] == "superseded"


async def test_a_failed_verification_goes_back_and_is_investigated(play: Play) -> None:
    """G9: the former version is what runs; the failed one is held."""
    await play.version("1.0", "1")
    await play.staged("1.0", "1")
    await play.version("1.1", "2")
    made = await play.submitted("1.1", "acme-staging")
    await play.approved(made["key"], "anna")
    await play.done("anna", f"deliveries/{made['key']}/start", {"digest": digest("2")})
    failed = await play.done("anna", f"deliveries/{made['key']}/fail", {"argument": "No invoices."})
    assert (failed["state"], codes(failed)) == ("rolled_back", {"VERIFICATION_FAILED"})
    place = await play.seen("anna", "environments/acme-staging")
    assert place["running"] == {"billing": digest("1")}
    assert codes(await play.submitted("1.1", "acme-staging")) == {"FOLLOWUP_OPEN"}


async def test_what_runs_must_be_what_was_approved(play: Play) -> None:
    """G2, G9."""
    await play.version("1.0", "1")
    made = await play.submitted("1.0", "acme-staging")
    await play.approved(made["key"], "anna")
    other = await play.done("anna", f"deliveries/{made['key']}/start", {"digest": digest("2")})
    assert (other["state"], codes(other)) == ("refused", {"DIGEST_MISMATCH"})


async def test_a_request_that_waits_too_long_expires(play: Play) -> None:
    await play.version("1.0", "1")
    made = await play.submitted("1.0", "acme-staging")
    await stand_at(play.database, NINE + timedelta(days=30))
    await fire(play.database, TIMERS)
    after = await play.seen("anna", f"deliveries/{made['key']}")
    assert after["state"] == "expired"
    assert (await told(play.database))[-1].type == "opsdesk.delivery.expired.v1"


async def test_new_criteria_void_the_approvals(play: Play, owner_url: str) -> None:
    """G2: the people have to look again at what is asked now."""
    await play.version("1.0", "1")
    made = await play.submitted("1.0", "acme-staging")
    await play.approved(made["key"], "anna")
    owner = await asyncpg.connect(owner_url, server_settings={"search_path": "delivery_gate"})
    await owner.execute("INSERT INTO criteria SELECT 2, body, 'theo', made_at FROM criteria")
    await owner.close()
    assert (await play.seen("quin", "criteria"))["version"] == 2
    path = f"deliveries/{made['key']}"
    late = await play.post("anna", f"{path}/start", {"digest": digest("1")})
    assert (late.status_code, late.json()["code"]) == (409, "NOT_APPROVED")
    again = await play.approved(made["key"], "anna")
    assert [one["criteria_version"] for one in again["approvals"]] == [1, 2]
    assert (await play.delivered(made["key"], "1"))["state"] == "delivered"


async def test_a_request_expires_or_is_approved_never_both(play: Play) -> None:
    """Two at one instant: both lock the request's row."""
    await play.version("1.0", "1")
    made = await play.submitted("1.0", "acme-staging")
    await stand_at(play.database, NINE + timedelta(days=30))
    answer, _ = await play.at_once(
        play.post("anna", f"deliveries/{made['key']}/approve"),
        fired(play),
    )
    await fire(play.database, TIMERS)
    after = await play.seen("anna", f"deliveries/{made['key']}")
    assert after["state"] == "expired"
    assert len(after["approvals"]) == (1 if answer.status_code == 200 else 0)


async def fired(play: Play) -> httpx.Response:
    await fire(play.database, TIMERS)
    return httpx.Response(200)
