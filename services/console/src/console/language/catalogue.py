"""The words of the pages in a language, read from the committed `.po` files when a process starts."""

from functools import cache
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from console.language.chosen import LANGUAGES
from console.language.words import WORDS

DOMAIN = "console"


@cache
def translations(language: str) -> NullTranslations:
    """Return the translations into a language; message ids are the English texts."""
    if language == LANGUAGES[0]:
        return NullTranslations()
    path = files("console").joinpath("locales", language, "LC_MESSAGES", f"{DOMAIN}.po")
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(path.read_bytes()), locale=language, domain=DOMAIN))
    compiled.seek(0)
    return Translations(compiled, domain=DOMAIN)


def word(language: str, kind: str, code: str | None) -> str:
    """Return the words for a code of the services, such as `state` `on_hold`.

    One that a newer service has added is shown as it is, legibly: a page must not fail for it.
    """
    if code is None:
        return ""
    english = WORDS.get(kind, {}).get(code)
    if english is None:
        return code.replace("_", " ").lower()
    return str(translations(language).gettext(english))


def known_word(language: str, kind: str, code: str | None) -> str | None:
    """Return the words for a code that came with the address; None for one that has none."""
    return word(language, kind, code) if code in WORDS[kind] else None
