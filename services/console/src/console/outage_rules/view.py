"""The rules of outages as they are read, and whether the reader may confirm what waits. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

CONFIGURE: Final = "outages:configure"
CONDITIONS: Final = ("levels", "tiers", "environments", "services", "monitors")


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule: what it makes of something (None: no outage), and of what, by the names of its conditions."""

    effect: str | None
    source: str | None
    conditions: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class RulesPage:
    """`waiting` are rules that would replace these, None where none wait. `own`: the reader asked for them."""

    rules: tuple[RuleLine, ...]
    waiting: tuple[RuleLine, ...] | None
    may_confirm: bool
    own: bool


def rules_page(rules: Mapping[str, Any], sub: str, may: Callable[[str], bool]) -> RulesPage:
    waits = rules["waiting"]
    own = waits is not None and waits["requested_by"] == sub
    return RulesPage(
        tuple(map(_line, rules["rules"])),
        None if waits is None else tuple(map(_line, waits["rules"])),
        waits is not None and not own and may(CONFIGURE),
        own,
    )


def _line(rule: Mapping[str, Any]) -> RuleLine:
    found = [(name, tuple(rule[name])) for name in CONDITIONS if rule[name]]
    if rule["name_prefix"]:
        found.append(("name_prefix", (rule["name_prefix"],)))
    return RuleLine(rule["effect"], rule["source"], tuple(found))
