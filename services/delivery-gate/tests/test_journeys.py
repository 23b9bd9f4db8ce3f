"""J2 and J3 by API calls and intake's events alone."""

from datetime import UTC, datetime, timedelta

from delivery_gate.timers import TIMERS
from delivery_gate_support.gate_client import GateClient, digest
from opsdesk_testing.protocol import fire_due, freeze_time, outbox_events

SUNDAY_THREE = datetime(2030, 1, 13, 3, tzinfo=UTC)


async def test_a_version_is_refused_followed_up_and_delivered(gate: GateClient) -> None:
    """J2."""
    await gate.register_version("1.4.0", "1")
    await gate.deliver_to_staging("1.4.0", "1")
    first = await gate.submit("1.4.0", "acme-prod")
    assert (first["state"], first["attempt"]) == ("in_review", 1)
    await gate.approve(first["key"], "anna")

    refused = await gate.post_ok(
        "omar",
        f"deliveries/{first['key']}/refuse",
        {
            "reasons": [
                {"criterion": "rollback", "justification": "The rollback restores no data."}
            ],
            "follow_ups": [{"kind": "retest", "task": "Show a rollback with data."}],
        },
    )
    assert refused["state"] == "refused"
    (work,) = refused["verdict"]["follow_ups"]

    read = (await gate.get_ok("quin", "refusals"))["items"][0]
    assert read["delivery"] == first["key"]
    assert read["verdict"]["reasons"][0]["justification"] == "The rollback restores no data."

    again = await gate.submit("1.4.0", "acme-prod")
    assert again["state"] == "refused"
    assert [reason["code"] for reason in again["verdict"]["reasons"]] == ["FOLLOWUP_OPEN"]
    assert again["verdict"]["follow_ups"] == [work], "no new work at every knock on the door"

    await gate.post_ok("pavel", f"follow-ups/{work}/close", {"evidence": "https://ci.example/77"})
    own = await gate.post("pavel", f"follow-ups/{work}/confirm")
    assert (own.status_code, own.json()["code"]) == (403, "SELF_CONFIRMATION")
    await gate.post_ok("quin", f"follow-ups/{work}/confirm")

    second = await gate.submit("1.4.0", "acme-prod")
    assert (second["attempt"], second["approvals"]) == (2, [])
    assert (await gate.approve(second["key"], "anna", "omar"))["state"] == "approved"
    delivered = await gate.deliver(second["key"], "1")
    assert (delivered["state"], delivered["verdict"]["outcome"]) == ("delivered", "accepted")
    runs = (await gate.get_ok("anna", "environments/acme-prod"))["running"]
    assert runs == {"billing": digest("1")}
    verdicts = await gate.get_ok("quay", f"deliveries/{first['key']}/verdict")
    assert [one["outcome"] for one in (verdicts, *verdicts["earlier"])] == ["refused", "accepted"]


async def test_a_blocker_at_three_on_a_sunday(gate: GateClient) -> None:
    """J3."""
    await gate.register_version("1.4.0", "1")
    await gate.deliver_to_production("1.4.0", "1")
    await freeze_time(gate.database, SUNDAY_THREE)
    asked = {"environment": "acme-prod", "ticket": "OPS-1", "description": "Raise the pool limit."}
    denied = await gate.post("anna", "emergency-changes", asked)
    assert (denied.status_code, denied.json()["code"]) == (409, "NOT_BLOCKER")

    await gate.raise_blocker()
    change = await gate.post_ok("anna", "emergency-changes", asked)
    own = await gate.post("anna", f"emergency-changes/{change['key']}/authorize")
    assert (own.status_code, own.json()["code"]) == (403, "SELF_APPROVAL")
    early = await gate.post("anna", f"emergency-changes/{change['key']}/apply")
    assert (early.status_code, early.json()["code"]) == (409, "NOT_AUTHORIZED")
    await gate.post_ok("gina", f"emergency-changes/{change['key']}/authorize")
    await gate.post_ok("anna", f"emergency-changes/{change['key']}/apply")

    environment = await gate.get_ok("anna", "environments/acme-prod")
    assert environment["state"] == "in_debt"
    assert datetime.fromisoformat(environment["debt"]["due_at"]) == SUNDAY_THREE + timedelta(
        hours=72
    )
    second = await gate.post("omar", "emergency-changes", asked)
    assert second.json()["code"] == "EMERGENCY_DEBT_OPEN"

    await gate.register_version("1.5.0", "2")
    await gate.deliver_to_staging("1.5.0", "2")
    other = await gate.submit("1.5.0", "acme-prod")
    assert other["state"] == "refused"
    assert [reason["code"] for reason in other["verdict"]["reasons"]] == ["EMERGENCY_DEBT_OPEN"]

    await gate.register_version("1.4.1", "3", contains=(change["key"],))
    paying = await gate.submit("1.4.1", "acme-prod", lifecycle="hotfix")
    await gate.approve(paying["key"], "anna", "omar")
    await gate.deliver(paying["key"], "3")
    environment = await gate.get_ok("anna", "environments/acme-prod")
    assert (environment["state"], environment["debt"]) == ("compliant", None)
    settled = await gate.get_ok("anna", f"emergency-changes/{change['key']}")
    assert (settled["state"], settled["settled_by_delivery"]) == ("settled", paying["id"])
    await freeze_time(gate.database, SUNDAY_THREE + timedelta(days=9))
    await fire_due(gate.database, TIMERS)
    assert "opsdesk.environment.debt_overdue.v1" not in [
        one.type for one in await outbox_events(gate.database)
    ]


async def test_an_overdue_debt_is_announced_once(gate: GateClient) -> None:
    """J3, G8: escalation hears it and tells DM and PO."""
    await freeze_time(gate.database, SUNDAY_THREE)
    await gate.raise_blocker()
    asked = {"environment": "acme-prod", "ticket": "OPS-1", "description": "Raise the pool limit."}
    change = await gate.post_ok("anna", "emergency-changes", asked)
    await gate.post_ok("omar", f"emergency-changes/{change['key']}/authorize")
    await gate.post_ok("sven", f"emergency-changes/{change['key']}/apply")
    await freeze_time(gate.database, SUNDAY_THREE + timedelta(hours=72) - timedelta(seconds=1))
    assert await fire_due(gate.database, TIMERS) == 0
    await freeze_time(gate.database, SUNDAY_THREE + timedelta(hours=72))
    await fire_due(gate.database, TIMERS)
    await fire_due(gate.database, TIMERS)
    overdue = [
        one for one in await outbox_events(gate.database) if one.type.endswith("debt_overdue.v1")
    ]
    assert [one.body["emergency"] for one in overdue] == [change["key"]]
    environment = await gate.get_ok("anna", "environments/acme-prod")
    assert environment["debt"]["overdue_since"] == environment["debt"]["due_at"]
