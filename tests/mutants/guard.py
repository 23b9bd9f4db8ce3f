"""A guard: what it is, what replaces it, and who notices."""

from dataclasses import dataclass
from typing import Final

COMMON: Final = "libs/common/src/common"
COMMON_TESTS: Final = "libs/common/tests"


@dataclass(frozen=True, slots=True)
class Guard:
    """A guard: the text `before` in `file`, what it is replaced by, and who notices."""

    name: str
    file: str
    before: str
    after: str
    test: str

    def remove_from(self, text: str) -> str:
        """Return the file's text without the guard. Raises ValueError unless it is there once."""
        if text.count(self.before) != 1:
            raise ValueError(f"{self.file} has {self.before!r} {text.count(self.before)} times")
        return text.replace(self.before, self.after)
