"""What is asked of the services, by whom, and what came of it. Pure values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from common.telemetry import current_traceparent
from console.upstream.part import Part, ServiceName


@dataclass(frozen=True, slots=True)
class Get:
    """A part to ask for. `remember`: the last answer is better than none, and is said to be old.

    A parameter with several values is sent once for each.
    """

    service: ServiceName
    path: str
    query: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    remember: bool = False


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: their account, their access token, and the languages that they read."""

    sub: str
    token: str
    language: str

    def headers(self) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": self.language}
        trace = current_traceparent()
        return headers | ({"traceparent": trace} if trace else {})


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a page by name, and the seconds that each took."""

    by_name: Mapping[str, Part]
    seconds: Mapping[str, float]

    def __getitem__(self, name: str) -> Part:
        return self.by_name[name]

    @property
    def server_timing(self) -> str:
        """The value of `Server-Timing`, for the browser's own tools."""
        return ", ".join(
            f"{name};dur={seconds * 1000:.0f}" for name, seconds in self.seconds.items()
        )
