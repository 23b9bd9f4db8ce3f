"""A state folder for every test; only the downloads are shared."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from opsdesk_local.class_data_archive import kafka_programs
from opsdesk_local.postgres_programs import postgres_programs
from opsdesk_local.servers import Servers, embedded_servers
from opsdesk_local.state import State, open_state


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
