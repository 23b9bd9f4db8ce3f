"""Run a function on foreign bytes in a process of its own, with limits, beside the event loop.

A regular expression, a codec or a parser holds Python's lock while it works: in a thread it stops
every request of the process all the same. A process can be ended from outside, whatever it does.
"""

import asyncio
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from signal import SIGALRM, SIGHUP, SIGINT, SIGKILL, SIGTERM, SIGXCPU
from threading import Lock, Timer
from typing import Any, Final, TypeVar

from common.confinement.child import work
from common.confinement.limits import MIB, LimitExceeded, Limits
from common.telemetry import logger, metrics

R = TypeVar("R")

log = logger(__name__)

_CONTEXT: Final = get_context("forkserver")
_PRELOADED: Final = ["common.confinement.child"]
_OUT_OF_TIME: Final = frozenset({-SIGALRM, -SIGXCPU})
_ENDED_BY_OTHERS: Final = frozenset({-SIGHUP, -SIGINT, -SIGKILL, -SIGTERM, 255})
"""Exit codes that say nothing about the work: a stop, the kernel's want of memory, a lost server."""


class ConfinementUnavailable(OSError):
    """No process could be had, or others ended it: our own trouble. Try again later."""


class Confinement:
    """A kind of confined work: its limits, and how many pieces of it run at a time.

    `name` is the kind in metrics and logs. `modules` are imported once, by the server from which
    the processes are forked: those that the functions need, and none that opens or starts anything.
    At most `waiting` further pieces wait for their turn; None is for those who can wait for any
    number, and hold no connection meanwhile.
    """

    def __init__(
        self,
        name: str,
        limits: Limits,
        modules: tuple[str, ...] = (),
        *,
        at_once: int = 2,
        waiting: int | None = None,
    ) -> None:
        self.name = name
        self.limits = limits
        self._most = None if waiting is None else at_once + waiting
        self._pieces = 0
        self._turns = ThreadPoolExecutor(at_once, thread_name_prefix=f"confined-{name}")
        _PRELOADED.extend(modules)
        # The server starts with the first piece of work; modules that are named later come by need.
        _CONTEXT.set_forkserver_preload(_PRELOADED)

    async def run(self, function: Callable[..., R], *args: Any) -> R:
        """The function's result.

        Raises what the function raises, LimitExceeded, or ConfinementUnavailable. The function is
        one of a module; it, its arguments and its result can be pickled.
        """
        if self._pieces == self._most:
            raise ConfinementUnavailable("as many as may wait are waiting")
        self._pieces += 1
        try:
            succeeded, value = await self._run(_Piece(self.limits, function, args))
        finally:
            self._pieces -= 1
        if not succeeded:
            raise value
        result: R = value
        return result

    async def _run(self, piece: "_Piece") -> tuple[bool, Any]:
        loop = asyncio.get_running_loop()
        try:
            succeeded, value = await loop.run_in_executor(self._turns, piece.run)
        except asyncio.CancelledError:
            piece.kill()
            raise
        except LimitExceeded as error:
            metrics.CONFINED_WORK.labels(self.name, error.excess).inc()
            log.warning("confinement.exceeded", kind=self.name, excess=error.excess)
            raise
        metrics.CONFINED_WORK.labels(self.name, "done" if succeeded else "refused").inc()
        return succeeded, value


class _Piece:
    """One piece of work, and its process while it has one."""

    def __init__(self, limits: Limits, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self._limits = limits
        self._function, self._args = function, args
        self._lock = Lock()
        self._process: ForkServerProcess | None = None
        self._killed = False

    def run(self) -> tuple[bool, Any]:
        """`(True, result)` or `(False, error)`; blocks. Raises LimitExceeded, ConfinementUnavailable."""
        reader, process = self._start()
        timer = Timer(self._limits.wall_s, self.kill)
        timer.daemon = True
        timer.start()
        try:
            with reader:
                return self._receive(reader, process)
        finally:
            timer.cancel()
            self.kill()
            process.join()
            process.close()

    def kill(self) -> None:
        """End the work at once, from whichever thread, also before it has begun."""
        with self._lock:
            self._killed = True
            if self._process is not None and self._process.is_alive():
                self._process.kill()

    def _start(self) -> tuple[Connection, ForkServerProcess]:
        reader, writer = _CONTEXT.Pipe(duplex=False)
        args = (writer, self._limits, self._function, self._args)
        process = _CONTEXT.Process(target=work, args=args, daemon=True)
        with writer, self._lock:
            if self._killed:
                raise ConfinementUnavailable("it was called off before it began")
            try:
                process.start()
            except (OSError, EOFError) as error:
                reader.close()
                raise ConfinementUnavailable(f"no process for it: {error}") from error
            self._process = process
        return reader, process

    def _receive(self, reader: Connection, process: ForkServerProcess) -> tuple[bool, Any]:
        try:
            answer = reader.recv_bytes(self._limits.answer_mib * MIB)
        except EOFError:
            raise self._explain_end(process) from None
        except OSError:  # longer than allowed
            raise LimitExceeded("memory", self._limits) from None
        succeeded, value = pickle.loads(answer)
        if isinstance(value, MemoryError):
            raise LimitExceeded("memory", self._limits) from None
        return succeeded, value

    def _explain_end(self, process: ForkServerProcess) -> Exception:
        """The error for a process that ended without an answer."""
        called_off = self._killed
        process.join()
        if called_off or process.exitcode in _OUT_OF_TIME:
            return LimitExceeded("time", self._limits)
        if process.exitcode in _ENDED_BY_OTHERS:
            return ConfinementUnavailable("its process was ended from outside")
        return LimitExceeded("crash", self._limits)
