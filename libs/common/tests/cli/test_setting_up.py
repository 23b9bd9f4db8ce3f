"""What ops run before the first start: `database`, `topics`, `migrate`, and `doctor`, which says what is missing."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from common.auth.claims import CLOCK_SKEW_S
from common.cli import create_cli
from common.doctor.clocks import about_clock, about_zones
from common.http import Service
from common.persistence.ids import uuid7
from opsdesk_local import drop_database
from opsdesk_local.roles import database_urls
from opsdesk_testing.tokens import signing_key


async def run(service: Service, *words: str) -> Result:
    """Run a command as the shell would, beside this test's own loop."""
    return await asyncio.to_thread(CliRunner().invoke, create_cli(service), list(words))


def clear(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("OPSDESK_")]:
        monkeypatch.delenv(name)


@pytest.fixture
async def nothing(
    servers: Any, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Mapping[str, str]]:
    """The variables of `database` and `migrate` for a database that is not there; nothing of Kafka and issuer."""
    name = f"test_setting_up_{os.getpid()}"
    urls = database_urls(servers.admin_url, servers.state.password, name)["sla"]
    given = {
        "OPSDESK_ENVIRONMENT": "test",
        "OPSDESK_ADMIN_DATABASE_URL": servers.admin_url,
        "OPSDESK_DATABASE_URL": urls.runtime,
        "OPSDESK_MIGRATION_DATABASE_URL": urls.owner,
    }
    clear(monkeypatch)
    for variable, value in given.items():
        monkeypatch.setenv(variable, value)
    yield given
    await drop_database(servers.admin_url, name)


async def test_a_database_is_planned_made_and_migrated_without_kafka_and_issuer(
    service: Service, nothing: Mapping[str, str]
) -> None:
    planned = (await run(service, "database", "plan")).output
    assert "smallest: would make: the schema sla of opsdesk_sla_owner\n" in planned
    made = await run(service, "database", "apply")
    assert made.exit_code == 0, made.output
    assert "smallest: made: the schema sla of opsdesk_sla_owner\n" in made.output
    again = (await run(service, "database", "plan")).output.splitlines()
    assert [line for line in again if "(set each time)" not in line] == []
    migrated = await run(service, "migrate")
    assert migrated.output.startswith("smallest: schema from nothing to 0001"), migrated.output
    connection = await asyncpg.connect(nothing["OPSDESK_DATABASE_URL"])
    assert await connection.fetchval("SELECT count(*) FROM sla.outbox") == 0
    await connection.close()


async def test_what_was_taken_away_is_planned_and_given_back(
    service: Service, nothing: Mapping[str, str], servers: Any
) -> None:
    await run(service, "database", "apply")
    name = nothing["OPSDESK_DATABASE_URL"].rpartition("/")[2]
    admin = await asyncpg.connect(f"{servers.admin_url.rpartition('/')[0]}/{name}")
    await admin.execute("REVOKE USAGE ON SCHEMA sla FROM opsdesk_sla")
    await admin.execute(
        "ALTER DEFAULT PRIVILEGES FOR ROLE opsdesk_sla_owner IN SCHEMA sla REVOKE DELETE ON TABLES FROM opsdesk_sla"
    )
    await admin.close()
    lacking = [
        "smallest: would make: opsdesk_sla may use the schema sla",
        "smallest: would make: opsdesk_sla may SELECT, INSERT, UPDATE, DELETE on tables that opsdesk_sla_owner creates",
    ]
    planned = (await run(service, "database", "plan")).output.splitlines()
    assert [line for line in planned if "(set each time)" not in line] == lacking
    await run(service, "database", "apply")
    planned = (await run(service, "database", "plan")).output.splitlines()
    assert [line for line in planned if "(set each time)" not in line] == []


async def test_an_address_with_another_role_is_refused_in_a_sentence(
    service: Service, nothing: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = nothing["OPSDESK_DATABASE_URL"].replace("opsdesk_sla:", "somebody:")
    monkeypatch.setenv("OPSDESK_DATABASE_URL", other)
    refused = await run(service, "database", "plan")
    assert str(refused.exception) == (
        "OPSDESK_DATABASE_URL must name the role opsdesk_sla with its password."
    )


async def test_the_doctor_says_what_is_missing_until_nothing_is(
    service: Service, given: Mapping[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One step of the set-up after the other, as somebody would do them who reads what it says."""
    monkeypatch.setenv("OPSDESK_TOPIC_PREFIX", f"doctor-{uuid7()}")
    keys = folder / "jwks.json"
    keys.unlink(missing_ok=True)
    found = await run(service, "doctor")
    assert found.exit_code == 1
    wrong = [line for line in found.output.splitlines() if line.startswith("wrong")]
    assert [line.partition(": ")[0].split()[1] for line in wrong] == [
        "database", "database", "versions", "kafka", "issuer",
    ], found.output  # fmt: skip
    await run(service, "migrate")
    await run(service, "topics", "apply")
    keys.write_text(json.dumps({"keys": [signing_key().as_dict(private=False)]}))
    found = await run(service, "doctor")
    assert found.exit_code == 0, found.output
    assert "the schema is at 0001, the newest revision of this release" in found.output


async def test_the_doctor_knows_a_schema_of_another_release(
    service: Service, given: Mapping[str, str]
) -> None:
    await run(service, "migrate")
    owner = await asyncpg.connect(given["OPSDESK_MIGRATION_DATABASE_URL"])
    await owner.execute("UPDATE sla.alembic_version SET version_num = '0099'")
    await owner.close()
    found = await run(service, "doctor")
    assert "warning versions: the schema is at 0099, which a newer release made" in found.output


async def test_the_doctor_says_why_it_cannot_read_the_revision(
    service: Service, given: Mapping[str, str]
) -> None:
    await run(service, "migrate")
    owner = await asyncpg.connect(given["OPSDESK_MIGRATION_DATABASE_URL"])
    await owner.execute("REVOKE SELECT ON sla.alembic_version FROM opsdesk_sla")
    await owner.close()
    found = await run(service, "doctor")
    assert "cannot be read (InsufficientPrivilegeError: permission denied" in found.output


async def test_the_doctor_refuses_a_role_that_passes_by_row_level_security(
    service: Service, given: Mapping[str, str], servers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run(service, "migrate")
    name = given["OPSDESK_DATABASE_URL"].rpartition("/")[2]
    monkeypatch.setenv("OPSDESK_DATABASE_URL", f"{servers.admin_url.rpartition('/')[0]}/{name}")
    found = await run(service, "doctor")
    assert found.exit_code == 1
    assert "passes by row-level security: connect as opsdesk_sla" in found.output


def test_a_clock_is_judged_by_what_tokens_forgive() -> None:
    assert about_clock(0.2).level == "ok"
    assert about_clock(-2.0).level == "warning"
    late = about_clock(-(CLOCK_SKEW_S + 1))
    assert late.level == "wrong"
    assert "behind the database's" in late.sentence


def test_zones_that_differ_are_named() -> None:
    assert about_zones([]).level == "ok"
    assert "Asia/Amman" in about_zones(["Asia/Amman"]).sentence
