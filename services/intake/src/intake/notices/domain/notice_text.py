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
    """What the text of a notice names; `place` is the environment or the service."""

    kind: NoticeKind
    stage: Stage
    source_key: str
    place: str
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
        "Planned maintenance of {place}",
        "we will maintain {place} from {start} to {end}. It may not be available in that time.",
    ),
    ("maintenance", "moved"): (
        "Maintenance of {place} is moved",
        "the maintenance of {place} is moved. It is now from {start} to {end}.",
    ),
    ("maintenance", "cancelled"): (
        "Maintenance of {place} is cancelled",
        "the maintenance of {place} that was planned from {start} does not take place.",
    ),
    ("maintenance", "restored"): (
        "Maintenance of {place} is finished",
        "the maintenance of {place} is finished. You can work as usual again.",
    ),
    ("outage", "started"): (
        "Disruption of {place}",
        "{place} has been disrupted since {start}. We are working on it, and tell you when it is solved.",
    ),
    ("outage", "cancelled"): (
        "No disruption of {place}",
        "we told you of a disruption of {place}. It turned out that there was none. We are sorry for the trouble.",
    ),
    ("outage", "restored"): (
        "{place} works again",
        "the disruption of {place} that began at {start} is over since {end}. You can work as usual again.",
    ),
    ("delivery", "started"): (
        "New version for {place}",
        "we began to install a new version on {place} at {start}. It may be interrupted for a short time.",
    ),
    ("delivery", "cancelled"): (
        "The version of {place} stays as it was",
        "{place} is back on the version that it had before. You can work as usual again.",
    ),
    ("delivery", "restored"): (
        "New version of {place} is in use",
        "the new version of {place} is installed and checked. You can work as usual again.",
    ),
}
_NL: Final[_Texts] = {
    ("maintenance", "announced"): (
        "Gepland onderhoud van {place}",
        "wij voeren onderhoud uit aan {place} van {start} tot {end}. In die tijd is het mogelijk niet beschikbaar.",
    ),
    ("maintenance", "moved"): (
        "Onderhoud van {place} is verplaatst",
        "het onderhoud van {place} is verplaatst. Het is nu van {start} tot {end}.",
    ),
    ("maintenance", "cancelled"): (
        "Onderhoud van {place} gaat niet door",
        "het onderhoud van {place} dat vanaf {start} gepland was, gaat niet door.",
    ),
    ("maintenance", "restored"): (
        "Onderhoud van {place} is klaar",
        "het onderhoud van {place} is klaar. U kunt weer zoals gewoonlijk werken.",
    ),
    ("outage", "started"): (
        "Storing van {place}",
        "{place} heeft sinds {start} een storing. Wij werken eraan en laten u weten wanneer het is opgelost.",
    ),
    ("outage", "cancelled"): (
        "Geen storing van {place}",
        "wij meldden u een storing van {place}. Die bleek er niet te zijn. Onze excuses voor het ongemak.",
    ),
    ("outage", "restored"): (
        "{place} werkt weer",
        "de storing van {place}, die om {start} begon, is sinds {end} voorbij. U kunt weer zoals gewoonlijk werken.",
    ),
    ("delivery", "started"): (
        "Nieuwe versie voor {place}",
        "wij zijn om {start} begonnen een nieuwe versie op {place} te installeren. Een korte onderbreking is mogelijk.",
    ),
    ("delivery", "cancelled"): (
        "De versie van {place} blijft zoals zij was",
        "{place} heeft weer de versie van daarvoor. U kunt weer zoals gewoonlijk werken.",
    ),
    ("delivery", "restored"): (
        "Nieuwe versie van {place} is in gebruik",
        "de nieuwe versie van {place} is geïnstalleerd en gecontroleerd. U kunt weer zoals gewoonlijk werken.",
    ),
}
_DE: Final[_Texts] = {
    ("maintenance", "announced"): (
        "Geplante Wartung von {place}",
        "wir warten {place} von {start} bis {end}. In dieser Zeit ist es möglicherweise nicht verfügbar.",
    ),
    ("maintenance", "moved"): (
        "Wartung von {place} ist verschoben",
        "die Wartung von {place} ist verschoben. Sie ist jetzt von {start} bis {end}.",
    ),
    ("maintenance", "cancelled"): (
        "Wartung von {place} entfällt",
        "die Wartung von {place}, die ab {start} geplant war, findet nicht statt.",
    ),
    ("maintenance", "restored"): (
        "Wartung von {place} ist beendet",
        "die Wartung von {place} ist beendet. Sie können wieder wie gewohnt arbeiten.",
    ),
    ("outage", "started"): (
        "Störung von {place}",
        "{place} ist seit {start} gestört. Wir arbeiten daran und melden uns, sobald es behoben ist.",
    ),
    ("outage", "cancelled"): (
        "Keine Störung von {place}",
        "wir haben Ihnen eine Störung von {place} gemeldet. Es gab keine. Bitte entschuldigen Sie die Umstände.",
    ),
    ("outage", "restored"): (
        "{place} ist wieder verfügbar",
        "die Störung von {place}, die am {start} begann, ist seit {end} behoben. Sie können wieder wie gewohnt arbeiten.",
    ),
    ("delivery", "started"): (
        "Neue Version für {place}",
        "wir installieren seit {start} eine neue Version auf {place}. Eine kurze Unterbrechung ist möglich.",
    ),
    ("delivery", "cancelled"): (
        "Die Version von {place} bleibt, wie sie war",
        "{place} hat wieder die Version von vorher. Sie können wieder wie gewohnt arbeiten.",
    ),
    ("delivery", "restored"): (
        "Neue Version von {place} ist in Betrieb",
        "die neue Version von {place} ist installiert und geprüft. Sie können wieder wie gewohnt arbeiten.",
    ),
}
_TEXTS: Final[Mapping[str, _Texts]] = {"en": _EN, "nl": _NL, "de": _DE}


LANGUAGES: Final = tuple(_TEXTS)


def facts_of(notice: Notice) -> NoticeFacts:
    """What the text of this notice names."""
    place = notice.environment or notice.service or notice.customer
    return NoticeFacts(
        notice.kind, notice.stage, notice.source_key, place, notice.starts_at, notice.ends_at
    )


def notice_subject(facts: NoticeFacts, language: str) -> str:
    """`[OUT-7] Disruption of acme-prod`."""
    subject, _ = _texts(facts, language)
    return one_line(f"[{facts.source_key}] {subject.format(place=facts.place)}")


def notice_text(facts: NoticeFacts, language: str, name: str, zone: str) -> str:
    """The text for one reader, with times in their zone."""
    _, body = _texts(facts, language)
    tz = ZoneInfo(zone)
    locale = language if language in _TEXTS else "en"

    def written(at: datetime | None) -> str:
        return "" if at is None else format_instant(at, tz, seconds=False, locale=locale)

    filled = body.format(
        place=facts.place, start=written(facts.starts_at), end=written(facts.ends_at)
    )
    return _FRAMES[locale].format(name=one_line(name), body=filled)


def _texts(facts: NoticeFacts, language: str) -> tuple[str, str]:
    return _TEXTS.get(language, _EN)[(facts.kind, facts.stage)]
