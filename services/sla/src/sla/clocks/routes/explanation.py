"""HTTP in: the explanation of a clock as data, text and chart (C9)."""

from typing import Annotated, Literal

from fastapi import Depends, Query, Request, Response

from common.auth import Caller, requires
from common.errors import ValidationFailed, Violation
from common.http import Transaction, router
from common.persistence.database import transaction_time
from sla.calendars.domain.zone import zone_names
from sla.clocks.domain.explanation_text import render_text
from sla.clocks.explanation_chart import render_svg
from sla.clocks.explanation_responses import (
    AnyExplanation,
    ExplanationForPartner,
    ExplanationRead,
    explanation_to_response,
)
from sla.clocks.explanations import ClockExplanation, Reader, explain
from sla.clocks.routes.clocks import get_visible_clock
from sla.path_parameters import ClockId
from sla.rendering.theme import ThemeName
from sla.rendering.theme_parameter import Theme

routes = router("/v1/clocks", tags=["clocks"])

SVG, TEXT = "image/svg+xml", "text/plain"
MEDIA_TYPES = {"svg": SVG, "text": TEXT, "json": "application/json"}


async def _load_explanation(
    clock_id: ClockId,
    tx: Transaction,
    caller: Annotated[Caller, requires("promises:read")],
    zone: Annotated[
        str | None,
        Query(max_length=100, description="The reader's time zone, by default the agreement's."),
    ] = None,
) -> ClockExplanation:
    if zone is not None and zone not in zone_names():
        detail = f"{zone!r} is not a valid IANA time zone; write it like Europe/Amsterdam"
        raise ValidationFailed([Violation("/query/zone", "unknown_timezone", detail)])
    ticket_clock = await get_visible_clock(tx, clock_id, caller)
    at = await transaction_time(tx)
    return await explain(tx, ticket_clock, at, zone, reader=_reader(caller))


def _reader(caller: Caller) -> Reader:
    if caller.partner is not None:
        return "partner"
    return "staff" if caller.customer is None else "customer"


RequestedExplanation = Annotated[ClockExplanation, Depends(_load_explanation, scope="function")]


@routes.get(
    "/{clock}/explanation",
    response_model=ExplanationRead | ExplanationForPartner,
    responses={200: {"content": {TEXT: {}, SVG: {}}}},
)
async def explain_clock(
    explanation: RequestedExplanation,
    request: Request,
    format: Annotated[Literal["json", "text", "svg"] | None, Query()] = None,
    theme: Theme = "light",
) -> AnyExplanation | Response:
    """Explain a clock, interval by interval: what counted, what did not, and why; and what happened to
    it, by whom.

    The counted intervals add up to the elapsed time. The response is text or a chart with `format`,
    or with `Accept: text/plain` or `image/svg+xml`.
    """
    media_type = MEDIA_TYPES[format] if format else request.headers.get("accept", "")
    if media_type.startswith(SVG):
        return _svg_response(explanation, theme)
    if media_type.startswith(TEXT):
        return Response(render_text(explanation.report), media_type=f"{TEXT}; charset=utf-8")
    return explanation_to_response(explanation)


@routes.get("/{clock}/explanation.svg", response_class=Response)
async def get_explanation_svg(
    explanation: RequestedExplanation, theme: Theme = "light"
) -> Response:
    """Render the timeline of a clock as SVG: how its counted time rose, and why it did not."""
    return _svg_response(explanation, theme)


def _svg_response(explanation: ClockExplanation, theme: ThemeName) -> Response:
    return Response(render_svg(explanation.report, theme), media_type=SVG)
