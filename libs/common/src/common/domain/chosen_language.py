"""In which language somebody reads a page of ours. Pure."""

from typing import Final

LANGUAGES: Final = ("en", "nl", "de")
"""The first one is that of the message ids."""


def choose_language(*preferences: str | None) -> str:
    """Return the first language of ours among preferences: `nl`, `de-DE`, or what Accept-Language holds."""
    for preference in preferences:
        for part in sorted(_parts(preference or ""), key=lambda part: -part[1]):
            if part[0] in LANGUAGES and part[1] > 0:
                return part[0]
    return LANGUAGES[0]


def _parts(header: str) -> list[tuple[str, float]]:
    """Return the languages of an Accept-Language header with their weights (RFC 9110, 12.5.4)."""
    found = []
    for part in header.split(","):
        tag, _, parameter = part.strip().partition(";")
        name, _, value = parameter.strip().partition("=")
        found.append((tag.strip().lower().partition("-")[0], _weight(name, value)))
    return found


def _weight(name: str, value: str) -> float:
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
