"""What a mail server's answer means for a message (E19). Pure."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

FIRST_RETRY_DELAY: Final = timedelta(seconds=5)
MAX_RETRY_DELAY: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Delivered:
    """The provider accepted it."""


@dataclass(frozen=True, slots=True)
class TemporaryFailure:
    """It is unknown whether it arrived, or the provider asks to try later (E19).

    `is_refusal` says that the provider answered about this message: then the trouble is not ours alone.
    `is_unreachable` says that there was no connection: then every other message would fail as well.
    """

    reason: str
    is_refusal: bool = False
    is_unreachable: bool = False


@dataclass(frozen=True, slots=True)
class PermanentFailure:
    """The provider will never accept it for this address."""

    reason: str


SendOutcome = Delivered | TemporaryFailure | PermanentFailure


def retry_delay(attempts: int, longest: timedelta = MAX_RETRY_DELAY) -> timedelta:
    """How long to wait after the n-th attempt (from 1): it doubles up to `longest`."""
    doublings = max(0, min(attempts - 1, 20))
    return min(FIRST_RETRY_DELAY * (1 << doublings), longest)
