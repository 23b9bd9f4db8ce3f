"""What the parts of a consumer know together: whether records wait, and what may free them."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from common.messaging.positions import Subject


@dataclass(slots=True)
class ConsumerState:
    """The state that lanes and the release of parked records share.

    `has_parked`: whether any record may be parked. `parkings`: how often that was noted.
    `consecutive_dead_letters`: those without a success between them.
    """

    has_parked: bool = True
    parkings: int = 0
    consecutive_dead_letters: int = 0
    _moved: set[Subject] = field(default_factory=set)
    _has_moved: asyncio.Event = field(default_factory=asyncio.Event)

    def note_parked(self) -> None:
        """Note that a record was parked, or may have been by another replica."""
        self.has_parked = True
        self.parkings += 1

    def note_none_parked(self, parkings: int) -> None:
        """Note that none was found by a look that began at `parkings`. One parked since counts."""
        self.has_parked = self.parkings != parkings

    def note_moved(self, subjects: Iterable[Subject]) -> None:
        """Note subjects whose parked records may be free now."""
        self._moved.update(subjects)
        self._has_moved.set()

    def take_moved(self) -> set[Subject]:
        """Return the subjects that moved since the last call."""
        moved, self._moved = self._moved, set()
        self._has_moved.clear()
        return moved

    async def wait_for_moved(self) -> None:
        """Wait until a subject has moved."""
        await self._has_moved.wait()
