"""What callers send to make policies and rotas, and the domain values that it means."""

from datetime import datetime, time, timedelta
from functools import cache
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from common.http import Asked
from escalation.policies.domain.policy import Policy, Step, Target
from escalation.policies.domain.trigger import Audience
from escalation.rotas.domain.rota import Layer, Override, Rota, Unit
from escalation.rotas.domain.time_window import Window

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
Sub = Annotated[str, StringConstraints(min_length=1, max_length=200)]
WEEK = 7 * 24 * 3600


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(name: str) -> str:
    if name not in _zones():
        raise PydanticCustomError("timezone", "give an IANA time zone, like Europe/Amsterdam")
    return name


def _wall_clock(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise PydanticCustomError("local_time", "there is no such date or time") from None


def _local(text: str) -> str:
    _wall_clock(text)
    return text


Zone = Annotated[str, AfterValidator(_zone)]
Local = Annotated[
    str,
    StringConstraints(pattern=r"^2[01]\d\d-\d\d-\d\dT\d\d:\d\d$"),
    AfterValidator(_local),
]
"""What the clock on the wall shows, without offset: the zone stands beside it."""
Hour = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class WindowAsked(Asked):
    """`[start, end)` in local time on these days; `end` not after `start`: into the next day."""

    days: Annotated[tuple[Day, ...], Field(min_length=1, max_length=7)]
    start: Hour
    end: Hour
    timezone: Zone

    def window(self) -> Window:
        days = frozenset(map(DAYS.index, self.days))
        start, end = time.fromisoformat(self.start), time.fromisoformat(self.end)
        return Window(days, start, end, self.timezone)


class TargetAsked(Asked):
    kind: Literal["person", "rota", "role"]
    name: Sub


class StepAsked(Asked):
    targets: Annotated[tuple[TargetAsked, ...], Field(min_length=1, max_length=20)]
    delay_seconds: Annotated[int, Field(ge=0, le=WEEK)]
    windows: Annotated[tuple[WindowAsked, ...], Field(max_length=20)] = ()

    def step(self) -> Step:
        targets = tuple(Target(t.kind, t.name) for t in self.targets)
        windows = tuple(w.window() for w in self.windows)
        return Step(targets, timedelta(seconds=self.delay_seconds), windows)


class PolicyAsked(Asked):
    """A new version of a policy; running cases keep theirs (E14)."""

    key: Key
    steps: Annotated[tuple[StepAsked, ...], Field(min_length=1, max_length=20)]
    fallback: Sub
    repeat: Annotated[int, Field(ge=-1, le=100)] = 0
    empty_step: Literal["skip", "wait"] = "skip"
    acknowledge: Literal["all", "each"] = "all"
    ack_timeout_seconds: Annotated[int, Field(ge=60, le=WEEK)] | None = None
    audiences: Annotated[tuple[Audience, ...], Field(max_length=8)] = ()
    critical: bool = False

    def policy(self, id: UUID, version: int) -> Policy:
        timeout = self.ack_timeout_seconds
        return Policy(
            id,
            self.key,
            version,
            tuple(s.step() for s in self.steps),
            self.fallback,
            self.repeat,
            self.empty_step,
            self.acknowledge,
            timedelta(seconds=timeout) if timeout else None,
            frozenset(self.audiences),
            self.critical,
        )


class LayerAsked(Asked):
    """Participants that take turns of `length` units from the local time `start` on."""

    participants: Annotated[tuple[Sub, ...], Field(min_length=1, max_length=50)]
    start: Local
    timezone: Zone
    length: Annotated[int, Field(ge=1, le=1000)]
    unit: Unit
    hours: Annotated[tuple[WindowAsked, ...], Field(max_length=20)] = ()

    def layer(self) -> Layer:
        hours = tuple(w.window() for w in self.hours)
        start = _wall_clock(self.start)
        return Layer(self.participants, start, self.timezone, self.length, self.unit, hours)


class OverrideAsked(Asked):
    """`add` needs `person`, `remove` needs `replaces`, `replace` needs both."""

    kind: Literal["add", "remove", "replace"]
    start: datetime
    end: datetime
    person: Sub | None = None
    replaces: Sub | None = None

    def wrong(self) -> str | None:
        """Why this is no override; None when it is."""
        if self.end <= self.start:
            return "end must lie after start"
        if (self.person is None) != (self.kind == "remove"):
            return "person belongs to add and replace, and to them only"
        if (self.replaces is None) != (self.kind == "add"):
            return "replaces belongs to remove and replace, and to them only"
        return None

    def override(self) -> Override:
        return Override(self.kind, self.start, self.end, self.person, self.replaces)


class RotaAsked(Asked):
    """A new version of a rota; the newest counts from now on, for steps that fire from now on."""

    key: Key
    layers: Annotated[tuple[LayerAsked, ...], Field(min_length=1, max_length=20)]
    overrides: Annotated[tuple[OverrideAsked, ...], Field(max_length=500)] = ()

    def rota(self) -> Rota:
        layers = tuple(layer.layer() for layer in self.layers)
        return Rota(self.key, layers, tuple(o.override() for o in self.overrides))
