"""Whether the other process of a replica turns. One that no longer does is ended: where no orchestrator asks, nobody else would."""

import asyncio
from collections.abc import Callable
from typing import Final

from common.processes.channel import Answer, Channel, NoAnswer, answer_with

TURN: Final = "turn"
"""The question."""
WATCH_INTERVAL_S: Final = 5.0
"""Seconds between two questions, and until one counts as not answered."""
MAX_DELAY_S: Final = 1.0
"""Seconds that our own loop may be late for a question to count."""
MAX_UNANSWERED: Final = 18
"""Questions in a row without an answer (a minute and a half) after which the other process is given up: far above what a busy machine,
a start or a long computation takes. Questions are counted, and not seconds: whoever was stopped itself has asked nothing meanwhile."""


async def wait_for_silence(channel: Channel, on_turn: Callable[[], None] = lambda: None) -> float:
    """Ask whether the other process turns, until it is given up; return for how many seconds it was silent."""
    clock = asyncio.get_running_loop().time
    unanswered, turned_at = 0, clock()
    while unanswered < MAX_UNANSWERED:
        asked_at = clock()
        try:
            await channel.ask(TURN, within_s=WATCH_INTERVAL_S)
        except NoAnswer:
            # It has waited as long as the pause would have been. Much longer: it was we who stood still, and the
            # answer may lie in the socket.
            unanswered += clock() - asked_at <= WATCH_INTERVAL_S + MAX_DELAY_S
            continue
        unanswered, turned_at = 0, clock()
        on_turn()
        await asyncio.sleep(WATCH_INTERVAL_S)
    return clock() - turned_at


async def _turn() -> None:
    """Show that the event loop turns."""


answer_turn: Final[Answer] = answer_with(_turn)
