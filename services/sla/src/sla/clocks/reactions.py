"""What other nouns do when clocks change, in the same transaction: the protocol.

The table with the functions of waivers and forecasts is `sla.reactions.REACTIONS`; `sla.app`
installs it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from common.persistence.database import Connection
from sla.clocks.domain.ticket_clock import Change, TicketClock

ReviseChanges = Callable[[Connection, list[Change]], Awaitable[list[Change]]]
"""Returns the changes to store, in the same order, of the same locked clocks."""
OnChanges = Callable[[Connection, Sequence[Change]], Awaitable[None]]
"""Gets all stored changes of a transaction step at once; the clocks' rows are locked."""
FindContradictions = Callable[[Connection, Sequence[TicketClock]], Awaitable[Mapping[UUID, str]]]
"""Returns, by clock id, how a stored clock contradicts the records of another noun."""


@dataclass(frozen=True, slots=True)
class ClockReactions:
    """Who reacts when, each in the order of its tuple.

    `before_save`: every change of clocks, before it is stored. `on_reclassified`: the changes of a
    ticket whose kind or service was corrected, before `before_save`. `after_save`: every stored
    change. `on_replay`: stored clocks, when `sla verify` replays them.
    """

    before_save: tuple[ReviseChanges, ...] = ()
    on_reclassified: tuple[ReviseChanges, ...] = ()
    after_save: tuple[OnChanges, ...] = ()
    on_replay: tuple[FindContradictions, ...] = ()


_installed: list[ClockReactions] = []


def install(reactions: ClockReactions) -> None:
    """Install the table, once in a process. Raises RuntimeError for a second, different one."""
    if _installed and _installed[0] is not reactions:
        raise RuntimeError("other reactions to changes of clocks are installed already")
    _installed[:] = [reactions]


def get_installed() -> ClockReactions:
    """Return the installed table. Raises RuntimeError where there is none."""
    if not _installed:
        raise RuntimeError("no reactions to changes of clocks are installed: sla.app does that")
    return _installed[0]
