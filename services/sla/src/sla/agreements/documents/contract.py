"""An agreement version as a document: who promises what to whom, when, and who signed it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sla.agreements.documents.contract_formats import Formats
from sla.agreements.documents.goals import goals_section
from sla.agreements.documents.hours import Dates, hours_section
from sla.agreements.documents.promises import promises_section
from sla.agreements.documents.signatures import Signing, signatures_section
from sla.agreements.domain.agreement import Agreement
from sla.agreements.domain.coverage_extension import PRIORITIES, Extension
from sla.agreements.domain.lifecycle import VersionLifecycle
from sla.agreements.schemas.responses import (
    AgreementForPartner,
    AgreementRead,
    AnyAgreement,
    PartyTerms,
    customer_of,
    customers_of,
)
from sla.calendars.domain.calendar import Calendar
from sla.rendering.document import Column, Document, Section, Table
from sla.rendering.notation import capitalised
from sla.rendering.words import Words

PROSE = ("penalties", "roles", "assumptions", "duties")
Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ContractNames:
    """The names of those whom a contract names: customers and services by key, our people by
    account. `provider` is our own house, None where nobody has set its name."""

    customers: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    partner: str | None = None
    provider: str | None = None


@dataclass(frozen=True, slots=True)
class ContractContent:
    """What the paper shows: `response` is the agreement as its reader may read it.

    `calendars` have their holidays named in the reader's language.
    """

    version: Agreement
    response: AnyAgreement
    lifecycle: VersionLifecycle
    calendars: Mapping[UUID, Calendar]
    extensions: Sequence[Extension]
    names: ContractNames
    at: datetime


def build_contract(content: ContractContent, language: str) -> Document:
    """The contract in this language; in English where there are no words in it."""
    response = content.response
    formats = Formats.of(language, response.timezone)
    words = formats.words
    return Document(
        name=f"{response.key}-v{response.version}-{words.language}",
        title=words(f"title_{response.contract}"),
        subtitle=_between(content, words),
        edition=words(
            "edition",
            key=response.key,
            version=response.version,
            state=_state(response, formats),
        ),
        zone=response.timezone,
        tiles=(),
        sections=tuple(_sections(content, formats)),
        language=words.language,
    )


def _between(content: ContractContent, words: Words) -> str:
    if not isinstance(content.response, PartyTerms):
        return words("for_covered", other=_customers(content, words))
    provider = content.names.provider or words("provider")
    everybody = words("everybody_else" if content.version.is_house_default else "everybody")
    return words("between", provider=provider, other=_other_side(content) or everybody)


def _other_side(content: ContractContent) -> str | None:
    """The name of the other side; None where it is made with everybody."""
    response, names = content.response, content.names
    if isinstance(response, AgreementForPartner):
        return names.partner or response.partner
    if isinstance(response, AgreementRead) and (response.partner or response.team):
        return names.partner or response.team
    key = customer_of(response)
    return None if key is None else names.customers.get(key, key)


def _everybody(content: ContractContent, words: Words) -> str:
    return words("all_others" if content.version.is_house_default else "all_customers")


def _customers(content: ContractContent, words: Words) -> str:
    known = content.names.customers
    named = (known.get(key, key) for key in customers_of(content.response))
    return ", ".join(named) or _everybody(content, words)


def _state(response: AnyAgreement, formats: Formats) -> str:
    at = response.published_at
    return formats.words(f"state_{response.state}", date=formats.instant(at) if at else "")


def _sections(content: ContractContent, formats: Formats) -> Iterator[Section]:
    words, version = formats.words, content.version
    yield Section(words("scope"), tables=(_facts(_scope(content, formats), words),))
    yield promises_section(version, formats)
    dates = Dates.of(version, formats, content.at)
    yield hours_section(version, content.calendars, dates, formats)
    if content.extensions:
        yield Section(words("extra"), tables=(_extensions(content, formats),))
    if facts := list(_availability(content, formats)):
        note = words("not_counted", zone=content.response.timezone)
        yield Section(words("availability"), tables=(_facts(facts, words, note),))
    if facts := list(_money(content, formats)):
        yield Section(words("money"), tables=(_facts(facts, words),))
    if isinstance(content.response, PartyTerms):
        yield from goals_section(version, content.names.services, formats)
    if warnings := _warnings(content.response, formats):
        yield Section(words("warnings"), paragraphs=(warnings,))
    if isinstance(content.response, PartyTerms):
        yield from _prose(content.response, words)
        yield signatures_section(_signing(content, content.response, words), formats)


def _facts(facts: Iterator[Fact] | list[Fact], words: Words, footnote: str = "") -> Table:
    columns = (Column(words("measure"), weight=1), Column("", weight=3))
    return Table(columns, list(facts), footnote=footnote, has_head=False)


def _scope(content: ContractContent, formats: Formats) -> Iterator[Fact]:
    words, response, names = formats.words, content.response, content.names
    if names.provider is not None:
        yield words("provider_side"), names.provider
    is_party = isinstance(response, PartyTerms)
    if is_party:
        side = {"sla": "customer_side", "ola": "team_side", "uc": "partner_side"}
        yield words(side[response.contract]), _other_side(content) or _everybody(content, words)
    if _names_covered(content):
        yield words("covers"), _customers(content, words)
    if content.version.is_house_default:
        yield words("default"), words("default_holds")
    services = (names.services.get(key, key) for key in response.services)
    yield words("services"), ", ".join(services) or words("all_services")
    yield words("valid"), formats.period(response.valid_from, response.valid_until)
    if isinstance(response, PartyTerms) and response.supersedes is not None:
        yield words("replaces"), words("version", version=response.supersedes)


def _names_covered(content: ContractContent) -> bool:
    """Whether the paper says whose tickets it is about. To a partner it does not."""
    response = content.response
    if isinstance(response, AgreementForPartner):
        return False
    names_others = list(response.customers) != [response.customer] and not response.house_default
    return names_others or not isinstance(response, PartyTerms)


def _extensions(content: ContractContent, formats: Formats) -> Table:
    """The extra hours; why they were added is for our own people."""
    words, is_staff = formats.words, isinstance(content.response, AgreementRead)
    columns = [Column(words("extra_open"), weight=2), Column(words("tickets"))]
    if is_staff:
        columns.append(Column(words("reason"), weight=1.5))
    rows = []
    for one in content.extensions:
        span = formats.window(one.starts_at, one.effective_end)
        ordered = [words(each) for each in PRIORITIES if each in one.priorities]
        row = (span, formats.names_of(ordered) or words("all_tickets"))
        rows.append((*row, one.reason) if is_staff else row)
    return Table(tuple(columns), rows)


def _availability(content: ContractContent, formats: Formats) -> Iterator[Fact]:
    words, maintenance = formats.words, content.version.maintenance
    if content.response.availability is not None:
        share = formats.share(content.response.availability)
        yield words("available"), words("available_share", share=share)
    if maintenance.weekly is not None:
        weekly = content.calendars[maintenance.weekly].weekly
        days = [
            f"{formats.weekday(day)} {formats.hours(hours)}"
            for day, hours in enumerate(weekly)
            if hours
        ]
        yield words("weekly"), capitalised(", ".join(days))
    if maintenance.dated:
        windows = (formats.window(start, end) for start, end in maintenance.dated)
        yield words("dated"), "\n".join(windows)


def _money(content: ContractContent, formats: Formats) -> Iterator[Fact]:
    words, response = formats.words, content.response
    if response.reserved_seconds is not None:
        yield words("reserved"), formats.span(timedelta(seconds=response.reserved_seconds))
    price = content.version.price
    if isinstance(response, PartyTerms) and price is not None:
        yield words("price"), formats.money(price.amount, price.currency)


def _warnings(response: AnyAgreement, formats: Formats) -> str:
    words = formats.words
    if not response.warnings:
        return ""
    spans = [formats.span(timedelta(seconds=one)) for one in response.warn_before_seconds]
    before = words("and_before", spans=formats.names_of(spans)) if spans else ""
    shares = formats.names_of([formats.share(one) for one in response.warnings])
    return words("we_warn", shares=shares, before=before)


def _prose(response: PartyTerms, words: Words) -> Iterator[Section]:
    """What is agreed in words, as it was written."""
    for name in PROSE:
        if text := getattr(response, name).strip():
            parts = (part.strip() for part in text.split("\n\n"))
            yield Section(words(name), paragraphs=tuple(part for part in parts if part))


def _signing(content: ContractContent, response: PartyTerms, words: Words) -> Signing:
    return Signing(
        content.lifecycle,
        content.names.people,
        content.names.provider or words("our_side"),
        _other_side(content) or _everybody(content, words),
        shows_publisher=isinstance(response, AgreementRead),
    )
