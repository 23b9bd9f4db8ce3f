"""A cursor belongs to its list."""

from delivery_gate_support.gate_client import GateClient
from opsdesk_testing.cursors import check_lists


async def test_every_list_refuses_the_cursor_of_another(gate: GateClient) -> None:
    assert "/v1/refusals" in await check_lists(gate.app, {})
