"""What the gate asks, for everybody to read before they ask for a delivery."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from common.auth import Caller, requires
from common.http import ResponseModel, router
from common.persistence.database import Transaction
from delivery_gate.criteria.domain.criteria import Lifecycle
from delivery_gate.deliveries.store.evaluation_input import get_current_criteria

routes = router("/v1/criteria", ["criteria"])


class RequirementsRead(ResponseModel):
    """`promotion`: per lifecycle, the tiers in which the digest has to be verified before."""

    checks: Sequence[str]
    readiness: Sequence[str]
    approvals: int
    promotion: Mapping[Lifecycle, Sequence[str]]


class CriteriaRead(ResponseModel):
    """`requirements` per tier; a tier that is not named is judged like `strictest`."""

    version: int
    requirements: Mapping[str, RequirementsRead]
    strictest: str
    approver_roles: Sequence[str]
    max_check_age_seconds: int
    approval_timeout_seconds: int


@routes.get("")
async def get_criteria(
    tx: Transaction, caller: Annotated[Caller, requires("deliveries:read")]
) -> CriteriaRead:
    """The criteria of now. Approvals count under the version they were given for (G2)."""
    criteria = await get_current_criteria(tx)
    return CriteriaRead(
        version=criteria.version,
        requirements={
            tier: RequirementsRead.model_validate(demand)
            for tier, demand in criteria.requirements.items()
        },
        strictest=criteria.strictest,
        approver_roles=sorted(criteria.approver_roles),
        max_check_age_seconds=int(criteria.check_age.total_seconds()),
        approval_timeout_seconds=int(criteria.approval_timeout.total_seconds()),
    )
