"""The OpenID provider of a development machine: authorize, token, keys, end of a session."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from common.auth.local_issuer import LocalIssuer
from common.now import now
from common.telemetry import logger
from opsdesk.company.demo_data import Identity
from opsdesk.demo_issuer.grants import Grant, Grants
from opsdesk.demo_issuer.page import CSP, STYLE, people_page, sentence_page

log = logger(__name__)

ACCESS_S: Final = 600
"""Seconds of an access token: short, so that renewing it is tried every day."""
TELL_S: Final = 5.0
HEADERS: Final = {"Content-Security-Policy": CSP, "Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class DemoIssuer:
    """An issuer for one client: people, the keys, and the one address to which it leads back."""

    issuer: LocalIssuer
    people: Mapping[str, Identity]
    zones: Mapping[str, str]
    client_id: str
    redirect_uri: str
    grants: Grants = field(default_factory=Grants)
    transport: httpx.AsyncBaseTransport | None = None

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/authorize", self.authorize),
                Route("/choose", self.choose),
                Route("/token", self.token, methods=["POST"]),
                Route("/jwks.json", self.jwks),
                Route("/end-session", self.end_session),
                Route("/style.css", self.style),
            ]
        )

    async def authorize(self, request: Request) -> Response:
        """Ask who it is. An address that is not the client's is never led to."""
        query = dict(request.query_params)
        if wrong := self._wrong(query):
            return HTMLResponse(sentence_page("This cannot be done", wrong), 400, HEADERS)
        return HTMLResponse(people_page(self.people.values(), query), headers=HEADERS)

    async def choose(self, request: Request) -> Response:
        query = dict(request.query_params)
        wrong = self._wrong(query)
        if wrong is None and query.get("person") not in self.people:
            wrong = "Nobody has this name."
        if wrong:
            return HTMLResponse(sentence_page("This cannot be done", wrong), 400, HEADERS)
        code = self.grants.give_code(query["person"], query, now().timestamp())
        answer = {"code": code, "state": query["state"], "iss": self.issuer.issuer}
        return RedirectResponse(f"{self.redirect_uri}?{urlencode(answer)}", 303, HEADERS)

    async def token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        at = now().timestamp()
        kind = form.get("grant_type")
        if kind not in {"authorization_code", "refresh_token"}:
            return _error("unsupported_grant_type")
        redeem = self.grants.redeem if kind == "authorization_code" else self.grants.renew
        grant = redeem(form, at)
        return _error("invalid_grant") if grant is None else self._tokens(grant, at)

    async def jwks(self, request: Request) -> Response:
        return Response(self.issuer.jwks_path.read_bytes(), media_type="application/json")

    async def end_session(self, request: Request) -> Response:
        """Sign who comes with an ID token out everywhere (back-channel logout); without one there is nobody to sign out."""
        hint = request.query_params.get("id_token_hint", "")
        who = self.issuer.identified(hint, self.client_id)
        is_done = await self._tell_client(who) if who else False
        page = sentence_page(
            "You are signed out",
            "In every browser." if is_done else "Nothing of you is kept here.",
            (self._console + "/", "Sign in again"),
        )
        return HTMLResponse(page, headers=HEADERS)

    async def _tell_client(self, who: str) -> bool:
        """Have the client end all sessions of a person. Returns whether it did."""
        self.grants.end_all(who)
        form = {"logout_token": self.issuer.logout(who, self.client_id)}
        try:
            async with httpx.AsyncClient(transport=self.transport, timeout=TELL_S) as client:
                answer = await client.post(f"{self._console}/back-channel-logout", data=form)
        except httpx.HTTPError as error:
            log.warning("back_channel_logout.untold", error=type(error).__name__)
            return False
        return answer.is_success

    @property
    def _console(self) -> str:
        return self.redirect_uri.rpartition("/")[0]

    async def style(self, request: Request) -> Response:
        return Response(STYLE, media_type="text/css")

    def _wrong(self, query: Mapping[str, str]) -> str | None:
        """Return what is wrong with a request, None where nothing is."""
        wanted = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "code_challenge_method": "S256",
        }
        for name, value in wanted.items():
            if query.get(name) != value:
                return f"The parameter {name} must be {value}."
        missing = [name for name in ("state", "code_challenge") if not query.get(name)]
        return f"The parameter {missing[0]} is missing." if missing else None

    def _tokens(self, grant: Grant, at: float) -> Response:
        who = self.people[grant.person]
        access = self.issuer.issue(
            who.sub,
            name=who.name,
            email=who.email,
            roles=who.roles,
            customer=who.customer,
            partner=who.partner,
            seconds=ACCESS_S,
        ).token
        claims: dict[str, Any] = {
            "name": who.name,
            "email": who.email,
            "zoneinfo": self.zones.get(who.sub),
            "sid": grant.family,
        }
        identity = self.issuer.identify(who.sub, grant.client_id, grant.nonce, access, **claims)
        body = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": ACCESS_S,
            "id_token": identity,
            "refresh_token": self.grants.give_renewal(grant, at),
        }
        return JSONResponse(body, headers={"Cache-Control": "no-store"})


def _error(code: str) -> Response:
    return JSONResponse({"error": code}, 400, {"Cache-Control": "no-store"})
