"""The fixed words of documents, in the languages in which customers read. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from sla.rendering.vocabulary.dutch import DUTCH
from sla.rendering.vocabulary.english import ENGLISH
from sla.rendering.vocabulary.german import GERMAN

Language = Literal["nl", "en", "de"]
Table = Mapping[str, str]
SHARED: Final[Mapping[str, Table]] = {"en": ENGLISH, "nl": DUTCH, "de": GERMAN}
LANGUAGES: Final = tuple(SHARED)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language (two letters)."""

    language: str
    texts: Table

    def __call__(self, name: str, /, **values: object) -> str:
        """The words of this name, with these values put in. Raises KeyError for a name without any."""
        return self.texts[name].format(**values)

    def of_code(self, group: str, code: str) -> str:
        """The words of a code of this group; the code itself where there are none, such as a new one's."""
        return self.texts.get(f"{group}_{code}", code.replace("_", " "))

    def or_name(self, name: str) -> str:
        """The words of this name; the name itself where there are none."""
        return self.texts.get(name, name)

    def counted(self, name: str, number: int, /, **values: object) -> str:
        """The words for so many: those of `name_one` or `name_many`, in which `count` is the number."""
        return self(f"{name}_{'one' if number == 1 else 'many'}", count=number, **values)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The words of a kind of document: the shared ones and its own, by language."""

    own: Mapping[str, Table]

    def words(self, language: str) -> Words:
        """The words of this language; English where there are none in it."""
        known = language if language in SHARED else "en"
        return Words(known, {**SHARED[known], **self.own.get(known, {})})


ALL: Final = Catalogue({})
"""The shared words alone."""
