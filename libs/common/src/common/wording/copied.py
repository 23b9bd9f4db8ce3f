"""Which words of a text were copied from notes among staff. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from common.wording.prose import plain_words

RUN_WORDS: Final = 8
"""So many words in a row that stand in a note are copied: nobody writes them twice by chance."""
MIN_NOTE_WORDS: Final = 5
"""A shorter note that stands in the text as a whole says nothing that matters."""


def copied_from_notes(text: str, notes: Sequence[str], shared: Sequence[str]) -> Iterator[str]:
    """Yield each run of words of the text that stands in a note, and in nothing that is `shared`."""
    spoken = plain_words(text)
    known = {run for other in shared for run in _runs(plain_words(other), RUN_WORDS)}
    for note in notes:
        of_note = plain_words(note)
        length = min(RUN_WORDS, len(of_note))
        if length < MIN_NOTE_WORDS:
            continue
        runs = set(_runs(of_note, length)) - known
        if length < RUN_WORDS:
            runs -= {run for other in shared for run in _runs(plain_words(other), length)}
        if (quote := _longest(spoken, runs, length)) is not None:
            yield quote


def _runs(found: list[str], length: int) -> Iterator[tuple[str, ...]]:
    for begin in range(len(found) - length + 1):
        yield tuple(found[begin : begin + length])


def _longest(spoken: list[str], runs: set[tuple[str, ...]], length: int) -> str | None:
    """The first stretch of the text that consists of such runs; None without one."""
    begin: int | None = None
    end = 0
    for at, run in enumerate(_runs(spoken, length)):
        if run in runs:
            begin = at if begin is None else begin
            end = at + length
        elif begin is not None:
            break
    return None if begin is None else " ".join(spoken[begin:end])
