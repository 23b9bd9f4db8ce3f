"""Watches child processes from their start on: what ends by itself ends everything."""

import signal
import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from opsdesk_local.errors import LocalRunError
from opsdesk_local.processes import Child

_INTERVAL_S = 0.1
Children = Callable[[], Iterable[Child]]
"""Returns those that run by now."""


class ChildWatch:
    """Interrupts the main thread (KeyboardInterrupt) when a child has ended by itself.

    So a start does not go on, or wait in vain, for what has gone. `ended` is that child.
    """

    def __init__(self) -> None:
        self.ended: Child | None = None
        self._sources: list[Children] = []
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="child watch", daemon=True)

    def add(self, children: Children) -> None:
        """Watch these, too."""
        self._sources.append(children)

    def check(self) -> None:
        """Raise LocalRunError, with its last lines, where a child has ended by itself."""
        self.ended = self.ended or self._find_ended()
        if (child := self.ended) is not None:
            raise LocalRunError(
                f"{child.name} ended by itself (exit code {child.exit_code}), so everything was "
                f"stopped. Its last lines, from {child.log}:\n{child.last_lines(20)}"
            )

    def wait_until_interrupted(self) -> None:
        self._stopped.wait()

    def stop(self) -> None:
        """Look away: from now on children are ended by us."""
        self._stopped.set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
        self._thread.join()

    def _find_ended(self) -> Child | None:
        children = (child for source in list(self._sources) for child in source())
        return next((child for child in children if not child.alive), None)

    def _watch(self) -> None:
        while self.ended is None and not self._stopped.wait(_INTERVAL_S):
            self.ended = self._find_ended()
        main = threading.main_thread().ident
        if main is not None and not self._stopped.is_set():
            signal.pthread_kill(main, signal.SIGINT)
