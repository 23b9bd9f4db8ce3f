"""Policies, the matrix and the rotas: versions, of which the newest counts."""

from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from common.persistence.database import Connection
from escalation.policies.domain.matrix import Matrix, Row
from escalation.policies.domain.policy import Policy
from escalation.rotas.domain.rota import Rota
from escalation.tables import matrices, policies, rotas

POLICY: TypeAdapter[Policy] = TypeAdapter(Policy)
ROWS: TypeAdapter[tuple[Row, ...]] = TypeAdapter(tuple[Row, ...])
ROTA: TypeAdapter[Rota] = TypeAdapter(Rota)


async def lock(tx: Connection, table: Table) -> None:
    """One maker of new versions at a time; readers go on."""
    await tx.execute(text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))


async def policy(tx: Connection, id: UUID) -> Policy:
    """The very version that a case started with (E14)."""
    return POLICY.validate_python(
        (await tx.execute(select(policies.c.body).where(policies.c.id == id))).scalar_one()
    )


async def newest_policy(tx: Connection, key: str) -> Policy | None:
    newest = select(policies.c.body).where(policies.c.key == key)
    body = await tx.scalar(newest.order_by(policies.c.version.desc()).limit(1))
    return POLICY.validate_python(body) if body else None


async def all_policies(tx: Connection, key: str | None = None) -> list[Policy]:
    """The newest version of each, by key; every version of one where `key` names it."""
    wanted = select(policies.c.body).order_by(policies.c.key, policies.c.version.desc())
    wanted = wanted.where(policies.c.key == key) if key else wanted.ext(distinct_on(policies.c.key))
    return [POLICY.validate_python(body) for body in (await tx.scalars(wanted)).all()]


async def add_policy(tx: Connection, made: Policy, at: datetime, by: str) -> None:
    await tx.execute(
        insert(policies).values(
            id=made.id,
            key=made.key,
            version=made.version,
            body=POLICY.dump_python(made, mode="json"),
            made_at=at,
            made_by=by,
        )
    )


async def newest_matrix(tx: Connection) -> tuple[Matrix, int]:
    """The matrix with its version; version 0 where nobody has given one."""
    newest = select(matrices).order_by(matrices.c.version.desc()).limit(1)
    row = (await tx.execute(newest)).one_or_none()
    return (Matrix(ROWS.validate_python(row.rows)), row.version) if row else (Matrix(()), 0)


async def add_matrix(tx: Connection, rows: tuple[Row, ...], at: datetime, by: str) -> int:
    """Answers the new version."""
    version = 1 + (await tx.scalar(select(func.coalesce(func.max(matrices.c.version), 0))) or 0)
    body = ROWS.dump_python(rows, mode="json")
    await tx.execute(insert(matrices).values(version=version, rows=body, made_at=at, made_by=by))
    return version


async def all_rotas(tx: Connection) -> dict[str, tuple[Rota, int]]:
    """The newest version of each rota, by key."""
    newest = select(rotas).ext(distinct_on(rotas.c.key))
    rows = await tx.execute(newest.order_by(rotas.c.key, rotas.c.version.desc()))
    return {row.key: (ROTA.validate_python(row.body), row.version) for row in rows}


async def add_rota(tx: Connection, made: Rota, at: datetime, by: str) -> int:
    """Answers the new version."""
    known = select(func.coalesce(func.max(rotas.c.version), 0)).where(rotas.c.key == made.key)
    version = 1 + (await tx.scalar(known) or 0)
    body = ROTA.dump_python(made, mode="json")
    await tx.execute(
        insert(rotas).values(key=made.key, version=version, body=body, made_at=at, made_by=by)
    )
    return version
