"""Something new by a form: sent to its service; on to its own page where it was made."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from console.forms import form as forms
from console.forms.form import Form
from console.upstream.part import ServiceName
from console.upstream.problems import Done
from console.visits.routes import SEE_OTHER
from console.visits.visitor import Visitor


async def create(
    request: Request,
    visitor: Visitor,
    service: ServiceName,
    noun: str,
    body: Mapping[str, Any],
    redraw: Callable[[Form], Awaitable[Response]],
) -> Response:
    """Make one of a noun, which is in the API and in the console alike, under the nonce of its form."""
    values: dict[str, str] = request.state.form
    outcome = await visitor.upstream.send(
        visitor.asker, service, "POST", f"/v1/{noun}", body, key=forms.nonce_of(values)
    )
    if not isinstance(outcome, Done):
        return await redraw(forms.after(outcome, values, None))
    key = outcome.data.get("key") if isinstance(outcome.data, dict) else None
    address = f"/{noun}/{quote(str(key), safe='')}" if key else f"/{noun}"
    return RedirectResponse(f"{address}?done=create", SEE_OTHER)
