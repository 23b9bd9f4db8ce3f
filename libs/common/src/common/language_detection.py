"""Detect the language of a text, beside the event loop and without a model in the service's memory."""

from typing import Final

from common.confinement import Confinement, ConfinementUnavailable, LimitExceeded, Limits
from common.language_model import detect
from common.telemetry import logger
from common.wording.prose import prose

log = logger(__name__)

MIN_LETTERS: Final = 40
"""Letters of prose below which no language is guessed: names and error messages are in all of them."""
MAX_CHARS: Final = 2_000
"""Characters that are looked at: what is longer says nothing new."""

_DETECTION: Final = Confinement(
    "language", Limits(cpu_s=3, wall_s=5, memory_mib=512), at_once=2, waiting=8
)


async def detect_language(text: str) -> str | None:
    """Return the language of a text as two letters; None where it is short, mixed, or cannot be detected.

    Takes some 0.2 s, in a process that ends with it. Where none can be had, nothing is detected.
    """
    sample = prose(text)[:MAX_CHARS]
    if sum(map(str.isalpha, sample)) < MIN_LETTERS:
        return None
    try:
        return await _DETECTION.run(detect, sample)
    except (ConfinementUnavailable, LimitExceeded) as error:
        log.warning("language.not_detected", reason=str(error))
        return None
