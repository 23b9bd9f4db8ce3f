"""Request and response models of versions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.http import Refers, RequestModel, ResponseModel
from delivery_gate.criteria.domain.criteria import Check, CheckResult
from delivery_gate.fields import Digest, Line, ProductName
from delivery_gate.versions.domain import Version


class VersionCreate(RequestModel):
    """A version to register. `contains`: ids or keys of the emergency changes that it contains."""

    product: ProductName
    name: Annotated[str, Field(max_length=200)]
    digest: Digest
    contains: list[Annotated[Line, Refers("emergency_change")]] = Field(
        default_factory=list, max_length=100
    )


class CheckRead(ResponseModel):
    """The latest run of one kind of check."""

    kind: str
    result: CheckResult
    at: datetime
    evidence: str | None


class VersionRead(ResponseModel):
    """A registered version. `checks`: the latest run of each kind on this digest. `ordinal`: higher
    is newer, whatever the name. `changes`: the keys of the emergency changes that it contains."""

    id: UUID
    product: str
    name: str
    digest: str
    contains: list[UUID]
    changes: Sequence[str]
    ordinal: int
    registered_by: str
    registered_at: datetime
    checks: Sequence[CheckRead]


def to_response(version: Version, checks: Sequence[Check], changes: Sequence[str]) -> VersionRead:
    """The version with its latest checks and the keys of its changes, as the API shows it."""
    return VersionRead(
        id=version.id,
        product=version.product,
        name=version.name,
        digest=version.digest,
        contains=sorted(version.contains),
        changes=changes,
        ordinal=version.ordinal,
        registered_by=version.registered_by,
        registered_at=version.registered_at,
        checks=[CheckRead.model_validate(check) for check in checks],
    )
