"""What of each product runs where, and what is on its way there, in one answer."""

from typing import Any

from delivery_gate_support.gate_client import GateClient, digest

REFUSAL: dict[str, Any] = {
    "reasons": [{"justification": "Nobody was told."}],
    "follow_ups": [{"kind": "documentation", "task": "Tell them."}],
}


async def matrix(gate: GateClient, query: str = "") -> dict[str, dict[str, Any]]:
    rows = (await gate.get_ok("quin", f"delivery-matrix{query}"))["items"]
    return {row["environment"]: row for row in rows}


async def test_it_shows_what_runs_and_what_comes(gate: GateClient) -> None:
    await gate.register_version("1.0", "1")
    empty = await matrix(gate)
    assert [row["cells"] for row in empty.values()] == [[], []]
    await gate.deliver_to_production("1.0", "1")
    await gate.register_version("1.1", "2")
    first = await gate.submit("1.1", "acme-staging")
    second = await gate.submit("1.0", "acme-staging")
    await gate.approve(first["key"], "anna")
    rows = await matrix(gate)
    (production,) = rows["acme-prod"]["cells"]
    assert (production["product"], production["version"]) == ("billing", "1.0")
    assert (production["digest"], production["deliveries"]) == (digest("1"), [])
    assert production["delivered_at"] == "2030-01-07T09:00:00Z"
    (staging,) = rows["acme-staging"]["cells"]
    assert [(one["key"], one["state"]) for one in staging["deliveries"]] == [
        (first["key"], "approved"),
        (second["key"], "in_review"),
    ]
    await gate.post_ok("anna", f"deliveries/{first['key']}/start", {"digest": digest("2")})
    (staging,) = (await matrix(gate))["acme-staging"]["cells"]
    states = {one["key"]: one["state"] for one in staging["deliveries"]}
    assert states == {first["key"]: "delivering", second["key"]: "in_review"}
    assert staging["version"] == "1.0", "what runs until the new one is verified"


async def test_it_is_narrowed_to_a_customer_and_a_product(gate: GateClient) -> None:
    await gate.register_version("1.0", "1")
    await gate.deliver_to_staging("1.0", "1")
    await gate.post_ok("pipeline", "products", {"key": "portal", "name": "Portal"})
    assert {*await matrix(gate, "?customer=acme")} == {"acme-prod", "acme-staging"}
    other = await matrix(gate, "?product=portal")
    assert [row["cells"] for row in other.values()] == [[], []]
    unknown = await gate.get("quin", "delivery-matrix?customer=acmee")
    assert unknown.status_code == 422
    assert "acme" in unknown.json()["errors"][0]["detail"]
    one = (await gate.get_ok("quin", "delivery-matrix?limit=1"))["next"]
    rest = await matrix(gate, f"?limit=1&cursor={one}")
    assert {*rest} == {"acme-staging"}


async def test_it_says_what_stands_in_the_way_of_a_delivery(gate: GateClient) -> None:
    """What was refused there and is not followed up, an open Blocker, a debt, a drift."""
    await gate.register_version("1.0", "1")
    await gate.deliver_to_production("1.0", "1")
    await gate.register_version("1.1", "2")
    made = await gate.submit("1.1", "acme-staging")
    refused = await gate.post_ok("anna", f"deliveries/{made['key']}/refuse", REFUSAL)
    (held_by,) = refused["verdict"]["follow_ups"]
    await gate.raise_blocker()
    rows = await matrix(gate)
    (staging,) = rows["acme-staging"]["cells"]
    hold = {"follow_up": held_by, "version": "1.1", "state": "open"}
    assert (staging["deliveries"], staging["holds"]) == ([], [hold])
    assert rows["acme-prod"]["cells"][0]["holds"] == []
    assert (rows["acme-prod"]["blockers"], rows["acme-staging"]["blockers"]) == (["OPS-1"], [])
    seen = {"product": "billing", "digest": digest("9")}
    await gate.post_ok("monitor", "environments/acme-staging/observations", seen)
    drifted = (await matrix(gate))["acme-staging"]
    assert (drifted["state"], drifted["debt"]) == ("drifted", None)
    assert drifted["drift"]["digest"] == digest("9")
    await gate.post_ok("omar", f"follow-ups/{held_by}/close", {"evidence": "run 7"})
    await gate.post_ok("quin", f"follow-ups/{held_by}/confirm")
    assert (await matrix(gate))["acme-staging"]["cells"][0]["holds"] == []


async def test_a_debt_is_named_with_its_change(gate: GateClient) -> None:
    await gate.raise_blocker()
    asked = {"environment": "acme-prod", "ticket": "OPS-1", "description": "Raise the limit"}
    change = await gate.post_ok("sven", "emergency-changes", asked)
    for who, act in (("anna", "authorize"), ("sven", "apply")):
        await gate.post_ok(who, f"emergency-changes/{change['key']}/{act}")
    row = (await matrix(gate))["acme-prod"]
    assert (row["state"], row["debt"]["change"]) == ("in_debt", change["key"])
    assert row["debt"]["due_at"] == row["debt_due_at"]
    version = await gate.register_version("1.0", "1", contains=(change["key"],))
    assert version["changes"] == [change["key"]]


async def test_a_contact_has_no_matrix(gate: GateClient) -> None:
    assert (await gate.get("jan", "delivery-matrix")).status_code == 403
