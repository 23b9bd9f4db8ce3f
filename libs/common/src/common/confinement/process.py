"""One confined process, from its start over its one piece of work to its end."""

import pickle
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerProcess
from signal import SIGALRM, SIGHUP, SIGINT, SIGKILL, SIGTERM, SIGXCPU
from threading import Lock, Timer
from typing import Any, Final

from common.confined.child import work
from common.confined.limits import MIB, LimitExceeded, Limits

_CONTEXT: Final = get_context("forkserver")
_PRELOADED: Final = ["multiprocessing.popen_forkserver", "common.confined.child"]
_LAST_PRELOADED: Final = "common.confined.settled"
_OUT_OF_TIME: Final = frozenset({-SIGALRM, -SIGXCPU})
_ENDED_BY_OTHERS: Final = frozenset({-SIGHUP, -SIGINT, -SIGKILL, -SIGTERM, 255})
"""Exit codes that say nothing about the work: a stop, the kernel's want of memory, a lost server."""


# Two threads that ask after one process at the same time take its exit code from each other, and whatever
# starts a process asks after all of them.
_ASKING: Final = Lock()


class ConfinementUnavailable(OSError):
    """No process could be had, or others ended it: our own trouble. Try again later."""


def preload(modules: tuple[str, ...]) -> None:
    """Have the server import them from which processes are forked.

    It starts with the first process; modules that are named later come by need.
    """
    _PRELOADED.extend(name for name in modules if name not in _PRELOADED)
    _CONTEXT.set_forkserver_preload([*_PRELOADED, _LAST_PRELOADED])


class ConfinedProcess:
    """A process that waits for its piece of work. Its methods block; `kill` may be called meanwhile."""

    def __init__(self, limits: Limits) -> None:
        """Start it. Raises ConfinementUnavailable."""
        self._limits = limits
        self._lock = Lock()
        self._ended = False
        self._killed = False
        self._ours, theirs = _CONTEXT.Pipe()
        self._process: ForkServerProcess = _CONTEXT.Process(
            target=work, args=(theirs, limits), daemon=True
        )
        with theirs:
            try:
                with _ASKING:
                    self._process.start()
            except (OSError, EOFError) as error:
                self._ours.close()
                raise ConfinementUnavailable(f"no process for it: {error}") from error

    @property
    def is_alive(self) -> bool:
        """Whether it still waits: the kernel ends confined processes first where memory is short."""
        with _ASKING:
            return self._process.is_alive()

    def work(self, function: Callable[..., Any], args: tuple[Any, ...]) -> tuple[bool, Any]:
        """`(True, result)` or `(False, error)`. Raises LimitExceeded, ConfinementUnavailable."""
        timer = Timer(self._limits.wall_s, self.kill)
        timer.daemon = True
        timer.start()
        try:
            return self._ask(pickle.dumps((function, args), pickle.HIGHEST_PROTOCOL))
        finally:
            timer.cancel()

    def kill(self) -> None:
        """End it at once, from whichever thread."""
        with self._lock:
            self._killed = True
            if not self._ended and self.is_alive:
                self._process.kill()

    def end(self) -> None:
        """End it, and wait until it is gone."""
        self.kill()
        self._wait()
        with self._lock:
            self._ended = True
            self._process.close()
        self._ours.close()

    def _ask(self, piece: bytes) -> tuple[bool, Any]:
        try:
            self._ours.send_bytes(piece)
            answer = self._ours.recv_bytes(self._limits.answer_mib * MIB)
        except (EOFError, ConnectionError):
            raise self._explain_end() from None
        except OSError:  # longer than allowed
            raise LimitExceeded("memory", self._limits) from None
        succeeded, value = pickle.loads(answer)
        if isinstance(value, MemoryError):
            raise LimitExceeded("memory", self._limits) from None
        return succeeded, value

    def _explain_end(self) -> Exception:
        """The error for a process that ended without an answer."""
        called_off, exit_code = self._killed, self._wait()
        if called_off:
            return LimitExceeded("wall", self._limits)
        if exit_code in _OUT_OF_TIME:
            return LimitExceeded("time", self._limits)
        if exit_code in _ENDED_BY_OTHERS:
            return ConfinementUnavailable("its process was ended from outside")
        return LimitExceeded("crash", self._limits)

    def _wait(self) -> int | None:
        """Wait until the process has ended. Its exit code."""
        wait([self._process.sentinel])
        with _ASKING:
            return self._process.exitcode
