"""Who is on call now, by rota. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from console.upstream.part import Denied, Missing, Part, data_of, items_of


@dataclass(frozen=True, slots=True)
class Somebody:
    sub: str
    name: str
    phone: str | None
    is_reader: bool


@dataclass(frozen=True, slots=True)
class Rota:
    """A rota with the people who are on call; nobody where it is empty, which is a gap.

    `until`: when that changes, None where it does not for two months; `following` come then.
    """

    key: str
    people: tuple[Somebody, ...]
    until: str | None
    following: tuple[Somebody, ...]
    is_readers_next: bool


@dataclass(frozen=True, slots=True)
class OnCall:
    at: str | None
    rotas: tuple[Rota, ...]
    missing: Missing | None
    denied: Denied | None
    names_missing: Missing | None


def on_call_page(rotas: Part, people: Part, sub: str) -> OnCall:
    """Put together rotas and names. Without names, accounts are shown."""
    known = {one["sub"]: one for one in items_of(people)}
    data = data_of(rotas)

    def somebody(account: str) -> Somebody:
        one = known.get(account, {})
        return Somebody(account, one.get("name") or account, one.get("phone"), account == sub)

    return OnCall(
        data.get("at") if isinstance(data, dict) else None,
        tuple(_rota(item, somebody) for item in items_of(rotas)),
        rotas if isinstance(rotas, Missing) else None,
        rotas if isinstance(rotas, Denied) else None,
        people if isinstance(people, Missing) else None,
    )


def _rota(item: Mapping[str, Any], somebody: Callable[[str], Somebody]) -> Rota:
    people, following = (tuple(map(somebody, item.get(name) or ())) for name in ("people", "next"))
    comes = any(one.is_reader for one in following) and not any(one.is_reader for one in people)
    return Rota(item["rota"], people, item.get("until"), following, comes)
