"""What the reader may do with a thing now, as its service says (`allowed`): what would be refused is not offered. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from console.service_text import ServiceText, text_of_act


@dataclass(frozen=True, slots=True)
class Act:
    """Something that may be done; `why_not` as the service says it where it may not be now."""

    possible: bool
    why_not: ServiceText | None = None


UNKNOWN = Act(possible=True)
"""An act of which the service says nothing: it is offered, and its answer shown."""


@dataclass(frozen=True, slots=True)
class Acts:
    """The acts on one thing, by name."""

    by_name: Mapping[str, Act] = field(default_factory=dict)

    def may(self, name: str) -> Act:
        return self.by_name.get(name, UNKNOWN)


def acts_of(thing: Mapping[str, Any]) -> Acts:
    """Read what a service says of a thing."""
    return Acts(
        {one["act"]: Act(one["possible"], text_of_act(one)) for one in thing.get("allowed") or ()}
    )
