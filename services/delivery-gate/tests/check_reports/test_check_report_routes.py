from delivery_gate_support.gate_client import GateClient


async def test_a_check_does_not_come_from_the_future(gate: GateClient) -> None:
    await gate.register_version("1.4.0", "1")
    late = {"kind": "regression_test", "result": "passed", "at": "2031-01-01T00:00:00Z"}
    answer = await gate.post("pipeline", "versions/billing:1.4.0/checks", {"checks": [late]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/checks/0/at"
