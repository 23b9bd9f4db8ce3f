"""Recognise mails that a machine wrote: an answer could start a loop, so they open no ticket. Pure."""

from typing import Final

from intake.mail.domain.mail import Mail

OWN_MESSAGE_ID_PREFIX: Final = "opsdesk."
"""The beginning of every Message-ID that OpsDesk gives to a mail, whatever its domain."""

_BULK: Final = frozenset({"bulk", "junk", "list", "auto_reply"})
_LIST_HEADERS: Final = ("list-id", "list-unsubscribe", "list-post")
_ROBOTS: Final = frozenset(
    {"mailer-daemon", "postmaster", "no-reply", "noreply", "do-not-reply", "donotreply"}
)
_MACHINE_HEADERS: Final = ("x-auto-response-suppress", "x-autoreply", "x-autorespond")
_REPLY_SUBJECTS: Final = (
    "automatic reply",
    "auto:",
    "autoreply",
    "out of office",
    "automatische antwort",
    "abwesenheitsnotiz",
    "automatisch antwoord",
    "afwezig:",
)


def automatic_reason(mail: Mail) -> str | None:
    """The reason why a mail counts as a machine's; None for a person's.

    Signs are our own Message-ID, RFC 3834 (Auto-Submitted), RFC 3464 (delivery reports), RFC 2919
    and 2369 (lists), RFC 5321 4.5.5 (empty return path), and what Exchange and common gateways add.
    The mail is stored either way, and OPS can list the ignored ones.
    """
    signs = {
        "our own mail came back": _is_ours(mail),
        "auto-submitted": _is_auto_submitted(mail.headers),
        "delivery report": _is_bounce(mail),
        "mailing list or bulk mail": _is_bulk(mail.headers),
        "marked as a machine's": any(name in mail.headers for name in _MACHINE_HEADERS),
        "out of office": mail.subject.lower().startswith(_REPLY_SUBJECTS),
    }
    return next((reason for reason, is_present in signs.items() if is_present), None)


def _is_ours(mail: Mail) -> bool:
    return (mail.message_id or "").lower().startswith(OWN_MESSAGE_ID_PREFIX)


def _is_auto_submitted(headers: dict[str, str]) -> bool:
    value = headers.get("auto-submitted", "no").split(";")[0].strip().lower()
    return value not in {"", "no"}


def _is_bounce(mail: Mail) -> bool:
    kind = mail.headers.get("content-type", "").lower()
    empty_path = mail.headers.get("return-path", "").strip() == "<>"
    local = (mail.sender or "").partition("@")[0]
    return empty_path or kind.startswith("multipart/report") or local in _ROBOTS


def _is_bulk(headers: dict[str, str]) -> bool:
    precedence = headers.get("precedence", "").strip().lower()
    return precedence in _BULK or any(name in headers for name in _LIST_HEADERS)
