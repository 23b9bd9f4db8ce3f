"""What is said of the words of documents: each language has all of them, with the same values."""

from string import Formatter

from sla.rendering.words import LANGUAGES, Catalogue


def assert_same_words(catalogue: Catalogue) -> None:
    """Every language has the same names, and puts the same values into each. Raises AssertionError."""
    assert LANGUAGES == ("en", "nl", "de")
    english = catalogue.words("en").texts
    for language in LANGUAGES:
        texts = catalogue.words(language).texts
        assert set(texts) == set(english), set(texts) ^ set(english)
        different = {name for name in texts if _values(texts[name]) != _values(english[name])}
        assert not different, (language, different)
        assert all(text.strip() == text != "" for text in texts.values())


def _values(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}
