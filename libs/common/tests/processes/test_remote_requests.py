"""What the management port shows of the process that answers requests."""

from typing import Any, cast

from prometheus_client import REGISTRY

from common.processes.channel import Channel, NoAnswer
from common.processes.remote_requests import RemoteRequests
from common.telemetry.exposition import to_values


class Answers:
    """A channel whose other side answers, or not."""

    def __init__(self, metrics: list[Any] | None) -> None:
        self.metrics = metrics

    async def ask(self, name: str, value: Any = None, within_s: float = 1.0) -> Any:
        if self.metrics is None:
            raise NoAnswer("no answer")
        return self.metrics


async def metrics_of(answers: Answers) -> str:
    return (await RemoteRequests(cast(Channel, answers)).metrics()).decode()


async def test_a_process_that_does_not_answer_is_seen_in_the_metrics() -> None:
    """Prometheus asks for metrics alone: nobody may ask whether it is ready."""
    assert 'opsdesk_component_trouble{component="requests"} 1.0' in await metrics_of(Answers(None))
    theirs = [one for one in REGISTRY.collect() if one.name == "opsdesk_relay_is_leader"]
    again = await metrics_of(Answers(to_values(theirs)))
    assert 'opsdesk_component_trouble{component="requests"} 0.0' in again
