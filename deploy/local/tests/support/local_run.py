"""One `make run` with stand-ins for the services, as a process of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from opsdesk_local.addresses import FILE_NAME, Addresses, read_addresses
from opsdesk_local.roles import drop_database
from opsdesk_local.servers import Servers
from opsdesk_local.state import State
from opsdesk_local.topics import run_blocking
from opsdesk_local.waiting import wait_until

FAKES = Path(__file__).parents[1] / "fakes"


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


def given(servers: Servers) -> dict[str, str]:
    """The servers of the tests, without the database of an earlier test's state folder."""
    run_blocking(drop_database(servers.admin_url, "opsdesk"))
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
