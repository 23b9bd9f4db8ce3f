"""Every query about criteria."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from common.persistence.database import Connection
from delivery_gate.criteria.domain.criteria import Criteria, Requirements
from delivery_gate.criteria.tables import criteria


async def get_current_criteria(tx: Connection) -> Criteria:
    """The latest version. The first one comes with the schema."""
    query = select(criteria).order_by(criteria.c.version.desc()).limit(1)
    row = (await tx.execute(query)).one()
    body = row.body
    return Criteria(
        version=row.version,
        requirements={tier: _requirements(values) for tier, values in body["requirements"].items()},
        strictest_tier=body["strictest_tier"],
        approver_roles=frozenset(body["approver_roles"]),
        check_age=timedelta(seconds=body["max_check_age_seconds"]),
        approval_timeout=timedelta(seconds=body["approval_timeout_seconds"]),
    )


def _requirements(values: dict[str, Any]) -> Requirements:
    return Requirements(
        checks=tuple(values["checks"]),
        readiness=tuple(values["readiness"]),
        approvals=values["approvals"],
        promotion={lifecycle: tuple(tiers) for lifecycle, tiers in values["promotion"].items()},
    )
