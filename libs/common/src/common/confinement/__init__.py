"""Work on bytes from outside, each piece in a process of its own that can be ended at any moment."""

from common.confined.limits import Excess, LimitExceeded, Limits
from common.confinement.process import ConfinementUnavailable
from common.confinement.runner import Confinement

__all__ = ["Confinement", "ConfinementUnavailable", "Excess", "LimitExceeded", "Limits"]
