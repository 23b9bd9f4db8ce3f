"""Recognise the mails that a machine wrote and nobody has to read (I2). Pure.

A mail is only held back on proof: a word in the subject, a mailing list or an odd sender is none. What is
held back is stored, shown to staff, and becomes a ticket in one step.
"""

import re
import unicodedata
from typing import Final

from common.domain.mail_headers import OWN_ID_PREFIX
from intake.mail.domain.mail import Mail, is_robot
from intake.mail.domain.thread import ticket_keys_in

_MACHINES: Final = frozenset(
    {"mailer-daemon", "postmaster", "bounce", "bounces", "listserv", "majordomo"}
)
_ABSENCE_HEADERS: Final = ("x-autoreply", "x-autorespond", "x-autoreply-from", "x-mail-autoreply")
_SPACE_OR_HYPHEN: Final = "[ \u2010\u2011-]?"
_ABSENCES: Final = (
    # English, and what programs everywhere write
    f"automatic reply|auto(?:matic|mated)?{_SPACE_OR_HYPHEN}(?:reply|response|responder|answer)",
    f"out of (?:the )?office(?: auto{_SPACE_OR_HYPHEN}reply| re)?|vacation(?: reply| response| notice)?",
    r"away from (?:the |my )?office|auto: [^:]{1,100} is out of (?:the )?office[^:]{0,100}",
    # Dutch, German
    "automatische (?:antwort|antwoord)|automatisch antwoord|afwezig(?:heids(?:bericht|melding))?|niet aanwezig",
    "abwesenheits(?:notiz|meldung|nachricht|assistent)|abwesend|abwesenheit|nicht im b[üu]ro",
    # French, Spanish, Italian, Portuguese, Catalan, Romanian
    "r[ée]ponse automatique|(?:message d['\u2019])?absence(?: du bureau)?|absente?(?: du bureau)?",
    "respuesta autom[áa]tica|fuera de (?:la )?oficina|ausente|ausencia de la oficina",
    "risposta automatica|fuori (?:sede|ufficio)|assente",
    "resposta autom[áaà]tica|fora do escrit[óo]rio|aus[êe]ncia tempor[áa]ria",
    "r[ăa]spuns automat|absen[țţt][ăa]",
    # Danish, Norwegian, Swedish, Finnish, Estonian, Latvian, Lithuanian
    "autosvar|automatiske? svar|automatiskt svar|fr[åa]nvarande|frav[æa]rende|ikke til stede",
    "automaattinen vastaus|poissaoloviesti|automaatvastus|autom[āa]tisk[āa] atbilde",
    "automatinis atsakymas",
    # Polish, Czech, Slovak, Hungarian, South Slavic, Greek, Turkish
    "odpowied[źz] automatyczna|automatyczna odpowied[źz]|automatick[áa] odpov[eě][dď]",
    "automatikus v[áa]lasz|automatski odgovor|samodejni odgovor|αυτόματη απάντηση",
    "otomatik (?:yan[\u0131i]t|cevap)",
    # Cyrillic
    "автоответ|автоматический ответ|автоматична відповідь|автоматичен отговор|вне офиса",
    # Hebrew, Arabic, Thai, Vietnamese, Indonesian, Chinese, Japanese, Korean
    "תשובה אוטומטית|מענה אוטומטי|رد تلقائي|ตอบกลับอัตโนมัติ|การตอบกลับอัตโนมัติ",
    "trả lời tự động|thư trả lời tự động|balasan otomatis",
    "自动(?:答复|回复)|自動(?:回覆|回復|答覆)|外出自動回覆|自動(?:応答|返信|応答メッセージ)|不在通知|자동 ?(?:회신|응답)",
    "부재 ?중(?: 자동 ?(?:회신|응답))?",
)
_ABSENCE_SUBJECT: Final = re.compile(
    rf"(?:{'|'.join(_ABSENCES)})\s{{0,3}}(?:[:\uff1a\[]|$|(?:re|aw|antw|sv|vs|ref|rif|odp)\s{{0,2}}:)",
    re.IGNORECASE,
)
"""How a subject begins that such programs write: what follows is a colon, the subject of our mail, or nothing."""


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
    return (
        is_marked or _ABSENCE_SUBJECT.match(unicodedata.normalize("NFC", mail.subject)) is not None
    )


def _has_null_path(mail: Mail) -> bool:
    return "".join(mail.headers.get("return-path", "").split()) == "<>"
