"""Pure values that rules share. The standard library only, so that every `domain` may import it."""

from common.domain.actor import Actor
from common.domain.rejection import Rejection

__all__ = ["Actor", "Rejection"]
