"""A state folder for every test; only the downloads are shared."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from local_run import Run, given, processes_of

from opsdesk_local.class_data_archive import kafka_programs
from opsdesk_local.postgres_programs import postgres_programs
from opsdesk_local.servers import Servers, embedded_servers
from opsdesk_local.state import State, open_state
from opsdesk_local.waiting import wait_until


@pytest.fixture(scope="session")
def downloads() -> Path:
    state = open_state()
    postgres_programs(state)
    kafka_programs(state)
    return state.downloads


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not pytest's own: the user that PostgreSQL runs as could not enter that."""
    with tempfile.TemporaryDirectory(prefix="opsdesk-test-", dir="/var/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def state(folder: Path, downloads: Path) -> State:
    state = open_state(folder / "state")
    state.downloads.symlink_to(downloads)
    return state


@pytest.fixture(scope="session")
def servers(downloads: Path) -> Iterator[Servers]:
    """Embedded ones, whatever the environment names: these tests kill them."""
    folder = Path(tempfile.mkdtemp(prefix="opsdesk-test-", dir="/var/tmp"))
    state = open_state(folder)
    state.downloads.symlink_to(downloads)
    with embedded_servers(state) as servers:
        yield servers
    shutil.rmtree(folder)


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
