"""An environment, or its customer, is ended: what waits there ends, what it owes lapses, and both are told."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from common.events.directory import EnvironmentKnown
from delivery_gate.timers import TIMERS
from delivery_gate_support.gate_client import ACME, ENVIRONMENTS, GateClient, digest
from opsdesk_testing.protocol import fire_due, freeze_time, outbox_events

NINE: Final = datetime(2030, 1, 7, 9, tzinfo=UTC)
ASKED: Final = {
    "environment": "acme-prod",
    "ticket": "OPS-1",
    "description": "Raise the pool limit.",
}
REASON: Final = "acme-prod was ended."


async def _end_prod(gate: GateClient) -> None:
    await gate.deliver_event(
        EnvironmentKnown(
            at=NINE,
            environment_id=ENVIRONMENTS["acme-prod"],
            environment="acme-prod",
            customer_id=ACME,
            customer="acme",
            tier="production",
            name="acme-prod",
            retired=True,
        )
    )


async def _last(gate: GateClient, kind: str) -> dict[str, Any]:
    events = [one for one in await outbox_events(gate.database) if one.type == f"opsdesk.{kind}"]
    assert len(events) == 1, [one.type for one in await outbox_events(gate.database)]
    return events[0].body


async def test_an_approved_delivery_is_withdrawn_and_not_started(gate: GateClient) -> None:
    await gate.register_version("1.4.0", "1")
    await gate.deliver_to_staging("1.4.0", "1")
    delivery = await gate.submit("1.4.0", "acme-prod")
    await gate.approve(delivery["key"], "anna", "omar")
    other = await gate.submit("1.4.0", "acme-staging")
    await _end_prod(gate)
    ended = await gate.get_ok("anna", f"deliveries/{delivery['key']}")
    assert (ended["state"], ended["ended_at"] is None) == ("withdrawn", False)
    assert (await gate.get_ok("anna", f"deliveries/{other['key']}"))["state"] == "in_review"
    withdrawn = await _last(gate, "delivery.withdrawn.v1")
    assert (withdrawn["delivery"], withdrawn["reason"], withdrawn["by"]) == (
        delivery["key"],
        REASON,
        "opsdesk",
    )
    body = {"digest": digest("1")}
    start = await gate.post("pipeline", f"deliveries/{delivery['key']}/start", body)
    assert (start.status_code, start.json()["code"]) == (409, "NOT_REVIEWABLE")
    await freeze_time(gate.database, NINE + timedelta(days=40))
    await fire_due(gate.database, TIMERS)
    assert (await gate.get_ok("anna", f"deliveries/{delivery['key']}"))["state"] == "withdrawn"


async def test_what_is_being_rolled_out_then_fails_and_does_not_go_on(gate: GateClient) -> None:
    await gate.register_version("1.4.0", "1")
    await gate.deliver_to_staging("1.4.0", "1")
    delivery = await gate.submit("1.4.0", "acme-prod")
    await gate.approve(delivery["key"], "anna", "omar")
    path = f"deliveries/{delivery['key']}"
    await gate.post_ok("pipeline", f"{path}/start", {"digest": digest("1")})
    await _end_prod(gate)
    shown = await gate.get_ok("pipeline", path)
    assert shown["state"] == "delivering"
    possible = {one["act"]: one["possible"] for one in shown["allowed"]}
    assert (possible["rolled_out"], possible["verify"], possible["fail"]) == (False, False, True)
    refused = await gate.post("pipeline", f"{path}/rolled-out")
    assert (refused.status_code, refused.json()["code"]) == (409, "ENVIRONMENT_ENDED")
    assert refused.json()["type"] == "urn:opsdesk:error:environment-ended"
    failed = await gate.post_ok("pipeline", f"{path}/fail", {"justification": "It was ended."})
    assert failed["state"] == "rolled_back"


async def test_an_authorized_emergency_change_is_revoked_with_that_reason(gate: GateClient) -> None:
    """G8"""
    await gate.raise_blocker()
    change = await gate.post_ok("anna", "emergency-changes", ASKED)
    await gate.post_ok("omar", f"emergency-changes/{change['key']}/authorize")
    await _end_prod(gate)
    revoked = await gate.get_ok("anna", f"emergency-changes/{change['key']}")
    assert (revoked["state"], revoked["revocation_reason"]) == ("revoked", REASON)
    assert (await _last(gate, "emergency.revoked.v1"))["reason"] == REASON
    late = await gate.post("anna", f"emergency-changes/{change['key']}/apply")
    assert (late.status_code, late.json()["code"]) == (409, "NOT_REVIEWABLE")


async def test_a_debt_lapses_visibly_and_is_overdue_no_more(gate: GateClient) -> None:
    """G8: nobody can deliver there the version that would pay it"""
    await gate.raise_blocker()
    change = await gate.post_ok("anna", "emergency-changes", ASKED)
    await gate.post_ok("omar", f"emergency-changes/{change['key']}/authorize")
    await gate.post_ok("anna", f"emergency-changes/{change['key']}/apply")
    waits = (await gate.get_ok("anna", "waiting-for-me?kind=settle_debt"))["items"]
    assert [one["key"] for one in waits] == [change["key"]]
    for _ in range(2):  # announced once more it changes nothing
        await _end_prod(gate)
    lapsed = await gate.get_ok("anna", f"emergency-changes/{change['key']}")
    assert (lapsed["state"], lapsed["settled_at"]) == ("lapsed", None)
    assert lapsed["lapsed_at"] is not None
    assert (await _last(gate, "emergency.lapsed.v1"))["reason"] == REASON
    released = await _last(gate, "environment.released.v1")
    assert (released["environment"], released["emergency"]) == ("acme-prod", change["key"])
    assert (await gate.get_ok("anna", "waiting-for-me?kind=settle_debt"))["items"] == []
    await freeze_time(gate.database, NINE + timedelta(days=9))
    await fire_due(gate.database, TIMERS)
    events = [one.type for one in await outbox_events(gate.database)]
    assert "opsdesk.environment.debt_overdue.v1" not in events
    assert "opsdesk.environment.compliant.v1" not in events, "nothing runs there"
