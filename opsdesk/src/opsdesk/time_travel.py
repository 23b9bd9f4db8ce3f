"""Advances the simulated time of all services together."""

from collections.abc import Callable
from datetime import datetime, timedelta

from common.simulated_time import NotSettled, advance
from opsdesk.demo_clients import DemoClients
from opsdesk.endpoints import CONSOLE, SERVICES
from opsdesk.errors import CliError

NO_DURATION = timedelta()
MOVER = "theo"
"""Who moves the time: any member of staff may."""


class TimeTraveller:
    """Moves the time; `on_step` is called with every instant at which a deadline was due."""

    def __init__(
        self, clients: DemoClients, on_step: Callable[[datetime], None] = lambda at: None
    ) -> None:
        self._clients = clients
        self._on_step = on_step
        self._urls = [clients.endpoints.url(service) for service in SERVICES]
        # The pages tell the time, too; it is not everywhere where the services are.
        if CONSOLE in clients.endpoints.urls:
            self._urls.append(clients.endpoints.url(CONSOLE))

    async def now(self) -> datetime:
        """Return the latest of the services' times."""
        answers = [
            await self._clients[MOVER].get(service, "/v1/simulated-time") for service in SERVICES
        ]
        return max(datetime.fromisoformat(one["now"]) for one in answers)

    async def settle(self) -> datetime:
        """Freeze the time and wait until all services are idle."""
        return await self._advance(NO_DURATION, frozen=True)

    async def freeze_at(self, at: datetime) -> datetime:
        """Advance to `at`, and freeze the time there."""
        return await self._advance(at, frozen=True)

    async def resume(self, to: datetime | timedelta = NO_DURATION) -> datetime:
        """Advance to `to`, and let the time run again."""
        return await self._advance(to, frozen=False)

    async def _advance(self, to: datetime | timedelta, *, frozen: bool) -> datetime:
        token = self._clients.token(MOVER)
        try:
            return await advance(self._urls, to, token, frozen=frozen, progress=self._on_step)
        except NotSettled as error:
            raise CliError(f"The time cannot be moved: {error}") from None
