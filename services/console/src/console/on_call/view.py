"""Who is on call now and next, by rota, and the reader's shifts. Pure."""

from collections.abc import Mapping
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

    `until`: when that changes, and `following`: who then, nobody where a gap begins; None where nothing changes. `gaps`
    are those ahead, each from and to.
    """

    key: str
    people: tuple[Somebody, ...]
    until: str | None
    following: tuple[Somebody, ...]
    gaps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """A time in which the reader is on call."""

    rota: str
    starts_at: str
    ends_at: str


@dataclass(frozen=True, slots=True)
class OnCall:
    at: str | None
    rotas: tuple[Rota, ...]
    shifts: tuple[Shift, ...]
    shifts_missing: Missing | None
    missing: Missing | None
    denied: Denied | None
    names_missing: Missing | None


def on_call_page(rotas: Part, people: Part, shifts: Part, sub: str) -> OnCall:
    """Put together rotas, names and the reader's shifts. Without names, accounts are shown."""
    known = {one["sub"]: one for one in items_of(people)}
    data = data_of(rotas)

    def somebody(account: str) -> Somebody:
        one = known.get(account, {})
        return Somebody(account, one.get("name") or account, one.get("phone"), account == sub)

    def rota(item: Mapping[str, Any]) -> Rota:
        return Rota(
            item["rota"],
            tuple(map(somebody, item["people"])),
            item.get("until"),
            tuple(map(somebody, item.get("next") or ())),
            tuple((one["starts_at"], one["ends_at"]) for one in item.get("gaps") or ()),
        )

    return OnCall(
        data.get("at") if isinstance(data, dict) else None,
        tuple(map(rota, items_of(rotas))),
        tuple(Shift(one["rota"], one["starts_at"], one["ends_at"]) for one in items_of(shifts)),
        shifts if isinstance(shifts, Missing) else None,
        rotas if isinstance(rotas, Missing) else None,
        rotas if isinstance(rotas, Denied) else None,
        people if isinstance(people, Missing) else None,
    )
