"""What happened to a ticket, in words. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from intake.reasons.domain import ERASED_REASON, is_digest
from intake.tickets.domain.history_words import WORDS

Grounds = Mapping[str, object]

_PEOPLE: Final = frozenset({"to"})
"""Grounds that name an account, which a name stands for."""
_FACTS: Final = (
    "customer", "denied", "into", "on", "reason", "to", "visibility", "wanted", "was",
)  # fmt: skip
"""Grounds that the words fill in, or that choose them."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """What somebody (`who`, a `sub`) did to a ticket; `behind` is the machine that spoke for them.

    `action` as the audit trail has it, without `ticket.`.
    """

    position: int
    at: datetime
    who: str
    behind: str | None
    action: str
    grounds: Grounds

    @property
    def is_refused(self) -> bool:
        """Whether it was tried and not done."""
        return "denied" in self.grounds

    @property
    def reason(self) -> str | None:
        """Why they did it, in their words; of a digest whose words are kept no more, that they are erased."""
        reason = self.grounds.get("reason")
        return ERASED_REASON if is_digest(reason) else str(reason or "") or None

    def accounts(self) -> set[str]:
        """The accounts that the words name."""
        named = {self.grounds.get(name) for name in _PEOPLE}
        return {self.who, *(one for one in named if isinstance(one, str))}

    def facts(self, names: Mapping[str, str]) -> dict[str, str]:
        """What `words` fills in, by its name: codes as the audit trail has them, people by their names."""
        found = {name: self.grounds.get(name) for name in _FACTS} | {"reason": self.reason}
        found["to"] = self.grounds.get("partner") or found["to"]
        known = {name: str(value) for name, value in found.items() if value not in (None, "")}
        return known | {name: names.get(known[name], known[name]) for name in _PEOPLE & set(known)}

    def words(self, names: Mapping[str, str]) -> str:
        """It as a sentence: who did what."""
        who = names.get(self.who, self.who)
        if self.is_refused:
            reason = str(self.grounds["denied"]).lower().replace("_", " ")
            return f"{who} tried to {self._tried}, and was refused: {reason}"
        return f"{who} {self._did(names)}{f': {self.reason}' if self.reason else ''}"

    @property
    def _tried(self) -> str:
        return self.action.rpartition(".")[2].replace("_", " ")

    def _did(self, names: Mapping[str, str]) -> str:
        if self.action == "reply" and self.grounds.get("visibility") == "internal":
            return "wrote an internal note"
        words = WORDS.get(self.action)
        if words is None:
            return f"did: {self.action.replace('_', ' ')}"
        values = {name: self._value(name, names) for name in ("to", "on", "into", "customer")}
        return words.format(
            **values, was=self.grounds.get("was"), wanted=self.grounds.get("wanted")
        )

    def _value(self, name: str, names: Mapping[str, str]) -> str:
        value = str(self.grounds.get("partner") or self.grounds.get(name) or "somebody")
        return (
            names.get(value, value.replace("_", " "))
            if name in _PEOPLE
            else value.replace("_", " ")
        )
