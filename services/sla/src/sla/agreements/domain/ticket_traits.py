"""What a ticket is, as far as targets may ask for it beside priority and kind. Pure."""

from typing import Final, NamedTuple


class TicketTraits(NamedTuple):
    """What targets may ask for beside priority and kind; None: the ticket has none, or it is not known."""

    environment_tier: str | None = None
    channel: str | None = None
    customer_tier: str | None = None
    tags: tuple[str, ...] = ()


NO_TRAITS: Final = TicketTraits()
