"""Waiting for a condition with a time-out; nothing here ever sleeps blindly."""

import time
from collections.abc import Callable

from opsdesk_local.errors import LocalRunError

POLL_SECONDS = 0.03


def holds_within(seconds: float, condition: Callable[[], bool]) -> bool:
    """Whether the condition came true within so many seconds; asks at least once."""
    give_up_at = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= give_up_at:
            return False
        time.sleep(POLL_SECONDS)
    return True


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Returns when the condition holds; raises `CannotRun` naming `what` after so many seconds."""
    if not holds_within(seconds, condition):
        raise LocalRunError(f"Waited {seconds:.0f} s in vain for {what}.")
