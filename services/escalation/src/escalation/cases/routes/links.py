"""`/ack/{signed}`: take a case by the link in a message, without a sign-in and without the console.

Looking (GET, HEAD) changes nothing, since programs that scan mails follow links; the form on the page takes
the case. Who asks is who the message went to: the signature is the proof. The signed part is a secret, so it is
in no log, no trace and no metric: these have the route's template alone.
"""

from collections.abc import Callable, Coroutine, Mapping
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, FastAPI, Request
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.types import Scope

from common.domain.chosen_language import choose_language
from common.domain.console_pages import ConsolePages
from common.errors import TooManyRequests
from common.http import runtime_of, state_of
from common.http.authentication import COUNTED_KEY
from common.http.problems import problem_from_error
from common.persistence.workload import READS, WRITES
from escalation.cases.domain.link_state import LinkState
from escalation.cases.link_page import CSP, LinkPage, Notice
from escalation.cases.linked_acknowledgement import LinkedCase, acknowledge_by_link, read_link
from escalation.notifications.domain.ack_link import PATH, AckSigner
from escalation.settings import EscalationSettings

STATUSES: Final[dict[LinkState, int]] = {"expired": 410, "refused": 403}
"""Statuses of the page; of all other states of a link it is 200."""
CONFLICT: Final = 409
NOT_FOUND: Final = 404
HEADERS: Final = {"Content-Security-Policy": CSP, "X-Robots-Tag": "noindex, nofollow"}
Handle = Callable[[Request], Coroutine[Any, Any, Response]]


class LinkRoute(APIRoute):
    """A route for whoever has a link: counts how often it is opened, and answers every error as a page."""

    def get_route_handler(self) -> Handle:
        handle = super().get_route_handler()

        async def counted(request: Request) -> Response:
            try:
                _count(request)
                return await handle(request)
            except TooManyRequests as problem:
                return _notice(request, "busy", problem.status, problem.headers)
            except Exception as error:  # noqa: BLE001 - logged by `problem_from_error`; people see a page
                return _notice(request, "trouble", problem_from_error(error).status)

        return counted


routes = APIRouter(route_class=LinkRoute, include_in_schema=False)


@routes.api_route(f"{PATH}{{signed}}", methods=["GET", "HEAD"])
async def show_link(request: Request, signed: str) -> Response:
    """Show which case it is, and a button. Changes nothing."""
    message_id = _verified(request, signed)
    if message_id is None:
        return _notice(request, "unknown", NOT_FOUND)
    async with state_of(request.app).database_for(READS).transaction(all_rows=True) as tx:
        linked = await read_link(tx, message_id)
    return _answer(request, linked)


@routes.post(f"{PATH}{{signed}}")
async def use_link(request: Request, signed: str) -> Response:
    """Acknowledge the case; where that is done, or cannot be, say so."""
    message_id = _verified(request, signed)
    if message_id is None:
        return _notice(request, "unknown", NOT_FOUND)
    async with state_of(request.app).database_for(WRITES).transaction(all_rows=True) as tx:
        linked = await acknowledge_by_link(tx, message_id)
    return _answer(request, linked, CONFLICT)


def is_signed_link(scope: Scope) -> bool:
    """Whether a request is for one of our own links: whoever is paged gets in, however many strangers ask from their
    address."""
    path: str = scope["path"]
    return path.startswith(PATH) and _verify(scope["app"], path.removeprefix(PATH)) is not None


def _count(request: Request) -> None:
    """Count this very link. Raises TooManyRequests where it was opened too often within a minute."""
    digest = sha256(request.url.path.encode()).digest()
    limits = state_of(request.app).request_authenticator.limits
    limits.check_token(digest)
    limits.count_token(digest)


def _verified(request: Request, signed: str) -> UUID | None:
    """The message of this link, which is not counted as one of nobody's; None: it is none of ours."""
    message_id = _verify(request.app, signed)
    if message_id is not None:
        request.scope[COUNTED_KEY] = True
    return message_id


def _verify(app: FastAPI, signed: str) -> UUID | None:
    settings: EscalationSettings = runtime_of(app).settings
    return AckSigner(settings.signing_keys()).verify(signed)


def _answer(request: Request, linked: LinkedCase | None, otherwise: int = 200) -> Response:
    """The page of a link; its status is `otherwise` where the case is not taken by this very request."""
    if linked is None:
        return _notice(request, "unknown", NOT_FOUND)
    settings: EscalationSettings = runtime_of(request.app).settings
    console = ConsolePages(settings.console_url).address("escalation", linked.case.key)
    status = STATUSES.get(linked.state, 200 if linked.is_done else otherwise)
    page = LinkPage(_language(request), console).case(linked)
    return Response(page, status, HEADERS, "text/html")


def _notice(
    request: Request, notice: Notice, status: int, headers: Mapping[str, str] | None = None
) -> Response:
    page = LinkPage(_language(request)).notice(notice)
    return Response(page, status, {**HEADERS, **(headers or {})}, "text/html")


def _language(request: Request) -> str:
    return choose_language(request.headers.get("accept-language"))
