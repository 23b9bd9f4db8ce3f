"""The matrix as a table: what holds, and what would change. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.forms.fields import Field

CONFIGURE: Final = "priorities:configure"
LEVELS: Final = ("high", "medium", "low")
ACTS: Final[Mapping[str, tuple[Field, ...]]] = {
    "confirm": (Field("reason"),),
    "decline": (Field("reason"),),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A priority; `wanted` is another one that waits, None where none does."""

    priority: str
    wanted: str | None


@dataclass(frozen=True, slots=True)
class MatrixPage:
    """`rows` by impact, each by urgency. `own`: the reader asked for what waits."""

    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    acts: tuple[str, ...]
    own: bool


def matrix_page(matrix: Mapping[str, Any], sub: str, may: Callable[[str], bool]) -> MatrixPage:
    pending = matrix["pending"]
    rows = tuple(
        (impact, tuple(_cell(matrix, impact, urgency) for urgency in LEVELS)) for impact in LEVELS
    )
    is_open = pending is not None and may(CONFIGURE)
    own = pending is not None and pending["requested_by"] == sub
    return MatrixPage(rows, tuple(ACTS) if is_open else (), own)


def _cell(matrix: Mapping[str, Any], impact: str, urgency: str) -> Cell:
    present = matrix["priorities"][impact][urgency]
    pending = matrix["pending"]
    wanted = present if pending is None else pending["priorities"][impact][urgency]
    return Cell(present, wanted if wanted != present else None)
