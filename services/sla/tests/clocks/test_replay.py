"""Inputs never change, a replay gives the stored clock, and differences are named (C9)."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from typer.testing import CliRunner

from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from sla.__main__ import app
from sla.clocks.replay import find_differences
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import assert_consistent
from sla_support.company import HOUR, NINE, promise, ticket_opened
from sla_support.facts import audit_all


@pytest.mark.parametrize(
    ("tampering", "message"),
    [
        ("UPDATE clocks SET state_json = replace(state_json, '15:00', '16:00')", "when replayed"),
        ("UPDATE clocks SET ordinal = ordinal + 1", "2 inputs where the clock counts 3"),
    ],
)
async def test_a_clock_that_its_inputs_do_not_lead_to_is_named(
    database: Database, tampering: str, message: str
) -> None:
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    await freeze_time(database, NINE + 5 * HOUR)
    await fire_due(database, TIMERS)
    await assert_consistent(database)
    async with database.transaction() as tx:
        await tx.execute(text(tampering))
    (wrong,) = [one async for one in find_differences(database)]
    assert message in wrong
    assert "OPS-1" in wrong


@pytest.mark.parametrize(
    "change", ["UPDATE clock_inputs SET at = known_at", "DELETE FROM clock_inputs"]
)
async def test_what_a_clock_has_heard_is_never_changed(database: Database, change: str) -> None:
    """R16: the service's own role has no right to"""
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database.transaction() as tx:
            await tx.execute(text(change))


async def test_the_command_ends_with_1_and_names_what_differs(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {
        "ENVIRONMENT": "test",
        "DATABASE_URL": database.url,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
        "ISSUER": "nobody",
        "JWKS_URL": "unused",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"OPSDESK_{name}", value)
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    await audit_all(database)
    good = await asyncio.to_thread(CliRunner().invoke, app, ["verify"])
    assert good.exit_code == 0, good.output
    assert good.output.startswith("sla: every clock is what its inputs say, every figure")
    async with database.transaction() as tx:
        await tx.execute(
            text("UPDATE clocks SET state_json = replace(state_json, '15:00', '16:00')")
        )
    bad = await asyncio.to_thread(CliRunner().invoke, app, ["verify"])
    assert bad.exit_code == 1
    assert "OPS-1" in bad.output
