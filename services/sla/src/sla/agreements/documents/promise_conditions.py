"""What a ticket must be for a promise: its kind, its environment's tier and its channel, in words. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple, get_args

from common.events.directory import Tier
from common.events.tickets import Kind
from sla.agreements.documents.contract_formats import Formats
from sla.agreements.domain.agreement import Agreement

KINDS: tuple[str, ...] = get_args(Kind)
TIERS: tuple[str, ...] = get_args(Tier)
Name = str | None
"""A tier or a channel; None: any that no target names, or none at all."""


class Case(NamedTuple):
    """Tickets for which the same is promised."""

    kind: str
    tier: Name = None
    channel: Name = None


class Block(NamedTuple):
    """All cases of these kinds, tiers and channels."""

    kinds: tuple[str, ...]
    tiers: tuple[Name, ...]
    channels: tuple[Name, ...]


GENERAL = Case("")
"""No ticket: what is promised where no condition holds."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """The tiers and channels that the targets of an agreement name, and None for all others."""

    tiers: tuple[Name, ...]
    channels: tuple[Name, ...]

    @classmethod
    def of(cls, version: Agreement) -> "Conditions":
        tiers = {one.environment_tier for one in version.targets}
        channels = {one.channel for one in version.targets if one.channel is not None}
        return cls((*(one for one in TIERS if one in tiers), None), (*sorted(channels), None))

    def cases(self) -> Iterator[Case]:
        """Every case that the targets may tell apart."""
        return (Case(*one) for one in product(KINDS, self.tiers, self.channels))

    def describe(self, cases: Iterable[Case], formats: Formats) -> str:
        """These cases in words: `Incidents, in production environments; Questions, reported by phone`."""
        return "; ".join(self._describe(one, formats) for one in _blocks(list(cases)))

    def describe_others(self, formats: Formats) -> str:
        """All cases that no other table has."""
        is_by_kind = (self.tiers, self.channels) == ((None,), (None,))
        return formats.words("for_other_kinds" if is_by_kind else "for_all_others")

    def _describe(self, block: Block, formats: Formats) -> str:
        words = formats.words
        kinds = formats.names_of([words(one) for one in block.kinds])
        parts = [words("for_all_kinds") if block.kinds == KINDS else kinds]
        if block.tiers != self.tiers:
            tiers = formats.names_of([words(f"tier_{one or 'other'}") for one in block.tiers])
            parts.append(words("in_tiers", tiers=tiers))
        if block.channels != self.channels:
            channels = [words(f"channel_{one or 'other'}") for one in block.channels]
            parts.append(words("by_channels", channels=formats.names_of(channels)))
        return ", ".join(parts)


def _blocks(cases: list[Case]) -> list[Block]:
    """The cases in as few blocks as merging kinds, then tiers, then channels gives; each in one."""
    blocks = [Block((one.kind,), (one.tier,), (one.channel,)) for one in cases]
    blocks = _merge(blocks, lambda one: (one.tiers, one.channels))
    blocks = _merge(blocks, lambda one: (one.kinds, one.channels))
    return _merge(blocks, lambda one: (one.kinds, one.tiers))


def _merge(blocks: list[Block], common: Callable[[Block], object]) -> list[Block]:
    """One block for all that have this in common; these differ in one respect only."""
    merged: dict[object, Block] = {}
    for block in blocks:
        known = merged.get(common(block))
        merged[common(block)] = block if known is None else _join(known, block)
    return list(merged.values())


def _join(one: Block, other: Block) -> Block:
    """Both blocks, which differ in one respect."""
    return Block(
        tuple(dict.fromkeys((*one.kinds, *other.kinds))),
        tuple(dict.fromkeys((*one.tiers, *other.tiers))),
        tuple(dict.fromkeys((*one.channels, *other.channels))),
    )
