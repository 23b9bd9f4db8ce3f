"""The two kinds of routes: for whoever is signed in, and for everybody. Errors of both are pages."""

from collections.abc import Callable, Coroutine
from typing import Any, Final
from urllib.parse import parse_qs, quote

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from common.auth.revoked import CustomerEnded
from common.errors import PayloadTooLarge
from common.http.body import MIB
from common.http.problems import problem_from_error
from common.now import now
from console.language.chosen import Reader
from console.sessions.cookies import SESSION, Cookies
from console.sessions.forgery import is_forged, is_from_elsewhere
from console.sign_in.attempt import HOME, own_path
from console.upstream.client import SignedOut
from console.upstream.issuer import IssuerAway
from console.visits.pages import error_page, open_page
from console.visits.visitor import SignInNeeded, arrive, reader_of, settings_of

Handle = Callable[[Request], Coroutine[Any, Any, Response]]
SEE_OTHER: Final = 303
TOO_MANY: Final = 429
UNAVAILABLE: Final = 503
ASKING: Final = frozenset({"GET", "HEAD"})
MAX_FIELDS: Final = 3000
"""An agreement with a row for every promise has so many."""
MAX_FILES: Final = 20
FETCHED_AS: Final = "sec-fetch-mode"
NAVIGATED: Final = "navigate"
MULTIPART: Final = "multipart/form-data"
HIDDEN: Final = frozenset(
    {"form", "nonce", "seen", "saw", "id", "act", "filled_in", "back", "contact", "checked"}
)
"""Fields of our forms that nobody types."""


class OpenRoute(APIRoute):
    """A route for everybody: signing in, and what a page is made of."""

    def get_route_handler(self) -> Handle:
        return _with_error_pages(super().get_route_handler())


class SignedInRoute(APIRoute):
    """A route for whoever is signed in: finds the visitor, and refuses forms that are not ours.

    Who is not signed in is led to the issuer and back to the page.
    """

    def get_route_handler(self) -> Handle:
        handle = super().get_route_handler()

        async def visited(request: Request) -> Response:
            try:
                request.state.visitor = await arrive(request)
                if request.method not in ASKING:
                    await _read_form(request)
                return await handle(request)
            except (SignInNeeded, SignedOut):
                return await _to_sign_in(request)
            finally:
                await request.close()

        return _with_error_pages(visited)


class Forged(Exception):
    """A form was not sent by a page of ours."""


PAGES_OF_ERRORS: Final[dict[type[Exception], tuple[int, str]]] = {
    Forged: (403, "forged"),
    CustomerEnded: (403, "customer_ended"),
    IssuerAway: (503, "issuer"),
}
"""Status and kind of the page that says what happened."""


def open_pages() -> APIRouter:
    return APIRouter(route_class=OpenRoute, include_in_schema=False)


def pages() -> APIRouter:
    """A router of pages and forms for whoever is signed in."""
    return APIRouter(route_class=SignedInRoute, include_in_schema=False)


async def _read_form(request: Request) -> None:
    """Read the form into `request.state.form`, field by field, its files into `request.state.files`. Raises Forged."""
    if is_from_elsewhere(request.headers, _origin(request)):
        raise Forged
    form = await _fields(request)
    name = Cookies.of(settings_of(request)).read(request, SESSION) or ""
    if is_forged(request.headers, _origin(request), name, form.get("form", "")):
        raise Forged
    request.state.form = form


def _with_error_pages(handle: Handle) -> Handle:
    async def handle_with_error_pages(request: Request) -> Response:
        try:
            # A client would take them for steps of the path, and ask for another thing.
            if {".", ".."} & {str(one) for one in request.path_params.values()}:
                raise HTTPException(404)
            return await handle(request)
        except (Forged, CustomerEnded, IssuerAway) as error:
            return error_page(request, _anonymous(request), *PAGES_OF_ERRORS[type(error)])
        except (HTTPException, RequestValidationError):
            return error_page(request, _anonymous(request), 404, "not_found")
        except PayloadTooLarge as too_large:
            limit = int(too_large.extra["limit"]) // MIB
            back = own_path(request.url.path.rpartition("/")[0] or HOME)
            return error_page(
                request, _anonymous(request), 413, "too_large", limit=limit, back=back
            )
        except Exception as error:  # noqa: BLE001 - logged by `problem_from_error`; people see a page
            problem = problem_from_error(error)
            kind = "unavailable" if problem.status in {TOO_MANY, UNAVAILABLE} else "broken"
            return error_page(request, _anonymous(request), problem.status, kind)

    return handle_with_error_pages


def _anonymous(request: Request) -> Reader:
    """Return how an error is read: as the visitor reads, where it is known who that is."""
    visitor = getattr(request.state, "visitor", None)
    return visitor.reader if visitor is not None else reader_of(request, now())


async def _to_sign_in(request: Request) -> Response:
    """Lead to the sign-in and back. What was typed into a form of ours is shown, to be kept until then."""
    if request.headers.get(FETCHED_AS, NAVIGATED) != NAVIGATED:
        return Response(status_code=401)  # a script or a picture cannot be led to another site
    if request.method in ASKING:
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(sign_in_address(back), SEE_OTHER)
    form_of = own_path(request.url.path.rpartition("/")[0] or HOME)
    typed = [] if is_from_elsewhere(request.headers, _origin(request)) else await _typed(request)
    request.state.visitor = None
    return open_page(
        _anonymous(request),
        "look/signed_out.html",
        status=401,
        typed=typed,
        sign_in=sign_in_address(form_of),
    )


async def _typed(request: Request) -> list[str]:
    fields = await _fields(request)
    return [text for name, text in fields.items() if name not in HIDDEN and text.strip()]


def sign_in_address(then: str) -> str:
    """Return where to sign in, to come back to this path."""
    return f"/sign-in?then={quote(then, safe='')}"


def _origin(request: Request) -> str:
    return settings_of(request).console_url.rstrip("/")


async def _fields(request: Request) -> dict[str, str]:
    """Return the fields of a form; its files are kept beside them. Raises Forged for what no form of ours sends."""
    request.state.files = ()
    if request.headers.get("content-type", "").startswith(MULTIPART):
        return await _parts(request)
    try:
        fields = parse_qs(
            (await request.body()).decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS
        )
    except ValueError:
        raise Forged from None
    return {name: _with_newlines(values[-1]) for name, values in fields.items()}


async def _parts(request: Request) -> dict[str, str]:
    """Return the fields of a form with files, which lie on the disk until the request is over."""
    try:
        form = await request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS)
    except HTTPException:
        raise Forged from None
    items = form.multi_items()
    request.state.files = tuple(one for _, one in items if isinstance(one, UploadFile))
    return {name: _with_newlines(value) for name, value in items if isinstance(value, str)}


def _with_newlines(text: str) -> str:
    r"""Return the text as it was written: a browser sends each end of a line as `\r\n` (HTML, 4.10.21.4)."""
    return text.replace("\r\n", "\n")
