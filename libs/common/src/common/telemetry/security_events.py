"""Security events: a log line each, in the schema of docs/security-events.md, and a counter.

The fields hold only what OpsDesk itself names: codes, permissions, templates of routes, ids, the `sub`
of a caller. What somebody wrote never gets here.
"""

import time
from dataclasses import asdict, dataclass
from typing import Final, Literal

from common.telemetry import metrics
from common.telemetry.logs import logger

log = logger(__name__)

Kind = Literal[
    "authentication_failed",
    "authorization_denied",
    "contact_erased",
    "contact_exported",
    "limit_exceeded",
    "record_refused",
    "role_changed",
    "second_person_required",
    "setting_changed",
    "tokens_revoked",
]
DONE: Final[frozenset[Kind]] = frozenset(
    {"contact_erased", "contact_exported", "role_changed", "setting_changed", "tokens_revoked"}
)
"""What was done; everything else was refused."""

SECOND_PERSON_CODES: Final = frozenset(
    {"ALREADY_COUNTED", "FOUR_EYES", "SELF_APPROVAL", "SELF_CONFIRMATION", "SELF_VERIFICATION"}
)
"""The codes by which a rule says that another person is needed (R1)."""

LINES_PER_SECOND: Final = 10
"""Lines of one kind and reason that are written in a second; all are counted."""


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """`reason` is a stable code with few values. `caller` is a `sub`, `behind` the machine that speaks
    for them, None where nobody was recognised. `address` is the network address of an unknown caller.
    """

    kind: Kind
    reason: str
    caller: str | None = None
    behind: str | None = None
    permission: str | None = None
    method: str | None = None
    route: str | None = None
    address: str | None = None
    subject: str | None = None
    topic: str | None = None

    @property
    def outcome(self) -> Literal["done", "refused"]:
        return "done" if self.kind in DONE else "refused"


class LineLimit:
    """Lets LINES_PER_SECOND lines of one kind and reason through, so that no flood fills the log."""

    def __init__(self) -> None:
        self._second: dict[tuple[str, str], int] = {}
        self._lines: dict[tuple[str, str], int] = {}

    def admit(self, kind: str, reason: str, at: float) -> int | None:
        """Return how many were left out before this line; None: leave this one out, too.

        `at` is in seconds of any clock that never goes backwards.
        """
        key, second = (kind, reason), int(at)
        if self._second.get(key) != second:
            left_out = max(0, self._lines.get(key, 0) - LINES_PER_SECOND)
            self._second[key], self._lines[key] = second, 1
            return left_out
        self._lines[key] += 1
        return 0 if self._lines[key] <= LINES_PER_SECOND else None


_LIMIT: Final = LineLimit()


def report(event: SecurityEvent) -> None:
    """Count the event, and write its line unless there were many of its kind in this second."""
    metrics.SECURITY_EVENTS.labels(event.kind, event.reason).inc()
    left_out = _LIMIT.admit(event.kind, event.reason, time.monotonic())
    if left_out is None:
        return
    fields = {name: value for name, value in asdict(event).items() if value is not None}
    del fields["kind"]
    write = log.info if event.outcome == "done" else log.warning
    write(f"security.{event.kind}", outcome=event.outcome, left_out=left_out, **fields)
