"""Stops asking a service that does not answer, so that one dead service does not make every page slow. Pure.

Times are seconds of a clock that never goes back.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

FAILURES: Final = 3
"""Bad moments in a row after which a service is left alone."""
PAUSE_S: Final = 5.0
"""Seconds for which it is; then one request tries."""
MEMORY_S: Final = 30.0
"""Failures further apart are not in a row: what the service did between them nobody knows."""


@dataclass(slots=True)
class Breaker:
    """Of one service. `since`: the real moment of the first failure in a row, None while it answers.

    Moments are counted, not requests: parts of one page that fail together had one bad moment.
    """

    failures: int = 0
    since: datetime | None = None
    _failed_at: float = float("-inf")
    _shut_until: float = float("-inf")
    _trying: bool = False

    def may_ask(self, at: float) -> bool:
        """Whether to ask now. After the pause one request tries, and the others go on without."""
        self._forget_before(at)
        if self.failures < FAILURES:
            return True
        if at < self._shut_until or self._trying:
            return False
        self._trying = True
        return True

    def answered(self) -> None:
        """Any answer, also a refusal: the service is there."""
        self.failures, self.since, self._trying = 0, None, False

    def erred(self, at: float, moment: datetime) -> None:
        """An answer that is an error of the service: it is asked again, and it has failed since the first."""
        self._forget_before(at)
        self.failures, self._trying, self._failed_at = 0, False, at
        self.since = self.since or moment

    def failed(self, asked_at: float, at: float, moment: datetime) -> None:
        """Count a failure of a request that was sent at `asked_at`, unless its moment is counted."""
        self._forget_before(asked_at)
        self._trying = False
        if self.since is None:
            self.since = moment
        if asked_at <= self._failed_at and self.failures:
            return
        self.failures += 1
        self._failed_at = at
        if self.failures >= FAILURES:
            self._shut_until = at + PAUSE_S

    def given_up(self) -> None:
        """The request that tried was cancelled before it knew: another one may try."""
        self._trying = False

    def _forget_before(self, at: float) -> None:
        if at - self._failed_at > MEMORY_S:
            self.answered()
