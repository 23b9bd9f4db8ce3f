"""The one receipt for a mail: under which key it is, in the reader's language (R11). Pure.

It repeats nothing of the mail but its subject: whoever writes in another one's name sends no text of theirs
through us.
"""

from collections.abc import Mapping
from typing import Final

_TEXTS: Final[Mapping[str, str]] = {
    "en": (
        "Dear {name},\n\nwe have received your e-mail. Its number is {key}.\n\n"
        "To add something, just reply to this e-mail. A colleague of ours will answer you.\n\n"
        "Kind regards\nThe support team\n"
    ),
    "nl": (
        "Beste {name},\n\nwij hebben uw e-mail ontvangen. Het nummer is {key}.\n\n"
        "Wilt u iets toevoegen, beantwoord dan deze e-mail. Een collega van ons antwoordt u.\n\n"
        "Met vriendelijke groet\nHet supportteam\n"
    ),
    "de": (
        "Guten Tag {name},\n\nwir haben Ihre E-Mail erhalten. Ihre Nummer ist {key}.\n\n"
        "Möchten Sie etwas ergänzen, antworten Sie auf diese E-Mail. Jemand von uns antwortet Ihnen.\n\n"
        "Mit freundlichen Grüßen\nIhr Support-Team\n"
    ),
}


def receipt_text(language: str, name: str, key: str) -> str:
    """The text of the receipt; English where the language is not known."""
    return _TEXTS.get(language, _TEXTS["en"]).format(name=name, key=key)
