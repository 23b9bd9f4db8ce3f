"""An escalation: what it is about, what happened, and who was told how. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.allowed import Acts, acts_of
from console.promises import Mark, mark
from console.upstream.part import Missing, Part, items_of


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened, to or with these people."""

    at: str
    kind: str
    by: str | None
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EscalationPage:
    """The page. `mark` says how urgent the next step is; `notifications`: messages to people, in their order."""

    case: Mapping[str, Any]
    mark: Mark
    timeline: tuple[Entry, ...]
    notifications: tuple[Mapping[str, Any], ...]
    notifications_missing: Missing | None
    has_acknowledged: bool
    acts: Acts

    @property
    def can_be_acknowledged(self) -> bool:
        """Whether an acknowledgement would still change something for this person, who may give it."""
        return (
            self.case["state"] != "resolved"
            and not self.has_acknowledged
            and self.acts.may("acknowledge").possible
        )


def escalation_page(
    case: Mapping[str, Any], notifications: Part, sub: str, moment: datetime
) -> EscalationPage:
    is_open = case["state"] == "open"
    return EscalationPage(
        case,
        mark(case["next_at"], moment) if is_open else "none",
        tuple(map(_entry, case["timeline"])),
        tuple(items_of(notifications)),
        notifications if isinstance(notifications, Missing) else None,
        sub in case["acknowledged_by"],
        acts_of(case),
    )


def _entry(item: Mapping[str, Any]) -> Entry:
    detail = item["detail"]
    person = [detail["person"]] if detail.get("person") else []
    return Entry(item["at"], item["kind"], item["by"], (*person, *(detail.get("people") or ())))
