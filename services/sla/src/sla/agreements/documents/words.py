"""The fixed words of a contract, in the languages in which customers read them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sla.agreements.documents.dutch import DUTCH
from sla.agreements.documents.english import ENGLISH
from sla.agreements.documents.german import GERMAN

_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {"en": ENGLISH, "nl": DUTCH, "de": GERMAN}
LANGUAGES: Final = tuple(_TEXTS)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language (two letters); English where there are none in it."""

    language: str

    @classmethod
    def of(cls, language: str) -> "Words":
        return cls(language if language in _TEXTS else "en")

    def __call__(self, name: str, /, **values: object) -> str:
        """The words of this name, with these values put in. Raises KeyError for a name without any."""
        return _TEXTS[self.language][name].format(**values)
