"""What a customer is told of a resolution or an estimate, in their language (R11). Pure.

None of the texts about a resolution asks something: a question to the customer pauses their clocks.
"""

from collections.abc import Mapping
from typing import Final

_GREETING: Final[Mapping[str, str]] = {
    "en": "Dear {name},",
    "nl": "Beste {name},",
    "de": "Guten Tag {name},",
}
_CLOSING: Final[Mapping[str, str]] = {
    "en": "Kind regards\nThe support team",
    "nl": "Met vriendelijke groet\nHet supportteam",
    "de": "Mit freundlichen Grüßen\nIhr Support-Team",
}
_RESOLVED: Final[Mapping[str, str]] = {
    "en": (
        "We have solved {key}, and a second colleague has checked that.\n\n{resolution}\n\n"
        "If it has not been solved for you, reply to this message and we go on with it."
    ),
    "nl": (
        "Wij hebben {key} opgelost en een tweede collega heeft dat gecontroleerd.\n\n{resolution}\n\n"
        "Is het voor u niet opgelost, beantwoord dan dit bericht en wij gaan ermee verder."
    ),
    "de": (
        "Wir haben {key} gelöst, und eine zweite Person hat das geprüft.\n\n{resolution}\n\n"
        "Ist es für Sie nicht gelöst, antworten Sie auf diese Nachricht, und wir machen damit weiter."
    ),
}
_REOPENABLE: Final[Mapping[str, str]] = {
    "en": " You can do so for {days} days after it is closed; a later reply opens a new ticket.",
    "nl": (
        " Dat kan tot {days} dagen nadat het is gesloten; een later antwoord opent een nieuw ticket."
    ),
    "de": (
        " Das geht bis {days} Tage nach dem Abschluss; eine spätere Antwort eröffnet ein neues Ticket."
    ),
}
_ESTIMATED: Final[Mapping[str, str]] = {
    "en": (
        "We estimate the change {key} at {effort} of work.{note}\n\n"
        "Do you approve this? Please approve or decline it in the customer portal, under {key}: we begin"
        " once you have approved it. You can reply to this message with questions, but a reply approves"
        " nothing."
    ),
    "nl": (
        "Wij schatten de wijziging {key} op {effort} werk.{note}\n\n"
        "Gaat u hiermee akkoord? Keur het in het klantportaal onder {key} goed of af: wij beginnen zodra u"
        " akkoord bent. Vragen kunt u als antwoord op dit bericht stellen, maar een antwoord is geen"
        " akkoord."
    ),
    "de": (
        "Wir schätzen die Änderung {key} auf {effort} Arbeit.{note}\n\n"
        "Sind Sie einverstanden? Genehmigen Sie sie im Kundenportal unter {key} oder lehnen Sie sie ab:"
        " Wir beginnen, sobald Sie zugestimmt haben. Fragen können Sie als Antwort auf diese Nachricht"
        " stellen, eine Antwort ist aber keine Genehmigung."
    ),
}


def resolution_text(language: str, name: str, key: str, resolution: str, reopen_days: int) -> str:
    """The text about a verified resolution; English where the language is not known.

    `reopen_days`: so long after its closing a reply opens the ticket again.
    """
    body = _in(_RESOLVED, language).format(key=key, resolution=resolution.strip())
    if reopen_days > 0:
        body += _in(_REOPENABLE, language).format(days=reopen_days)
    return _letter(language, name, body)


def estimate_text(language: str, name: str, key: str, minutes: int, note: str | None) -> str:
    """The text about an estimate of so many minutes of work, with our note where there is one."""
    added = f"\n\n{note.strip()}" if note else ""
    body = _in(_ESTIMATED, language).format(key=key, effort=_effort(minutes), note=added)
    return _letter(language, name, body)


def _letter(language: str, name: str, body: str) -> str:
    greeting = _in(_GREETING, language).format(name=name)
    return f"{greeting}\n\n{body}\n\n{_in(_CLOSING, language)}\n"


def _effort(minutes: int) -> str:
    """Such as `2 h 30 min`, which reads the same in these languages."""
    parts = ((minutes // 60, "h"), (minutes % 60, "min"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language, texts["en"])
