"""Asks the four services: parts of a page at once, and forms one by one. The only one that does."""

import asyncio
import json
from collections.abc import Mapping
from time import perf_counter
from typing import Any, Final

import httpx
from starlette.datastructures import UploadFile
from starlette.responses import Response

from common.now import now
from common.persistence.database import Database
from common.telemetry import logger
from console.settings import ConsoleSettings
from console.upstream.answers import (
    BROKEN,
    MAX_ANSWER_BYTES,
    UNAUTHENTICATED,
    SignedOut,
    check_customer,
    outcome_of,
    part_of,
)
from console.upstream.asking import Asker, Get, Parts
from console.upstream.breaker import Breaker
from console.upstream.connections import open_client
from console.upstream.files import MAX_NAME_CHARS, handed_on, pieces_of
from console.upstream.part import Here, Missing, Part, ServiceName
from console.upstream.problems import NotSent, Outcome, Uncertain
from console.upstream.remembered import Remembered

__all__ = ["SERVICES", "Asker", "Get", "Parts", "SignedOut", "Upstream"]

log = logger(__name__)

PART_S: Final = 0.8
"""Seconds for which a page waits for what stands beside its main part."""
MAIN_S: Final = 2.5
"""Seconds for which it waits for its main part. An answer within them says that the service is there, also where
no page waits for it any more: a machine that is slow is no service that is away."""
FORM_S: Final = 5.0
"""Seconds that a form may take."""
FILE_S: Final = 60.0
"""Seconds that a file may take on its way to a service."""
SERVICES: Final[tuple[ServiceName, ...]] = ("intake", "sla", "escalation", "delivery-gate")
NEVER_REACHED: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Upstream:
    """The services of an installation, with what is known of each: one of a process."""

    def __init__(self, database: Database | None = None) -> None:
        self._client: httpx.AsyncClient | None = None
        self._urls: dict[str, str] = {}
        self._asked: set[asyncio.Task[httpx.Response | None]] = set()
        self.breakers = {service: Breaker() for service in SERVICES}
        self.remembered = Remembered()

    def open(
        self, settings: ConsoleSettings, transport: httpx.AsyncBaseTransport | None = None
    ) -> "Upstream":
        """Take the addresses from the settings, unless that was done before."""
        if self._client is None:
            names = (settings.intake_url, settings.sla_url, settings.escalation_url)
            urls = (*names, settings.delivery_gate_url)
            self._urls = {name: url.rstrip("/") for name, url in zip(SERVICES, urls, strict=True)}
            self._client = open_client(settings, transport, FORM_S)
        return self

    async def close(self) -> None:
        for request in self._asked:
            request.cancel()
        if self._client is not None:
            await self._client.aclose()

    async def parts(
        self, asker: Asker, wanted: Mapping[str, Get], *, has_main: bool = True
    ) -> Parts:
        """Ask for all parts at once; each has its own time, the first as the page's main part where it `has_main`.

        Raises SignedOut and CustomerEnded.
        """
        asked = [
            self._part(asker, get, MAIN_S if has_main and number == 0 else PART_S)
            for number, get in enumerate(wanted.values())
        ]
        found = await asyncio.gather(*asked, return_exceptions=True)
        for one in found:
            if isinstance(one, BaseException):
                raise one
        answers = [one for one in found if not isinstance(one, BaseException)]
        names = list(wanted)
        return Parts(
            {name: part for name, (part, _) in zip(names, answers, strict=True)},
            {name: seconds for name, (_, seconds) in zip(names, answers, strict=True)},
        )

    async def file(
        self, asker: Asker, get: Get, media_type: str, seconds: float = PART_S
    ) -> bytes | None:
        """Ask for a picture or a paper; None where there is none, or none came in time. Raises SignedOut and CustomerEnded."""
        answer = await self._try(asker, get, seconds)
        if answer is None or answer.is_error or len(answer.content) > MAX_ANSWER_BYTES:
            return None
        is_of_type = answer.headers.get("content-type", "").startswith(media_type)
        return answer.content if is_of_type else None

    async def send(
        self,
        asker: Asker,
        service: ServiceName,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        *,
        key: str,
        etag: str | None = None,
    ) -> Outcome:
        """Send a form. `key`: its Idempotency-Key; `etag`: of the state that the person saw.

        Raises SignedOut and CustomerEnded.
        """
        headers = asker.headers() | {"Idempotency-Key": key}
        headers |= {"If-Match": etag} if etag else {}
        breaker, loop = self.breakers[service], asyncio.get_running_loop()
        asked_at = loop.time()
        try:
            async with asyncio.timeout(FORM_S):
                answer = await self._request(method, service, path, headers=headers, json=body)
        except (httpx.HTTPError, TimeoutError) as error:
            breaker.failed(asked_at, loop.time(), now())
            log.warning("form.unanswered", upstream=service, error=type(error).__name__)
            return NotSent(service) if isinstance(error, NEVER_REACHED) else Uncertain(service)
        breaker.answered()
        return outcome_of(answer, service)

    async def upload(self, asker: Asker, path: str, file: UploadFile) -> Outcome:
        """Hand a file on to intake, piece by piece. Until a message names it, nothing has happened. Raises SignedOut and CustomerEnded."""
        headers = asker.headers() | {
            "Content-Type": "application/octet-stream",
            "Content-Length": str(file.size or 0),
        }
        query = {"name": (file.filename or "")[:MAX_NAME_CHARS]}
        try:
            async with asyncio.timeout(FILE_S):
                answer = await self._request(
                    "POST", "intake", path, headers=headers, params=query, content=pieces_of(file)
                )
        except (httpx.HTTPError, TimeoutError) as error:
            log.warning("file.unanswered", error=type(error).__name__)
            return NotSent("intake") if isinstance(error, NEVER_REACHED) else Uncertain("intake")
        return outcome_of(answer, "intake")

    async def download(self, asker: Asker, get: Get) -> Response | None:
        """Hand a file on to the browser, piece by piece; None where there is none, or no answer. Raises SignedOut and CustomerEnded."""
        assert self._client is not None, "opened by the first visit"
        request = self._client.build_request(
            "GET",
            self._urls[get.service] + get.path,
            headers=asker.headers() | {"Accept-Encoding": "identity"},
            params=get.query,
        )
        try:
            answer = await self._client.send(request, stream=True)
        except httpx.HTTPError as error:
            log.warning("file.unanswered", error=type(error).__name__)
            return None
        if answer.status_code == UNAUTHENTICATED:
            await answer.aclose()
            raise SignedOut(get.service)
        if answer.is_error:
            await answer.aread()
            await answer.aclose()
            check_customer(answer)
            return None
        return handed_on(answer)

    async def _part(self, asker: Asker, get: Get, seconds: float) -> tuple[Part, float]:
        started = perf_counter()
        answer = await self._try(asker, get, seconds)
        part = part_of(get.service, answer, self.breakers[get.service].since)
        key = (asker.sub, get.service, get.path, json.dumps(get.query, sort_keys=True))
        if get.remember and isinstance(part, Here):
            self.remembered.keep(key, part)
        if get.remember and isinstance(part, Missing):
            part = Missing(part.service, part.why, part.since, self.remembered.find(key))
        return part, perf_counter() - started

    async def _try(self, asker: Asker, get: Get, seconds: float = PART_S) -> httpx.Response | None:
        """Wait so long for an answer; None where none came in time, or nothing is asked at present."""
        loop = asyncio.get_running_loop()
        if not self.breakers[get.service].may_ask(loop.time()):
            return None
        request = asyncio.create_task(self._noted(asker, get, max(seconds, MAIN_S)))
        self._asked.add(request)
        request.add_done_callback(self._asked.discard)
        try:
            await asyncio.wait({request}, timeout=None if seconds >= MAIN_S else seconds)
        except asyncio.CancelledError:
            request.cancel()
            raise
        answer = request.result() if request.done() else None
        if answer is None:
            return None
        if answer.status_code == UNAUTHENTICATED:
            raise SignedOut(get.service)
        check_customer(answer)
        return answer

    async def _noted(self, asker: Asker, get: Get, seconds: float) -> httpx.Response | None:
        """Ask, and note whether the service is there: only silence and lost connections say that it is not."""
        breaker, loop = self.breakers[get.service], asyncio.get_running_loop()
        asked_at = loop.time()
        try:
            async with asyncio.timeout(seconds):
                answer = await self._request(
                    "GET", get.service, get.path, headers=asker.headers(), params=get.query
                )
        except (httpx.HTTPError, TimeoutError) as error:
            breaker.failed(asked_at, loop.time(), now())
            log.warning("part.unanswered", upstream=get.service, error=type(error).__name__)
            return None
        except asyncio.CancelledError:
            breaker.given_up()
            raise
        if answer.status_code >= BROKEN:
            breaker.erred(loop.time(), now())
        else:
            breaker.answered()
        return answer

    async def _request(self, method: str, service: str, path: str, **rest: Any) -> httpx.Response:
        assert self._client is not None, "opened by the first visit"
        return await self._client.request(method, self._urls[service] + path, **rest)
