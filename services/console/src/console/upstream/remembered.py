"""The last answers that are better than none, where a page says so: on call, due times, names.

Never kept: what somebody may do, verdicts, cover.
"""

from collections import OrderedDict
from typing import Final

from console.upstream.part import Here

MOST: Final = 500
Key = tuple[str, ...]


class Remembered:
    """The last answers of a process by who asked, whom and what; the oldest are dropped."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._answers: OrderedDict[Key, Here] = OrderedDict()

    def keep(self, key: Key, answer: Here) -> None:
        self._answers[key] = answer
        self._answers.move_to_end(key)
        if len(self._answers) > self._most:
            self._answers.popitem(last=False)

    def find(self, key: Key) -> Here | None:
        return self._answers.get(key)
