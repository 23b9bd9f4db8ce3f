"""Policies and the matrix: versions, of which the newest counts."""

from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import func, insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from common.persistence.database import Connection
from escalation.directory import store as directory
from escalation.policies.domain.matrix import Matrix, MatrixRow
from escalation.policies.domain.policy import Policy
from escalation.policies.domain.recipients import Roster
from escalation.policies.tables import matrices, policies
from escalation.rotas import store as rotas

POLICY_ADAPTER: TypeAdapter[Policy] = TypeAdapter(Policy)
ROWS_ADAPTER: TypeAdapter[tuple[MatrixRow, ...]] = TypeAdapter(tuple[MatrixRow, ...])


async def load_roster(tx: Connection) -> Roster:
    """Everybody who can be notified now, and the rotas as they are now (E3)."""
    newest = {key: rota for key, (rota, _) in (await rotas.list_rotas(tx)).items()}
    return Roster(newest, await directory.list_roles(tx))


async def lock_policies(tx: Connection) -> None:
    """Let one transaction at a time add versions of policies; readers go on."""
    await tx.execute(text("LOCK TABLE policies IN SHARE ROW EXCLUSIVE MODE"))


async def lock_matrix(tx: Connection) -> None:
    """Let one transaction at a time replace the matrix; readers go on."""
    await tx.execute(text("LOCK TABLE matrices IN SHARE ROW EXCLUSIVE MODE"))


async def get_policy(tx: Connection, id: UUID) -> Policy:
    """One version of a policy, by the version's id (E14)."""
    return POLICY_ADAPTER.validate_python(
        (await tx.execute(select(policies.c.body).where(policies.c.id == id))).scalar_one()
    )


async def get_newest_policy(tx: Connection, key: str) -> Policy | None:
    """The newest version of a policy; None where no policy has this key."""
    newest = select(policies.c.body).where(policies.c.key == key)
    body = await tx.scalar(newest.order_by(policies.c.version.desc()).limit(1))
    return POLICY_ADAPTER.validate_python(body) if body else None


async def list_policies(tx: Connection, key: str | None = None) -> list[Policy]:
    """The newest version of each policy, by key; with `key` every version of that one, newest first."""
    query = select(policies.c.body).order_by(policies.c.key, policies.c.version.desc())
    query = query.where(policies.c.key == key) if key else query.ext(distinct_on(policies.c.key))
    return [POLICY_ADAPTER.validate_python(body) for body in (await tx.scalars(query)).all()]


async def add_policy(tx: Connection, policy: Policy, at: datetime, actor: str) -> None:
    """Store a new version of a policy. The caller holds `lock_policies`."""
    await tx.execute(
        insert(policies).values(
            id=policy.id,
            key=policy.key,
            version=policy.version,
            body=POLICY_ADAPTER.dump_python(policy, mode="json"),
            created_at=at,
            created_by=actor,
        )
    )


async def get_matrix(tx: Connection) -> tuple[Matrix, int]:
    """The matrix with its version; without rows and with version 0 where none is stored."""
    newest = select(matrices).order_by(matrices.c.version.desc()).limit(1)
    row = (await tx.execute(newest)).one_or_none()
    return (Matrix(ROWS_ADAPTER.validate_python(row.rows)), row.version) if row else (Matrix(()), 0)


async def add_matrix(tx: Connection, rows: tuple[MatrixRow, ...], at: datetime, actor: str) -> int:
    """Store a new version of the matrix and return its number. The caller holds `lock_matrix`."""
    version = 1 + (await tx.scalar(select(func.coalesce(func.max(matrices.c.version), 0))) or 0)
    body = ROWS_ADAPTER.dump_python(rows, mode="json")
    await tx.execute(
        insert(matrices).values(version=version, rows=body, created_at=at, created_by=actor)
    )
    return version
