"""What a piece of work on foreign bytes may use, and the error when that is not enough."""

from dataclasses import dataclass
from typing import Final, Literal

MIB: Final = 1024 * 1024

Excess = Literal["time", "wall", "memory", "crash"]
"""What ended a piece of work: its time of computing, the time on the wall, its memory, or a fault that no `except` can catch."""

_SENTENCES: Final[dict[Excess, str]] = {
    "time": "it takes longer than {limits.cpu_s} s to read",
    "wall": "it was not read within {limits.wall_s:g} s of real time",
    "memory": "it takes more than {limits.memory_mib} MiB of memory to read",
    "crash": "what reads it ended without an answer",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one piece of work.

    `cpu_s`: seconds of computing, whole ones, as the kernel counts them. `wall_s`: seconds of real
    time, for a machine with other work to do. `memory_mib`: MiB of address space beyond that of the
    empty process. `answer_mib`: MiB of the pickled answer.
    """

    cpu_s: int
    wall_s: float
    memory_mib: int
    answer_mib: int = 16


class LimitExceeded(Exception):
    """The work was ended. `excess` says by which limit; the message is for a person."""

    def __init__(self, excess: Excess, limits: Limits) -> None:
        super().__init__(_SENTENCES[excess].format(limits=limits))
        self.excess: Excess = excess
