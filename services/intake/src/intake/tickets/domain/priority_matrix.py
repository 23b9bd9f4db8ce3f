"""The matrix of impact and urgency as the house has it, and how it changes (R1, R5). Pure.

A higher priority for some impact and urgency takes one person. A lower one takes two, as a lower
priority of a ticket does: with it, every ticket that is assessed from then on is promised less.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise, product
from typing import Final

from common.domain import Rejection
from intake.tickets.domain.priority import (
    DEFAULT_MATRIX,
    LEVELS,
    Impact,
    Matrix,
    Urgency,
    is_lower,
)


@dataclass(frozen=True, slots=True)
class MatrixChange:
    """A version of the matrix, with who asked for it and, where it lowers a priority, who confirmed it.

    `effective_at` is None as long as it waits for a second person, or was declined.
    """

    version: int
    cells: Matrix
    requested_by: str
    requested_at: datetime
    reason: str
    confirmed_by: str | None = None
    effective_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PriorityMatrix:
    """The matrix that holds (version 0 is the default that OpsDesk comes with), and what waits."""

    version: int = 0
    cells: Matrix = field(default_factory=lambda: DEFAULT_MATRIX)
    changed_by: str | None = None
    confirmed_by: str | None = None
    pending: MatrixChange | None = None


DEFAULT: Final = PriorityMatrix()


def find_disorder(cells: Matrix) -> list[tuple[Impact, Urgency]]:
    """The cells whose priority is higher than that of a worse impact, or of a worse urgency."""
    worse_and_better = tuple(pairwise(LEVELS))
    by_impact = [((w, u), (b, u)) for (w, b), u in product(worse_and_better, LEVELS)]
    by_urgency = [((i, w), (i, b)) for i, (w, b) in product(LEVELS, worse_and_better)]
    wrong = {
        better for worse, better in by_impact + by_urgency if is_lower(cells[worse], cells[better])
    }
    return sorted(wrong)


def lowered_cells(before: Matrix, after: Matrix) -> list[tuple[Impact, Urgency]]:
    """The cells that have a lower priority after the change, in the order of the matrix."""
    return [cell for cell in product(LEVELS, LEVELS) if is_lower(after[cell], before[cell])]


def change(
    matrix: PriorityMatrix, cells: Matrix, version: int, actor: str, at: datetime, reason: str
) -> PriorityMatrix:
    """Put a matrix into force, or let it wait for a second person where it lowers a priority.

    It replaces one that waits, and waits since that one did. The present matrix withdraws what waits,
    and changes nothing else.
    """
    if cells == matrix.cells:
        return replace(matrix, pending=None)
    if not lowered_cells(matrix.cells, cells):
        return _in_force(MatrixChange(version, cells, actor, at, reason))
    first = matrix.pending.requested_at if matrix.pending else at
    return replace(matrix, pending=MatrixChange(version, cells, actor, first, reason))


def confirm(matrix: PriorityMatrix, actor: str) -> PriorityMatrix | Rejection:
    """Put the matrix that waits into force, on the word of a second person."""
    pending = matrix.pending
    if pending is None:
        return _nothing_pending()
    if actor == pending.requested_by:
        return Rejection(
            "FOUR_EYES",
            f"{actor} asked for the lower priorities; another person must confirm them.",
        )
    return _in_force(replace(pending, confirmed_by=actor))


def decline(matrix: PriorityMatrix) -> PriorityMatrix | Rejection:
    """Discard the matrix that waits. One person is enough, also the one who asked for it."""
    return _nothing_pending() if matrix.pending is None else replace(matrix, pending=None)


def _in_force(asked: MatrixChange) -> PriorityMatrix:
    return PriorityMatrix(asked.version, asked.cells, asked.requested_by, asked.confirmed_by)


def _nothing_pending() -> Rejection:
    return Rejection("NOTHING_PENDING", "No change of the matrix waits for a second person.")
