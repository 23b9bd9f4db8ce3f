"""Run a function on foreign bytes in a process of its own, with limits, beside the event loop.

A regular expression, a codec or a parser holds Python's lock while it works: in a thread it stops
every request of the process all the same. A process can be ended from outside, whatever it does.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Any, TypeVar

from common.confined.limits import LimitExceeded, Limits
from common.confinement.process import ConfinedProcess, ConfinementUnavailable, preload
from common.telemetry import logger, metrics

R = TypeVar("R")

log = logger(__name__)


class Confinement:
    """A kind of confined work: its limits, and how many pieces of it run at a time.

    `name` is the kind in metrics and logs. `modules` are imported once, by the server from which
    the processes are forked: those that the functions need, and none that opens or starts anything.
    At most `waiting` further pieces wait for their turn; None is for those who can wait for any
    number, and hold no connection meanwhile. With `spare`, `at_once` processes wait for their piece;
    the next one is started when a piece is done.
    """

    def __init__(
        self,
        name: str,
        limits: Limits,
        modules: tuple[str, ...] = (),
        *,
        at_once: int = 2,
        waiting: int | None = None,
        spare: bool = False,
    ) -> None:
        self.name = name
        self.limits = limits
        self._at_once = at_once
        self._most = None if waiting is None else at_once + waiting
        self._pieces = 0
        self._turns = ThreadPoolExecutor(at_once, thread_name_prefix=f"confined-{name}")
        self._spares: SimpleQueue[ConfinedProcess] = SimpleQueue()
        self._keeper = ThreadPoolExecutor(1, thread_name_prefix=f"spare-{name}") if spare else None
        preload(modules)

    async def run(self, function: Callable[..., R], *args: Any) -> R:
        """The function's result.

        Raises what the function raises, LimitExceeded, or ConfinementUnavailable. The function is
        one of a module; it, its arguments and its result can be pickled.
        """
        if self._pieces == self._most:
            raise ConfinementUnavailable("as many as may wait are waiting")
        self._pieces += 1
        try:
            succeeded, value = await self._run(_Piece(self, function, args))
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

    async def prepare(self) -> None:
        """Start the server and the spare processes, where there are none, before work comes."""
        await asyncio.get_running_loop().run_in_executor(self._keeper, self._add_spares)

    def take_process(self) -> ConfinedProcess:
        """A process that waits for a piece; blocks. Raises ConfinementUnavailable."""
        with suppress(Empty):
            while True:
                spare = self._spares.get_nowait()
                if spare.is_alive:
                    return spare
                spare.end()
        return ConfinedProcess(self.limits)

    def give_back(self, process: ConfinedProcess) -> None:
        """End the process, whose piece is done; blocks where nobody keeps a spare one."""
        if self._keeper:
            self._keeper.submit(self._replace, process)
        else:
            process.end()

    def _replace(self, process: ConfinedProcess) -> None:
        process.end()
        self._add_spares()

    def _add_spares(self) -> None:
        """Start as many as may work at a time: two mails that come together find one each."""
        try:
            while self._spares.qsize() < self._at_once:
                self._spares.put(ConfinedProcess(self.limits))
        except ConfinementUnavailable:
            log.warning("confinement.no_spare_process", kind=self.name, exc_info=True)


class _Piece:
    """One piece of work, and its process while it has one."""

    def __init__(
        self, confinement: Confinement, function: Callable[..., Any], args: tuple[Any, ...]
    ) -> None:
        self._confinement = confinement
        self._function, self._args = function, args
        self._lock = Lock()
        self._process: ConfinedProcess | None = None
        self._killed = False

    def run(self) -> tuple[bool, Any]:
        """`(True, result)` or `(False, error)`; blocks. Raises LimitExceeded, ConfinementUnavailable."""
        if self._killed:
            raise ConfinementUnavailable("it was called off before it began")
        process = self._confinement.take_process()
        try:
            self._begin(process)
            return process.work(self._function, self._args)
        finally:
            self._confinement.give_back(process)

    def kill(self) -> None:
        """End the work at once, from whichever thread, also before it has begun."""
        with self._lock:
            self._killed = True
            if self._process is not None:
                self._process.kill()

    def _begin(self, process: ConfinedProcess) -> None:
        with self._lock:
            self._process = process
            if self._killed:
                process.kill()
