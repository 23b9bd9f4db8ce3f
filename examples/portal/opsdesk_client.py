"""What a portal asks of OpsDesk for a contact: with its token, once for each key, refusals as they are."""

from collections.abc import Mapping
from typing import Any

import httpx


class Refused(Exception):
    """What a service answered instead of doing it: a problem (RFC 9457)."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(problem.get("title", "It was refused"))
        self.status, self.problem = status, problem

    def faults(self) -> list[str]:
        """What to change, one sentence for each field; what was said of the whole where no field is named."""
        fields = [
            f"{one['pointer'].strip('/')}: {one['detail']}"
            for one in self.problem.get("errors", ())
        ]
        return fields or [str(self.problem.get("detail") or self)]


class OpsDesk:
    """The two services, asked for one contact."""

    def __init__(self, client: httpx.AsyncClient, token: str, contact: str) -> None:
        self._client = client
        self._headers = {
            "Authorization": f"Bearer {token}",
            "On-Behalf-Of": f"mailto:{contact}",
        }

    async def get(self, url: str, **query: str) -> Any:
        return (await self.fetch(url, **query)).json()

    async def fetch(self, url: str, **query: str) -> httpx.Response:
        return _checked(await self._client.get(url, params=query, headers=self._headers))

    async def post(self, url: str, body: Mapping[str, Any], key: str) -> Any:
        """Send once: the same `key` again, after a lost answer or a second press, does nothing twice."""
        headers = {**self._headers, "Idempotency-Key": key}
        return _checked(await self._client.post(url, json=body, headers=headers)).json()


def _checked(answer: httpx.Response) -> httpx.Response:
    if answer.is_error:
        is_problem = "json" in answer.headers.get("content-type", "")
        raise Refused(answer.status_code, answer.json() if is_problem else {})
    return answer
