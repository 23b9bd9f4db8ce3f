"""HTTP in: teams to whom tickets are assigned."""

from typing import Annotated

from fastapi import Depends, Path, Response

from common import audit
from common.auth import Caller, requires
from common.errors import Conflict, NotFound
from common.http import Page, Paging, Transaction, router
from common.persistence.database import Connection, transaction_time
from intake.teams import store
from intake.teams.commands import add_team, change_team
from intake.teams.domain import Team
from intake.teams.schemas import TeamCreate, TeamRead, TeamUpdate

routes = router("/v1/teams", ["reference data"])

TeamKey = Annotated[str, Path(alias="team", max_length=63, description="The team's key.")]
Reader = Annotated[Caller, requires("directory:read")]
Writer = Annotated[Caller, requires("directory:write")]


@routes.post("", status_code=201)
async def create_team(
    body: TeamCreate, caller: Writer, tx: Transaction, response: Response
) -> TeamRead:
    """Create a team, to which tickets can be assigned from now on."""
    at = await transaction_time(tx)
    if not await add_team(tx, body.key, body.name, body.members, caller.sub, at):
        raise Conflict(f"There is a team {body.key} already. Take another key.", code="NAME_TAKEN")
    await _record(tx, caller, "team.add", body.key, body.members)
    response.headers["Location"] = f"/v1/teams/{body.key}"
    return TeamRead.model_validate(await _get(tx, body.key))


@routes.get("")
async def list_teams(
    caller: Reader, tx: Transaction, page: Annotated[Paging, Depends()]
) -> Page[TeamRead]:
    """List teams: those that roles are first."""
    after = page.after_as(int, str)
    rows = await store.page(tx, after, page.limit)
    return page.page_of(rows, TeamRead.model_validate, lambda team: team.position)


@routes.get("/{team}")
async def get_team(key: TeamKey, caller: Reader, tx: Transaction) -> TeamRead:
    """Get a team by key."""
    return TeamRead.model_validate(await _get(tx, key))


@routes.put("/{team}")
async def update_team(key: TeamKey, body: TeamUpdate, caller: Writer, tx: Transaction) -> TeamRead:
    """Change name and members of a team. Who is in one that is a role, the role decides."""
    team = await _get(tx, key)
    if team.is_role:
        detail = f"Everybody with the role is in {key}. Change people's roles instead."
        raise Conflict(detail, code="TEAM_IS_ROLE")
    await change_team(tx, key, body.name, body.members, await transaction_time(tx))
    await _record(tx, caller, "team.change", key, body.members)
    return TeamRead.model_validate(await _get(tx, key))


async def _get(tx: Connection, key: str) -> Team:
    """The team. Raises NotFound."""
    team = await store.find(tx, key)
    if team is None:
        raise NotFound(f"Team {key}")
    return team


async def _record(
    tx: Connection, caller: Caller, action: str, key: str, members: list[str]
) -> None:
    at = await transaction_time(tx)
    grounds = {"members": list[audit.JSON](members)}
    await audit.record(tx, audit.Entry.by(caller.actor, at, action, f"team/{key}", grounds))
