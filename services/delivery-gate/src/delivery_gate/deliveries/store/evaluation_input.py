"""Everything that the evaluation of a request needs to know, read under the environment's lock."""

from common.persistence.database import Connection
from delivery_gate.criteria.domain.criteria import Check
from delivery_gate.criteria.store import get_current_criteria
from delivery_gate.deliveries.domain.evaluation import EvaluationInput
from delivery_gate.deliveries.store import deliveries
from delivery_gate.emergencies.store import blockers
from delivery_gate.environments import store as environments
from delivery_gate.environments.domain import Environment
from delivery_gate.follow_ups import store as follow_ups
from delivery_gate.versions import store as versions
from delivery_gate.versions.domain import Reference


async def load_evaluation_input(
    tx: Connection, requested: Reference, environment: Environment
) -> EvaluationInput:
    """What is known now about bringing this version to this locked environment."""
    version = (
        await versions.get_by_name(tx, requested.product, requested.name)
        if requested.name
        else None
    )
    digest = version.digest if version else None
    checks: tuple[Check, ...] = ()
    verified_in = frozenset[str]()
    if version is not None:
        checks = await versions.get_latest_checks(tx, requested.product, version.digest)
        verified_in = await deliveries.list_verified_tiers(tx, requested.product, version.digest)
    return EvaluationInput(
        criteria=await get_current_criteria(tx),
        environment=environment,
        version=version,
        checks=checks,
        follow_ups=await follow_ups.list_holding(tx, requested.product, requested.name, digest),
        verified_in=verified_in,
        blocker_open=await blockers.has_open(tx, environment.id),
        busy=await environments.is_busy(tx, environment.id),
    )
