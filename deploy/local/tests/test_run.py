"""`make run`, with stand-ins for the services."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from opsdesk_local.addresses import FILE_NAME, Addresses, read_addresses
from opsdesk_local.errors import LocalRunError
from opsdesk_local.roles import drop_database
from opsdesk_local.servers import Servers
from opsdesk_local.state import State, open_state
from opsdesk_local.topics import blocking, create_topics, topics_of
from opsdesk_local.waiting import wait_until

FAKES = Path(__file__).parent / "fakes"


class Run:
    """One `python -m opsdesk_local run` in a process of its own."""

    def __init__(self, state: State, **environment: str) -> None:
        self.output_file = state.folder / "output"
        self.state = state
        self.admin_url = environment.get("OPSDESK_ADMIN_DATABASE_URL", "")
        ours = {key: value for key, value in os.environ.items() if not key.startswith("OPSDESK_")}
        chosen = {"OPSDESK_STATE": str(state.folder), "PYTHONPATH": str(FAKES), **environment}
        with self.output_file.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "opsdesk_local", "run"],
                env=ours | chosen,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )

    def ready(self) -> Addresses:
        wait_until(lambda: "Ctrl-C stops" in self.output or self.ended, 60, "OpsDesk")
        assert (self.state.run / FILE_NAME).exists(), self.output
        return read_addresses(self.state)

    @property
    def output(self) -> str:
        return self.output_file.read_text()

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


@pytest.fixture
def started(state: State) -> Iterator[list[Run]]:
    """Whatever a test starts is gone after it, also when the test fails."""
    runs: list[Run] = []
    yield runs
    for run in runs:
        if not run.ended:
            run.end()
    wait_until(lambda: processes_of(state) == [], 20, "everything to end")


@pytest.fixture
def run(state: State, started: list[Run], servers: Servers) -> Run:
    """On the servers that the tests have already."""
    started.append(Run(state, **given(servers)))
    started[0].ready()
    return started[0]


@pytest.fixture
def whole_run(state: State, started: list[Run]) -> Run:
    """With a PostgreSQL and a Kafka of its own, as on a machine that has none."""
    started.append(Run(state))
    started[0].ready()
    return started[0]


def given(servers: Servers) -> dict[str, str]:
    """The servers of the tests, without the database of an earlier test's state folder."""
    blocking(drop_database(servers.admin_url, "opsdesk"))
    return {
        "OPSDESK_ADMIN_DATABASE_URL": servers.admin_url,
        "OPSDESK_KAFKA_BOOTSTRAP_SERVERS": servers.bootstrap,
    }


def processes_of(state: State) -> list[int]:
    """All processes that work in the state folder or below: every child does."""
    return [
        int(entry.name)
        for entry in Path("/proc").glob("[0-9]*")
        if str(state.folder) in working_folder(entry)
    ]


def working_folder(process: Path) -> str:
    try:
        return str((process / "cwd").readlink())
    except OSError:
        return ""


def test_everything_answers_where_the_file_says(whole_run: Run) -> None:
    run = whole_run
    addresses = read_addresses(run.state)
    assert set(addresses.services) == {"intake", "sla", "escalation", "delivery-gate"}
    for url in addresses.services.values():
        assert urllib.request.urlopen(f"{url}/health/ready", timeout=5).status == 200
    assert (run.state.run / "called").read_text() == "company load\n"
    assert (addresses.issuer / "called").read_text() == "company tokens\n"


def test_the_addresses_are_for_the_owner_only(run: Run) -> None:
    """The file holds the administrator's password."""
    assert (run.state.run / FILE_NAME).stat().st_mode & 0o777 == 0o600
    assert "admin_database_url" in json.loads((run.state.run / FILE_NAME).read_text())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything(run: Run, number: signal.Signals) -> None:
    assert len(processes_of(run.state)) == 5
    assert run.end(number) == 0
    assert processes_of(run.state) == []
    with pytest.raises(LocalRunError, match="not running"):
        read_addresses(run.state)


def test_nothing_outlives_a_killed_supervisor(whole_run: Run) -> None:
    """`kill -9` gives it no chance to stop anything; the kernel tells the children."""
    assert len(processes_of(whole_run.state)) >= 7
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
    assert (run.state.run / "migrated").read_text() == 4 * "once\n"
    assert (run.state.run / "called").read_text() == "company load\n"


def test_a_second_run_on_one_folder_is_refused(run: Run, started: list[Run]) -> None:
    started.append(Run(run.state))
    assert started[1].process.wait(timeout=20) == 1
    assert "OpsDesk already runs from" in started[1].output
    assert not run.ended


def test_two_folders_started_at_once_on_one_database_do_not_share_it(
    state: State, folder: Path, started: list[Run], servers: Servers
) -> None:
    environment = given(servers)
    started += [Run(state, **environment), Run(open_state(folder / "other"), **environment)]
    wait_until(lambda: any(run.ended for run in started), 60, "one of them to end")
    loser = next(run for run in started if run.ended)
    winner = next(run for run in started if run is not loser)
    winner.ready()
    assert loser.process.returncode == 1
    assert "belongs to the OpsDesk of another state folder" in loser.output
    assert "OpsDesk is ready" not in loser.output


def test_a_failed_load_ends_the_start(state: State, started: list[Run], servers: Servers) -> None:
    started.append(Run(state, LOAD="fails", **given(servers)))
    assert started[0].process.wait(timeout=60) == 1
    assert "The demo company cannot be loaded, so everything was stopped." in started[0].output
    assert "OpsDesk is ready" not in started[0].output


def test_a_child_that_ends_during_the_start_ends_it(
    state: State, started: list[Run], servers: Servers
) -> None:
    """Also while something else is being waited for."""
    started.append(Run(state, LOAD="crashes sla and waits", **given(servers)))
    assert started[0].process.wait(timeout=60) == 1
    assert "sla ended by itself (exit code 3)" in started[0].output
    assert "OpsDesk is ready" not in started[0].output


def test_ports_stay_the_same(run: Run, started: list[Run]) -> None:
    before = read_addresses(run.state)
    assert run.end() == 0
    started.append(
        Run(
            run.state,
            OPSDESK_ADMIN_DATABASE_URL=run.admin_url,
            OPSDESK_KAFKA_BOOTSTRAP_SERVERS=before.kafka,
        )
    )
    assert started[1].ready().services == before.services


def test_a_fixed_port_that_is_taken_ends_the_start(
    state: State, started: list[Run], servers: Servers
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        started.append(Run(state, OPSDESK_PORTS=f"sla={port}", **given(servers)))
        assert started[0].process.wait(timeout=60) == 1
    assert f"OPSDESK_PORTS gives port {port} to sla" in started[0].output


def test_topics_get_the_prefix_of_the_setting(
    state: State, started: list[Run], servers: Servers
) -> None:
    started.append(Run(state, OPSDESK_TOPIC_PREFIX="acme", **given(servers)))
    assert started[0].ready().topic_prefix == "acme"
    assert create_topics(servers.bootstrap, topics_of("acme")) == []
    assert "acme.escalations.dm" in topics_of("acme")


def test_a_running_opsdesk_is_not_cleaned_away(run: Run) -> None:
    line = [sys.executable, "-m", "opsdesk_local", "clean"]
    environment = os.environ | {"OPSDESK_STATE": str(run.state.folder)}
    result = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "already runs" in result.stderr


def test_a_taken_port_is_reported(state: State, started: list[Run], servers: Servers) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", 8002))
        except OSError:
            pass  # somebody on this machine has it, which is as good
        else:
            other.listen()
        started.append(Run(state, **given(servers)))
        addresses = started[0].ready()
    assert not addresses.services["sla"].endswith(":8002")
    assert "Port 8002 is taken: sla listens on" in started[0].output


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
