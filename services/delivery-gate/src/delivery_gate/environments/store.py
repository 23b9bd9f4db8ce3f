"""Every query about environments. Their row is the lock for everything that happens on them."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Text, Uuid, column, exists, select, table, update
from sqlalchemy.dialects.postgresql import insert

from common.events.environments import EnvironmentEvent
from common.persistence.database import Connection
from common.persistence.keys import by_id_or_key
from common.persistence.keyset import page_after
from common.restoration.store import first_sequence
from common.scheduling.aggregate_locks import lock_available as lock_rows
from common.scheduling.aggregate_locks import select_existing
from delivery_gate.environments.domain import ROLLOUT_STATES, Debt, Drift, Environment
from delivery_gate.environments.tables import environments, running
from delivery_gate.sql_literals import in_literals

# Deliveries build on environments: their table is named here as in a foreign key, by text.
_DELIVERIES = table("deliveries", column("environment_id", Uuid), column("state", Text))


async def find(tx: Connection, reference: str, *, lock: bool = False) -> Environment | None:
    """The environment by id or key, unless it is retired. `lock` until the transaction ends."""
    query = select(environments).where(
        by_id_or_key(environments, reference), ~environments.c.retired
    )
    return await _get(tx, query, lock=lock)


async def lock(tx: Connection, id: UUID) -> Environment:
    """The environment, locked. Raises LookupError for an id that never existed."""
    return await _get_existing(tx, id, lock=True)


async def get(tx: Connection, id: UUID) -> Environment:
    """The environment, not locked. Raises LookupError for an id that never existed."""
    return await _get_existing(tx, id, lock=False)


async def is_busy(tx: Connection, id: UUID) -> bool:
    """Whether a delivery is being rolled out on this locked environment (G11)."""
    where = (
        _DELIVERIES.c.environment_id == id,
        in_literals(_DELIVERIES.c.state, ROLLOUT_STATES),
    )
    return bool(await tx.scalar(select(exists().where(*where))))


async def lock_all(tx: Connection, ids: Iterable[UUID]) -> set[UUID]:
    """Lock those that exist, in the order of their ids, so that no deadlock arises. Returns their
    ids."""
    condition = environments.c.id.in_(list(ids))
    query = select(environments.c.id).where(condition).order_by(environments.c.id)
    return set((await tx.execute(query.with_for_update())).scalars())


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock those that no other transaction has locked. One that is gone counts as locked."""
    return await lock_rows(tx, environments.c.id, ids)


async def list_existing(tx: Connection, ids: Collection[UUID]) -> set[UUID]:
    """Those of these ids that an environment has."""
    return await select_existing(tx, environments.c.id, ids)


async def page(
    tx: Connection, customer: str | None, after: Sequence[Any] | None, limit: int
) -> list[Environment]:
    """Environments in the order of their keys, behind the key in `after`; one more than `limit`.

    Of one `customer` only where one is given.
    """
    query = select(environments).where(~environments.c.retired)
    if customer is not None:
        query = query.where(environments.c.customer == customer)
    rows = (await tx.execute(page_after(query, (environments.c.key,), after, limit))).all()
    runs = await _load_running(tx, [row.id for row in rows])
    return [_environment(row, runs.get(row.id, {})) for row in rows]


async def upsert(tx: Connection, environment: Environment, name: str) -> None:
    """Store what the directory knows of an environment; what the gate knows of it stays."""
    values = {
        "key": environment.key,
        "customer_id": environment.customer_id,
        "customer": environment.customer,
        "tier": environment.tier,
        "name": name,
        "retired": environment.retired,
    }
    # Its id is intake's: it may have had events here before a backup was restored.
    sequence = await first_sequence(tx, EnvironmentEvent.source, f"environment/{environment.id}")
    query = insert(environments).values(id=environment.id, sequence=sequence, **values)
    await tx.execute(query.on_conflict_do_update(index_elements=["id"], set_=values))


async def save(tx: Connection, environment: Environment) -> None:
    """Store debt, drift, what runs and the sequence of a locked environment."""
    debt, drift = environment.debt, environment.drift
    values = {
        "sequence": environment.sequence,
        "debt_change_id": debt and debt.change_id,
        "debt_change": debt and debt.change,
        "debt_since": debt and debt.started_at,
        "debt_due_at": debt and debt.due_at,
        "debt_overdue_since": debt and debt.overdue_since,
        "drift_product": drift and drift.product,
        "drift_digest": drift and drift.digest,
        "drift_since": drift and drift.started_at,
    }
    where = environments.c.id == environment.id
    await tx.execute(update(environments).where(where).values(**values))
    for product, digest in environment.running.items():
        row = {"environment_id": environment.id, "product": product, "digest": digest}
        runs = insert(running).values(row)
        await tx.execute(
            runs.on_conflict_do_update(
                index_elements=["environment_id", "product"], set_={"digest": digest}
            )
        )


async def _get_existing(tx: Connection, id: UUID, *, lock: bool) -> Environment:
    environment = await _get(tx, select(environments).where(environments.c.id == id), lock=lock)
    if environment is None:
        raise LookupError(f"environment/{id} does not exist; environments are never deleted")
    return environment


async def _get(tx: Connection, query: Select[Any], *, lock: bool) -> Environment | None:
    row = (await tx.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        return None
    return _environment(row, (await _load_running(tx, [row.id])).get(row.id, {}))


async def _load_running(tx: Connection, ids: Sequence[UUID]) -> dict[UUID, dict[str, str]]:
    by_environment: dict[UUID, dict[str, str]] = {}
    query = select(running).where(running.c.environment_id.in_(ids)).order_by(running.c.product)
    for row in await tx.execute(query):
        by_environment.setdefault(row.environment_id, {})[row.product] = row.digest
    return by_environment


def _environment(row: Row[Any], runs: dict[str, str]) -> Environment:
    debt = drift = None
    if row.debt_change_id is not None:
        debt = Debt(
            row.debt_change_id,
            row.debt_change,
            row.debt_since,
            row.debt_due_at,
            row.debt_overdue_since,
        )
    if row.drift_since is not None:
        drift = Drift(row.drift_product, row.drift_digest, row.drift_since)
    return Environment(
        row.id,
        row.key,
        row.customer_id,
        row.customer,
        row.tier,
        runs,
        debt,
        drift,
        row.sequence,
        row.retired,
    )
