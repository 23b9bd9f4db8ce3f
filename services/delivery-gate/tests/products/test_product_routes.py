from delivery_gate_support.gate_client import GateClient


async def test_a_product_key_is_taken_once(gate: GateClient) -> None:
    await gate.post_ok("pavel", "products", {"key": "billing", "name": "Billing"})
    again = await gate.post("pavel", "products", {"key": "billing", "name": "Other"})
    assert again.status_code == 409
    assert (await gate.get_ok("anna", "products/billing"))["name"] == "Billing"


async def test_a_product_key_ends_like_every_key(gate: GateClient) -> None:
    for key in ("billing-", "-billing", "Billing"):
        answer = await gate.post("pavel", "products", {"key": key, "name": "Billing"})
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/key"]
