"""`python -m sla punctuality export | verify`: what ops hand over, and what an auditor does with it."""

import asyncio
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from common.persistence.database import Database
from sla.__main__ import app
from sla.punctuality.export import check_record
from sla.punctuality.sealing import start_of_day
from sla_support.sealed_days import DAY, MONDAY, busy_days, seal_until


@pytest.fixture
async def record(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    settings = {
        "ENVIRONMENT": "test",
        "DATABASE_URL": database.url,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
        "ISSUER": "nobody",
        "JWKS_URL": "unused",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"OPSDESK_{name}", value)
    await busy_days(database)
    await seal_until(database, start_of_day(MONDAY + 2 * DAY))
    return database


async def punctuality(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, ["punctuality", *arguments])


async def test_an_export_is_checked_with_nothing_but_python(
    record: Database, tmp_path: Path
) -> None:
    report = await check_record(record)
    head = report.rpartition("head ")[2]
    assert (await punctuality("verify", "--head", head)).output == f"sla: {report}\n"
    folder = tmp_path / "whole"
    assert (await punctuality("export", str(folder))).output == f"{folder}: {report}\n"
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-I", "-S", str(folder / "verifier.py"), "--head", head],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == report + "\n"
    again = await punctuality("export", str(folder))
    assert (again.exit_code, "not empty" in again.output) == (1, True)


async def test_some_days_are_checked_like_all(record: Database, tmp_path: Path) -> None:
    folder = tmp_path / "tuesday"
    only = await punctuality(
        "export", str(folder), "--since", "2026-06-02", "--until", "2026-06-02"
    )
    assert "whole: 7 firings and 0 beats in 1 seals, 2026-06-02 to 2026-06-02" in only.output


async def test_what_is_not_whole_ends_with_1_and_is_written_all_the_same(
    record: Database, owner_url: str, tmp_path: Path
) -> None:
    """The auditor is to see it, too."""
    owner = await asyncpg.connect(owner_url)
    await owner.execute("UPDATE clock_inputs SET fired_without_events = true WHERE kind = 'fired'")
    await owner.close()
    for arguments in (("verify",), ("export", str(tmp_path / "spoiled"))):
        spoiled = await punctuality(*arguments)
        assert (spoiled.exit_code, "was changed (seal 1)" in spoiled.output) == (1, True)
    assert (tmp_path / "spoiled" / "evidence.jsonl").stat().st_size > 0
    unknown = await punctuality("verify", "--head", "1:00")
    assert unknown.exit_code == 1
