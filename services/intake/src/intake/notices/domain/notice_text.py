"""What a notice says, in the reader's language and time zone; English where the language is not known. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from common.domain.mail_headers import one_line
from common.wording import format_instant
from intake.notices.domain.notice import Notice, NoticeKind, Stage


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What the text of a notice names; `affected` is the environment or the service."""

    kind: NoticeKind
    stage: Stage
    source_key: str
    affected: str
    starts_at: datetime
    ends_at: datetime | None


_FRAMES: Final[Mapping[str, str]] = {
    "en": "Dear {name},\n\n{body}\n\nQuestions? Just reply to this e-mail.\n\nKind regards\nThe support team\n",
    "nl": "Beste {name},\n\n{body}\n\nVragen? Beantwoord dan deze e-mail.\n\nMet vriendelijke groet\nHet supportteam\n",
    "de": "Guten Tag {name},\n\n{body}\n\nFragen? Antworten Sie einfach auf diese E-Mail.\n\nMit freundlichen Grüßen\nIhr Support-Team\n",
}
_Texts = Mapping[tuple[NoticeKind, Stage], tuple[str, str]]
_EN: Final[_Texts] = {
    ("maintenance", "announced"): (
        "Planned maintenance of {affected}",
        "we will maintain {affected} from {start} to {end}. It may not be available in that time.",
    ),
    ("maintenance", "moved"): (
        "Maintenance of {affected} is moved",
        "the maintenance of {affected} is moved. It is now from {start} to {end}.",
    ),
    ("maintenance", "cancelled"): (
        "Maintenance of {affected} is cancelled",
        "the maintenance of {affected} that was planned from {start} does not take place.",
    ),
    ("maintenance", "restored"): (
        "Maintenance of {affected} is finished",
        "the maintenance of {affected} is finished. You can work as usual again.",
    ),
    ("outage", "started"): (
        "Disruption of {affected}",
        "{affected} has been disrupted since {start}. We are working on it, and tell you when it is solved.",
    ),
    ("outage", "cancelled"): (
        "No disruption of {affected}",
        "we told you of a disruption of {affected}. It turned out that there was none. We are sorry for the trouble.",
    ),
    ("outage", "restored"): (
        "{affected} works again",
        "the disruption of {affected} that began at {start} is over since {end}. You can work as usual again.",
    ),
    ("delivery", "started"): (
        "New version for {affected}",
        "we began to install a new version on {affected} at {start}. It may be interrupted for a short time.",
    ),
    ("delivery", "cancelled"): (
        "The version of {affected} stays as it was",
        "{affected} is back on the version that it had before. You can work as usual again.",
    ),
    ("delivery", "restored"): (
        "New version of {affected} is in use",
        "the new version of {affected} is installed and checked. You can work as usual again.",
    ),
    ("agreement", "announced"): (
        "An agreement waits for your approval",
        "we propose an agreement to you: {affected}. Please approve it in the portal, or say there what is wrong.",
    ),
    ("agreement", "cancelled"): (
        "A proposed agreement is taken back",
        "the agreement that we proposed to you, {affected}, is taken back. You need not do anything.",
    ),
}
_NL: Final[_Texts] = {
    ("maintenance", "announced"): (
        "Gepland onderhoud van {affected}",
        "wij voeren onderhoud uit aan {affected} van {start} tot {end}. In die tijd is het mogelijk niet beschikbaar.",
    ),
    ("maintenance", "moved"): (
        "Onderhoud van {affected} is verplaatst",
        "het onderhoud van {affected} is verplaatst. Het is nu van {start} tot {end}.",
    ),
    ("maintenance", "cancelled"): (
        "Onderhoud van {affected} gaat niet door",
        "het onderhoud van {affected} dat vanaf {start} gepland was, gaat niet door.",
    ),
    ("maintenance", "restored"): (
        "Onderhoud van {affected} is klaar",
        "het onderhoud van {affected} is klaar. U kunt weer zoals gewoonlijk werken.",
    ),
    ("outage", "started"): (
        "Storing van {affected}",
        "{affected} heeft sinds {start} een storing. Wij werken eraan en laten u weten wanneer het is opgelost.",
    ),
    ("outage", "cancelled"): (
        "Geen storing van {affected}",
        "wij meldden u een storing van {affected}. Die bleek er niet te zijn. Onze excuses voor het ongemak.",
    ),
    ("outage", "restored"): (
        "{affected} werkt weer",
        "de storing van {affected}, die om {start} begon, is sinds {end} voorbij. U kunt weer zoals gewoonlijk werken.",
    ),
    ("delivery", "started"): (
        "Nieuwe versie voor {affected}",
        "wij zijn om {start} begonnen een nieuwe versie op {affected} te installeren. Een korte onderbreking is mogelijk.",
    ),
    ("delivery", "cancelled"): (
        "De versie van {affected} blijft zoals zij was",
        "{affected} heeft weer de versie van daarvoor. U kunt weer zoals gewoonlijk werken.",
    ),
    ("delivery", "restored"): (
        "Nieuwe versie van {affected} is in gebruik",
        "de nieuwe versie van {affected} is geïnstalleerd en gecontroleerd. U kunt weer zoals gewoonlijk werken.",
    ),
    ("agreement", "announced"): (
        "Een overeenkomst wacht op uw akkoord",
        "wij stellen u een overeenkomst voor: {affected}. Geef uw akkoord in het portaal, of zeg daar wat er anders moet.",
    ),
    ("agreement", "cancelled"): (
        "Een voorgestelde overeenkomst is ingetrokken",
        "de overeenkomst die wij u voorstelden, {affected}, is ingetrokken. U hoeft niets te doen.",
    ),
}
_DE: Final[_Texts] = {
    ("maintenance", "announced"): (
        "Geplante Wartung von {affected}",
        "wir warten {affected} von {start} bis {end}. In dieser Zeit ist es möglicherweise nicht verfügbar.",
    ),
    ("maintenance", "moved"): (
        "Wartung von {affected} ist verschoben",
        "die Wartung von {affected} ist verschoben. Sie ist jetzt von {start} bis {end}.",
    ),
    ("maintenance", "cancelled"): (
        "Wartung von {affected} entfällt",
        "die Wartung von {affected}, die ab {start} geplant war, findet nicht statt.",
    ),
    ("maintenance", "restored"): (
        "Wartung von {affected} ist beendet",
        "die Wartung von {affected} ist beendet. Sie können wieder wie gewohnt arbeiten.",
    ),
    ("outage", "started"): (
        "Störung von {affected}",
        "{affected} ist seit {start} gestört. Wir arbeiten daran und melden uns, sobald es behoben ist.",
    ),
    ("outage", "cancelled"): (
        "Keine Störung von {affected}",
        "wir haben Ihnen eine Störung von {affected} gemeldet. Es gab keine. Bitte entschuldigen Sie die Umstände.",
    ),
    ("outage", "restored"): (
        "{affected} ist wieder verfügbar",
        "die Störung von {affected}, die am {start} begann, ist seit {end} behoben. Sie können wieder wie gewohnt arbeiten.",
    ),
    ("delivery", "started"): (
        "Neue Version für {affected}",
        "wir installieren seit {start} eine neue Version auf {affected}. Eine kurze Unterbrechung ist möglich.",
    ),
    ("delivery", "cancelled"): (
        "Die Version von {affected} bleibt, wie sie war",
        "{affected} hat wieder die Version von vorher. Sie können wieder wie gewohnt arbeiten.",
    ),
    ("delivery", "restored"): (
        "Neue Version von {affected} ist in Betrieb",
        "die neue Version von {affected} ist installiert und geprüft. Sie können wieder wie gewohnt arbeiten.",
    ),
    ("agreement", "announced"): (
        "Eine Vereinbarung wartet auf Ihre Zustimmung",
        "wir schlagen Ihnen eine Vereinbarung vor: {affected}. Bitte stimmen Sie im Portal zu, oder sagen Sie dort, was anders sein soll.",
    ),
    ("agreement", "cancelled"): (
        "Eine vorgeschlagene Vereinbarung ist zurückgezogen",
        "die Vereinbarung, die wir Ihnen vorgeschlagen haben, {affected}, ist zurückgezogen. Sie müssen nichts tun.",
    ),
}
_TEXTS: Final[Mapping[str, _Texts]] = {"en": _EN, "nl": _NL, "de": _DE}


LANGUAGES: Final = tuple(_TEXTS)
STOP_NOTICES: Final = "Stop notices"
"""The subject of the mail by which a reader asks for no more notices."""
_STOP_HINTS: Final[Mapping[str, str]] = {
    "en": 'You can stop these notices in the portal, or by an e-mail to us with the subject "{subject}".',
    "nl": 'U kunt deze berichten stopzetten in het portaal, of met een e-mail aan ons met als onderwerp "{subject}".',
    "de": 'Sie können diese Mitteilungen im Portal abbestellen, oder mit einer E-Mail an uns mit dem Betreff "{subject}".',
}


def facts_of(notice: Notice) -> NoticeFacts:
    """What the text of this notice names."""
    affected = notice.environment or notice.service or notice.customer
    if notice.kind == "agreement":
        affected = notice.source_key
    return NoticeFacts(
        notice.kind, notice.stage, notice.source_key, affected, notice.starts_at, notice.ends_at
    )


def notice_subject(facts: NoticeFacts, language: str) -> str:
    """`[OUT-7] Disruption of acme-prod`."""
    subject, _ = _texts(facts, language)
    return one_line(f"[{facts.source_key}] {subject.format(affected=facts.affected)}")


def notice_text(facts: NoticeFacts, language: str, name: str, zone: str) -> str:
    """The text for one reader, with times in their zone."""
    _, body = _texts(facts, language)
    tz = ZoneInfo(zone)
    locale = language if language in _TEXTS else "en"

    def written(at: datetime | None) -> str:
        return "" if at is None else format_instant(at, tz, seconds=False, locale=locale)

    filled = body.format(
        affected=facts.affected, start=written(facts.starts_at), end=written(facts.ends_at)
    )
    return _FRAMES[locale].format(name=one_line(name), body=filled)


def stop_notices_hint(language: str) -> str:
    """The last lines of a notice: how its reader gets no more of them."""
    return f"\n{_STOP_HINTS.get(language, _STOP_HINTS['en']).format(subject=STOP_NOTICES)}\n"


def _texts(facts: NoticeFacts, language: str) -> tuple[str, str]:
    return _TEXTS.get(language, _EN)[(facts.kind, facts.stage)]
