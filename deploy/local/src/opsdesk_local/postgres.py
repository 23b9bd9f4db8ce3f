"""An embedded PostgreSQL server as a child process."""

import os
import shutil
import signal
import struct
from collections.abc import Mapping
from pathlib import Path

from opsdesk_local.errors import LocalRunError
from opsdesk_local.ports import free_port
from opsdesk_local.processes import Child, run_to_end, spawn, wait_for_the_last_run
from opsdesk_local.state import unprivileged_user
from opsdesk_local.waiting import holds_within

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # Two replicas of every service: docs/operations.md adds up what one needs.
    "max_connections": "400",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "autovacuum_naptime": "10s",
    "autovacuum_vacuum_cost_delay": "0",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
# Survives `kill -9` of the server but not a power cut: for tests only.
_NOT_DURABLE_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_wal_size": "256MB",
    # Every connection counts them, and a test opens several; passwords are long and random.
    "scram_iterations": "1",
    # In the data folder, which is removed: a killed server would leave segments in /dev/shm.
    "dynamic_shared_memory_type": "mmap",
}
_MAX_SOCKET_PATH_CHARS = 80


class Postgres:
    """A server in a folder. Calls block; from a coroutine use `asyncio.to_thread`."""

    def __init__(
        self,
        folder: Path,
        programs: Path,
        password: str,
        *,
        port: int | None = None,
        durable: bool = True,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.child: Child | None = None
        self.log = folder.parent / "logs" / "postgres.log"
        self._programs = programs
        self._password = password
        self._user = unprivileged_user()
        self._settings = (
            _SETTINGS | ({} if durable else _NOT_DURABLE_SETTINGS) | dict(settings or {})
        )

    @property
    def admin_url(self) -> str:
        """The superuser's URL, on the database `postgres`."""
        return f"postgresql://postgres:{self._password}@127.0.0.1:{self.port}/postgres"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        """Start the server and wait until it is ready."""
        self.launch()
        self.wait_ready()

    def launch(self) -> None:
        """Initialise the folder if it is new and start the server, without waiting for it."""
        self._take_ownership()
        if not self.data.exists():
            self._initialise()
        wait_for_the_last_run(self.data, "PostgreSQL")
        self._refuse_other_version()
        self._forget_crash()
        command = [self._programs / "postgres", "-D", self.data, *self._options()]
        self.child = spawn(
            command,
            name="postgres",
            folder=self.data,
            log=self.log,
            user=self._user,
            when_orphaned=signal.SIGINT,  # PostgreSQL's fast shutdown
        )

    def wait_ready(self, seconds: float = 60) -> None:
        """Wait until the server says in its pid file that it is ready, as `pg_ctl` does."""
        if (
            not holds_within(seconds, lambda: self._is_ready() or not self._alive())
            or not self._is_ready()
        ):
            raise LocalRunError(f"PostgreSQL did not start.\n{self._last_lines()}")

    @property
    def system_identifier(self) -> int:
        """The number that `initdb` gave to this folder: the first 8 bytes of `pg_control`."""
        with (self.data / "global" / "pg_control").open("rb") as control:
            return int(struct.unpack("=Q", control.read(8))[0])

    def stop(self) -> None:
        """Stop the server with a fast shutdown."""
        if self.child:
            self.child.end(signal.SIGINT, grace=30)

    def kill(self) -> None:
        """Kill the server with SIGKILL; its backends end by themselves."""
        if self.child:
            self.child.kill()

    def restart(self) -> None:
        self.stop()
        self.start()

    def _initialise(self) -> None:
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        password_file = self.folder / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self._password)
        self._give_ownership(password_file)
        options = [
            "--username=postgres",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
        ]
        command = [
            self._programs / "initdb",
            *options,
            # The password of the first role is stored before the settings of the server apply.
            *(f"--set={name}={value}" for name, value in self._settings.items() if "scram" in name),
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ]
        run_to_end([*command, "-D", fresh], what="initdb", folder=self.folder, user=self._user)
        fresh.rename(self.data)

    def _take_ownership(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        self._give_ownership(self.folder)

    def _give_ownership(self, path: Path) -> None:
        if self._user:
            os.chown(path, self._user.uid, self._user.gid)

    def _refuse_other_version(self) -> None:
        version_output = run_to_end(
            [self._programs / "postgres", "--version"], what="postgres", folder=self._programs
        )
        data_version = (self.data / "PG_VERSION").read_text().strip()
        if version_output.split()[2].split(".")[0] != data_version:
            raise LocalRunError(
                f"The data in {self.data} was written by PostgreSQL {data_version}, this is "
                f"{version_output.strip()}; `make clean` removes the old data."
            )

    def _forget_crash(self) -> None:
        # No server runs in the folder, but another process may have its pid by now: then
        # PostgreSQL would refuse to start.
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _options(self) -> list[str]:
        socket_folder = len(str(self.folder)) <= _MAX_SOCKET_PATH_CHARS
        sockets = {"unix_socket_directories": str(self.folder) if socket_folder else ""}
        settings = self._settings | sockets | {"port": str(self.port)}
        return [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]

    def _alive(self) -> bool:
        return self.child is not None and self.child.alive

    def _is_ready(self) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        ours = self.child is not None and lines[:1] == [str(self.child.pid)]
        return self._alive() and ours and len(lines) >= 8 and lines[7].strip() == "ready"

    def _last_lines(self) -> str:
        return self.child.last_lines() if self.child else ""
