"""Computing for callers: what is cheap at once, what is not in a process with limits of its own.

Nobody's question may hold the event loop: other requests wait behind it.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from common.confinement import Confinement, ConfinementUnavailable, LimitExceeded, Limits
from common.errors import ServiceUnavailable, ValidationFailed, Violation
from sla.calendars.domain.price import INLINE_MS

R = TypeVar("R")

COMPUTING_LIMITS: Final = Limits(cpu_s=4, wall_s=10, memory_mib=512)
QUESTIONS: Final = Confinement(
    "calendar-questions",
    COMPUTING_LIMITS,
    ("sla.calendars.domain.questions",),
    at_once=1,
    waiting=1,
)
"""Who asks holds a connection meanwhile: few may wait."""


def is_cheap(price_ms: int) -> bool:
    """Whether work of that price is done at once."""
    return price_ms <= INLINE_MS


async def compute_confined(confinement: Confinement, function: Callable[..., R], *args: Any) -> R:
    """The function's result, computed in a process of its own.

    Raises what the function raises, ServiceUnavailable, or ValidationFailed where it takes too long.
    """
    try:
        return await confinement.run(function, *args)
    except ConfinementUnavailable:
        raise ServiceUnavailable(1) from None
    except LimitExceeded as exceeded:
        detail = f"{exceeded}; ask about fewer days, events or opening hours"
        raise ValidationFailed([Violation("", "too_expensive", detail)]) from None
