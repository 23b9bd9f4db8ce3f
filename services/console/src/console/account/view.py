"""What somebody chooses, as the form has it. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

LANGUAGES: Final = ("", "en", "nl", "de")
AFTER_FINISHING: Final = ("stay", "next", "back")


@dataclass(frozen=True, slots=True)
class Choice:
    """The fields of the form; "" stands for "as my browser or the issuer says"."""

    language: str
    zone: str
    single_keys: bool
    after_finishing: str

    def wrong(self, zones: Collection[str]) -> tuple[str, ...]:
        """Return the names of the fields that cannot be stored as they are."""
        checks = {
            "language": self.language in LANGUAGES,
            "zone": not self.zone or self.zone in zones,
            "after_finishing": self.after_finishing in AFTER_FINISHING,
        }
        return tuple(name for name, holds in checks.items() if not holds)


def read_choice(form: Mapping[str, str]) -> Choice:
    """Return what was chosen; an unticked box is not sent."""
    return Choice(
        form.get("language", ""),
        form.get("zone", ""),
        "single_keys" in form,
        form.get("after_finishing", "stay"),
    )
