"""PostgreSQL and Kafka for tests: given by the environment, or embedded and empty each time."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from opsdesk_local.class_data_archive import kafka_programs
from opsdesk_local.jvm import FULL_SPEED, QUICK_START
from opsdesk_local.kafka import Kafka
from opsdesk_local.postgres import Postgres
from opsdesk_local.postgres_programs import postgres_programs
from opsdesk_local.ramdisk import in_memory
from opsdesk_local.state import State, open_state

ADMIN_DATABASE_URL = "OPSDESK_TEST_ADMIN_DATABASE_URL"
KAFKA = "OPSDESK_TEST_KAFKA"


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the tests' servers are. `postgres` and `kafka` are None when they were given."""

    state: State
    admin_url: str
    bootstrap: str
    postgres: Postgres | None = None
    kafka: Kafka | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which another process finds the same servers."""
        return {ADMIN_DATABASE_URL: self.admin_url, KAFKA: self.bootstrap}


@contextmanager
def servers_for_tests(state: State | None = None) -> Iterator[Servers]:
    """The servers named by the environment; where it names none, embedded ones of our own."""
    state = state or open_state()
    url, bootstrap = os.environ.get(ADMIN_DATABASE_URL), os.environ.get(KAFKA)
    if url and bootstrap:
        yield Servers(state, url, bootstrap)
    else:
        with embedded_servers(state) as servers:
            yield servers


@contextmanager
def embedded_servers(
    state: State | None = None, *, brokers: int = 1, durable: bool = False
) -> Iterator[Servers]:
    """Empty servers of our own, stopped and removed at the end; for tests that kill servers.

    Not durable: they outlive `kill -9`, but not a power cut, and PostgreSQL's data is in memory
    where there is room. Durable is for benchmarks: as in production, it is on disk, `fsync` is on
    and Java compiles Kafka fully.
    """
    state = state or open_state()
    with (
        _folder_of_our_own(state.test) as folder,
        nullcontext(folder)
        if durable
        else in_memory(state.folder, int(folder.name), folder) as data,
    ):
        postgres = Postgres(
            data / "postgres",
            postgres_programs(state),
            state.password("postgres"),
            durable=durable,
        )
        kafka = Kafka(
            folder,
            kafka_programs(state),
            size=brokers,
            java_options=FULL_SPEED if durable else QUICK_START,
        )
        try:
            postgres.launch()
            kafka.launch()
            postgres.wait_ready()
            kafka.wait_ready()
            yield Servers(state, postgres.admin_url, kafka.bootstrap, postgres, kafka)
        finally:
            postgres.kill()  # nothing in there is kept
            kafka.kill()


@contextmanager
def _folder_of_our_own(parent: Path) -> Iterator[Path]:
    """The first of `parent/1`, `parent/2`, … that no other test run holds, emptied."""
    parent.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        with (parent / f"{number}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                number += 1
                continue
            folder = parent / str(number)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            yield folder
            shutil.rmtree(folder / "postgres", ignore_errors=True)
            return
