"""`/articles`, `/articles/{key}`: what is known, for ourselves and for customers."""

from typing import Any, Final
from urllib.parse import quote

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.articles.view import ACTS, LANGUAGES, NEW, PATHS, STATES, article_page, says
from console.forms import form as forms
from console.forms.creation import create
from console.forms.decision import Decision, decide_typed
from console.forms.drawn import drawn_forms, is_wrong, status_of
from console.forms.form import Form
from console.forms.reading import is_whole_number, read_fields
from console.language.catalogue import known_word
from console.language.marked import marked
from console.paged_list import asked_for, paged_list
from console.permitted import WRITE_ARTICLES
from console.upstream.client import Get
from console.upstream.part import Here, items_of
from console.upstream.people import PEOPLE
from console.visits.pages import not_permitted, not_shown, page
from console.visits.routes import pages
from console.visits.visitor import Visiting, Visitor

HERE: Final = "/articles"
HEADING: Final = marked("Write an article")
ROWS: Final = {"limit": "50"}
MAX_CHARS: Final = 200

routes = pages()


@routes.get(HERE)
async def show_all(
    request: Request, visitor: Visiting, q: str = "", state: str = STATES[0]
) -> Response:
    """List articles in a state, or those that fit the words best."""
    words = q.strip()[:MAX_CHARS]
    chosen = state if state in STATES and not visitor.is_contact else STATES[0]
    filters = {"q": words} if words else {}
    own = {} if chosen == "everything" or visitor.is_contact else {"state": chosen}
    query = ROWS | asked_for(request.query_params, "cursor") | filters | own
    get = Get("intake", f"/v1{HERE}", query)
    parts = await visitor.upstream.parts(visitor.asker, {"list": get})
    shown = paged_list(parts["list"], HERE, filters | {"state": chosen})
    return page(
        request,
        visitor,
        "articles/articles.html",
        parts,
        status=shown.status,
        articles=shown,
        views=[(one, f"{HERE}?state={one}") for one in STATES],
        state=chosen,
        words=words,
    )


@routes.get(HERE + "/new")
async def show_new(request: Request, visitor: Visiting) -> Response:
    language = visitor.reader.language
    chosen = language if language in LANGUAGES else LANGUAGES[0]
    return _new(request, visitor, forms.blank(None, language=chosen, audience="internal"))


@routes.post(HERE + "/new")
async def write_new(request: Request, visitor: Visiting) -> Response:
    """Write a draft. Nobody but us sees it until another person publishes it."""
    values: dict[str, str] = request.state.form
    found = read_fields(NEW, values, visitor.reader.zone)
    if found.wrong:
        return _new(request, visitor, forms.invalid(values, None, *found.wrong))

    async def redraw(form: Form) -> Response:
        return _new(request, visitor, form)

    return await create(request, visitor, "intake", "articles", found.body, redraw)


@routes.get(HERE + "/{key}")
async def show(
    request: Request,
    visitor: Visiting,
    key: str,
    version: int | None = None,
    done: str | None = None,
) -> Response:
    return await _page(request, visitor, key, {}, version=version, done=done)


@routes.post(HERE + "/{key}/{act}")
async def do_act(request: Request, visitor: Visiting, key: str, act: str) -> Response:
    if act not in ACTS:
        raise HTTPException(404)

    async def redraw(form: Form) -> Response:
        return await _page(request, visitor, key, {act: form})

    decision = Decision("intake", "articles", key, PATHS.get(act, act), done=act)
    typed = request.state.form.get("version", "")
    # No version is 0: the service refuses it.
    always = says(act, int(typed) if is_whole_number(typed) else 0)
    return await decide_typed(request, visitor, decision, ACTS[act], redraw, says=always)


def _new(request: Request, visitor: Visitor, form: Form) -> Response:
    if (refused := not_permitted(request, visitor, WRITE_ARTICLES, HEADING, HERE)) is not None:
        return refused
    return page(request, visitor, "articles/new.html", status=form.status, form=form, fields=NEW)


async def _page(
    request: Request,
    visitor: Visitor,
    key: str,
    drawn: dict[str, Form],
    *,
    version: int | None = None,
    done: str | None = None,
) -> Response:
    here = f"/v1{HERE}/{quote(key, safe='')}"
    query = {} if version is None else {"version": str(version)}
    wanted = {"article": Get("intake", here, query)}
    if not visitor.is_contact:
        wanted |= {"versions": Get("intake", f"{here}/versions"), "people": PEOPLE}
    parts = await visitor.upstream.parts(visitor.asker, wanted)
    if (refused := not_shown(request, visitor, parts, "article", key)) is not None:
        return refused
    found = parts["article"]
    assert isinstance(found, Here)
    versions = items_of(parts["versions"]) if "versions" in wanted else []
    shown = drawn_forms(ACTS, drawn, found.etag)
    return page(
        request,
        visitor,
        "articles/article.html",
        parts,
        status=status_of(shown),
        view=article_page(found.data, versions, visitor.session.person.sub),
        article=found.data,
        asks=ACTS,
        forms=shown | _begun(shown, found.data, found.etag),
        versions_part=parts.by_name.get("versions"),
        wrong=is_wrong(shown),
        done=known_word(visitor.reader.language, "article_done", done),
    )


def _begun(shown: dict[str, Form], article: dict[str, Any], etag: str | None) -> dict[str, Form]:
    """Return the form of the next version, which begins with what the article says now."""
    if shown["write"].values or "audience" not in article:
        return {}
    text = {name: article[name] for name in ("title", "body", "audience")}
    return {"write": forms.blank(etag, **text)}
