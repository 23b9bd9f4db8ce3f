"""What of each product runs where, and what is on its way there, in one answer."""

from typing import Any

from delivery_gate_support.gate_client import GateClient, digest


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


async def test_a_contact_has_no_matrix(gate: GateClient) -> None:
    assert (await gate.get("jan", "delivery-matrix")).status_code == 403
