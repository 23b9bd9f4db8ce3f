"""The result of a rule that does not allow something: a value, never an exception. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why something is not allowed: `code` becomes the error's type, `detail` says what to do."""

    code: str
    detail: str
