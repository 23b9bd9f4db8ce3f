"""Four services in one object: they answer what a test says, and may be slow, dead or talk nonsense."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from console.upstream.part import ServiceName

Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]
JSON = Mapping[str, Any]


@dataclass
class Seen:
    """A request that reached a service."""

    service: str
    method: str
    path: str
    query: dict[str, str]
    headers: httpx.Headers
    body: Any


@dataclass
class FakeServices(httpx.AsyncBaseTransport):
    """The services by their hosts `intake`, `sla`, `escalation`, `delivery-gate`.

    `hang` names services that take a request and never answer; `dead` those that refuse connections;
    `slow` those that answer after so many seconds.
    """

    answers: dict[tuple[str, str, str], Answer] = field(default_factory=dict)
    hang: set[str] = field(default_factory=set)
    dead: set[str] = field(default_factory=set)
    slow: dict[str, float] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)

    def say(
        self,
        service: ServiceName,
        path: str,
        data: Any = None,
        *,
        status: int = 200,
        method: str = "GET",
        etag: str | None = None,
        answer: Answer | None = None,
    ) -> None:
        """Answer a path from now on."""
        headers = {"etag": etag} if etag else {}
        given = answer if answer is not None else httpx.Response(status, json=data, headers=headers)
        self.answers[service, method, path] = given

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        service, path = request.url.host, request.url.path
        if service in self.dead:
            raise httpx.ConnectError("connection refused", request=request)
        content = await request.aread()
        is_json = request.headers.get("content-type") == "application/json"
        body = json.loads(content) if is_json else content or None
        query = dict(request.url.params)
        self.seen.append(Seen(service, request.method, path, query, request.headers, body))
        if service in self.hang:
            await asyncio.Event().wait()
        await asyncio.sleep(self.slow.get(service, 0))
        answer = self.answers.get((service, request.method, path))
        if answer is None:
            return problem(404, "not-found", "There is nothing at this address.")
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return httpx.Response(
                answer.status_code, headers=answer.headers, content=answer.content
            )
        return answer(request)

    def sent(self, method: str = "POST") -> list[Seen]:
        """Return the requests that were to change something: a check and a draft only compute."""
        return [one for one in self.seen if one.method == method and not _computes(one.path)]

    def asked(self, path: str) -> list[Seen]:
        """Return the requests to a path that computes."""
        return [one for one in self.seen if one.path == path]


def _computes(path: str) -> bool:
    return path.endswith(("/messages/check", "/messages/draft"))


def problem(status: int, type: str, detail: str, **more: Any) -> httpx.Response:
    """A problem (RFC 9457) as the services write it."""
    body = {"type": f"urn:opsdesk:error:{type}", "status": status, "detail": detail, **more}
    return httpx.Response(status, json=body, headers={"content-type": "application/problem+json"})
