"""Rotas: versions, of which the newest counts."""

from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import func, insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from common.persistence.database import Connection
from escalation.rotas.domain.rota import Rota
from escalation.rotas.tables import rotas

ROTA_ADAPTER: TypeAdapter[Rota] = TypeAdapter(Rota)


async def lock_rotas(tx: Connection) -> None:
    """Let one transaction at a time add versions; readers go on."""
    await tx.execute(text("LOCK TABLE rotas IN SHARE ROW EXCLUSIVE MODE"))


async def list_rotas(tx: Connection) -> dict[str, tuple[Rota, int]]:
    """The newest version of each rota with its number, by key."""
    newest = select(rotas).ext(distinct_on(rotas.c.key))
    rows = await tx.execute(newest.order_by(rotas.c.key, rotas.c.version.desc()))
    return {row.key: (ROTA_ADAPTER.validate_python(row.body), row.version) for row in rows}


async def add_rota(tx: Connection, rota: Rota, at: datetime, actor: str) -> int:
    """Store a new version of a rota and return its number. The caller holds `lock_rotas`."""
    query = select(func.coalesce(func.max(rotas.c.version), 0)).where(rotas.c.key == rota.key)
    version = 1 + (await tx.scalar(query) or 0)
    body = ROTA_ADAPTER.dump_python(rota, mode="json")
    await tx.execute(
        insert(rotas).values(
            key=rota.key, version=version, body=body, created_at=at, created_by=actor
        )
    )
    return version
