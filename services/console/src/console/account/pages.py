"""`/settings`: language, zone, keys, and the own sessions."""

from typing import Final
from uuid import UUID

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from common.domain.timezones import known_timezones
from common.http import state_of
from common.now import now
from console.account.view import Choice, read_choice
from console.profile import store as profiles
from console.sessions import store as sessions
from console.visits.pages import page
from console.visits.routes import SEE_OTHER, pages
from console.visits.visitor import Visiting

HERE: Final = "/settings"

routes = pages()


@routes.get(HERE)
async def show(request: Request, visitor: Visiting, saved: bool = False) -> Response:
    chosen = visitor.profile
    choice = Choice(
        chosen.language or "", chosen.zone or "", chosen.single_keys, chosen.after_finishing
    )
    return await _page(request, visitor, choice, saved=saved)


@routes.post(f"{HERE}/choose")
async def choose(request: Request, visitor: Visiting) -> Response:
    choice = read_choice(request.state.form)
    if wrong := choice.wrong(known_timezones()):
        return await _page(request, visitor, choice, status=422, wrong=wrong)
    profile = profiles.Profile(
        choice.language or None, choice.zone or None, choice.single_keys, choice.after_finishing
    )
    async with state_of(request.app).runtime.database.transaction(all_rows=True) as tx:
        await profiles.save(tx, visitor.session.person.sub, profile, visitor.reader.moment)
    return RedirectResponse(f"{HERE}?saved=true", SEE_OTHER)


@routes.post(f"{HERE}/end-session")
async def end_session(request: Request, visitor: Visiting) -> Response:
    """End another session of one's own, such as on a machine that one has left."""
    try:
        id = UUID(request.state.form.get("session", ""))
    except ValueError:
        return RedirectResponse(HERE, SEE_OTHER)
    async with state_of(request.app).runtime.database.transaction(all_rows=True) as tx:
        await sessions.end_other(tx, visitor.session.person.sub, id)
    return RedirectResponse(HERE, SEE_OTHER)


async def _page(
    request: Request,
    visitor: Visiting,
    choice: Choice,
    *,
    status: int = 200,
    saved: bool = False,
    wrong: tuple[str, ...] = (),
) -> Response:
    async with state_of(request.app).runtime.database.transaction(all_rows=True) as tx:
        own = await sessions.of_person(tx, visitor.session.person.sub, now())
    return page(
        request,
        visitor,
        "account/settings.html",
        status=status,
        choice=choice,
        zones=sorted(known_timezones()),
        sessions=own,
        saved=saved,
        wrong=wrong,
    )
