"""Moving the time of all four services together, from due time to due time."""

from collections.abc import Callable
from datetime import datetime, timedelta

from common.simulated_time import Unsettled, advance
from opsdesk.demo_clients import Office
from opsdesk.endpoints import SERVICES
from opsdesk.errors import Trouble

NOWHERE = timedelta()
TOKEN_OF = "theo"
"""Anybody of the staff may move simulated time; somebody has to."""


class Traveller:
    """`passing` hears every instant at which something fell due on the way."""

    def __init__(
        self, office: Office, passing: Callable[[datetime], None] = lambda at: None
    ) -> None:
        self._office = office
        self._passing = passing
        self._urls = [office.running.url(service) for service in SERVICES]

    async def now(self) -> datetime:
        """The latest of what the services' clocks show."""
        told = [
            await self._office[TOKEN_OF].get(service, "/v1/simulated-time") for service in SERVICES
        ]
        return max(datetime.fromisoformat(one["now"]) for one in told)

    async def settle(self) -> datetime:
        """Stop all clocks where they are and wait until everything that was said has been heard."""
        return await self._advance(NOWHERE, frozen=True)

    async def stand_at(self, at: datetime) -> datetime:
        """Go there, and let time stand still."""
        return await self._advance(at, frozen=True)

    async def go_on(self, to: datetime | timedelta = NOWHERE) -> datetime:
        """Go there, and let time run again."""
        return await self._advance(to, frozen=False)

    async def _advance(self, to: datetime | timedelta, *, frozen: bool) -> datetime:
        token = self._office.token(TOKEN_OF)
        try:
            return await advance(self._urls, to, token, frozen=frozen, progress=self._passing)
        except Unsettled as error:
            raise Trouble(f"Time cannot go on: {error}") from None
