"""PostgreSQL and Kafka for tests: named by the environment, or embedded and empty."""

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from opsdesk_local.class_data_archive import kafka_programs
from opsdesk_local.jvm import FULL_SPEED_OPTIONS, QUICK_START_OPTIONS
from opsdesk_local.kafka import Kafka
from opsdesk_local.postgres import Postgres
from opsdesk_local.postgres_programs import postgres_programs
from opsdesk_local.ramdisk import ramdisk_folder
from opsdesk_local.state import State, open_state

ADMIN_DATABASE_URL = "OPSDESK_TEST_ADMIN_DATABASE_URL"
KAFKA = "OPSDESK_TEST_KAFKA"


@dataclass(frozen=True, slots=True)
class Servers:
    """The servers of a test run. `postgres` and `kafka` are None where the environment names them.

    `bootstrap` is empty without Kafka.
    """

    state: State
    admin_url: str
    bootstrap: str
    postgres: Postgres | None = None
    kafka: Kafka | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The variables that name these servers to another process."""
        return {ADMIN_DATABASE_URL: self.admin_url, KAFKA: self.bootstrap}


@contextmanager
def servers_for_tests(state: State | None = None, *, brokers: int = 1) -> Iterator[Servers]:
    """Yield the servers that the environment names, else embedded ones.

    With `brokers=0` PostgreSQL alone.
    """
    state = state or open_state()
    url, bootstrap = os.environ.get(ADMIN_DATABASE_URL), os.environ.get(KAFKA)
    if url and (bootstrap or not brokers):
        yield Servers(state, url, bootstrap or "")
    else:
        with embedded_servers(state, brokers=brokers) as servers:
            yield servers


@contextmanager
def embedded_servers(
    state: State | None = None,
    *,
    brokers: int = 1,
    durable: bool = False,
    data: Mapping[str, Path] | None = None,
) -> Iterator[Servers]:
    """Start empty servers, stopped and removed at the end. For tests that kill servers.

    `data` names another folder for the data of `postgres` or `kafka`, on a disk of its own.

    With `brokers=0` PostgreSQL alone. Without `durable` the data survive `kill -9` but not a power
    cut, and PostgreSQL's are in memory if there is enough. `durable` is for benchmarks: as in
    production the data are on disk, `fsync` is on and Java compiles Kafka fully.
    """
    state = state or open_state()
    with (
        _folder_of_our_own(state.test) as folder,
        nullcontext(folder)
        if durable
        else ramdisk_folder(state.folder, int(folder.name), folder) as usual,
    ):
        elsewhere = data or {}
        postgres = Postgres(
            elsewhere.get("postgres", usual) / "postgres",
            postgres_programs(state),
            state.password("postgres"),
            durable=durable,
        )
        kafka_folder = elsewhere.get("kafka", folder)
        kafka = _kafka(kafka_folder, state, brokers, durable=durable) if brokers else None
        try:
            postgres.launch()
            if kafka:
                kafka.launch()
            postgres.wait_ready()
            if kafka:
                kafka.wait_ready()
            bootstrap = kafka.bootstrap if kafka else ""
            yield Servers(state, postgres.admin_url, bootstrap, postgres, kafka)
        finally:
            postgres.kill()  # its data are not kept
            if kafka:
                kafka.kill()


def _kafka(folder: Path, state: State, brokers: int, *, durable: bool) -> Kafka:
    options = FULL_SPEED_OPTIONS if durable else QUICK_START_OPTIONS
    return Kafka(folder, kafka_programs(state), size=brokers, java_options=options)


@contextmanager
def _folder_of_our_own(parent: Path) -> Iterator[Path]:
    """Yield the first of `parent/1`, `parent/2`, … that no other test run uses, emptied."""
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
            try:
                yield folder
            finally:  # Ctrl-C, too: a measurement may have stored many gigabytes
                shutil.rmtree(folder / "postgres", ignore_errors=True)
            return
