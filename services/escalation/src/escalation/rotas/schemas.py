"""Request and response models of rotas and of who is on call."""

from datetime import datetime, time
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from common.errors import Violation
from common.http import Refers, RequestModel, ResponseModel
from common.http.fields import Key, Timezone
from escalation.rotas.domain.rota import Layer, Override, Rota, Unit
from escalation.rotas.domain.time_window import Window

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Sub = Annotated[str, StringConstraints(min_length=1, max_length=200)]
MAX_OVERRIDES = 500


def _parse_local(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise PydanticCustomError(
            "local_time", "give a date and time that exist, like 2026-01-31T09:00"
        ) from None


def _check_local(text: str) -> str:
    _parse_local(text)
    return text


LocalDateTime = Annotated[
    str, StringConstraints(pattern=r"^2[01]\d\d-\d\d-\d\dT\d\d:\d\d$"), AfterValidator(_check_local)
]
"""Wall-clock time without offset: the zone stands beside it."""
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class WindowCreate(RequestModel):
    """Weekly hours `[starts_at, ends_at)` in local time.

    With `ends_at` not after `starts_at` they run into the next day.
    """

    days: Annotated[tuple[Day, ...], Field(min_length=1, max_length=7)]
    starts_at: TimeOfDay
    ends_at: TimeOfDay
    timezone: Timezone

    def to_window(self) -> Window:
        days = frozenset(map(DAYS.index, self.days))
        start, end = time.fromisoformat(self.starts_at), time.fromisoformat(self.ends_at)
        return Window(days, start, end, self.timezone)


class WindowRead(ResponseModel):
    days: list[str]
    starts_at: str
    ends_at: str
    timezone: str


class LayerCreate(RequestModel):
    """Participants that take turns of `length` units from the local time `starts_at` on."""

    participants: Annotated[
        tuple[Annotated[Sub, Refers("colleague")], ...], Field(min_length=1, max_length=50)
    ]
    starts_at: LocalDateTime
    timezone: Timezone
    length: Annotated[int, Field(ge=1, le=1000)]
    unit: Unit
    hours: Annotated[tuple[WindowCreate, ...], Field(max_length=20)] = ()

    def to_layer(self) -> Layer:
        hours = tuple(window.to_window() for window in self.hours)
        start = _parse_local(self.starts_at)
        return Layer(self.participants, start, self.timezone, self.length, self.unit, hours)


class LayerRead(ResponseModel):
    participants: list[str]
    starts_at: str
    timezone: str
    length: int
    unit: str
    hours: list[WindowRead]


class OverrideCreate(RequestModel):
    """A change of who is on call in `[starts_at, ends_at)`.

    `add` needs `person`, `remove` needs `replaces`, `replace` needs both.
    """

    kind: Literal["add", "remove", "replace"]
    starts_at: datetime
    ends_at: datetime
    person: Annotated[Sub | None, Refers("colleague")] = None
    replaces: Annotated[Sub | None, Refers("person")] = None

    def find_error(self, pointer: str = "") -> Violation | None:
        """What is wrong with this override, which stands at `pointer`; None where nothing is."""
        if self.ends_at <= self.starts_at:
            return Violation(f"{pointer}/ends_at", "order", "ends_at must lie after starts_at")
        if (self.person is None) != (self.kind == "remove"):
            detail = "give person for add and replace, and for them only"
            return Violation(pointer, "override", detail)
        if (self.replaces is None) != (self.kind == "add"):
            detail = "give replaces for remove and replace, and for them only"
            return Violation(pointer, "override", detail)
        return None

    def to_override(self) -> Override:
        return Override(self.kind, self.starts_at, self.ends_at, self.person, self.replaces)


class OverrideRead(ResponseModel):
    kind: str
    starts_at: datetime
    ends_at: datetime
    person: str | None
    replaces: str | None


class RotaCreate(RequestModel):
    """A new version of a rota; it counts for every step that fires from now on."""

    key: Key
    layers: Annotated[tuple[LayerCreate, ...], Field(min_length=1, max_length=20)]
    overrides: Annotated[tuple[OverrideCreate, ...], Field(max_length=MAX_OVERRIDES)] = ()

    def to_rota(self) -> Rota:
        layers = tuple(layer.to_layer() for layer in self.layers)
        return Rota(self.key, layers, tuple(o.to_override() for o in self.overrides))


class RotaRead(ResponseModel):
    key: str
    version: int
    layers: list[LayerRead]
    overrides: list[OverrideRead]


class GapRead(ResponseModel):
    """Time in which nobody is on call: `[starts_at, ends_at)`."""

    starts_at: datetime
    ends_at: datetime


class OnCallPerson(ResponseModel):
    """Somebody who is on call, and the number under which they are called; null where none is known."""

    person: str
    name: str
    phone: str | None


class OnCallItem(ResponseModel):
    """Who is on call in one rota; `people` is empty when nobody is. `callable` has names and numbers. `until`: when
    that changes, and `next`: who is on call from then on, nobody where a gap begins; null where nothing changes
    within more than a year. `gaps` are those of the fortnight after `at`.
    """

    rota: str
    people: list[str]
    callable: list[OnCallPerson]
    until: datetime | None
    next: list[str] | None
    gaps: list[GapRead]


class OnCallRead(ResponseModel):
    """Who is on call at the instant `at`."""

    at: datetime
    items: list[OnCallItem]


class SpellRead(ResponseModel):
    """Who is on call in `[starts_at, ends_at)`; `people` is empty in a gap."""

    starts_at: datetime
    ends_at: datetime
    people: list[str]


class CoverItem(ResponseModel):
    """The time of one rota, without a hole."""

    rota: str
    spells: list[SpellRead]


class CoverRead(ResponseModel):
    """Who covers which time in `[starts_at, ends_at)`, rota by rota."""

    starts_at: datetime
    ends_at: datetime
    items: list[CoverItem]


class ShiftRead(ResponseModel):
    """A time in which the person is on call in this rota, whoever else is."""

    rota: str
    starts_at: datetime
    ends_at: datetime


class ShiftsRead(ResponseModel):
    """The shifts of a person in `[starts_at, ends_at)`, over all rotas, in order of time."""

    person: str
    starts_at: datetime
    ends_at: datetime
    items: list[ShiftRead]


def window_to_response(window: Window) -> WindowRead:
    return WindowRead(
        days=[DAYS[day] for day in sorted(window.weekdays)],
        starts_at=f"{window.starts_at:%H:%M}",
        ends_at=f"{window.ends_at:%H:%M}",
        timezone=window.zone,
    )


def to_response(rota: Rota, version: int) -> RotaRead:
    return RotaRead(
        key=rota.key,
        version=version,
        layers=[
            LayerRead(
                participants=list(layer.participants),
                starts_at=f"{layer.starts_at:%Y-%m-%dT%H:%M}",
                timezone=layer.zone,
                length=layer.length,
                unit=layer.unit,
                hours=[window_to_response(window) for window in layer.hours],
            )
            for layer in rota.layers
        ],
        overrides=[OverrideRead.model_validate(override) for override in rota.overrides],
    )
