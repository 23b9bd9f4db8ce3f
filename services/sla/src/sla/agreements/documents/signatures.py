"""Who signed a contract, by name and for which side. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sla.agreements.documents.contract_formats import Formats
from sla.agreements.domain.lifecycle import Signature, VersionLifecycle
from sla.rendering.document import Column, Section, Table
from sla.rendering.notation import capitalised
from sla.rendering.words import Words


@dataclass(frozen=True, slots=True)
class Signing:
    """The signatures of a version. `people` are names by account; `own` and `other` the two sides."""

    lifecycle: VersionLifecycle
    people: Mapping[str, str]
    own: str
    other: str
    shows_publisher: bool = False


def signatures_section(signing: Signing, formats: Formats) -> Section:
    """Both sides with who signed for them and when, also while one has not signed yet."""
    words = formats.words
    columns = (
        Column(words("side"), weight=1.4),
        Column(words("signed_by"), weight=2),
        Column(words("signed_at"), weight=1.2),
    )
    return Section(words("signatures"), tables=(Table(columns, list(_rows(signing, formats))),))


def _rows(signing: Signing, formats: Formats) -> Iterator[tuple[str, str, str]]:
    lifecycle, words = signing.lifecycle, formats.words
    own, other = lifecycle.provider_signature, lifecycle.counter_signature
    yield _row(capitalised(signing.own), own, _name(signing, own), formats)
    yield _row(capitalised(signing.other), other, _other_name(signing, other, words), formats)
    if signing.shows_publisher and lifecycle.publication is not None:
        by = words("published_by", name=_name(signing, lifecycle.publication))
        yield _row(capitalised(signing.own), lifecycle.publication, by, formats)


def _row(
    side: str, signature: Signature | None, name: str, formats: Formats
) -> tuple[str, str, str]:
    if signature is None:
        return side, formats.words("not_signed"), ""
    return side, name, formats.moment(signature.at)


def _name(signing: Signing, signature: Signature | None) -> str:
    return "" if signature is None else signing.people.get(signature.by, signature.by)


def _other_name(signing: Signing, signature: Signature | None, words: Words) -> str:
    """A contact by their party, as contacts' names stay in intake; else one of ours, for the party."""
    if signature is None:
        return ""
    if signature.party is not None:
        return words("contact", party=signing.other, account=signature.by)
    return words("signed_for", name=_name(signing, signature), party=signing.other)
