"""A process that no longer turns is ended, and one that was slow once is not."""

from typing import Any, cast

import pytest

from common.http.health import STUCK_AFTER_S
from common.processes import silence
from common.processes.channel import Channel, NoAnswer
from common.processes.remote_requests import RemoteRequests
from common.processes.silence import MAX_UNANSWERED, WATCH_INTERVAL_S


class Silent:
    """A channel whose other side answers the questions that it is given, and is silent otherwise."""

    def __init__(self, answered: set[int]) -> None:
        self.answered = answered
        self.asked = 0

    async def ask(self, name: str, value: Any = None, within_s: float = 1.0) -> None:
        self.asked += 1
        if self.asked not in self.answered:
            raise NoAnswer("no answer")


class Ending(Silent):
    """A channel whose other side is silent so often, and then gone."""

    def __init__(self, silent: int) -> None:
        super().__init__(set())
        self.silent = silent

    async def ask(self, name: str, value: Any = None, within_s: float = 1.0) -> None:
        if self.asked == self.silent:
            raise EOFError
        await super().ask(name)


async def test_who_stood_still_itself_gives_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer may lie in the socket of whoever comes back late from its own question."""
    monkeypatch.setattr(silence, "WATCH_INTERVAL_S", 0.0)
    monkeypatch.setattr(silence, "MAX_DELAY_S", -1.0)
    channel = Ending(2 * MAX_UNANSWERED)
    with pytest.raises(EOFError):
        await silence.wait_for_silence(cast(Channel, channel))


async def test_a_process_that_no_longer_turns_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else ends it with compose or systemd: no orchestrator asks whether it lives."""
    monkeypatch.setattr(silence, "WATCH_INTERVAL_S", 0.0)
    given_up: list[float] = []
    channel = Silent({1, MAX_UNANSWERED})
    await RemoteRequests(cast(Channel, channel)).watch(given_up.append)
    assert channel.asked == 2 * MAX_UNANSWERED, "one answer in between, and it is waited for anew"
    assert len(given_up) == 1
    assert MAX_UNANSWERED * WATCH_INTERVAL_S > 2 * STUCK_AFTER_S, "an orchestrator comes first"
