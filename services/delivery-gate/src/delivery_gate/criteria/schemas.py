"""Response models of criteria."""

from collections.abc import Mapping, Sequence

from common.http import ResponseModel
from delivery_gate.criteria.domain.criteria import Criteria, Lifecycle


class RequirementsRead(ResponseModel):
    """What one tier asks. `promotion`: per lifecycle, the tiers in which the digest has to be
    verified before."""

    checks: Sequence[str]
    readiness: Sequence[str]
    approvals: int
    promotion: Mapping[Lifecycle, Sequence[str]]


class CriteriaRead(ResponseModel):
    """The criteria of one version. `requirements` are per tier; a tier that is not named has those
    of the tier `strictest_tier`."""

    version: int
    requirements: Mapping[str, RequirementsRead]
    strictest_tier: str
    approver_roles: Sequence[str]
    max_check_age_seconds: int
    approval_timeout_seconds: int


def to_response(criteria: Criteria) -> CriteriaRead:
    """The criteria as the API shows them; durations in seconds."""
    return CriteriaRead(
        version=criteria.version,
        requirements={
            tier: RequirementsRead.model_validate(requirements)
            for tier, requirements in criteria.requirements.items()
        },
        strictest_tier=criteria.strictest_tier,
        approver_roles=sorted(criteria.approver_roles),
        max_check_age_seconds=int(criteria.check_age.total_seconds()),
        approval_timeout_seconds=int(criteria.approval_timeout.total_seconds()),
    )
