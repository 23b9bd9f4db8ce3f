"""What a rule answers when it does not allow something."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a rule does not allow an act: a value that the rule returns, never an exception.

    `code` is stable and in upper case (`SELF_APPROVAL`): it stands in the answer and in the audit
    trail. `detail` says what to do next.
    """

    code: str
    detail: str
