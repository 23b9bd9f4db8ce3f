"""What callers send to make policies and rotas, and the domain values that it means."""

from datetime import datetime, time, timedelta
from functools import cache
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from common.http import RequestModel
from escalation.policies.domain.policy import Policy, Step, Target
from escalation.policies.domain.trigger import Audience
from escalation.rotas.domain.rota import Layer, Override, Rota, Unit
from escalation.rotas.domain.time_window import Window

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
Sub = Annotated[str, StringConstraints(min_length=1, max_length=200)]
MAX_DELAY_SECONDS = 7 * 24 * 3600


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


def _check_timezone(name: str) -> str:
    if name not in _timezones():
        raise PydanticCustomError("timezone", "give an IANA time zone, like Europe/Amsterdam")
    return name


def _parse_local(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise PydanticCustomError("local_time", "there is no such date or time") from None


def _check_local(text: str) -> str:
    _parse_local(text)
    return text


Timezone = Annotated[str, AfterValidator(_check_timezone)]
LocalDateTime = Annotated[
    str, StringConstraints(pattern=r"^2[01]\d\d-\d\d-\d\dT\d\d:\d\d$"), AfterValidator(_check_local)
]
"""What the clock on the wall shows, without offset: the zone stands beside it."""
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class WindowCreate(RequestModel):
    """`[start, end)` in local time on these days; `ends_at` not after `starts_at`: into the next day."""

    days: Annotated[tuple[Day, ...], Field(min_length=1, max_length=7)]
    starts_at: TimeOfDay
    ends_at: TimeOfDay
    timezone: Timezone

    def to_window(self) -> Window:
        days = frozenset(map(DAYS.index, self.days))
        start, end = time.fromisoformat(self.starts_at), time.fromisoformat(self.ends_at)
        return Window(days, start, end, self.timezone)


class TargetCreate(RequestModel):
    kind: Literal["person", "rota", "role"]
    name: Sub


class StepCreate(RequestModel):
    targets: Annotated[tuple[TargetCreate, ...], Field(min_length=1, max_length=20)]
    delay_seconds: Annotated[int, Field(ge=0, le=MAX_DELAY_SECONDS)]
    windows: Annotated[tuple[WindowCreate, ...], Field(max_length=20)] = ()

    def to_step(self) -> Step:
        targets = tuple(Target(t.kind, t.name) for t in self.targets)
        windows = tuple(w.to_window() for w in self.windows)
        return Step(targets, timedelta(seconds=self.delay_seconds), windows)


class PolicyCreate(RequestModel):
    """A new version of a policy; running cases keep theirs (E14)."""

    key: Key
    steps: Annotated[tuple[StepCreate, ...], Field(min_length=1, max_length=20)]
    fallback: Sub
    repeat: Annotated[int, Field(ge=-1, le=100)] = 0
    empty_step: Literal["skip", "wait"] = "skip"
    acknowledge: Literal["all", "each"] = "all"
    ack_timeout_seconds: Annotated[int, Field(ge=60, le=MAX_DELAY_SECONDS)] | None = None
    audiences: Annotated[tuple[Audience, ...], Field(max_length=8)] = ()
    critical: bool = False

    def to_policy(self, id: UUID, version: int) -> Policy:
        timeout = self.ack_timeout_seconds
        return Policy(
            id,
            self.key,
            version,
            tuple(s.to_step() for s in self.steps),
            self.fallback,
            self.repeat,
            self.empty_step,
            self.acknowledge,
            timedelta(seconds=timeout) if timeout else None,
            frozenset(self.audiences),
            self.critical,
        )


class LayerCreate(RequestModel):
    """Participants that take turns of `length` units from the local time `starts_at` on."""

    participants: Annotated[tuple[Sub, ...], Field(min_length=1, max_length=50)]
    starts_at: LocalDateTime
    timezone: Timezone
    length: Annotated[int, Field(ge=1, le=1000)]
    unit: Unit
    hours: Annotated[tuple[WindowCreate, ...], Field(max_length=20)] = ()

    def to_layer(self) -> Layer:
        hours = tuple(w.to_window() for w in self.hours)
        start = _parse_local(self.starts_at)
        return Layer(self.participants, start, self.timezone, self.length, self.unit, hours)


class OverrideCreate(RequestModel):
    """`add` needs `person`, `remove` needs `replaces`, `replace` needs both."""

    kind: Literal["add", "remove", "replace"]
    starts_at: datetime
    ends_at: datetime
    person: Sub | None = None
    replaces: Sub | None = None

    def find_error(self) -> str | None:
        """Why this is no override; None when it is."""
        if self.ends_at <= self.starts_at:
            return "end must lie after start"
        if (self.person is None) != (self.kind == "remove"):
            return "person belongs to add and replace, and to them only"
        if (self.replaces is None) != (self.kind == "add"):
            return "replaces belongs to remove and replace, and to them only"
        return None

    def to_override(self) -> Override:
        return Override(self.kind, self.starts_at, self.ends_at, self.person, self.replaces)


class RotaCreate(RequestModel):
    """A new version of a rota; the newest counts from now on, for steps that fire from now on."""

    key: Key
    layers: Annotated[tuple[LayerCreate, ...], Field(min_length=1, max_length=20)]
    overrides: Annotated[tuple[OverrideCreate, ...], Field(max_length=500)] = ()

    def to_rota(self) -> Rota:
        layers = tuple(layer.to_layer() for layer in self.layers)
        return Rota(self.key, layers, tuple(o.to_override() for o in self.overrides))
