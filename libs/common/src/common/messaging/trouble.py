"""What a background loop has trouble with: what it is, and since when."""

from dataclasses import dataclass
from datetime import datetime

from common.now import now
from common.telemetry import logger

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One trouble. `since` is when its cause began, however its text changed meanwhile."""

    text: str
    since: datetime


class Troubles:
    """The troubles of one loop, by cause. A change is logged once, not with every attempt."""

    def __init__(self, loop: str) -> None:
        self.loop = loop
        self._troubles: dict[str, Trouble] = {}

    def report(self, cause: str, text: str) -> None:
        """Say what is wrong; the same words again change nothing."""
        known = self._troubles.get(cause)
        if known is None or known.text != text:
            log.warning(f"{self.loop}.trouble", cause=cause, detail=text)
            self._troubles[cause] = Trouble(text, known.since if known else now())

    def clear(self, cause: str) -> None:
        """Say that a cause is gone."""
        if (known := self._troubles.pop(cause, None)) is not None:
            seconds = round((now() - known.since).total_seconds(), 1)
            log.info(f"{self.loop}.trouble_over", cause=cause, detail=known.text, seconds=seconds)

    def update(self, cause: str, text: str | None) -> None:
        """Report a trouble, or clear it where there is no text."""
        if text is None:
            self.clear(cause)
        else:
            self.report(cause, text)

    def has(self, cause: str) -> bool:
        return cause in self._troubles

    @property
    def text(self) -> str | None:
        """All troubles in one line, for readiness; None where there is none."""
        if not self._troubles:
            return None
        return "; ".join(
            f"{self.loop}: {one.text} (since {one.since:%Y-%m-%dT%H:%M:%SZ})"
            for one in self._troubles.values()
        )
