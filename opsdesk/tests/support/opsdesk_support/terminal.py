"""Runs a command against fake services: responses by path, and the requests that it sent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx
from typer.testing import CliRunner

from opsdesk.__main__ import app
from opsdesk.api_client import JSON

RecordedRequest = tuple[str, str, JSON]
"""The method, the path, and the body or else the query."""


@dataclass
class FakeServices:
    """`answers`: by method and path, such as `GET /v1/clocks`; a `httpx.Response` is given as it is.

    An answer of one service alone is given by `GET sla/v1/clocks`; an exception stands for one that cannot
    be reached. What has no answer does not exist: 404, as the services say it.
    """

    responses: dict[str, JSON | list[JSON] | httpx.Response | Exception] = field(
        default_factory=dict
    )
    requests: list[RecordedRequest] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        query: Mapping[str, str] = request.url.params
        body = _body_of(request) if request.content else dict(query)
        self.requests.append((request.method, request.url.path, body))
        common = self.responses.get(f"{request.method} {request.url.path}")
        own = f"{request.method} {request.url.host}{request.url.path}"
        response = self.responses.get(own, common)
        if isinstance(response, Exception):
            raise response
        if response is None:
            return problem_response(404, "not-found", "Not found", "There is no such thing here.")
        return (
            response if isinstance(response, httpx.Response) else httpx.Response(200, json=response)
        )


class Terminal:
    """Somebody at a terminal, to whom the services are played."""

    def __init__(self, services: FakeServices) -> None:
        self.services = services

    def __call__(self, *words: str) -> str:
        """What is said to a command that can be carried out."""
        result = CliRunner().invoke(app, list(words))
        assert result.exit_code == 0, result.output
        return result.output

    def says(self, answers: str, *words: str) -> str:
        """What is said to a command that asks, and is given these answers, each a line."""
        result = CliRunner().invoke(app, list(words), input=answers)
        assert result.exit_code == 0, result.output
        return result.output

    def fails(self, *words: str, says: str | None = None) -> str:
        """The sentence that is said to one that cannot; `says` is what it is answered if it asks."""
        result = CliRunner().invoke(app, list(words), input=says)
        assert result.exit_code == 1, result.output
        assert "Traceback" not in result.output
        return " ".join(result.output.split())


def _body_of(request: httpx.Request) -> JSON:
    """The JSON that was sent; of other bytes, what they are."""
    kind = request.headers.get("content-type", "")
    if kind == "application/json" and isinstance(sent := json.loads(request.content), dict):
        return sent
    return {kind: request.content.decode("utf-8", "replace")}


def problem_response(status: int, code: str, title: str, detail: str) -> httpx.Response:
    """As a service says no (RFC 9457)."""
    body = {"type": f"urn:opsdesk:error:{code}", "title": title, "detail": detail}
    return httpx.Response(status, json=body)


def page_of(*items: JSON) -> JSON:
    """A list's only page."""
    return {"items": list(items), "next": None}
