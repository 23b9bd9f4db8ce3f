"""Policies, the matrix and the rotas: versions, of which the newest counts."""

from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from common.persistence.database import Connection
from escalation.policies.domain.matrix import Matrix, MatrixRow
from escalation.policies.domain.policy import Policy
from escalation.rotas.domain.rota import Rota
from escalation.tables import matrices, policies, rotas

POLICY_ADAPTER: TypeAdapter[Policy] = TypeAdapter(Policy)
ROWS_ADAPTER: TypeAdapter[tuple[MatrixRow, ...]] = TypeAdapter(tuple[MatrixRow, ...])
ROTA_ADAPTER: TypeAdapter[Rota] = TypeAdapter(Rota)


async def lock_table(tx: Connection, table: Table) -> None:
    """One maker of new versions at a time; readers go on."""
    await tx.execute(text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))


async def get_policy(tx: Connection, id: UUID) -> Policy:
    """The very version that a case started with (E14)."""
    return POLICY_ADAPTER.validate_python(
        (await tx.execute(select(policies.c.body).where(policies.c.id == id))).scalar_one()
    )


async def get_newest_policy(tx: Connection, key: str) -> Policy | None:
    newest = select(policies.c.body).where(policies.c.key == key)
    body = await tx.scalar(newest.order_by(policies.c.version.desc()).limit(1))
    return POLICY_ADAPTER.validate_python(body) if body else None


async def list_policies(tx: Connection, key: str | None = None) -> list[Policy]:
    """The newest version of each, by key; every version of one where `key` names it."""
    query = select(policies.c.body).order_by(policies.c.key, policies.c.version.desc())
    query = query.where(policies.c.key == key) if key else query.ext(distinct_on(policies.c.key))
    return [POLICY_ADAPTER.validate_python(body) for body in (await tx.scalars(query)).all()]


async def add_policy(tx: Connection, made: Policy, at: datetime, actor: str) -> None:
    await tx.execute(
        insert(policies).values(
            id=made.id,
            key=made.key,
            version=made.version,
            body=POLICY_ADAPTER.dump_python(made, mode="json"),
            created_at=at,
            created_by=actor,
        )
    )


async def get_matrix(tx: Connection) -> tuple[Matrix, int]:
    """The matrix with its version; version 0 where nobody has given one."""
    newest = select(matrices).order_by(matrices.c.version.desc()).limit(1)
    row = (await tx.execute(newest)).one_or_none()
    return (Matrix(ROWS_ADAPTER.validate_python(row.rows)), row.version) if row else (Matrix(()), 0)


async def add_matrix(tx: Connection, rows: tuple[MatrixRow, ...], at: datetime, actor: str) -> int:
    """Answers the new version."""
    version = 1 + (await tx.scalar(select(func.coalesce(func.max(matrices.c.version), 0))) or 0)
    body = ROWS_ADAPTER.dump_python(rows, mode="json")
    await tx.execute(
        insert(matrices).values(version=version, rows=body, created_at=at, created_by=actor)
    )
    return version


async def list_rotas(tx: Connection) -> dict[str, tuple[Rota, int]]:
    """The newest version of each rota, by key."""
    newest = select(rotas).ext(distinct_on(rotas.c.key))
    rows = await tx.execute(newest.order_by(rotas.c.key, rotas.c.version.desc()))
    return {row.key: (ROTA_ADAPTER.validate_python(row.body), row.version) for row in rows}


async def add_rota(tx: Connection, made: Rota, at: datetime, actor: str) -> int:
    """Answers the new version."""
    query = select(func.coalesce(func.max(rotas.c.version), 0)).where(rotas.c.key == made.key)
    version = 1 + (await tx.scalar(query) or 0)
    body = ROTA_ADAPTER.dump_python(made, mode="json")
    await tx.execute(
        insert(rotas).values(
            key=made.key, version=version, body=body, created_at=at, created_by=actor
        )
    )
    return version
