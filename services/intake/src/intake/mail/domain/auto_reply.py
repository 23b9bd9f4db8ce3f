"""Recognise the mails that a machine wrote and nobody has to read (I2). Pure.

A mail is only held back on proof: a word in the subject, a mailing list or an odd sender is none. What is
held back is stored, shown to staff, and becomes a ticket in one step.
"""

import re
from typing import Final

from common.domain.mail_headers import OWN_ID_PREFIX
from intake.mail.domain.mail import Mail, is_robot
from intake.mail.domain.thread import ticket_keys_in

_MACHINES: Final = frozenset(
    {"mailer-daemon", "postmaster", "bounce", "bounces", "listserv", "majordomo"}
)
_ABSENCE_HEADERS: Final = ("x-autoreply", "x-autorespond", "x-autoreply-from", "x-mail-autoreply")
_ABSENCE_SUBJECT: Final = re.compile(
    r"(?:automatic reply|auto(?:matic)?[ -]?(?:reply|response)|out of (?:the )?office(?: auto-?reply)?"
    r"|automatische (?:antwort|antwoord)|automatisch antwoord|abwesenheits(?:notiz|meldung|nachricht)"
    r"|abwesend|afwezig(?:heidsbericht)?|r[ée]ponse automatique|absence du bureau|message d'absence"
    r"|respuesta autom[áa]tica|fuera de (?:la )?oficina|risposta automatica|fuori sede"
    r"|resposta autom[áa]tica|autosvar|automatisk svar|automatiskt svar|automaattinen vastaus"
    r"|odpowied[źz] automatyczna|automatyczna odpowied[źz]|automatick[áa] odpov[eě][dď]"
    r"|otomatik yan[\u0131i]t|автоответ|自動応答|自动答复|自動回覆|자동 회신)\s{0,3}[:\uff1a]",
    re.IGNORECASE,
)


def automatic_reason(mail: Mail) -> str | None:
    """The reason why a mail is held back as a machine's; None for all others.

    Signs are our own Message-ID (an answer of ours that came back), `Auto-Submitted` (RFC 3834), a report
    that came with the null return path (RFC 3464, RFC 8098), and an absence notice that answers a mail.
    """
    signs = {
        "our own mail came back": _is_ours(mail),
        "auto-submitted": _is_auto_submitted(mail.headers),
        "delivery report": mail.carries_report and _has_null_path(mail),
        "absence notice": _is_absence_notice(mail),
    }
    return next((reason for reason, is_present in signs.items() if is_present), None)


def may_have_receipt(mail: Mail) -> bool:
    """Whether a mail that a person wrote may be answered by a machine (RFC 3834, 2; I2).

    Not where its headers forbid it, nor where a list, a form or a program wrote it. Whether the sender is
    believed and known is asked elsewhere (I1).
    """
    sender = mail.sender or ""
    is_program = is_robot(sender) or sender.rpartition("@")[0].partition("+")[0] in _MACHINES
    return not (
        not sender
        or is_program
        or mail.form is not None
        or _is_from_list(mail.headers)
        or _forbids_answers(mail.headers)
        or mail.carries_report
        or _has_null_path(mail)
        or automatic_reason(mail) is not None
    )


def _is_from_list(headers: dict[str, str]) -> bool:
    precedence = headers.get("precedence", "").strip().lower()
    return precedence in {"list", "bulk", "junk"} or any(n.startswith("list-") for n in headers)


def _forbids_answers(headers: dict[str, str]) -> bool:
    """Whether the sender's server asks for no automatic answers (MS-OXCMAIL)."""
    return headers.get("x-auto-response-suppress", "none").strip().lower() != "none"


def _is_ours(mail: Mail) -> bool:
    return (mail.message_id or "").lower().startswith(OWN_ID_PREFIX)


def _is_auto_submitted(headers: dict[str, str]) -> bool:
    value = re.split(r"[;(\s]", headers.get("auto-submitted", "").strip().lower(), maxsplit=1)[0]
    return value not in {"", "no"}


def _is_absence_notice(mail: Mail) -> bool:
    """Whether it says so itself, as programs do, and answers: people put a "Re:" before a subject."""
    if not (mail.is_reply or ticket_keys_in(mail.subject)):
        return False
    marked = any(mail.headers.get(name, "no").strip().lower() != "no" for name in _ABSENCE_HEADERS)
    is_marked = marked or mail.headers.get("precedence", "").strip().lower() == "auto_reply"
    return is_marked or _ABSENCE_SUBJECT.match(mail.subject) is not None


def _has_null_path(mail: Mail) -> bool:
    return "".join(mail.headers.get("return-path", "").split()) == "<>"
