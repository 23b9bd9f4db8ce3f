"""`/back-channel-logout`: the issuer says that a session has ended, and so it does here (OIDC Back-Channel Logout 1.0)."""

from datetime import UTC, datetime
from urllib.parse import parse_qs

from fastapi import Request
from starlette.responses import JSONResponse, Response

from common.http import state_of
from common.now import now
from common.telemetry import logger
from console.sessions import logout_tokens
from console.sessions import store as sessions
from console.sign_in.back_channel import Logout, read_logout
from console.sign_in.signed import NotBelieved
from console.visits.routes import open_pages
from console.visits.visitor import relation_of

log = logger(__name__)

MAX_FIELDS = 20

open_routes = open_pages()


@open_routes.post("/back-channel-logout")
async def back_channel_logout(request: Request) -> Response:
    """End what a logout token names. One that names nobody who is signed in here has nothing to do: that is a success."""
    try:
        ended = await _end(request, await _logout(request))
    except NotBelieved as reason:
        log.warning("back_channel_logout.refused", reason=str(reason))
        body = {"error": "invalid_request", "error_description": str(reason)}
        return JSONResponse(body, 400, {"Cache-Control": "no-store"})
    log.info("back_channel_logout.done", sessions=ended)
    return Response(status_code=200, headers={"Cache-Control": "no-store"})


async def _logout(request: Request) -> Logout:
    relation = relation_of(request)
    return await read_logout(
        await _token(request),
        relation.keys,
        issuer=relation.settings.issuer,
        client_id=relation.settings.client_id,
        at=now().timestamp(),
    )


async def _token(request: Request) -> str:
    """Return the one logout token of the form. Raises NotBelieved."""
    try:
        form = parse_qs((await request.body()).decode("ascii"), max_num_fields=MAX_FIELDS)
    except ValueError:
        raise NotBelieved("the form cannot be read") from None
    tokens = form.get("logout_token", [])
    if len(tokens) != 1:
        raise NotBelieved("it is not one logout_token")
    return tokens[0]


async def _end(request: Request, logout: Logout) -> int:
    expires_at = datetime.fromtimestamp(logout.expires_at, UTC)
    async with state_of(request.app).runtime.database.transaction(all_rows=True) as tx:
        if not await logout_tokens.take(tx, logout.token_id, expires_at):
            raise NotBelieved("it was used before")
        return await sessions.end_of_issuer(tx, logout.sub, logout.issuer_session)
