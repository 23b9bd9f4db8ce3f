"""What the gate asks, for everybody to read before they ask for a delivery."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from common.auth import Caller, needs
from common.http import Told, router
from common.persistence.database import Transaction
from delivery_gate.criteria.domain.criteria import Lifecycle
from delivery_gate.deliveries.store.evaluation_input import current_criteria

routes = router("/v1/criteria", ["criteria"])


class DemandTold(Told):
    """`promotion`: per lifecycle, the tiers in which the digest has to be verified before."""

    checks: Sequence[str]
    readiness: Sequence[str]
    approvals: int
    promotion: Mapping[Lifecycle, Sequence[str]]


class CriteriaTold(Told):
    """`demands` per tier; a tier that is not named is judged like `strictest`."""

    version: int
    demands: Mapping[str, DemandTold]
    strictest: str
    approver_roles: Sequence[str]
    check_age_seconds: int
    patience_seconds: int


@routes.get("")
async def get_criteria(
    tx: Transaction, caller: Annotated[Caller, needs("deliveries:read")]
) -> CriteriaTold:
    """The criteria of now. Approvals count under the version they were given for (G2)."""
    criteria = await current_criteria(tx)
    return CriteriaTold(
        version=criteria.version,
        demands={
            tier: DemandTold.model_validate(demand) for tier, demand in criteria.demands.items()
        },
        strictest=criteria.strictest,
        approver_roles=sorted(criteria.approver_roles),
        check_age_seconds=int(criteria.check_age.total_seconds()),
        patience_seconds=int(criteria.patience.total_seconds()),
    )
