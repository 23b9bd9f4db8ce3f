"""A version on one page: its checks against what the criteria ask for, where it ran, what holds it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from console.promises import Mark
from console.upstream.part import Missing, Part, data_of, items_of

MARKS: Final[Mapping[str, Mark]] = {"passed": "fine", "failed": "broken", "error": "soon"}
DELIVERIES: Final[Mapping[str, Mark]] = {
    "delivered": "fine",
    "refused": "broken",
    "rolled_back": "broken",
    "expired": "none",
    "superseded": "none",
    "withdrawn": "none",
}
CheckState = Literal["counts", "too_old", "missing"]


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A kind of check: its latest run, None where there is none. `until`: as long as the criteria let it count.

    `tiers`: on which it is asked for; none where nothing asks for it, or the criteria are not known.
    """

    kind: str
    run: Mapping[str, Any] | None
    state: CheckState
    mark: Mark
    until: datetime | None
    tiers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VersionPage:
    """`runs_on`: the environments on which its digest runs now. `holding`: the follow-ups for which it is refused."""

    version: Mapping[str, Any]
    checks: tuple[CheckLine, ...]
    runs_on: tuple[Mapping[str, Any], ...]
    deliveries: tuple[tuple[Mapping[str, Any], Mark], ...]
    follow_ups: tuple[Mapping[str, Any], ...]
    parts: Mapping[str, Part]

    @property
    def holding(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(one for one in self.follow_ups if one["blocks_delivery"])

    def is_known(self, name: str) -> bool:
        """Whether a part was answered, so that nothing in it means that there is nothing."""
        return data_of(self.parts[name]) is not None and not isinstance(self.parts[name], Missing)


def version_page(parts: Mapping[str, Part], moment: datetime) -> VersionPage:
    """Put together what the gate answered about a version, at a moment."""
    version = data_of(parts["version"])
    assert version is not None, "the page of a version that is not shown is another one"
    return VersionPage(
        version,
        tuple(_checks(version, data_of(parts["criteria"]) or {}, moment)),
        tuple(_runs_on(version, parts["matrix"])),
        tuple((one, DELIVERIES.get(one["state"], "soon")) for one in items_of(parts["deliveries"])),
        tuple(items_of(parts["follow_ups"])),
        parts,
    )


def _checks(
    version: Mapping[str, Any], criteria: Mapping[str, Any], moment: datetime
) -> Iterator[CheckLine]:
    runs = {one["kind"]: one for one in version["checks"]}
    asking: dict[str, list[str]] = {}
    for tier, needs in criteria.get("requirements", {}).items():
        for kind in needs["checks"]:
            asking.setdefault(kind, []).append(tier)
    age = criteria.get("max_check_age_seconds")
    for kind in sorted({*runs, *asking}):
        yield _check(kind, runs.get(kind), tuple(asking.get(kind, ())), age, moment)


def _check(
    kind: str,
    run: Mapping[str, Any] | None,
    tiers: tuple[str, ...],
    age: int | None,
    moment: datetime,
) -> CheckLine:
    if run is None:
        return CheckLine(kind, None, "missing", "soon", None, tiers)
    until = None if age is None else datetime.fromisoformat(run["at"]) + timedelta(seconds=age)
    if run["result"] == "passed" and until is not None and until < moment:
        return CheckLine(kind, run, "too_old", "soon", until, tiers)
    return CheckLine(kind, run, "counts", MARKS.get(run["result"], "none"), until, tiers)


def _runs_on(version: Mapping[str, Any], matrix: Part) -> Iterator[Mapping[str, Any]]:
    for row in items_of(matrix):
        for cell in row["cells"]:
            if (cell["product"], cell["digest"]) == (version["product"], version["digest"]):
                yield {"since": cell["delivered_at"], **row}
