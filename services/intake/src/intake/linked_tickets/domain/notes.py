"""What staff is told on a ticket of its counterpart. Pure."""

from collections.abc import Mapping
from uuid import UUID


def note_on_changes(
    system: str, key: str | None, changes: Mapping[str, tuple[str | None, str]]
) -> str:
    """What staff is told of a change on their side."""
    lines = [
        f"{name}: {before or 'unknown'} → {after}" for name, (before, after) in changes.items()
    ]
    return f"{system} {key or ''} changed. This ticket stays as it is: act on it.\n" + "\n".join(
        lines
    )


def note_on_reopening(link: UUID) -> str:
    """What staff is told, below `note_on_changes`, of a ticket that is open there again while ours is over."""
    return (
        "It was over, and is open there again. Reopen this ticket, or open one that follows it, and say `theirs`; or"
        f" say `ours` to have it closed there: POST /v1/linked-tickets/{link}/conflicts/{{conflict}}/decide."
    )


def note_on_failure(system: str, what: str, problem: str) -> str:
    """What staff is told of something that their system refuses for good."""
    return (
        f"{system} refused this {what}: {problem}. Correct it there, or the map of fields here, and"
        " send it again with POST /v1/linked-tickets/{link}/retry."
    )


def note_on_file(system: str, name: str, problem: str) -> str:
    """What staff is told of a file of theirs that is not taken here."""
    return (
        f"{system} has a file for this ticket that was not taken, {name}: {problem}. Look at it there;"
        " once the cause is mended, fetch it with POST /v1/linked-tickets/{link}/retry."
    )
