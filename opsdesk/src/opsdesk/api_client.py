"""HTTP client for the services, for one person or machine."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from common.persistence.ids import uuid7
from opsdesk.endpoints import Endpoints
from opsdesk.errors import CliError
from opsdesk.option_names import in_own_words, option_of

JSON = dict[str, Any]
PAGE_SIZE = 200


@dataclass
class Problem(Exception):
    """An error response (RFC 9457). `code` is the last part of its type."""

    status: int
    title: str
    detail: str
    code: str
    body: JSON = field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        act = str(self.body.get("instance", "")).rstrip("/").rpartition("/")[2]
        violations = [
            f"{option_of(str(e.get('pointer')), act)}: {in_own_words(str(e.get('detail')), act)}"
            for e in self.body.get("errors", [])
        ]
        return " ".join([f"{self.title}: {in_own_words(self.detail, act)}", *violations])


class ApiClient:
    """Requests to all services with one token."""

    def __init__(
        self, client: httpx.AsyncClient, endpoints: Endpoints, token: str, **headers: str
    ) -> None:
        self._client = client
        self._endpoints = endpoints
        self._headers = {"Authorization": f"Bearer {token}", **headers}
        self.responses: list[httpx.Response] = []
        """What the services answered, in order."""

    async def get(self, service: str, path: str, /, **query: Any) -> Any:
        return (await self._request("GET", service, path, params=query)).json()

    async def get_text(self, service: str, path: str, /, **query: Any) -> str:
        """Return the response as plain text."""
        headers = {"Accept": "text/plain"}
        return (await self._request("GET", service, path, params=query, headers=headers)).text

    async def get_response(self, service: str, path: str, /, **query: Any) -> httpx.Response:
        """Return the response of any media type: a page, a file."""
        return await self._request("GET", service, path, params=query)

    async def lines(self, service: str, path: str) -> AsyncIterator[str]:
        """Yield the lines of a response while they come. Raises Problem, and CliError where it breaks off."""
        url = self._endpoints.url(service) + path
        try:
            async with self._client.stream("GET", url, headers=self._headers) as response:
                if response.is_error:
                    await response.aread()
                    raise problem_from_response(response)
                async for line in response.aiter_lines():
                    yield line
        except httpx.TransportError as error:
            raise CliError(
                f"{service} does not answer at {self._endpoints.url(service)} to the end"
                f" ({type(error).__name__})."
            ) from None

    async def items(self, service: str, path: str, /, **query: Any) -> AsyncIterator[JSON]:
        """Yield all items of a list, page by page."""
        cursor: JSON = {}
        while True:
            page = await self.get(service, path, limit=PAGE_SIZE, **query, **cursor)
            for item in page["items"]:
                yield item
            if page["next"] is None:
                return
            cursor = {"cursor": page["next"]}

    async def post(
        self, service: str, path: str, body: Mapping[str, Any] | None = None, key: str | None = None
    ) -> JSON:
        """Send a POST with an Idempotency-Key, so that it is done once per `key`. Raises Problem."""
        headers = {"Idempotency-Key": key or str(uuid7())}
        response = await self._request("POST", service, path, json=body or {}, headers=headers)
        return dict(response.json()) if response.content else {}

    async def put(self, service: str, path: str, body: Mapping[str, Any]) -> JSON:
        response = await self._request("PUT", service, path, json=body)
        return dict(response.json()) if response.content else {}

    async def delete(self, service: str, path: str) -> None:
        """Send a DELETE with an Idempotency-Key. Raises Problem."""
        await self._request("DELETE", service, path, headers={"Idempotency-Key": str(uuid7())})

    async def patch(self, service: str, path: str, body: Mapping[str, Any]) -> JSON:
        """Change what the body names; what it leaves out stays."""
        return dict((await self._request("PATCH", service, path, json=body)).json())

    async def post_bytes(
        self, service: str, path: str, content: bytes, media_type: str, /, **query: Any
    ) -> JSON:
        """Send bytes unchanged, such as a raw mail."""
        headers = {"Content-Type": media_type}
        response = await self._request(
            "POST", service, path, content=content, headers=headers, params=query
        )
        return dict(response.json())

    async def post_stream(
        self, service: str, path: str, pieces: AsyncIterator[bytes], /, **query: Any
    ) -> JSON:
        """Send a file piece by piece, so that it is never whole in memory."""
        headers = {"Content-Type": "application/octet-stream"}
        response = await self._request(
            "POST", service, path, content=pieces, headers=headers, params=query
        )
        return dict(response.json())

    async def post_expecting_problem(
        self, service: str, path: str, body: Mapping[str, Any] | None = None
    ) -> Problem:
        """Return the problem of a request that must fail. Raises CliError when it succeeds."""
        try:
            await self.post(service, path, body)
        except Problem as problem:
            return problem
        raise CliError(f"{service} accepted {path}, which it must refuse.")

    async def _request(
        self,
        method: str,
        service: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> httpx.Response:
        url = self._endpoints.url(service) + path
        try:
            response = await self._client.request(
                method, url, headers={**self._headers, **(headers or {})}, **options
            )
        except httpx.TransportError as error:
            raise CliError(
                f"{service} does not answer at {self._endpoints.url(service)} "
                f"({type(error).__name__}); start OpsDesk in another terminal: make run"
            ) from None
        if response.is_error:
            raise problem_from_response(response)
        self.responses.append(response)
        return response


def problem_from_response(response: httpx.Response) -> Problem:
    """Return the problem of a response, also of one that is not ours (from a proxy, say)."""
    try:
        body = dict(response.json())
    except ValueError:
        body = {}
    return Problem(
        response.status_code,
        str(body.get("title", response.reason_phrase)),
        str(body.get("detail", f"{response.request.url} answered {response.status_code}.")),
        str(body.get("type", "")).rpartition(":")[2],
        body,
    )
