"""Pure values that rules share. The standard library only, so that every `domain` may import it."""

from common.domain.actor import SYSTEM, Actor
from common.domain.rejection import Rejection

__all__ = ["SYSTEM", "Actor", "Rejection"]
