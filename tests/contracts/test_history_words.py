"""Everything that is done to a ticket has words, from intake and in the console."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import intake
from console.language.words import WORDS
from intake.tickets.domain import history_words

SOURCE: Final = Path(intake.__file__).parent
ACTION: Final = re.compile(r"(ticket|problem|change_request)\.[a-z_]+")
NOUN_OF: Final = {"problems": "problem.", "change_requests": "change_request.", "tickets": ""}
"""The folders whose routes name an action by its last word, and what comes before that."""
NAMES_ACTION: Final = {"finish", "run", "_save", "_reject"}
"""The functions of these routes that take the name of an action."""


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (one for one in ast.walk(tree) if isinstance(one, ast.Call))


def _strings(node: ast.AST | None) -> Iterator[str]:
    """The strings that an argument can be: a constant, or one of two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.IfExp):
        yield from (*_strings(node.body), *_strings(node.orelse))


def _named(tree: ast.AST) -> Iterator[str]:
    """The names of actions in a module of routes."""
    chosen = {
        target.id: one.value
        for one in ast.walk(tree)
        if isinstance(one, ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Name)
    }
    for call in _calls(tree):
        if getattr(call.func, "attr", getattr(call.func, "id", "")) in NAMES_ACTION:
            for argument in call.args:
                found = chosen.get(argument.id) if isinstance(argument, ast.Name) else argument
                yield from _strings(found)


def actions() -> set[str]:
    """All actions that intake records of a ticket, as its history names them."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        written = (one for node in ast.walk(tree) for one in _strings(node))
        found |= {one.removeprefix("ticket.") for one in written if ACTION.fullmatch(one)}
        noun = path.relative_to(SOURCE).parts[0]
        if noun in NOUN_OF and "routes" in path.as_posix():
            found |= {NOUN_OF[noun] + one for one in _named(tree)}
    return found


def test_the_actions_are_found() -> None:
    """Among them those that a name stands for, and those that a rule chooses between."""
    some = {"open", "verify", "check_fix", "unmerge", "decline_unmerge", "request_detection"}
    some |= {"problem.give_up", "change_request.estimate", "change_request.delivered", "watch"}
    assert some <= actions()


def test_each_has_words_of_intake() -> None:
    assert actions() == history_words.WORDS.keys(), "write them in intake's history_words.py"


def test_each_has_words_in_the_console() -> None:
    known = {*WORDS["history"], *WORDS["history_with_facts"]} - {"internal_note"}
    assert actions() == known, "write them in console/language/history_words.py"
