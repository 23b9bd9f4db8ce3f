"""Every query about follow-ups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, exists, insert, or_, select, update

from common.persistence.database import Connection
from common.persistence.keys import by_id_or_key
from common.persistence.keyset import page_after
from delivery_gate.follow_ups.domain import FollowUp, HeldVersion
from delivery_gate.follow_ups.owners import owned_by
from delivery_gate.follow_ups.tables import follow_ups
from delivery_gate.sql_literals import in_literals
from delivery_gate.versions.tables import versions

UNCONFIRMED = ("open", "closed")


@dataclass(frozen=True, slots=True)
class FollowUpFilter:
    """What a list of follow-ups is restricted to; None restricts nothing. `owner` is an account, `version` the name of
    a version of `product`."""

    state: str | None = None
    product: str | None = None
    owner: str | None = None
    version: str | None = None


async def add(tx: Connection, follow_up: FollowUp, environment_id: UUID) -> None:
    """Store a new follow-up on this environment."""
    held = follow_up.held
    await tx.execute(
        insert(follow_ups).values(
            id=follow_up.id,
            key=follow_up.key,
            kind=follow_up.kind,
            task=follow_up.task,
            delivery_id=follow_up.delivery_id,
            emergency_id=follow_up.emergency_id,
            environment_id=environment_id,
            environment=follow_up.environment,
            held_product=held and held.product,
            held_version=held and held.name,
            held_digest=held and held.digest,
            opened_at=follow_up.opened_at,
            **_mutable_columns(follow_up),
        )
    )


async def save(tx: Connection, follow_up: FollowUp) -> None:
    """Store the present state of a locked follow-up."""
    query = update(follow_ups).where(follow_ups.c.id == follow_up.id)
    await tx.execute(query.values(**_mutable_columns(follow_up)))


async def ids_to_lock(tx: Connection, reference: str) -> tuple[UUID, UUID] | None:
    """The ids of a follow-up and of its environment, to lock the environment first."""
    query = select(follow_ups.c.id, follow_ups.c.environment_id).where(
        by_id_or_key(follow_ups, reference)
    )
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else (row.id, row.environment_id)


async def lock(tx: Connection, id: UUID) -> FollowUp:
    """The follow-up, locked."""
    query = select(follow_ups).where(follow_ups.c.id == id).with_for_update()
    return _follow_up((await tx.execute(query)).one())


async def find(tx: Connection, reference: str) -> FollowUp | None:
    """The follow-up with this id or key."""
    row = (
        await tx.execute(select(follow_ups).where(by_id_or_key(follow_ups, reference)))
    ).one_or_none()
    return None if row is None else _follow_up(row)


async def has_investigation(tx: Connection, emergency_id: UUID) -> bool:
    """Whether a follow-up was opened about this emergency change."""
    query = select(exists().where(follow_ups.c.emergency_id == emergency_id))
    return bool(await tx.scalar(query))


async def page(
    tx: Connection,
    wanted: FollowUpFilter,
    after: Sequence[Any] | None,
    limit: int,
) -> list[FollowUp]:
    """Follow-ups, newest first, behind `after` (time of opening and id); one more than `limit`."""
    query = select(follow_ups)
    if wanted.state is not None:
        query = query.where(follow_ups.c.state == wanted.state)
    if wanted.product is not None:
        query = query.where(follow_ups.c.held_product == wanted.product)
    if wanted.product is not None and wanted.version is not None:
        query = query.where(_about_version(wanted.product, wanted.version))
    if wanted.owner is not None:
        query = query.where(owned_by(wanted.owner))
    order = follow_ups.c.opened_at.desc(), follow_ups.c.id.desc()
    rows = await tx.execute(page_after(query, order, after, limit))
    return [_follow_up(row) for row in rows]


async def list_holding(
    tx: Connection, product: str, name: str | None, digest: str | None
) -> tuple[FollowUp, ...]:
    """The unconfirmed follow-ups that hold this version, by name or by digest (G5)."""
    wanted = {follow_ups.c.held_version: name, follow_ups.c.held_digest: digest}
    same = [column == value for column, value in wanted.items() if value]
    if not same:
        return ()
    query = (
        select(follow_ups)
        .where(follow_ups.c.held_product == product, or_(*same))
        .where(in_literals(follow_ups.c.state, UNCONFIRMED))
        .order_by(follow_ups.c.opened_at, follow_ups.c.id)
    )
    return tuple(_follow_up(row) for row in await tx.execute(query))


def _about_version(product: str, name: str) -> ColumnElement[bool]:
    """That a follow-up is about this version: by its name, or by its digest under another name."""
    named = versions.c.product == product, versions.c.name == name
    digest = select(versions.c.digest).where(*named).scalar_subquery()
    return or_(follow_ups.c.held_version == name, follow_ups.c.held_digest == digest)


def _mutable_columns(follow_up: FollowUp) -> Mapping[str, Any]:
    return {
        "sequence": follow_up.sequence,
        "state": follow_up.state,
        "evidence": follow_up.evidence,
        "closed_by": follow_up.closed_by,
        "closed_at": follow_up.closed_at,
        "confirmed_by": follow_up.confirmed_by,
        "confirmed_at": follow_up.confirmed_at,
        "owner": follow_up.owner,
        "due_at": follow_up.due_at,
    }


def _follow_up(row: Row[Any]) -> FollowUp:
    held = None
    if row.held_product is not None:
        held = HeldVersion(row.held_product, row.held_version, row.held_digest)
    return FollowUp(
        id=row.id,
        key=row.key,
        kind=row.kind,
        task=row.task,
        delivery_id=row.delivery_id,
        environment=row.environment,
        held=held,
        opened_at=row.opened_at,
        state=row.state,
        evidence=row.evidence,
        closed_by=row.closed_by,
        closed_at=row.closed_at,
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
        emergency_id=row.emergency_id,
        owner=row.owner,
        due_at=row.due_at,
        sequence=row.sequence,
    )
