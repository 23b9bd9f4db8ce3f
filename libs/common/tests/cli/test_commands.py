"""The commands other than `serve`."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from common.cli import create_cli
from common.cli.migrate import migrate_service
from common.events.envelope import Envelope
from common.http import Service
from common.messaging.relay import try_lead
from common.settings import Settings, load_settings
from common.settings_database import MigrationSettings

pytestmark = pytest.mark.usefixtures("given")

ENVELOPE = Envelope(
    UUID(int=3), "opsdesk.ticket.opened.v1", "opsdesk/intake", "ticket/1", 3, traceparent=None
)
HEADERS = json.dumps(
    [[name, value.hex()] for name, value in ENVELOPE.headers("2027-01-04T08:00:00Z")]
)
DEAD = f"""
INSERT INTO sla.dead_letters
    (source, subject, sequence, type, topic, partition, "offset", digest, headers, code, reason)
VALUES ('opsdesk/intake', 'ticket/1', 3, 'opsdesk.ticket.opened.v1', 'opsdesk.tickets', 0, 7,
    'x', '{HEADERS}', 'impossible', 'already closed')
"""

LOST = """
INSERT INTO sla.lost_history
    (source, subject, name, is_known, stored_sequence, published_sequence, restored_sequence, events)
VALUES ('opsdesk/intake', 'ticket/1', 'OPS-7', true, 3, 4, 5, '[{"sequence": 4,
    "type": "opsdesk.ticket.resolved.v1", "at": "2030-01-07T12:00:00+00:00"}]')
"""


async def run(service: Service, *arguments: str) -> Result:
    """Run a command as the shell would, beside this test's own loop."""
    return await asyncio.to_thread(CliRunner().invoke, create_cli(service), list(arguments))


async def run_migrate(service: Service) -> str:
    return await migrate_service(service, load_settings(MigrationSettings, Settings))


async def test_replicas_that_start_at_once_migrate_once(service: Service) -> None:
    outputs = await asyncio.gather(*(run_migrate(service) for _ in range(3)))
    assert sorted(outputs) == [
        "smallest: schema already at 0001; its clock is the database's own",
        "smallest: schema already at 0001; its clock is the database's own",
        "smallest: schema from nothing to 0001; its clock is the database's own",
    ]


async def test_migrating_needs_the_owner(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPSDESK_MIGRATION_DATABASE_URL")
    with pytest.raises(SystemExit, match="OPSDESK_MIGRATION_DATABASE_URL is missing"):
        await run_migrate(service)


async def test_a_schema_of_other_migrations_is_refused_in_a_sentence(
    service: Service, given: Mapping[str, str]
) -> None:
    await run_migrate(service)
    connection = await asyncpg.connect(given["OPSDESK_MIGRATION_DATABASE_URL"])
    await connection.execute("UPDATE sla.alembic_version SET version_num = '0014b'")
    await connection.close()
    with pytest.raises(SystemExit) as refused:
        await run_migrate(service)
    assert str(refused.value) == (
        "smallest: the database is at revision 0014b, which these migrations do not have "
        "(the newest is 0001): create a development database again with `make clean`, "
        "and migrate any other with the release that created it."
    )


async def test_migrating_installs_the_clock_that_is_wanted(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run_migrate(service)
    monkeypatch.setenv("OPSDESK_TIME_MODE", "simulated")
    assert (await run_migrate(service)).endswith("its clock is simulated now")
    monkeypatch.setenv("OPSDESK_TIME_MODE", "real")
    assert (await run_migrate(service)).endswith("its clock is the database's own now")


async def test_settings_are_shown_without_secrets(
    service: Service, given: Mapping[str, str]
) -> None:
    shown = (await run(service, "settings")).output
    assert "OPSDESK_TIME_MODE=real\n" in shown
    assert given["OPSDESK_DATABASE_URL"] not in shown
    assert ":********@" in shown


async def test_documents_are_printed(service: Service) -> None:
    assert "/v1/slow" in json.loads((await run(service, "openapi")).output)["paths"]
    assert json.loads((await run(service, "asyncapi")).output)["asyncapi"] == "3.0.0"


async def test_a_dead_letter_is_skipped_with_a_reason_that_stays(
    service: Service, given: Mapping[str, str]
) -> None:
    await run_migrate(service)
    connection = await asyncpg.connect(given["OPSDESK_DATABASE_URL"])
    await connection.execute(DEAD)
    listed = (await run(service, "dlq", "list")).output
    assert "opsdesk.ticket.opened.v1 ticket/1#3  impossible: already closed" in listed
    assert "1 open" in listed
    skipped = await run(service, "dlq", "skip", "1", "--reason", "closed by hand")
    assert skipped.output == "skipped: 1\n"
    assert (await run(service, "dlq", "list")).output == "0 open\n"
    entry = await connection.fetchrow("SELECT who, action, subject, grounds FROM sla.audit")
    await connection.close()
    assert entry is not None
    assert entry["who"].startswith("shell:")
    assert (entry["action"], entry["subject"]) == ("dead_letter.skip", "dead_letter/1")
    assert json.loads(entry["grounds"]) == {"reason": "closed by hand"}


PARKED = """
    INSERT INTO sla.parked (source, subject, sequence, topic, partition, "offset", headers)
    VALUES ('opsdesk/intake', 'ticket/1', 4, 'opsdesk.tickets', 0, 8, '[]'),
           ('opsdesk/intake', 'ticket/1', 5, 'opsdesk.tickets', 0, 9, '[]')
"""


async def test_a_parked_record_is_released_with_a_reason_that_stays(
    service: Service, given: Mapping[str, str]
) -> None:
    await run_migrate(service)
    connection = await asyncpg.connect(given["OPSDESK_DATABASE_URL"])
    await connection.execute(PARKED)
    listed = (await run(service, "parked", "list")).output
    assert "opsdesk/intake ticket/1#4  1 to 3 have not come  (2 waiting)" in listed
    released = await run(service, "parked", "release", "2", "--reason", "lost in the restore")
    assert released.output == "released: opsdesk/intake ticket/1\n"
    assert await connection.fetchval("SELECT sequence FROM sla.inbox") == 3
    entry = await connection.fetchrow("SELECT who, action, subject, grounds FROM sla.audit")
    await connection.close()
    assert entry is not None
    assert entry["who"].startswith("shell:")
    assert (entry["action"], entry["subject"]) == ("parked.release", "parked/2")
    assert json.loads(entry["grounds"]) == {
        "reason": "lost in the restore",
        "of": "opsdesk/intake ticket/1",
    }
    failed = await run(service, "parked", "release", "9", "--reason", "x")
    assert failed.exit_code == 1
    assert "no record is parked under 9" in failed.output


async def test_an_unknown_dead_letter_is_a_sentence(service: Service) -> None:
    await run_migrate(service)
    failed = await run(service, "dlq", "skip", "9", "--reason", "x")
    assert failed.exit_code == 1
    assert "no open dead letter 9" in failed.output


async def test_the_trail_is_verified_and_exported(service: Service, tmp_path: Path) -> None:
    await run_migrate(service)
    assert "whole: 0 entries in 0 seals" in (await run(service, "audit", "verify")).output
    exported = await run(service, "audit", "export", str(tmp_path / "trail"))
    assert "whole: 0 entries checked" in exported.output
    assert (tmp_path / "trail" / "verifier.py").exists()


async def test_state_is_announced_where_a_service_can(service: Service) -> None:
    async def announce(_: object) -> int:
        return 3

    app = create_cli(service, announce=announce)
    result = await asyncio.to_thread(CliRunner().invoke, app, ["announce"])
    assert result.output == "smallest: 3 events announced\n"


async def test_restored_refuses_while_the_service_runs(
    service: Service, given: Mapping[str, str]
) -> None:
    await run_migrate(service)
    running = await asyncpg.connect(given["OPSDESK_DATABASE_URL"])
    assert await try_lead(running, service.schema)
    refused = await run(service, "restored")
    assert refused.exit_code == 1
    assert "smallest is running: stop all its replicas first" in str(refused.exception)
    await running.close()


async def test_restored_lists_whose_later_events_are_lost(
    service: Service, given: Mapping[str, str]
) -> None:
    await run_migrate(service)
    assert (await run(service, "restored", "list")).output == "0 subjects\n"
    connection = await asyncpg.connect(given["OPSDESK_DATABASE_URL"])
    await connection.execute(LOST)
    await connection.close()
    shown = (await run(service, "restored", "list")).output.splitlines()
    assert "opsdesk/intake  OPS-7 ticket/1  known up to 3, published up to 4" in shown[0]
    assert shown[1:] == [
        "    4  2030-01-07T12:00:00+00:00  opsdesk.ticket.resolved.v1",
        "1 subjects",
    ]
