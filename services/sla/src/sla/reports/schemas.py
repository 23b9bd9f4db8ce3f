"""Figures that several reports give."""

from typing import Any

from common.http import ResponseModel
from sla.clocks.domain.compliance import Compliance


class ComplianceFigures(ResponseModel):
    """`raw` and `adjusted` are shares from 0 to 1; null where no clock has an outcome."""

    met: int
    breached: int
    waived: int
    total: int
    raw: float | None
    adjusted: float | None


def to_figures(counted: Compliance) -> dict[str, Any]:
    names = ComplianceFigures.model_fields
    return {name: getattr(counted, name) for name in names}
