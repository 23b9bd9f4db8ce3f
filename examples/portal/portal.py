"""A customer portal over the public API alone: own tickets, a new one, replies, the agreement, the status, reviews.

    OPSDESK_PORTAL_TOKEN=$(opsdesk token issue portal --scope portal) \\
    OPSDESK_PORTAL_CONTACT=jan@acme.example uvicorn portal:app --app-dir examples/portal

It shows how a portal speaks for a contact (docs/integrate/portal.md), not how to sign somebody in: `contact_of` is
the place for your own session.
"""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import quote
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
from fastapi import Depends, FastAPI, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from opsdesk_client import OpsDesk, Refused

SEE_OTHER: Final = 303
TIMEOUT_S: Final = 5.0

TEMPLATES: Final = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the services are, and as whom the portal speaks. `token` has the scope `portal` and nothing else."""

    token: str
    contact: str
    intake: str
    sla: str
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Amsterdam"))


def settings_from(given: Mapping[str, str]) -> Settings:
    """The settings, from environment variables. Raises KeyError for what is missing."""
    return Settings(
        given["OPSDESK_PORTAL_TOKEN"],
        given["OPSDESK_PORTAL_CONTACT"],
        given.get("OPSDESK_INTAKE_URL", "http://127.0.0.1:8001"),
        given.get("OPSDESK_SLA_URL", "http://127.0.0.1:8002"),
    )


def contact_of(request: Request) -> str:
    """Who has signed in: take it from your own session here, never from what the browser sends."""
    contact: str = request.app.state.settings.contact
    return contact


def opsdesk_for(request: Request, contact: Annotated[str, Depends(contact_of)]) -> OpsDesk:
    return OpsDesk(request.app.state.client, request.app.state.settings.token, contact)


Desk = Annotated[OpsDesk, Depends(opsdesk_for)]
Field = Annotated[str, Form()]


@asynccontextmanager
async def _client(app: FastAPI) -> AsyncIterator[None]:
    app.state.settings = settings_from(os.environ)
    async with httpx.AsyncClient(timeout=TIMEOUT_S) as app.state.client:
        yield


app = FastAPI(
    title="A customer portal over OpsDesk",
    lifespan=_client,
    docs_url=None,
    redoc_url=None,
    openapi_url=None,
)
templates = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


async def page(
    request: Request, desk: OpsDesk, name: str, status: int = 200, **shown: Any
) -> HTMLResponse:
    """Draw a page for the contact, with times in the portal's zone."""
    zone = request.app.state.settings.timezone
    text = templates.get_template(f"{name}.html").render(
        me=await desk.get(f"{intake(request)}/v1/me"),
        at=lambda instant: f"{datetime.fromisoformat(instant).astimezone(zone):%d %b %Y, %H:%M}",
        words=lambda code: code.replace("_", " "),
        **shown,
    )
    return HTMLResponse(
        text, status, {"Content-Security-Policy": "default-src 'none'; form-action 'self'"}
    )


def intake(request: Request) -> str:
    address: str = request.app.state.settings.intake
    return address


def sla(request: Request) -> str:
    address: str = request.app.state.settings.sla
    return address


@app.exception_handler(Refused)
async def show_refusal(request: Request, refused: Exception) -> Response:
    """What could not be done, in the words of the service; 503 where it says that it has too much to do."""
    assert isinstance(refused, Refused)
    desk = opsdesk_for(request, contact_of(request))
    detail = str(refused.problem.get("detail") or "Please try again.")
    return await page(request, desk, "trouble", refused.status, title=str(refused), detail=detail)


@app.exception_handler(httpx.TransportError)
async def show_outage(request: Request, error: Exception) -> Response:
    """A service does not answer: say so, and not that there is nothing."""
    return HTMLResponse(
        "<h1>We cannot show this at the moment</h1><p>Please try again in a minute.</p>", 503
    )


@app.get("/")
async def own_tickets(request: Request, desk: Desk, cursor: str | None = None) -> Response:
    found = await desk.get(
        f"{intake(request)}/v1/tickets", **({"cursor": cursor} if cursor else {})
    )
    return await page(request, desk, "tickets", tickets=found["items"], more=found["next"])


@app.get("/new")
async def new_ticket(request: Request, desk: Desk) -> Response:
    blank = {"title": "", "description": "", "environment": ""}
    return await page(request, desk, "new", filled=blank, wrong=[], key=str(uuid4()))


@app.post("/new")
async def open_ticket(
    request: Request,
    desk: Desk,
    key: Field,
    title: Field,
    description: Field = "",
    environment: Field = "",
) -> Response:
    filled = {"title": title, "description": description, "environment": environment}
    body = {name: value for name, value in filled.items() if value}
    try:
        ticket = await desk.post(f"{intake(request)}/v1/tickets", body, key)
    except Refused as refused:
        if refused.status != httpx.codes.UNPROCESSABLE_ENTITY:
            raise
        # Another key: under the old one the answer would be the same refusal.
        shown = {"filled": filled, "wrong": refused.faults(), "key": str(uuid4())}
        return await page(request, desk, "new", refused.status, **shown)
    return RedirectResponse(f"/tickets/{ticket['key']}", SEE_OTHER)


@app.get("/tickets/{ticket}")
async def one_ticket(request: Request, desk: Desk, ticket: str) -> Response:
    return await _ticket(request, desk, ticket)


@app.post("/tickets/{ticket}/replies")
async def reply(
    request: Request, desk: Desk, ticket: str, key: Field, text: Field = ""
) -> Response:
    try:
        await desk.post(f"{_address(request, ticket)}/replies", {"text": text}, key)
    except Refused as refused:
        if refused.status != httpx.codes.UNPROCESSABLE_ENTITY:
            raise
        return await _ticket(request, desk, ticket, refused, text)
    return RedirectResponse(f"/tickets/{quote(ticket, safe='')}", SEE_OTHER)


@app.post("/tickets/{ticket}/feedback")
async def say_whether_solved(
    request: Request, desk: Desk, ticket: str, key: Field, solved: Field
) -> Response:
    await desk.post(f"{_address(request, ticket)}/feedback", {"solved": solved == "true"}, key)
    return RedirectResponse(f"/tickets/{quote(ticket, safe='')}", SEE_OTHER)


async def _ticket(
    request: Request, desk: OpsDesk, ticket: str, refused: Refused | None = None, text: str = ""
) -> Response:
    address = _address(request, ticket)
    shown = {
        "ticket": await desk.get(address),
        "messages": (await desk.get(f"{address}/messages", limit="200"))["items"],
        "wrong": refused.faults() if refused else [],
        "filled": {"text": text},
        "key": str(uuid4()),
    }
    return await page(request, desk, "ticket", refused.status if refused else 200, **shown)


def _address(request: Request, ticket: str) -> str:
    return f"{intake(request)}/v1/tickets/{quote(ticket, safe='')}"


@app.get("/agreement")
async def agreement(request: Request, desk: Desk) -> Response:
    found = await desk.get(f"{sla(request)}/v1/agreements")
    return await page(request, desk, "agreement", agreements=found["items"])


@app.get("/agreement/{version}.pdf")
async def contract(request: Request, desk: Desk, version: str) -> Response:
    address = f"{sla(request)}/v1/agreements/{quote(version, safe='')}/page"
    return _paper(await desk.fetch(address, format="pdf"))


@app.get("/status")
async def status(request: Request, desk: Desk) -> Response:
    return await page(request, desk, "status", promises=await desk.get(f"{sla(request)}/v1/status"))


@app.get("/reviews")
async def reviews(request: Request, desk: Desk) -> Response:
    found = await desk.get(f"{sla(request)}/v1/reviews")
    return await page(request, desk, "reviews", reviews=found["items"])


@app.get("/reviews/{review}.pdf")
async def review_paper(request: Request, desk: Desk, review: str) -> Response:
    address = f"{sla(request)}/v1/reviews/{quote(review, safe='')}"
    return _paper(await desk.fetch(address, format="pdf"))


def _paper(answer: httpx.Response) -> Response:
    return Response(answer.content, media_type="application/pdf")
