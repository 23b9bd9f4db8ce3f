"""Everything a judgement needs to know, gathered under the environment's lock."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from common.persistence.database import Connection
from delivery_gate.criteria.domain.criteria import Check, Criteria, Requirements
from delivery_gate.deliveries.domain.evaluation import EvaluationInput
from delivery_gate.deliveries.store import deliveries
from delivery_gate.emergencies import store as emergencies
from delivery_gate.environments.domain import Environment
from delivery_gate.follow_ups import store as follow_ups
from delivery_gate.versions import store as versions
from delivery_gate.versions.domain import Reference
from delivery_gate.versions.tables import criteria


async def get_current_criteria(tx: Connection) -> Criteria:
    """The latest version. The first one came with the schema."""
    query = select(criteria).order_by(criteria.c.version.desc()).limit(1)
    row = (await tx.execute(query)).one()
    body = row.body
    return Criteria(
        version=row.version,
        requirements={tier: _requirements(values) for tier, values in body["requirements"].items()},
        strictest=body["strictest"],
        approver_roles=frozenset(body["approver_roles"]),
        check_age=timedelta(seconds=body["max_check_age_seconds"]),
        approval_timeout=timedelta(seconds=body["approval_timeout_seconds"]),
    )


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
    verified = frozenset[str]()
    if version is not None:
        checks = await versions.get_latest_checks(tx, requested.product, version.digest)
        verified = await versions.list_verified_tiers(tx, requested.product, version.digest)
    return EvaluationInput(
        criteria=await get_current_criteria(tx),
        environment=environment,
        version=version,
        checks=checks,
        follow_ups=await follow_ups.list_holding(tx, requested.product, requested.name, digest),
        verified_in=verified,
        blocker_open=await emergencies.has_open_blocker(tx, environment.id),
        busy=await deliveries.is_busy(tx, environment.id),
    )


def _requirements(values: dict[str, Any]) -> Requirements:
    return Requirements(
        checks=tuple(values["checks"]),
        readiness=tuple(values["readiness"]),
        approvals=values["approvals"],
        promotion={lifecycle: tuple(tiers) for lifecycle, tiers in values["promotion"].items()},
    )
