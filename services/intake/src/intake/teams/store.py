"""Every query about teams: those of the house, and those that each role is."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import any_, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from common.events.escalations import TEAMS
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from intake.directory.tables import people, teams
from intake.teams.domain import StoredTeam, Team

_STORED: Final = (teams.c.id, teams.c.key, teams.c.name, teams.c.members, teams.c.sequence)
_BEFORE_ALL: Final = (0, "")
_FIRST_OF_HOUSE: Final = (1, "")


async def page(tx: Connection, after: tuple[int, str] | None, limit: int) -> list[Team]:
    """The teams that roles are, then those of the house, behind this position: `limit` and one more."""
    behind = after or _BEFORE_ALL
    named = [key for key in sorted(TEAMS) if (0, key) > behind][: limit + 1]
    roles = [await _of_role(tx, key) for key in named]
    query = select(teams).order_by(teams.c.key).limit(limit + 1 - len(roles))
    if behind >= _FIRST_OF_HOUSE:
        query = query.where(teams.c.key > behind[1])
    rows = await tx.execute(query)
    return roles + [_team(row.key, row.name, row.members) for row in rows]


async def find(tx: Connection, key: str) -> Team | None:
    """The team with this key; None without one."""
    if key in TEAMS:
        return await _of_role(tx, key)
    row = (await tx.execute(select(teams).where(teams.c.key == key))).one_or_none()
    return None if row is None else _team(row.key, row.name, row.members)


async def add(
    tx: Connection, key: str, name: str, members: Sequence[str], by: str
) -> StoredTeam | None:
    """Store a new team, with the sequence of its first event. None where its key is taken."""
    if key in TEAMS:
        return None
    values = {"id": uuid7(), "key": key, "name": name, "members": sorted(set(members))}
    new = insert(teams).values(values | {"created_by": by, "sequence": 1}).on_conflict_do_nothing()
    row = (await tx.execute(new.returning(*_STORED))).one_or_none()
    return None if row is None else StoredTeam(*row)


async def save(tx: Connection, key: str, name: str, members: Sequence[str]) -> StoredTeam | None:
    """Store another name and other members, with the next sequence. None without such a team."""
    values = {"name": name, "members": sorted(set(members)), "sequence": teams.c.sequence + 1}
    changed = update(teams).where(teams.c.key == key).values(values).returning(*_STORED)
    row = (await tx.execute(changed)).one_or_none()
    return None if row is None else StoredTeam(*row)


async def advance_sequences(tx: Connection) -> list[StoredTeam]:
    """Raise the sequence of every team of the house, in the order of ids, and return them."""
    await tx.execute(select(teams.c.id).order_by(teams.c.id).with_for_update())
    raised = update(teams).values(sequence=teams.c.sequence + 1).returning(*_STORED)
    return sorted((StoredTeam(*row) for row in await tx.execute(raised)), key=lambda one: one.id)


async def _of_role(tx: Connection, role: str) -> Team:
    has_role = literal(role) == any_(people.c.roles)
    query = select(people.c.sub).where(has_role, ~people.c.retired).order_by(people.c.sub)
    members = list(await tx.scalars(query))
    return Team(key=role, name=role.replace("_", " ").capitalize(), members=members, is_role=True)


def _team(key: str, name: str, members: Sequence[str]) -> Team:
    return Team(key=key, name=name, members=list(members), is_role=False)
