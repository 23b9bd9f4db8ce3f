"""One thing that was looked at."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`wrong`: the service does not start, or not work, with it. `warning`: it works, and somebody should know."""

    level: Level
    about: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.level:<8}{self.about}: {self.sentence}"


def ok(about: str, sentence: str) -> Finding:
    return Finding("ok", about, sentence)


def warning(about: str, sentence: str) -> Finding:
    return Finding("warning", about, sentence)


def wrong(about: str, sentence: str) -> Finding:
    return Finding("wrong", about, sentence)


def explain_error(error: BaseException) -> str:
    """Return the type of an error, and its text where it has one: who runs the doctor may read it."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
