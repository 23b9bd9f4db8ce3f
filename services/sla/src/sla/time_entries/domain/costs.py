"""The costs of work: minutes, and money by currency. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Costs:
    """The costs of some work.

    `money` has minutes and hundredths of the currency by currency; "" has minutes without a price.
    """

    minutes: int = 0
    money: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def unpriced(self) -> int:
        """Minutes for which no rate card has a rate."""
        return self.money.get("", (0, 0))[0]

    @property
    def amounts(self) -> dict[str, int]:
        """Hundredths of each currency."""
        return {currency: cents for currency, (_, cents) in self.money.items() if currency}

    def __add__(self, other: "Costs") -> "Costs":
        money = dict(self.money)
        for currency, (minutes, cents) in other.money.items():
            before = money.get(currency, (0, 0))
            money[currency] = (before[0] + minutes, before[1] + cents)
        return Costs(self.minutes + other.minutes, money)
