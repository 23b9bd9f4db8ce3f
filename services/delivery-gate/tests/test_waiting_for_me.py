"""What waits for people at the gate: approvals, emergency changes, debts, and the work after a refusal."""

from typing import Any

from delivery_gate_support.gate_client import READY, GateClient
from opsdesk_testing.client import client
from opsdesk_testing.waiting_for_me import list_waiting


async def kinds_for(gate: GateClient, who: str) -> list[str]:
    return [one["kind"] for one in await list_waiting(gate.app, who)]


async def test_a_delivery_waits_for_each_approver_until_it_has_enough(gate: GateClient) -> None:
    """G3: production needs two people"""
    await gate.register_version("1.4.0", "1")
    await gate.deliver_to_staging("1.4.0", "1")
    asked = await gate.submit("1.4.0", "acme-prod")
    for who in ("anna", "omar", "theo"):
        (item,) = await list_waiting(gate.app, who)
        assert (item["kind"], item["key"]) == ("approve_delivery", asked["key"])
        assert item["title"] == "billing 1.4.0 to acme-prod"
        assert item["due_at"] > item["since"], "then the request expires"
    assert await kinds_for(gate, "quin") == [], "she approves nothing"
    await gate.post_ok("anna", f"deliveries/{asked['key']}/approve")
    assert await kinds_for(gate, "anna") == []
    assert await kinds_for(gate, "omar") == ["approve_delivery"]
    await gate.post_ok("omar", f"deliveries/{asked['key']}/approve")
    assert await kinds_for(gate, "theo") == [], "two are enough"


async def test_a_refusal_waits_for_who_asked_for_the_delivery(gate: GateClient) -> None:
    """R6: and for the person who answers for a machine"""
    await gate.register_version("1.4.0", "1")
    body: dict[str, Any] = {"product": "billing", "version": "1.4.0", "environment": "acme-staging"}
    machine = {"scope": "deliveries:write", "owner": "pavel"}
    async with client(gate.app, "pavels-pipeline", **machine) as pipeline:
        asked = (await pipeline.post("/v1/deliveries", json=body | {"readiness": READY})).json()
    reason = {
        "code": "READINESS_MISSING",
        "criterion": "rollback_plan",
        "justification": "No rollback plan.",
    }
    refusal = {
        "reasons": [reason],
        "follow_ups": [{"kind": "documentation", "task": "Write down how to roll it back."}],
    }
    await gate.post_ok("anna", f"deliveries/{asked['key']}/refuse", refusal)
    (item,) = await list_waiting(gate.app, "pavel")
    assert (item["kind"], item["title"]) == ("close_follow_up", "Write down how to roll it back.")
    assert await kinds_for(gate, "omar") == []
    await gate.post_ok("pavel", f"follow-ups/{item['key']}/close", {"evidence": "The wiki"})
    assert await kinds_for(gate, "pavel") == []
    assert await kinds_for(gate, "omar") == ["confirm_follow_up"]


async def test_an_emergency_change_waits_for_a_second_person_its_maker_and_its_version(
    gate: GateClient,
) -> None:
    """G8"""
    await gate.raise_blocker()
    body = {"environment": "acme-prod", "ticket": "OPS-1", "description": "Raise the pool limit."}
    asked = await gate.post_ok("anna", "emergency-changes", body)
    assert await kinds_for(gate, "anna") == []
    assert await kinds_for(gate, "omar") == ["authorize_emergency_change"]
    path = f"emergency-changes/{asked['key']}"
    await gate.post_ok("omar", f"{path}/authorize")
    assert await kinds_for(gate, "anna") == ["apply_emergency_change"]
    assert await kinds_for(gate, "omar") == []
    await gate.post_ok("anna", f"{path}/apply")
    debt = [one for one in await list_waiting(gate.app, "anna") if one["kind"] == "settle_debt"]
    assert debt[0]["href"] == "/v1/environments/acme-prod"
    assert debt[0]["due_at"] > debt[0]["since"]
    assert "settle_debt" not in await kinds_for(gate, "omar")
