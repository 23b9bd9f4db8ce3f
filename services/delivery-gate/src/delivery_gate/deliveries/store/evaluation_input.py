"""Everything a judgement needs to know, gathered under the environment's lock."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from common.persistence.database import Connection
from delivery_gate.criteria.domain.criteria import Check, Criteria, Demand
from delivery_gate.deliveries.domain.evaluation import Facts
from delivery_gate.deliveries.store import deliveries
from delivery_gate.emergencies import store as emergencies
from delivery_gate.environments.domain import Environment
from delivery_gate.follow_ups import store as follow_ups
from delivery_gate.versions import store as versions
from delivery_gate.versions.domain import Reference
from delivery_gate.versions.tables import criteria


async def current_criteria(tx: Connection) -> Criteria:
    """The latest version. The first one came with the schema."""
    query = select(criteria).order_by(criteria.c.version.desc()).limit(1)
    row = (await tx.execute(query)).one()
    body = row.body
    return Criteria(
        version=row.version,
        demands={tier: _demand(said) for tier, said in body["demands"].items()},
        strictest=body["strictest"],
        approver_roles=frozenset(body["approver_roles"]),
        check_age=timedelta(seconds=body["check_age_seconds"]),
        patience=timedelta(seconds=body["patience_seconds"]),
    )


async def facts(tx: Connection, wanted: Reference, environment: Environment) -> Facts:
    """What is known now about bringing this version to this locked environment."""
    version = await versions.named(tx, wanted.product, wanted.name) if wanted.name else None
    digest = version.digest if version else None
    checks: tuple[Check, ...] = ()
    verified = frozenset[str]()
    if version is not None:
        checks = await versions.latest_checks(tx, wanted.product, version.digest)
        verified = await versions.verified_in(tx, wanted.product, version.digest)
    return Facts(
        criteria=await current_criteria(tx),
        environment=environment,
        version=version,
        checks=checks,
        follow_ups=await follow_ups.holding(tx, wanted.product, wanted.name, digest),
        verified_in=verified,
        blocker_open=await emergencies.blocker_open(tx, environment.id),
        busy=await deliveries.is_busy(tx, environment.id),
    )


def _demand(said: dict[str, Any]) -> Demand:
    return Demand(
        checks=tuple(said["checks"]),
        readiness=tuple(said["readiness"]),
        approvals=said["approvals"],
        promotion={lifecycle: tuple(tiers) for lifecycle, tiers in said["promotion"].items()},
    )
