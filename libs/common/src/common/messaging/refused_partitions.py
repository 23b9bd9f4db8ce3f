"""Partitions that the broker refuses to be read: left alone for a while, and tried again. The others go on."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from common.telemetry import logger

log = logger(__name__)

PAUSE_S: Final = 5.0
"""Seconds until a refused partition is tried again."""
TRIAL_S: Final = 2.0
"""Seconds without a new refusal, once it is tried again, after which it counts as readable."""

Refusals = dict[TopicPartition, str]
"""The name of the error by partition, shared with who reports it."""


@dataclass(slots=True)
class _Refused:
    """`tried_since`: since when it is asked again; None while it is left alone."""

    due_at: float
    tried_since: float | None = None


class RefusedPartitions:
    """Those of a client's partitions that lie in a lane. `refusals` is kept current."""

    def __init__(self, client: Any, refusals: Refusals) -> None:
        self._client = client
        self._refusals = refusals
        self._states: dict[TopicPartition, _Refused] = {}

    def readable(self, own: Collection[TopicPartition]) -> list[TopicPartition]:
        """Return those of `own` that may be asked for now; what is due is tried again."""
        now = asyncio.get_running_loop().time()
        for partition, state in list(self._states.items()):
            # Who has a partition again has it at another place, which is looked for.
            if partition not in own or (
                state.tried_since is not None and now >= state.tried_since + TRIAL_S
            ):
                del self._states[partition]
                self._refusals.pop(partition, None)
            elif state.tried_since is None and now >= state.due_at:
                self._client.resume(partition)
                state.tried_since = now
        return [one for one in own if self._is_readable(one)]

    def _is_readable(self, partition: TopicPartition) -> bool:
        state = self._states.get(partition)
        return state is None or state.tried_since is not None

    def note(self, error: KafkaError, go_on_at: Mapping[TopicPartition, int]) -> None:
        """Leave partitions alone for a while, then read them from there: what was fetched of them is dropped."""
        due_at = asyncio.get_running_loop().time() + PAUSE_S
        name = type(error).__name__
        for partition in go_on_at.keys() & self._client.assignment():
            self._client.pause(partition)
            self._client.seek(partition, go_on_at[partition])
            self._states[partition] = _Refused(due_at)
            if self._refusals.get(partition) != name:
                self._refusals[partition] = name
                log.error(
                    "consumer.partition_refused",
                    topic=partition.topic,
                    partition=partition.partition,
                    error=name,
                )


def named_by(error: KafkaError, partitions: Collection[TopicPartition]) -> list[TopicPartition]:
    """Return those partitions that an error names: it names a topic, several, or none."""
    topics = error.args[0] if error.args else ()
    names = {topics} if isinstance(topics, str) else set(topics)
    return [one for one in partitions if one.topic in names]
