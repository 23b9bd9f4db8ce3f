"""Time that can be moved: for the demo and for tests, refused in production."""

from common.simulated_time.advance import Position, Unsettled, advance
from common.simulated_time.function import Form, form_of, install

__all__ = ["Form", "Position", "Unsettled", "advance", "form_of", "install"]
