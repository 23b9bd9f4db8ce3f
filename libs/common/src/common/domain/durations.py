"""Lengths of time that divide others: `span // SECOND` is whole seconds, exactly."""

from datetime import timedelta
from typing import Final

SECOND: Final = timedelta(seconds=1)
