"""Forks the process that answers requests, so that it shares the memory of all that is imported."""

import ctypes
import os
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NoReturn

from common.processes.memory import tune_memory

_PR_SET_PDEATHSIG: Final = 1


@dataclass(frozen=True, slots=True)
class ForkedProcess:
    """A child: its process id, a descriptor that is readable once it has ended, our end of a socket pair."""

    pid: int
    descriptor: int
    channel: socket.socket

    def exit_code(self) -> int:
        """Return its exit code, negative for a signal, once it has ended; waits for that."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def kill(self) -> None:
        """Kill it."""
        os.kill(self.pid, signal.SIGKILL)


def fork(run: Callable[[socket.socket], int]) -> ForkedProcess:
    """Fork a process that runs `run` with its end of a socket pair, and ends with the exit code returned.

    The kernel kills it when this process is gone. It hears no signal that ends a terminal's or a
    container's processes all at once: this process tells it when to end.
    """
    ours, theirs = socket.socketpair()
    parent = os.getpid()
    tune_memory()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        ours.close()
        _run_as_child(run, theirs, parent)
    theirs.close()
    return ForkedProcess(pid, os.pidfd_open(pid), ours)


def _run_as_child(
    run: Callable[[socket.socket], int], channel: socket.socket, parent: int
) -> NoReturn:
    code = 1
    try:
        _end_with_parent(parent)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        code = run(channel)
    except BaseException:  # noqa: BLE001 - shown, and the exit code says so; nothing of the parent's may run
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(code)


def _end_with_parent(parent: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it was gone before we asked
        os._exit(1)
