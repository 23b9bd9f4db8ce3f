"""Every query about teams: those of the house, and those that each role is."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import any_, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from common.events.escalations import TEAMS
from common.persistence.database import Connection
from intake.directory.tables import people, teams
from intake.teams.domain import Team

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


async def add(tx: Connection, key: str, name: str, members: Sequence[str], by: str) -> bool:
    """Store a new team. False where its key is taken."""
    values = {"key": key, "name": name, "members": sorted(set(members)), "created_by": by}
    statement = insert(teams).values(values).on_conflict_do_nothing()
    return key not in TEAMS and (await tx.execute(statement)).rowcount == 1


async def save(tx: Connection, key: str, name: str, members: Sequence[str]) -> bool:
    """Store another name and other members. False where there is no such team of the house."""
    values = {"name": name, "members": sorted(set(members))}
    return (await tx.execute(update(teams).where(teams.c.key == key).values(values))).rowcount == 1


async def _of_role(tx: Connection, role: str) -> Team:
    has_role = literal(role) == any_(people.c.roles)
    query = select(people.c.sub).where(has_role, ~people.c.retired).order_by(people.c.sub)
    members = list(await tx.scalars(query))
    return Team(key=role, name=role.replace("_", " ").capitalize(), members=members, is_role=True)


def _team(key: str, name: str, members: Sequence[str]) -> Team:
    return Team(key=key, name=name, members=list(members), is_role=False)
