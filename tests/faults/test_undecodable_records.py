"""A record that is no event is put aside with its reason, and stops nobody."""

import asyncio

import asyncpg

from tests.faults import fault_injection
from tests.faults.conftest import FaultSite
from tests.faults.snapshots import MAIN, SCHEMAS

RATE, SECONDS = 30, 6.0
LISTENERS = {
    "sla": ("opsdesk.tickets",),
    "escalation": ("opsdesk.tickets", "opsdesk.clocks", "opsdesk.deliveries"),
    "delivery_gate": ("opsdesk.tickets",),
}


async def test_poison_on_every_topic_is_put_aside_and_everything_else_flows(one: FaultSite) -> None:
    load = asyncio.create_task(one.load(RATE, SECONDS).run())
    await fault_injection.publish_undecodable_records(one.site)
    found = await one.check_history("poison on each topic", await load)
    assert [fault for fault in found if "put aside" not in fault] == []
    connection = await asyncpg.connect(one.site.admin_url)
    for schema in SCHEMAS:
        rows = await connection.fetch(
            f"SELECT topic, code FROM {schema}.dead_letters WHERE settled_at IS NULL"
        )
        assert {row["code"] for row in rows} <= {"undecodable"}
        for topic in LISTENERS.get(schema, ()):
            assert sum(row["topic"] == topic for row in rows) == 2, (schema, topic)
        assert {row["topic"] for row in rows} <= set(MAIN)
    await connection.close()
