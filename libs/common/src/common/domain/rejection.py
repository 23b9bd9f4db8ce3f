"""What a rule answers when it does not allow something."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a rule does not allow an act: a value that the rule returns, never an exception.

    `code` is stable and in upper case (`SELF_APPROVAL`): it stands in the answer and in the audit
    trail. `detail` says what to do next. `parameters` are facts of it by name, for those who say it in other
    words: keys and codes, as they are.
    """

    code: str
    detail: str
    parameters: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({}), hash=False, compare=False
    )
