"""OpsDesk over HTTP as one person sees it: what they ask for, and what they are told."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from common.persistence.ids import uuid7
from opsdesk.endpoints import Running
from opsdesk.errors import Trouble

JSON = dict[str, Any]
PAGE = 200


@dataclass
class Problem(Exception):
    """What a service said instead of doing it (RFC 9457). `code` is the last part of its type."""

    status: int
    title: str
    detail: str
    code: str
    told: JSON = field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        wrong = [f"{e.get('pointer')}: {e.get('detail')}" for e in self.told.get("errors", [])]
        return " ".join([f"{self.title}: {self.detail}", *wrong])


class Desk:
    """One person's, or one machine's, way to the four services."""

    def __init__(
        self, client: httpx.AsyncClient, running: Running, token: str, **headers: str
    ) -> None:
        self._client = client
        self._running = running
        self._who = {"Authorization": f"Bearer {token}", **headers}

    async def get(self, service: str, path: str, **query: Any) -> Any:
        return (await self._ask("GET", service, path, params=query)).json()

    async def read(self, service: str, path: str, **query: Any) -> str:
        """What is answered as plain text."""
        headers = {"Accept": "text/plain"}
        return (await self._ask("GET", service, path, params=query, headers=headers)).text

    async def fetch(self, service: str, path: str, **query: Any) -> httpx.Response:
        """The answer as it came, whatever it is: a page, a file."""
        return await self._ask("GET", service, path, params=query)

    async def items(self, service: str, path: str, **query: Any) -> AsyncIterator[JSON]:
        """Everything on a list, page by page."""
        cursor: JSON = {}
        while True:
            page = await self.get(service, path, limit=PAGE, **query, **cursor)
            for item in page["items"]:
                yield item
            if page["next"] is None:
                return
            cursor = {"cursor": page["next"]}

    async def post(
        self, service: str, path: str, body: Mapping[str, Any] | None = None, key: str | None = None
    ) -> JSON:
        """Ask for it once, however often it is asked with the same `key`. Raises Problem."""
        headers = {"Idempotency-Key": key or str(uuid7())}
        said = await self._ask("POST", service, path, json=body or {}, headers=headers)
        return dict(said.json()) if said.content else {}

    async def put(self, service: str, path: str, body: Mapping[str, Any]) -> JSON:
        said = await self._ask("PUT", service, path, json=body)
        return dict(said.json()) if said.content else {}

    async def send(self, service: str, path: str, content: bytes, media_type: str) -> JSON:
        """Hand over bytes as they are, such as a raw mail."""
        headers = {"Content-Type": media_type}
        return dict(
            (await self._ask("POST", service, path, content=content, headers=headers)).json()
        )

    async def refused(
        self, service: str, path: str, body: Mapping[str, Any] | None = None
    ) -> Problem:
        """What is said to a request that must not succeed. Raises Trouble when it does."""
        try:
            await self.post(service, path, body)
        except Problem as problem:
            return problem
        raise Trouble(f"{service} accepted {path}, which must be refused.")

    async def _ask(
        self,
        method: str,
        service: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> httpx.Response:
        url = self._running.url(service) + path
        try:
            answer = await self._client.request(
                method, url, headers={**self._who, **(headers or {})}, **more
            )
        except httpx.TransportError as error:
            raise Trouble(
                f"{service} does not answer at {self._running.url(service)} "
                f"({type(error).__name__}); start OpsDesk in another terminal: make run"
            ) from None
        if answer.is_error:
            raise problem_of(answer)
        return answer


def problem_of(answer: httpx.Response) -> Problem:
    """The problem in an answer, also where it is none of ours (a proxy's page, say)."""
    try:
        told = dict(answer.json())
    except ValueError:
        told = {}
    return Problem(
        answer.status_code,
        str(told.get("title", answer.reason_phrase)),
        str(told.get("detail", f"{answer.request.url} answered {answer.status_code}.")),
        str(told.get("type", "")).rpartition(":")[2],
        told,
    )
