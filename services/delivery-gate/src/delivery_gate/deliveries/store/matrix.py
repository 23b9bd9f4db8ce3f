"""What runs where, and what is on its way there: for many environments with a few statements."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_

from common.persistence.database import Connection
from delivery_gate.deliveries.domain.delivery import RUNNING_STATES, WAITING_STATES, DeliveryState
from delivery_gate.deliveries.tables import deliveries
from delivery_gate.environments.domain import Environment
from delivery_gate.follow_ups.domain import FollowUpState
from delivery_gate.follow_ups.store import UNCONFIRMED
from delivery_gate.follow_ups.tables import follow_ups
from delivery_gate.sql_literals import in_literals
from delivery_gate.versions.tables import versions

Build = tuple[str, str]
"""A product and a digest."""


@dataclass(frozen=True, slots=True)
class OpenDelivery:
    """A delivery that has not ended."""

    key: str
    product: str
    version: str | None
    state: DeliveryState
    requested_by: str
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class Runs:
    """What of a product runs: a digest, its newest name, and since when, where it came by a delivery."""

    digest: str
    version: str | None
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Hold:
    """A follow-up that a refusal on the environment opened, and that holds a version everywhere."""

    follow_up: str
    product: str
    version: str | None
    state: FollowUpState


async def load_running(
    tx: Connection, environments: Sequence[Environment]
) -> Mapping[UUID, Mapping[str, Runs]]:
    """What runs on these environments, by environment and then by product."""
    builds = {(product, digest) for one in environments for product, digest in one.running.items()}
    if not builds:
        return {}
    names = await _load_names(tx, builds)
    delivered = await _load_delivered(tx, builds, [one.id for one in environments])
    return {
        one.id: {
            product: Runs(
                digest, names.get((product, digest)), delivered.get((one.id, product, digest))
            )
            for product, digest in one.running.items()
        }
        for one in environments
    }


async def load_open(
    tx: Connection, environments: Sequence[Environment]
) -> Mapping[UUID, Mapping[str, Sequence[OpenDelivery]]]:
    """The deliveries that have not ended, the oldest first, by environment and then by product."""
    table, ids = deliveries.c, [one.id for one in environments]
    found: dict[UUID, dict[str, list[OpenDelivery]]] = {}
    # Each of the two has a partial index of its own.
    for states in (WAITING_STATES, RUNNING_STATES):
        query = select(
            table.environment_id,
            table.key,
            table.product,
            table.version,
            table.state,
            table.requested_by,
            table.requested_at,
        ).where(table.environment_id.in_(ids), in_literals(table.state, states))
        for environment_id, *values in await tx.execute(query):
            delivery = OpenDelivery(*values)
            there = found.setdefault(environment_id, {})
            there.setdefault(delivery.product, []).append(delivery)
    for there in found.values():
        for some in there.values():
            some.sort(key=lambda one: (one.requested_at, one.key))
    return found


async def load_holds(
    tx: Connection, environments: Sequence[Environment]
) -> Mapping[UUID, Mapping[str, Sequence[Hold]]]:
    """The follow-ups of these environments that still hold a version, the oldest first."""
    table = follow_ups.c
    query = (
        select(table.environment_id, table.key, table.held_product, table.held_version, table.state)
        .where(
            table.environment_id.in_([one.id for one in environments]),
            table.held_product.is_not(None),
            in_literals(table.state, UNCONFIRMED),
        )
        .order_by(table.opened_at, table.id)
    )
    found: dict[UUID, dict[str, list[Hold]]] = {}
    for environment_id, *values in await tx.execute(query):
        hold = Hold(*values)
        found.setdefault(environment_id, {}).setdefault(hold.product, []).append(hold)
    return found


async def _load_names(tx: Connection, builds: Collection[Build]) -> Mapping[Build, str]:
    """The newest name of each digest that a version is registered with."""
    table = versions.c
    query = (
        select(table.product, table.digest, table.name)
        .where(tuple_(table.product, table.digest).in_(list(builds)))
        .order_by(table.product, table.ordinal)
    )
    return {(row.product, row.digest): row.name for row in await tx.execute(query)}


async def _load_delivered(
    tx: Connection, builds: Collection[Build], ids: Sequence[UUID]
) -> Mapping[tuple[UUID, str, str], datetime]:
    """When each of these digests was last delivered to each of these environments."""
    table = deliveries.c
    query = (
        select(table.environment_id, table.product, table.digest, func.max(table.ended_at))
        .where(
            in_literals(table.state, ("delivered",)),
            tuple_(table.product, table.digest).in_(list(builds)),
            table.environment_id.in_(ids),
        )
        .group_by(table.environment_id, table.product, table.digest)
    )
    return {(row[0], row[1], row[2]): row[3] for row in await tx.execute(query)}
