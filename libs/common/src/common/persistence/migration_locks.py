"""How long a migration waits for the lock of a table, and what it says when it gives up."""

import random
from collections.abc import Iterator
from dataclasses import dataclass


class LockUnavailableError(Exception):
    """A table could not be locked for as long as `LockPatience` allows."""


@dataclass(frozen=True, slots=True)
class LockPatience:
    """How long a migration waits for locks, in seconds.

    `timeout_s` at a time, while others wait behind it; again after pauses that double from
    `first_pause_s` to `longest_pause_s`; until `give_up_after_s`. `timeout_s` is shorter than
    PostgreSQL's `deadlock_timeout` (1 s): then a deadlock ends this try, never a caller's transaction.
    """

    timeout_s: float = 0.5
    give_up_after_s: float = 600.0
    first_pause_s: float = 0.5
    longest_pause_s: float = 10.0

    def pauses(self) -> Iterator[float]:
        """Yield the pauses, up to a quarter longer or shorter: replicas must not keep in step."""
        pause = self.first_pause_s
        while True:
            yield pause * random.uniform(0.75, 1.25)
            pause = min(self.longest_pause_s, 2 * pause)


DEFAULT_PATIENCE = LockPatience()


def describe_lock(patience: LockPatience, error: Exception) -> str:
    return (
        f"a table stayed locked for {patience.give_up_after_s:.0f} s ({error}): what is committed "
        "stays, and `migrate` goes on from there. Look for long transactions (SELECT pid, usename, "
        "state, xact_start FROM pg_stat_activity ORDER BY xact_start) and try again"
    )


def describe_turn(patience: LockPatience, holder: str) -> str:
    return (
        f"another migration has held its lock for {patience.give_up_after_s:.0f} s ({holder}): wait for its end, or, where nobody "
        "migrates any more, end that session (SELECT pg_terminate_backend(PID)), and try again"
    )


def is_lock_trouble(error: BaseException | None) -> bool:
    """Return whether the cause is a lock that was not to be had: lock_not_available, deadlock."""
    while error is not None:
        if getattr(error, "sqlstate", None) in {"55P03", "40P01"}:
            return True
        error = getattr(error, "orig", None) or error.__cause__
    return False
