"""A command at a terminal, and the services played to it: answers by path, and what was asked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx
from typer.testing import CliRunner

from opsdesk.__main__ import app
from opsdesk.api_client import JSON

Asked = tuple[str, str, JSON]
"""The method, the path, and the body or else the query."""


@dataclass
class Played:
    """`answers`: by method and path, such as `GET /v1/clocks`; a `httpx.Response` is given as it is.

    What has no answer does not exist: 404, as the services say it.
    """

    answers: dict[str, JSON | httpx.Response] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        query: Mapping[str, str] = request.url.params
        body = json.loads(request.content) if request.content else dict(query)
        self.asked.append((request.method, request.url.path, body))
        found = self.answers.get(f"{request.method} {request.url.path}")
        if found is None:
            return problem(404, "not-found", "Not found", "There is no such thing here.")
        return found if isinstance(found, httpx.Response) else httpx.Response(200, json=found)


class Terminal:
    """Somebody at a terminal, to whom the services are played."""

    def __init__(self, services: Played) -> None:
        self.services = services

    def __call__(self, *words: str) -> str:
        """What is said to a command that can be carried out."""
        told = CliRunner().invoke(app, list(words))
        assert told.exit_code == 0, told.output
        return told.output

    def complains(self, *words: str) -> str:
        """The sentence that is said to one that cannot."""
        told = CliRunner().invoke(app, list(words))
        assert told.exit_code == 1, told.output
        assert "Traceback" not in told.output
        return " ".join(told.output.split())


def problem(status: int, code: str, title: str, detail: str) -> httpx.Response:
    """As a service says no (RFC 9457)."""
    told = {"type": f"urn:opsdesk:error:{code}", "title": title, "detail": detail}
    return httpx.Response(status, json=told)


def listed(*items: JSON) -> JSON:
    """A list's only page."""
    return {"items": list(items), "next": None}
