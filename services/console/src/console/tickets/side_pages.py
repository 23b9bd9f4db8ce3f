"""The pages beside a ticket: `/tickets/OPS-…/links`, `…/hand-overs`, `…/linked-tickets`, `…/time`, `…/alerts`, `…/history`."""

from collections.abc import Mapping
from typing import Final, cast
from urllib.parse import quote

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from console.forms import form as forms
from console.forms.form import Form
from console.forms.lists import needed_lists, read_list
from console.forms.reading import read_fields
from console.tickets.side_forms import SIDE_FORMS, Side, SideForm, side_form
from console.tickets.side_view import side_page
from console.upstream.client import Get, Parts
from console.upstream.part import Denied, Missing, ServiceName, data_of
from console.upstream.problems import Done
from console.visits.pages import page
from console.visits.routes import SEE_OTHER, pages
from console.visits.visitor import Visiting, Visitor

TIME: Final = "/v1/time-entries"
ALERTS: Final = "/v1/alerts"
SIDES: Final[Mapping[str, Mapping[str, str]]] = {
    "links": {"links": "/v1/tickets/{key}/links", "watchers": "/v1/tickets/{key}/watchers"},
    "hand-overs": {"hand_overs": "/v1/tickets/{key}/hand-overs"},
    "linked-tickets": {"linked": "/v1/tickets/{key}/linked-tickets"},
    "time": {"time": TIME},
    "alerts": {"alerts": ALERTS},
    "history": {"history": "/v1/tickets/{key}/history"},
}
"""What each page asks for, beside the ticket."""
WHOLE: Final = ("/links", "/watchers", "/hand-overs", "/linked-tickets")
"""How the paths end of lists that come whole."""
WRITING: Final = frozenset({"reply", "note"})

routes = pages()


@routes.get("/tickets/{key}/{side}")
async def show_side(
    request: Request,
    visitor: Visiting,
    key: str,
    side: str,
    done: str | None = None,
    after: str | None = None,
) -> Response:
    """Show what belongs to a ticket and would be too much on its page. The address of a form leads to its page."""
    if side in WRITING:
        return RedirectResponse(f"/tickets/{quote(key, safe='')}", SEE_OTHER)
    return await _page(request, visitor, key, _side_of(side, visitor), {}, done=done, after=after)


@routes.post("/tickets/{key}/{side}/{act}")
async def do_side(request: Request, visitor: Visiting, key: str, side: str, act: str) -> Response:
    """Send a form of such a page. Who may is the service's to say."""
    wanted = side_form(_side_of(side, visitor), act)
    if wanted is None:
        raise HTTPException(404)
    values: dict[str, str] = request.state.form
    found = read_fields(wanted.fields, values, visitor.reader.zone)
    if found.wrong:
        return await _redraw(
            request, visitor, key, wanted, forms.invalid(values, None, *found.wrong)
        )
    outcome = await visitor.upstream.send(
        visitor.asker,
        wanted.service,
        wanted.method,
        wanted.address(key, values.get("id", "")),
        wanted.body(key, found.body),
        key=forms.nonce_of(values),
    )
    if isinstance(outcome, Done):
        return RedirectResponse(_after(wanted, outcome, key), SEE_OTHER)
    return await _redraw(request, visitor, key, wanted, forms.after(outcome, values, None))


def _after(wanted: SideForm, outcome: Done, key: str) -> str:
    """Return where to go on: the page of the form, or the ticket that it has opened."""
    if wanted.opens and isinstance(outcome.data, dict):
        return f"/tickets/{quote(str(outcome.data['key']), safe='')}?done=new"
    return f"/tickets/{quote(key, safe='')}/{wanted.side}?done={wanted.name}"


def _side_of(side: str, visitor: Visitor) -> Side:
    """Return a side that this visitor may see: they are for us alone. Raises HTTPException."""
    if side not in SIDES or visitor.is_contact:
        raise HTTPException(404)
    return cast(Side, side)


async def _redraw(
    request: Request, visitor: Visitor, key: str, wanted: SideForm, form: Form
) -> Response:
    return await _page(request, visitor, key, wanted.side, {wanted.name: form})


async def _page(
    request: Request,
    visitor: Visitor,
    key: str,
    side: Side,
    drawn: Mapping[str, Form],
    *,
    done: str | None = None,
    after: str | None = None,
) -> Response:
    ref = quote(key, safe="")
    here = [one for one in SIDE_FORMS if one.side == side]
    fields = [field for one in here for field in one.fields]
    before = needed_lists(fields, None)
    wanted = {"ticket": Get("intake", f"/v1/tickets/{ref}")} | before
    for name, path in SIDES[side].items():
        wanted[name] = Get(_service(path), path.format(key=ref), _query(path, key, after))
    first = await visitor.upstream.parts(visitor.asker, wanted)
    lists = before | needed_lists(fields, data_of(first["ticket"]))
    rest = {name: get for name, get in lists.items() if name not in before}
    more = await visitor.upstream.parts(visitor.asker, rest, has_main=False)
    parts = Parts({**first.by_name, **more.by_name}, {**first.seconds, **more.seconds})
    main = [parts[name] for name in SIDES[side]]
    status = max((one.status for one in drawn.values()), default=200)
    if any(isinstance(one, Missing) for one in main):
        status = max(status, 503)
    elif isinstance(denied := main[0], Denied):
        status = max(status, denied.status)
    return page(
        request,
        visitor,
        f"tickets/{side.replace('-', '_')}.html",
        parts,
        status=status,
        key=key,
        page=side_page(parts.by_name, visitor.session.person.sub),
        forms={one.name: drawn.get(one.name) or _blank(one, visitor) for one in here},
        blank=forms.blank(None),
        asks={one.name: one for one in here},
        lists={name: read_list(parts[name]) for name in lists},
        done=done,
    )


def _blank(one: SideForm, visitor: Visitor) -> Form:
    """Return a blank form; time was mostly spent today."""
    if one.name != "spend":
        return forms.blank(None)
    day = visitor.reader.moment.astimezone(visitor.reader.zone).date()
    return forms.blank(None, day=day.isoformat())


def _service(path: str) -> ServiceName:
    return "sla" if path == TIME else "intake"


def _query(path: str, key: str, after: str | None) -> dict[str, str]:
    query = {} if path.endswith(WHOLE) else {"limit": "200"}
    query |= {"ticket": key} if path in {TIME, ALERTS} else {}
    return query | ({"cursor": after} if after else {})
