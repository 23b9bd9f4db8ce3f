"""The gate's views for BI tools, by PostgreSQL's own `psql` as their role (architecture, 11)."""

from datetime import timedelta

from common.persistence.database import transaction_time
from delivery_gate.bi_views import VIEWS
from delivery_gate_support.gate_client import GateClient, digest
from opsdesk_testing.protocol import freeze_time
from opsdesk_testing.psql import Psql

NAMES = sorted(f"delivery_gate_{view.name}" for view in VIEWS)
WORDS = "The zebra restores no data."


async def refused_and_delivered(gate: GateClient) -> str:
    """One refusal by hand with a follow-up. Returns the key of the delivery that was refused."""
    await gate.register_version("1.4.0", "1")
    await gate.deliver_to_staging("1.4.0", "1")
    first = await gate.submit("1.4.0", "acme-prod")
    reasons = [{"criterion": "rollback", "justification": WORDS}]
    work = [{"kind": "retest", "task": WORDS}]
    await gate.post_ok(
        "omar", f"deliveries/{first['key']}/refuse", {"reasons": reasons, "follow_ups": work}
    )
    return str(first["key"])


async def test_deliveries_and_causes_of_refusals_are_rows(gate: GateClient, psql: Psql) -> None:
    key = await refused_and_delivered(gate)
    result = await psql(
        "SELECT environment, tier, attempt, state FROM delivery_gate_deliveries ORDER BY requested_at, delivery_id",
        "SELECT delivery, r.product, criterion FROM delivery_gate_refusals r JOIN delivery_gate_deliveries USING (delivery_id)",
        "SELECT kind, state, closed_at FROM delivery_gate_follow_ups",
        "SELECT product, tier, started, delivered, rolled_back, failure_ratio::int FROM delivery_gate_deliveries_monthly",
    )
    assert result.errors == ""
    assert result.rows == [
        ["acme-staging", "staging", "1", "delivered"],
        ["acme-prod", "production", "1", "refused"],
        [key, "billing", "rollback"],
        ["retest", "open", ""],
        ["billing", "staging", "1", "1", "0", "0"],
    ]


async def test_a_failed_delivery_counts_until_it_is_taken_back(
    gate: GateClient, psql: Psql
) -> None:
    """DORA's time to restore: the delivery began to break things, and the former version runs again."""
    await gate.register_version("1.0", "1")
    await gate.deliver_to_staging("1.0", "1")
    before = await psql(
        "SELECT rolled_back, median_restore_seconds FROM delivery_gate_deliveries_monthly"
    )
    assert before.rows == [["0", ""]]
    await gate.register_version("1.1", "2")
    made = await gate.submit("1.1", "acme-staging")
    await gate.approve(made["key"], "anna")
    await gate.post_ok("anna", f"deliveries/{made['key']}/start", {"digest": digest("2")})
    async with gate.database.transaction() as tx:
        started_at = await transaction_time(tx)
    await freeze_time(gate.database, started_at + timedelta(minutes=25))
    await gate.post_ok("anna", f"deliveries/{made['key']}/fail", {"justification": WORDS})
    result = await psql(
        "SELECT delivered, rolled_back, failure_ratio, median_restore_seconds FROM delivery_gate_deliveries_monthly"
    )
    assert result.rows == [["1", "1", "0.50000000000000000000", "1500"]]


async def test_psql_lists_the_views_and_what_each_column_means(psql: Psql) -> None:
    listed = await psql(r"\dv reporting.*")
    assert [row[1] for row in listed.rows] == NAMES
    for view in VIEWS:
        described = await psql(rf"\d+ reporting.delivery_gate_{view.name}")
        descriptions = {row[0]: row[-1] for row in described.rows if len(row) > 5}
        assert descriptions == {one.name: one.description for one in view.columns}


async def test_nothing_that_people_wrote_is_shown(gate: GateClient, psql: Psql) -> None:
    key = await refused_and_delivered(gate)
    result = await psql(*(f"SELECT to_jsonb({name}) FROM {name}" for name in NAMES))
    shown = " ".join(cell for row in result.rows for cell in row)
    assert key in shown
    assert WORDS not in shown
