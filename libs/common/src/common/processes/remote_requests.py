"""The request side of a replica as the management port asks it from the other process."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from prometheus_client import REGISTRY
from prometheus_client.metrics_core import Metric

from common.errors import ServiceUnavailable
from common.http.management_state import DocumentName
from common.processes.channel import Channel, NoAnswer
from common.processes.silence import wait_for_silence
from common.telemetry.exposition import exposition, from_values, merge
from common.telemetry.metrics import COMPONENT_TROUBLE

DOCUMENT_TIMEOUT_S: Final = 30.0


class RemoteRequests:
    """Asks over the channel."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._turned_at = asyncio.get_running_loop().time()

    @property
    def silent_s(self) -> float:
        """Seconds since the other process showed that its event loop turns."""
        return asyncio.get_running_loop().time() - self._turned_at

    async def watch(self, give_up: Callable[[float], None]) -> None:
        """Look whether the other process turns, until it is given up: then `give_up` hears for how many seconds it was silent."""
        give_up(await wait_for_silence(self._channel, self._note_turn))

    def _note_turn(self) -> None:
        self._turned_at = asyncio.get_running_loop().time()

    async def troubles(self) -> dict[str, str]:
        try:
            return dict(await self._channel.ask("troubles"))
        except NoAnswer as reason:
            return {"requests": f"the process that answers requests: {reason}"}

    async def metrics(self) -> bytes:
        requests: list[Metric] = []
        with suppress(NoAnswer):  # what this process counts is worth it alone
            requests = list(from_values(await self._channel.ask("metrics")))
        COMPONENT_TROUBLE.labels("requests").set(not requests)
        return exposition(merge({"loops": list(REGISTRY.collect()), "requests": requests}))

    async def document(self, name: DocumentName) -> bytes:
        """Raises ServiceUnavailable while the other process does not answer."""
        try:
            text: str = await self._channel.ask("document", name, DOCUMENT_TIMEOUT_S)
        except NoAnswer:
            raise ServiceUnavailable(5) from None
        return text.encode()
