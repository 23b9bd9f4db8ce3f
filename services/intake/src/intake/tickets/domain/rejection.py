"""What a rule says when it says no. Pure: a value, never an exception."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rejection:
    """`code` is stable and ends up in the error's type; `detail` says what to do next."""

    code: str
    detail: str
