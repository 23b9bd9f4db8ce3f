"""What leads people somewhere leads to pages that the console has, and no text of ours names the API."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from common.domain.console_pages import PATHS, page_of
from common.http import create_app
from common.waiting import WaitingSource
from console.app import SERVICE as CONSOLE
from delivery_gate import waiting as delivery_gate
from escalation import waiting as escalation
from intake import waiting as intake
from sla import waiting as sla

ROOT = Path(__file__).parents[2] / "services"
SOURCES: Final = (
    *delivery_gate.SOURCES,
    *escalation.SOURCES,
    *intake.SOURCES,
    *sla.SOURCES,
)
NO_PAGE: Final = {"/v1/people/KEY-1/notification-settings"}
"""Addresses of the API that the console has no page for: what waits there is answered by `opsdesk` or the API."""
TEXTS: Final = (
    "intake/src/intake/outgoing",
    "intake/src/intake/notices",
    "intake/src/intake/message_templates",
    "sla/src/sla/rendering",
    "sla/src/sla/reviews",
    "sla/src/sla/reports",
    "sla/src/sla/agreements",
    "escalation/src/escalation/notifications/domain",
    "escalation/src/escalation/cases/handlers",
    "escalation/src/escalation/digests",
)
"""Packages that write what people read: mails, notices, papers, what a digest says."""
NO_TEXTS: Final = {"waiting.py", "routes.py", "schemas.py", "dependencies.py"}


def _address(source: WaitingSource) -> str:
    """The address of the API to which a row leads, with KEY-1 for each key."""
    pieces = [piece.strip() for piece in source.href.split("||")]
    return "".join(one.strip("'") if one.startswith("'") else "KEY-1" for one in pieces)


@pytest.mark.parametrize("source", SOURCES, ids=lambda one: one.kind)
def test_what_waits_leads_to_a_page_or_is_known_to_have_none(source: WaitingSource) -> None:
    address = _address(source)
    assert address.startswith("/v1/"), source.href
    assert (page_of(address) is None) == (address in NO_PAGE)


def test_the_addresses_without_a_page_are_those_that_wait() -> None:
    assert {_address(one) for one in SOURCES} >= NO_PAGE


def _console_paths() -> set[str]:
    """The paths of the console's pages, with `{}` for a parameter."""
    return {
        re.sub(r"\{[^}]*\}", "{}", route.path or "")
        for route in iter_route_contexts(create_app(CONSOLE).routes)
        if isinstance(route.original_route, APIRoute) and "GET" in (route.methods or ())
    }


def test_the_console_has_a_page_for_everything_that_links_lead_to() -> None:
    paths = _console_paths()
    missing = {thing for thing, path in PATHS.items() if path.replace("{key}", "{}") not in paths}
    assert not missing


def _texts(path: Path) -> Iterator[str]:
    """Every piece of text in a module that is no docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, str) and id(node) not in docstrings:
            yield value


@pytest.mark.parametrize("folder", TEXTS)
def test_no_text_that_people_read_names_an_address_of_the_api(folder: str) -> None:
    modules = [
        path
        for path in (ROOT / folder).rglob("*.py")
        if path.name not in NO_TEXTS and "routes" not in path.parts
    ]
    assert modules
    named = {(path.name, text) for path in modules for text in _texts(path) if "/v1/" in text}
    assert not named
    templates = [path.read_text() for path in (ROOT / folder).rglob("*.html")]
    assert not [text for text in templates if "/v1/" in text]
