"""Moving the time of all four services together, from due time to due time."""

from collections.abc import Callable
from datetime import datetime, timedelta

from common.simulated_time import NotSettled, advance
from opsdesk.demo_clients import DemoClients
from opsdesk.endpoints import SERVICES
from opsdesk.errors import CliError

NO_DURATION = timedelta()
MOVER = "theo"
"""Anybody of the staff may move simulated time; somebody has to."""


class TimeTraveller:
    """`passing` hears every instant at which something fell due on the way."""

    def __init__(
        self, clients: DemoClients, on_step: Callable[[datetime], None] = lambda at: None
    ) -> None:
        self._clients = clients
        self._on_step = on_step
        self._urls = [clients.endpoints.url(service) for service in SERVICES]

    async def now(self) -> datetime:
        """The latest of what the services' clocks show."""
        answers = [
            await self._clients[MOVER].get(service, "/v1/simulated-time") for service in SERVICES
        ]
        return max(datetime.fromisoformat(one["now"]) for one in answers)

    async def settle(self) -> datetime:
        """Stop all clocks where they are and wait until everything that was said has been heard."""
        return await self._advance(NO_DURATION, frozen=True)

    async def freeze_at(self, at: datetime) -> datetime:
        """Go there, and let time stand still."""
        return await self._advance(at, frozen=True)

    async def resume(self, to: datetime | timedelta = NO_DURATION) -> datetime:
        """Go there, and let time run again."""
        return await self._advance(to, frozen=False)

    async def _advance(self, to: datetime | timedelta, *, frozen: bool) -> datetime:
        token = self._clients.token(MOVER)
        try:
            return await advance(self._urls, to, token, frozen=frozen, progress=self._on_step)
        except NotSettled as error:
            raise CliError(f"Time cannot go on: {error}") from None
