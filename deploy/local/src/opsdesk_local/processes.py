"""Child processes that end with the process that started them, even when it is killed."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from opsdesk_local.errors import LocalRunError
from opsdesk_local.listening import session_listens
from opsdesk_local.state import User
from opsdesk_local.waiting import holds_within

# The kernel signals a child when the *thread* that forked it ends. So one thread that lives as long
# as this process starts all children.
_spawner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spawner")


class Child:
    """A child process; its output goes to `log`."""

    def __init__(self, process: subprocess.Popen[bytes], name: str, log: Path) -> None:
        self._process = process
        self.name = name
        self.log = log

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self._process.poll()

    def send(self, number: signal.Signals) -> None:
        if self.alive:
            self._process.send_signal(number)

    def send_to_all(self, number: signal.Signals) -> None:
        """Send a signal to the process and to those that it has started: they are one group."""
        if self.alive:
            os.killpg(self.pid, number)

    def listens_on(self, port: int) -> bool:
        """Return whether it or a child of its own listens on the port, and nobody else."""
        return self.alive and session_listens(self.pid, port)

    def ended_within(self, seconds: float) -> bool:
        return holds_within(seconds, lambda: not self.alive)

    def end(self, politely: signal.Signals = signal.SIGTERM, grace: float = 10) -> None:
        """Ask the process to stop; kill it if it still runs after `grace` seconds."""
        self.send(politely)
        if not self.ended_within(grace):
            self.kill()

    def kill(self) -> None:
        """Kill the process with SIGKILL and wait for its end."""
        self.send(signal.SIGKILL)
        self._process.wait()

    def last_lines(self, count: int = 20) -> str:
        return last_lines(self.log, count)


def spawn(
    command: Sequence[object],
    *,
    name: str,
    folder: Path,
    log: Path,
    env: Mapping[str, str] | None = None,
    user: User | None = None,
    when_orphaned: signal.Signals = signal.SIGKILL,
) -> Child:
    """Start a child in `folder`, in its own session so that it does not get Ctrl-C.

    `setpriv` asks the kernel to send `when_orphaned` to the child when this process is gone. It does
    so after changing the user, which would undo it.
    """
    line = [
        "setpriv",
        "--pdeathsig",
        when_orphaned.name.removeprefix("SIG"),
        *_run_as(user),
        "--",
    ]

    def start() -> subprocess.Popen[bytes]:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            return subprocess.Popen(
                [*line, *map(str, command)],
                cwd=folder,
                env=dict(os.environ if env is None else env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    return Child(_spawner.submit(start).result(), name, log)


def run_to_end(
    command: Sequence[object],
    *,
    what: str,
    folder: Path,
    user: User | None = None,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run a command and return its output. Raises LocalRunError with its last lines if it fails."""
    done = subprocess.run(
        ["setpriv", "--pdeathsig", "KILL", *_run_as(user), "--", *map(str, command)],
        cwd=folder,
        env=None if env is None else dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        umask=0o022,
        check=False,
    )
    if done.returncode:
        lines = "\n".join(done.stdout.splitlines()[-20:])
        raise LocalRunError(f"{what} failed (exit code {done.returncode}).\n{lines}")
    return done.stdout


def processes_in(folder: Path) -> list[int]:
    """Return the ids of processes whose working folder is this one; zombies have none."""
    return [
        int(entry.name)
        for entry in Path("/proc").glob("[0-9]*")
        if _working_folder(entry) == str(folder)
    ]


def wait_for_the_last_run(folder: Path, name: str) -> None:
    """Wait up to ten seconds for a process of an earlier run in `folder` to end."""
    if not holds_within(10, lambda: not processes_in(folder)):
        pids = " ".join(map(str, processes_in(folder)))
        raise LocalRunError(f"{name} of an earlier run still runs in {folder}; end it: kill {pids}")


def last_lines(log: Path, count: int) -> str:
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])


def _run_as(user: User | None) -> list[str]:
    return [f"--reuid={user.uid}", f"--regid={user.gid}", "--clear-groups"] if user else []


def _working_folder(process: Path) -> str | None:
    try:
        return str((process / "cwd").readlink())
    except OSError:
        return None
