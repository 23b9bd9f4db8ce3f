"""What holds for every command: as whom (`--as`), and whether as JSON (`--json`).

Both may stand anywhere on the line: nobody remembers on which side of the command an option belongs.
"""

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Annotated, Any

from typer import Option
from typer.core import TyperGroup

AS, AS_JSON = "--as", "--json"


@dataclass(frozen=True, slots=True)
class Invocation:
    """As whom the command runs (None: the last login), and whether it prints JSON."""

    login: str | None = None
    as_json: bool = False


_NOTHING = Invocation()
_invocation: ContextVar[Invocation] = ContextVar("invocation", default=_NOTHING)


class AnywhereGroup(TyperGroup):
    """The command itself: moves the options that hold everywhere in front of the subcommand."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, moved_to_front(args))


def moved_to_front(words: Sequence[str]) -> list[str]:
    """Return the words with `--json` and `--as NAME` first; what follows `--` is text."""
    front: list[str] = []
    others: list[str] = []
    remaining = list(words)
    while remaining:
        word = remaining.pop(0)
        if word == "--":
            return [*front, *others, word, *remaining]
        if word == AS_JSON or word.startswith(f"{AS}="):
            front.append(word)
        elif word == AS and remaining:
            front += [word, remaining.pop(0)]
        else:
            others.append(word)
    return [*front, *others]


def everywhere(
    login: Annotated[
        str | None, Option(AS, metavar="NAME", help="As whom, of several logins (`whoami`).")
    ] = None,
    as_json: Annotated[bool, Option(AS_JSON, help="Print JSON, for scripts.")] = False,
) -> None:
    """OpsDesk on the command line. `--as` and `--json` may stand anywhere on the line."""
    _invocation.set(Invocation(login, as_json))


def current() -> Invocation:
    """Return what holds for the command that runs."""
    return _invocation.get()
