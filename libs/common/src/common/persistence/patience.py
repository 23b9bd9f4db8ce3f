"""Doing once what needs the database, for as long as it is away."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from common.persistence.errors import describe_error, is_transient
from common.telemetry import logger

T = TypeVar("T")

RETRY_DELAY_S: Final = 1.0
log = logger(__name__)


async def do_once(work: Callable[[], Awaitable[T]]) -> T:
    """Do it, again and again while nothing but the database's operation is to blame. Raises what else `work` raises."""
    while True:
        try:
            return await work()
        except Exception as error:
            if not is_transient(error):
                raise
            log.warning("database.awaited", error=describe_error(error))
        await asyncio.sleep(RETRY_DELAY_S)
