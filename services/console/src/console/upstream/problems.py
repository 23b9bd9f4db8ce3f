"""What became of a form that was sent to a service; its problems as lines beside fields. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.service_text import Sentence, ServiceText, faults_of, text_of_problem
from console.upstream.part import ServiceName


@dataclass(frozen=True, slots=True)
class Done:
    """The service did it."""

    status: int
    data: Any
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The service answered that it did not do it, and what to do next."""

    status: int
    problem: Mapping[str, Any]

    @property
    def text(self) -> ServiceText:
        """What the service says of it."""
        return text_of_problem(self.problem)

    @property
    def code(self) -> str | None:
        code = self.problem.get("code")
        return None if code is None else str(code)


@dataclass(frozen=True, slots=True)
class NotSent:
    """The service was not reached: for certain nothing was done."""

    service: ServiceName


@dataclass(frozen=True, slots=True)
class Uncertain:
    """It was sent, and nobody knows whether it was done. Sent again with the same key it is done once."""

    service: ServiceName


Outcome = Done | Refused | NotSent | Uncertain


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong with a field of the form; "" where it is about the whole."""

    field: str
    detail: Sentence


def violations(refused: Refused) -> list[Violation]:
    """Return a line for each thing that is wrong; one of the whole where the service names no field."""
    faults = [Violation(field, text) for field, text in faults_of(refused.problem)]
    return faults or [Violation("", refused.text)]
