"""What a ticket must be for a promise, in words: kind, environment's tier, channel, customer's tier, tag. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final, NamedTuple, get_args

from common.events.directory import Tier
from common.events.tickets import Kind
from sla.agreements.documents.contract_formats import Formats
from sla.agreements.domain.agreement import Agreement

KINDS: tuple[str, ...] = get_args(Kind)
TIERS: tuple[str, ...] = get_args(Tier)
Name = str | None
"""A value of a condition; None: any that no target names, or none at all."""


class Case(NamedTuple):
    """Tickets for which the same is promised."""

    kind: str
    tier: Name = None
    channel: Name = None
    customer_tier: Name = None
    tag: Name = None


Block = tuple[tuple[Name, ...], ...]
"""All cases with one of these values each, in the order of the fields of a `Case`."""

GENERAL = Case("")
"""No ticket: what is promised where no condition holds."""
KIND, TIER, CHANNEL, CUSTOMER_TIER, TAG = range(5)
NAMED_BY_PARTIES: Final = {CUSTOMER_TIER: "for_customer_tiers", TAG: "with_tags"}
"""The conditions whose values are words of the parties, with the phrase for each."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """For each field of a `Case` the values that the targets of an agreement name, and None for all others."""

    values: Block

    @classmethod
    def of(cls, version: Agreement) -> "Conditions":
        tiers = {one.environment_tier for one in version.targets}
        channels = {one.channel for one in version.targets}
        customer_tiers = {one.customer_tier for one in version.targets}
        tags = {one.tag for one in version.targets}
        in_order = [one for one in TIERS if one in tiers]
        others = (_named(one) for one in (channels, customer_tiers, tags))
        return cls((KINDS, (*in_order, None), *others))

    def cases(self) -> Iterator[Case]:
        """Every case that the targets may tell apart."""
        return (Case(kind or "", *others) for kind, *others in product(*self.values))

    def describe(self, cases: Iterable[Case], formats: Formats) -> str:
        """These cases in words: `Incidents, in production environments; Questions, reported by phone`."""
        return "; ".join(self._describe(one, formats) for one in _blocks(list(cases)))

    def describe_others(self, formats: Formats) -> str:
        """All cases that no other table has."""
        is_by_kind = all(values == (None,) for values in self.values[TIER:])
        return formats.words("for_other_kinds" if is_by_kind else "for_all_others")

    def _describe(self, block: Block, formats: Formats) -> str:
        words = formats.words
        kinds = formats.names_of([words(str(one)) for one in block[KIND]])
        parts = [words("for_all_kinds") if block[KIND] == KINDS else kinds]
        if block[TIER] != self.values[TIER]:
            tiers = formats.names_of([words(f"tier_{one or 'other'}") for one in block[TIER]])
            parts.append(words("in_tiers", tiers=tiers))
        if block[CHANNEL] != self.values[CHANNEL]:
            channels = [words(f"channel_{one or 'other'}") for one in block[CHANNEL]]
            parts.append(words("by_channels", channels=formats.names_of(channels)))
        for field, phrase in NAMED_BY_PARTIES.items():
            if block[field] != self.values[field]:
                named = [one or words("no_other") for one in block[field]]
                parts.append(words(phrase, names=formats.names_of(named)))
        return ", ".join(parts)


def _named(values: set[Name]) -> tuple[Name, ...]:
    """The values that are named, sorted, and None for all others."""
    return (*sorted(one for one in values if one is not None), None)


def _blocks(cases: list[Case]) -> list[Block]:
    """The cases in as few blocks as merging one field after the other gives; each in one."""
    blocks: list[Block] = [tuple((value,) for value in case) for case in cases]
    for field in range(len(Case._fields)):
        blocks = _merge(blocks, field)
    return blocks


def _merge(blocks: list[Block], field: int) -> list[Block]:
    """One block for all that differ in this field alone."""
    merged: dict[Block, Block] = {}
    for block in blocks:
        others = (*block[:field], *block[field + 1 :])
        known = merged.get(others)
        merged[others] = block if known is None else _join(known, block)
    return list(merged.values())


def _join(one: Block, other: Block) -> Block:
    """Both blocks, which differ in one field."""
    return tuple(
        tuple(dict.fromkeys((*values, *more))) for values, more in zip(one, other, strict=True)
    )
