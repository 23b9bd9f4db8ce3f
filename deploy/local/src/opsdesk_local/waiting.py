"""Waiting for a condition, with a time-out."""

import time
from collections.abc import Callable

from opsdesk_local.errors import LocalRunError

POLL_SECONDS = 0.03


def holds_within(seconds: float, condition: Callable[[], bool]) -> bool:
    """Return whether the condition became true within `seconds`; check it at least once."""
    give_up_at = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= give_up_at:
            return False
        time.sleep(POLL_SECONDS)
    return True


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for the condition. Raises LocalRunError, naming `what`, after `seconds`."""
    if not holds_within(seconds, condition):
        raise LocalRunError(f"Waited {seconds:.0f} s in vain for {what}.")
