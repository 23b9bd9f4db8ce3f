"""`make run`, with stand-ins for the services."""

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import asyncpg
import pytest
from local_run import Run, given, processes_of

from opsdesk_local.addresses import FILE_NAME, read_addresses
from opsdesk_local.errors import LocalRunError
from opsdesk_local.servers import Servers
from opsdesk_local.state import State
from opsdesk_local.waiting import wait_until


def test_everything_answers_where_the_file_says(whole_run: Run) -> None:
    run = whole_run
    addresses = read_addresses(run.state)
    names = {"intake", "sla", "escalation", "delivery-gate", "console"}
    assert set(addresses.services) == names
    assert set(addresses.management) == set(addresses.services)
    for url in addresses.management.values():
        assert urllib.request.urlopen(f"{url}/health/ready", timeout=5).status == 200
    assert (run.state.run / "called").read_text() == "company load\n"
    assert (addresses.issuer / "called").read_text() == "company tokens\n"


def test_the_addresses_are_for_the_owner_only(run: Run) -> None:
    """The file holds the administrator's password."""
    assert (run.state.run / FILE_NAME).stat().st_mode & 0o777 == 0o600
    assert "admin_database_url" in json.loads((run.state.run / FILE_NAME).read_text())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything(run: Run, number: signal.Signals) -> None:
    assert len(processes_of(run.state)) == 7  # five services, mail and the page to sign in
    assert run.end(number) == 0
    assert processes_of(run.state) == []
    with pytest.raises(LocalRunError, match="not running"):
        read_addresses(run.state)


def test_nothing_outlives_a_killed_supervisor(whole_run: Run) -> None:
    """`kill -9` gives it no chance to stop anything; the kernel tells the children."""
    assert len(processes_of(whole_run.state)) >= 9
    whole_run.process.kill()
    wait_until(lambda: processes_of(whole_run.state) == [], 10, "all children to be gone")


def test_servers_that_we_started_end_with_us(whole_run: Run) -> None:
    assert whole_run.end() == 0
    assert processes_of(whole_run.state) == []


def test_a_crash_of_one_ends_all_and_is_reported(run: Run) -> None:
    with pytest.raises((urllib.error.URLError, ConnectionError)):
        urllib.request.urlopen(f"{read_addresses(run.state).services['sla']}/crash", timeout=5)
    assert run.process.wait(timeout=60) == 1
    assert "sla ended by itself (exit code 3)" in run.output
    assert "the last words of a stand-in" in run.output
    assert processes_of(run.state) == []


async def test_a_second_run_keeps_the_data(whole_run: Run, started: list[Run]) -> None:
    """Also when it starts the moment after the first was killed."""
    run = whole_run
    connection = await asyncpg.connect(read_addresses(run.state).admin_database_url)
    await connection.execute("CREATE TABLE sla.kept AS SELECT 7 AS seven")
    await connection.close()
    run.process.kill()
    run.process.wait()
    started.append(Run(run.state))
    again = await asyncpg.connect(started[1].ready().admin_database_url)
    assert await again.fetchval("SELECT seven FROM sla.kept") == 7
    await again.close()
    assert (run.state.run / "migrated").read_text() == 5 * "once\n"
    assert (run.state.run / "called").read_text() == "company load\n"


def test_a_second_run_on_one_folder_is_refused(run: Run, started: list[Run]) -> None:
    started.append(Run(run.state))
    assert started[1].process.wait(timeout=20) == 1
    assert "OpsDesk already runs from" in started[1].output
    assert not run.ended


def test_a_running_opsdesk_is_not_cleaned_away(run: Run) -> None:
    line = [sys.executable, "-m", "opsdesk_local", "clean"]
    environment = os.environ | {"OPSDESK_STATE": str(run.state.folder)}
    result = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "already runs" in result.stderr


def test_a_missing_program_gets_one_sentence(state: State, started: list[Run]) -> None:
    programs = state.folder / "programs"
    programs.mkdir()
    (programs / "setpriv").symlink_to(shutil.which("setpriv") or "")
    started.append(Run(state, PATH=str(programs), JAVA_HOME=""))
    assert started[0].process.wait(timeout=30) == 1
    assert started[0].output.endswith(
        "Kafka needs Java 17: apt-get install openjdk-17-jre-headless\n"
    )


def test_given_servers_are_used_and_left_alone(
    state: State, started: list[Run], servers: Servers
) -> None:
    started.append(Run(state, **given(servers)))
    assert started[0].ready().kafka == servers.bootstrap
    assert not (state.run / "postgres").exists()
    started[0].end()
    assert servers.postgres
    assert servers.postgres.child
    assert servers.postgres.child.alive


def test_an_unreachable_database_gets_one_sentence(state: State, started: list[Run]) -> None:
    started.append(
        Run(
            state,
            OPSDESK_ADMIN_DATABASE_URL="postgresql://postgres:secret@127.0.0.1:9/postgres",
            OPSDESK_KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:9",
        )
    )
    assert started[0].process.wait(timeout=30) == 1
    assert (
        "OPSDESK_ADMIN_DATABASE_URL names 127.0.0.1:9, which cannot be connected to"
        in started[0].output
    )
    assert "secret" not in started[0].output
