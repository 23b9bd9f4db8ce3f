"""The matrix of impact and urgency, as people read and change it."""

from datetime import datetime
from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from common.http import RequestModel, ResponseModel
from intake.tickets.domain.priority import LEVELS, Matrix, Priority
from intake.tickets.domain.priority_matrix import (
    MatrixChange,
    PriorityMatrix,
    find_disorder,
    lowered_cells,
)
from intake.tickets.schemas.fields import FreeText, OptionalText


class PrioritiesByUrgency(RequestModel):
    """The priorities of one impact, by urgency."""

    high: Priority
    medium: Priority
    low: Priority


class MatrixCells(RequestModel):
    """The priorities by impact, and below that by urgency."""

    high: PrioritiesByUrgency
    medium: PrioritiesByUrgency
    low: PrioritiesByUrgency

    def to_matrix(self) -> Matrix:
        """The priorities by impact and urgency."""
        return {(i, u): getattr(getattr(self, i), u) for i in LEVELS for u in LEVELS}

    @classmethod
    def of(cls, cells: Matrix) -> Self:
        """The model of these priorities."""
        return cls.model_validate({i: {u: cells[i, u] for u in LEVELS} for i in LEVELS})


class PriorityMatrixUpdate(RequestModel):
    """The whole matrix, by impact and urgency, and why it changes."""

    priorities: MatrixCells
    reason: FreeText

    @model_validator(mode="after")
    def _worse_is_never_lower(self) -> Self:
        if wrong := find_disorder(self.priorities.to_matrix()):
            cells = ", ".join(f"impact {i} with urgency {u}" for i, u in wrong)
            raise PydanticCustomError(
                "disorder", "a worse impact or urgency never has a lower priority; lower: " + cells
            )
        return self


class PriorityMatrixConfirmation(RequestModel):
    """The second person's answer to lower priorities."""

    agree: bool
    reason: OptionalText = None


class PendingMatrixRead(ResponseModel):
    """A matrix that waits for the confirmation of a second person; `lowers` names impact and urgency.

    It waits since `requested_at`; `requested_by` is who asked last.
    """

    version: int
    priorities: MatrixCells
    lowers: list[str] = Field(examples=[["medium/high"]])
    requested_by: str
    requested_at: datetime
    reason: str


class PriorityMatrixRead(ResponseModel):
    """The matrix that holds; version 0 is the default that OpsDesk comes with."""

    version: int
    priorities: MatrixCells
    changed_by: str | None
    confirmed_by: str | None
    pending: PendingMatrixRead | None


def to_matrix_response(matrix: PriorityMatrix) -> PriorityMatrixRead:
    """The matrix as it is read, with what waits."""
    return PriorityMatrixRead(
        version=matrix.version,
        priorities=MatrixCells.of(matrix.cells),
        changed_by=matrix.changed_by,
        confirmed_by=matrix.confirmed_by,
        pending=None if matrix.pending is None else _pending(matrix, matrix.pending),
    )


def _pending(matrix: PriorityMatrix, pending: MatrixChange) -> PendingMatrixRead:
    lowered = lowered_cells(matrix.cells, pending.cells)
    return PendingMatrixRead(
        version=pending.version,
        priorities=MatrixCells.of(pending.cells),
        lowers=[f"{impact}/{urgency}" for impact, urgency in lowered],
        requested_by=pending.requested_by,
        requested_at=pending.requested_at,
        reason=pending.reason,
    )
