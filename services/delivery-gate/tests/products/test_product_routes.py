from delivery_gate_support.gate_client import GateClient


async def test_a_product_key_is_taken_once(gate: GateClient) -> None:
    await gate.post_ok("pavel", "products", {"key": "billing", "name": "Billing"})
    again = await gate.post("pavel", "products", {"key": "billing", "name": "Other"})
    assert again.status_code == 409
    assert (await gate.get_ok("anna", "products/billing"))["name"] == "Billing"
