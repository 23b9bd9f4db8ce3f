"""`announce`: the state of every delivery again, as a snapshot with the next sequence."""

from delivery_gate.deliveries.announcements import publish_all
from delivery_gate_support.gate_client import GateClient
from opsdesk_testing.protocol import outbox_events


async def test_every_delivery_is_announced_with_its_next_sequence(gate: GateClient) -> None:
    await gate.register_version("1.4.0", "1")
    submitted = await gate.submit("1.4.0", "acme-staging")
    before = await outbox_events(gate.database)
    last = max(one.sequence for one in before if one.subject.startswith("delivery/"))
    assert await publish_all(gate.database) == 1
    (known,) = (await outbox_events(gate.database))[len(before) :]
    assert (known.type, known.sequence) == ("opsdesk.delivery.known.v1", last + 1)
    assert (known.body["delivery"], known.body["state"]) == (submitted["key"], submitted["state"])
    again = await gate.get_ok("anna", f"deliveries/{submitted['key']}")
    assert again["state"] == submitted["state"]
