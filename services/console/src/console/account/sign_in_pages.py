"""Signing in and out: to the issuer, back from it, and away."""

from typing import Final
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from common.http import state_of
from common.now import now
from common.telemetry import logger
from console.sessions import store as sessions
from console.sessions.cookies import ATTEMPT, ATTEMPT_S, SESSION, Cookies
from console.sign_in import attempt as attempts
from console.sign_in.attempt import Attempt
from console.sign_in.flow import CALLBACK, SignedIn, check_answer, finish
from console.sign_in.signed import NotBelieved
from console.upstream.issuer import IssuerAway, IssuerRefused
from console.visits.pages import open_page
from console.visits.routes import SEE_OTHER, open_pages, pages
from console.visits.visitor import (
    Visiting,
    limits_of,
    reader_of,
    relation_of,
    seal_of,
    settings_of,
    tokens_of,
)

log = logger(__name__)

BROWSER: Final = "user-agent"

open_routes = open_pages()
routes = pages()


@open_routes.get("/sign-in")
async def sign_in(request: Request, then: str | None = None, again: bool = False) -> Response:
    """Lead to the issuer; `again` asks it for a new sign-in, as an approval may need."""
    relation = relation_of(request)
    endpoint = (await relation.client.endpoints()).authorization
    attempt = attempts.begin(then)
    asked = relation.asked() | ({"prompt": "login"} if again else {})
    response = RedirectResponse(attempts.issuer_address(endpoint, attempt, asked), SEE_OTHER)
    sealed = seal_of(request).close(attempt.as_json()).decode()
    Cookies.of(settings_of(request)).give(response, ATTEMPT, sealed, ATTEMPT_S)
    return response


@open_routes.get(CALLBACK)
async def signed_in(request: Request) -> Response:
    """Take the issuer's answer: only the browser that began this attempt, and only once."""
    attempt = _attempt(request)
    if attempt is None:
        return _failed(request, "no_attempt")
    relation = relation_of(request)
    try:
        code = check_answer(request.query_params, attempt, relation.settings.issuer)
        found = await finish(relation, attempt, code, now().timestamp())
    except (NotBelieved, IssuerRefused) as reason:
        log.warning("sign_in.refused", reason=str(reason))
        return _failed(request, "refused")
    except IssuerAway as reason:
        log.warning("sign_in.issuer_away", reason=str(reason))
        return _failed(request, "issuer_away")
    name = await _start(request, found)
    response = RedirectResponse(attempt.then, SEE_OTHER)
    cookies = Cookies.of(settings_of(request))
    cookies.give(response, SESSION, name)
    cookies.take(response, ATTEMPT)
    return response


@routes.post("/sign-out")
async def sign_out(request: Request, visitor: Visiting) -> Response:
    """End the session here; a link leads to the issuer's own end, as a redirect of a form may not."""
    tokens = tokens_of(request, visitor.session)
    async with state_of(request.app).runtime.database.transaction(all_rows=True) as tx:
        await sessions.end(tx, visitor.session.id)
    response = open_page(
        visitor.reader,
        "account/signed_out.html",
        issuer=await _issuers_end(request, tokens.identity if tokens else None),
    )
    Cookies.of(settings_of(request)).take(response, SESSION)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _attempt(request: Request) -> Attempt | None:
    sealed = Cookies.of(settings_of(request)).read(request, ATTEMPT)
    if sealed is None:
        return None
    return attempts.read(seal_of(request).open(sealed.encode(), ATTEMPT_S))


async def _start(request: Request, found: SignedIn) -> str:
    """Store the session under a new name; one that this browser had before ends."""
    name, at = sessions.new_name(), now()
    settings = settings_of(request)
    former = Cookies.of(settings).read(request, SESSION)
    limits = limits_of(settings)
    async with state_of(request.app).runtime.database.transaction(all_rows=True) as tx:
        if former and (session := await sessions.find(tx, former, at, limits)):
            await sessions.end(tx, session.id)
        await sessions.start(
            tx,
            name,
            found.person,
            seal_of(request).close_tokens(found.tokens),
            found.expires_at,
            request.headers.get(BROWSER, ""),
            at,
            limits,
        )
    return name


async def _issuers_end(request: Request, identity: str | None) -> str | None:
    """Return the address of the issuer's sign-out; None where it has none or does not answer."""
    relation = relation_of(request)
    try:
        address = (await relation.client.endpoints()).end_session
    except (IssuerAway, IssuerRefused):
        return None
    if address is None:
        return None
    back = relation.settings.console_url.rstrip("/") + "/"
    query = {"client_id": relation.settings.client_id, "post_logout_redirect_uri": back}
    hint = {"id_token_hint": identity} if identity else {}
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query | hint)}"


def _failed(request: Request, why: str) -> Response:
    """Say that nobody is signed in, and how to go on. The attempt is over in any case."""
    status = 503 if why == "issuer_away" else 400
    response = open_page(
        reader_of(request, now()), "account/sign_in_failed.html", status=status, why=why
    )
    Cookies.of(settings_of(request)).take(response, ATTEMPT)
    return response
