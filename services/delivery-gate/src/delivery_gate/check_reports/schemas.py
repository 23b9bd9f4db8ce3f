"""Request models of check reports."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from common.http import RequestModel
from delivery_gate.criteria.domain.criteria import CheckResult
from delivery_gate.fields import Link

CheckKind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class CheckCreate(RequestModel):
    """One run of a check. `at`: when it ended; without it, now."""

    kind: CheckKind
    result: CheckResult
    at: datetime | None = None
    evidence: Link | None = None


class ChecksCreate(RequestModel):
    """The runs that a pipeline reports together."""

    checks: Annotated[list[CheckCreate], Field(min_length=1, max_length=50)]
