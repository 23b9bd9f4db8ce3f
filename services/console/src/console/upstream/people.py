"""How our people are called: services name accounts, and pages say names. Pure, but for what to ask for."""

from collections.abc import Callable, Mapping
from typing import Final

from console.upstream.asking import Get, Parts
from console.upstream.part import items_of

PEOPLE: Final = Get("intake", "/v1/people", {"limit": "200"}, remember=True)
"""Asked for under the name `people` by pages that say who did something."""

Who = Callable[[str | None], str]


def who_of(parts: Parts | None) -> Who:
    """Return what names an account; the account itself where its name is not known, nothing for nobody."""
    names = _names(parts)
    return lambda account: "" if account is None else names.get(account, account)


def _names(parts: Parts | None) -> Mapping[str, str]:
    if parts is None or "people" not in parts.by_name:
        return {}
    people = items_of(parts["people"])
    return {one["sub"]: one["name"] for one in people if one.get("sub") and one.get("name")}
