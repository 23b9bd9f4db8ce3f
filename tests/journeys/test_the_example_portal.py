"""The example of a customer portal, over two real services: as a contact uses it in a browser without scripts."""

import importlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

import httpx
import pytest
from lxml import html

from opsdesk.endpoints import Endpoints
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.mails import JAN_ADDRESS
from opsdesk.journeys.steps import close

FOLDER = Path(__file__).parents[2] / "examples" / "portal"
MOST_LINES = 400


@pytest.fixture(scope="module")
def portal() -> Iterator[ModuleType]:
    """The example, found as `uvicorn --app-dir` finds it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(FOLDER)
        yield importlib.import_module("portal")


@pytest.fixture
async def jan(
    portal: ModuleType, context: JourneyContext, endpoints: Endpoints
) -> AsyncIterator[httpx.AsyncClient]:
    """jan's browser, signed in at the portal."""
    token = context.clients.token("portal")
    portal.app.state.settings = portal.Settings(
        token, JAN_ADDRESS, endpoints.urls["intake"], endpoints.urls["sla"]
    )
    async with (
        httpx.AsyncClient(timeout=20) as portal.app.state.client,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(portal.app), base_url="http://portal.test"
        ) as browser,
    ):
        yield browser


async def fields(browser: httpx.AsyncClient, path: str, action: str) -> dict[str, str]:
    """The hidden fields of the form with this action."""
    tree = html.fromstring((await browser.get(path)).text)
    hidden = tree.xpath(f"//form[@action='{action}']//input[@type='hidden']")
    return {one.get("name"): one.get("value") for one in hidden}


async def ask(browser: httpx.AsyncClient, title: str) -> str:
    """Open a ticket by the form; the path of its page."""
    form = await fields(browser, "/new", "/new")
    answer = await browser.post("/new", data=form | {"title": title})
    assert answer.status_code == 303, answer.text
    return str(urlsplit(answer.headers["location"]).path)


def test_it_is_short_enough_to_be_read() -> None:
    files = [*FOLDER.glob("*.py"), *FOLDER.glob("templates/*")]
    assert sum(len(one.read_text().splitlines()) for one in files) < MOST_LINES


async def test_a_contact_opens_a_ticket_once_however_often_the_button_is_pressed(
    jan: httpx.AsyncClient,
) -> None:
    form = await fields(jan, "/new", "/new") | {"title": "The labels are upside down"}
    first, second = [await jan.post("/new", data=form) for _ in range(2)]
    assert first.headers["location"] == second.headers["location"]
    shown = (await jan.get("/")).text
    assert shown.count("The labels are upside down") == 1
    assert "<script" not in shown


async def test_what_is_refused_is_said_in_words_and_what_was_typed_stays(
    jan: httpx.AsyncClient,
) -> None:
    form = await fields(jan, "/new", "/new") | {"title": " ", "description": "<b>Since noon</b>"}
    answer = await jan.post("/new", data=form)
    assert answer.status_code == 422
    assert "title: " in answer.text
    assert "&lt;b&gt;Since noon&lt;/b&gt;" in answer.text


async def test_a_conversation_and_whether_it_is_solved(
    jan: httpx.AsyncClient, context: JourneyContext
) -> None:
    path = await ask(jan, "Two labels are missing")
    key = path.rpartition("/")[2]
    form = await fields(jan, path, f"{path}/replies")
    await jan.post(f"{path}/replies", data=form | {"text": "Now it is three."})
    await close(context, key, "The printer has new labels.")
    shown = (await jan.get(path)).text
    assert "Now it is three." in shown
    assert "Has it been solved?" in shown
    form = await fields(jan, path, f"{path}/feedback")
    answer = await jan.post(f"{path}/feedback", data=form | {"solved": "false"})
    assert answer.status_code == 303
    assert "Has it been solved?" not in (await jan.get(path)).text


async def test_the_agreement_the_status_and_reviews_are_there(jan: httpx.AsyncClient) -> None:
    listed = html.fromstring((await jan.get("/agreement")).text)
    paper = await jan.get(listed.xpath("//main//a/@href")[0])
    assert paper.content.startswith(b"%PDF-")
    assert "promises are open" in (await jan.get("/status")).text
    assert (await jan.get("/reviews")).status_code == 200


async def test_others_tickets_do_not_exist_and_a_silent_service_is_no_empty_list(
    jan: httpx.AsyncClient, portal: ModuleType, context: JourneyContext
) -> None:
    britta = context.clients.portal_client("britta@brightwater.example")
    other = await britta.post("intake", "/v1/tickets", {"title": "Ours alone"})
    answer = await jan.get(f"/tickets/{other['key']}")
    assert answer.status_code == 404
    assert "Ours alone" not in answer.text
    settings = portal.app.state.settings
    portal.app.state.settings = portal.Settings(
        settings.token, settings.contact, "http://127.0.0.1:9", settings.sla
    )
    silent = await jan.get("/")
    assert silent.status_code == 503
    assert "asked for nothing" not in silent.text
